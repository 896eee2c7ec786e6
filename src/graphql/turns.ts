/** The time in ms for reading new documents in one period. */
const longestMs = 2
/** The length of a period in ms. Reading uses at most a sixth of it. */
const periodMs = 12

/**
 * Limits the time for reading new documents, since validating a new document takes a hundred times as long as answering
 * a known one. When the time of a period is used up, further documents wait. They are read round-robin by consumer.
 */
export const createTurns = () => {
  const waiting = new Map<string, (() => void)[]>()
  let spentMs = 0
  let isCounting = false

  const next = () => {
    if (spentMs > longestMs) return // the next period continues this work
    for (const [name, queue] of waiting) {
      waiting.delete(name) // a consumer with more documents goes to the end
      queue.shift()?.()
      if (queue.length > 0) waiting.set(name, queue)
      break
    }
    if (waiting.size > 0) setImmediate(next)
  }
  const begin = () => {
    isCounting = false
    spentMs = 0
    if (waiting.size > 0) next()
  }

  return {
    /** Does any request wait for its turn? */
    hasWaiting: () => waiting.size > 0,
    /** Must a new document wait? */
    isOver: () => spentMs > longestMs || waiting.size > 0,
    /** Resolves when this consumer may read its next document. */
    wait: (name: string) =>
      new Promise<void>((resolve) => {
        const queue = waiting.get(name)
        if (queue) queue.push(resolve)
        else waiting.set(name, [resolve])
      }),
    /** Runs a read, and counts its time. */
    read<T>(work: () => T): T {
      if (!isCounting) setTimeout(begin, periodMs)
      isCounting = true
      const startedAt = performance.now()
      const made = work()
      spentMs += performance.now() - startedAt
      return made
    }
  }
}

export type Turns = ReturnType<typeof createTurns>
