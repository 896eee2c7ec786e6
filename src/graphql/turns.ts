/** ms of reading in a row, before whoever else has sent something is looked at. */
const longestMs = 2
/** ms in which no more than that is read: a sixth of the time. */
const periodMs = 12

/**
 * Shares the reading of new documents out between consumers: to judge one that nobody sent before takes a hundred times
 * as long as to answer one that is known. Reading takes a sixth of the time at most; what has to wait is read consumer
 * by consumer, one document of each in its turn.
 */
export const createTurns = () => {
  const waiting = new Map<string, (() => void)[]>()
  let spentMs = 0
  let isCounting = false

  const next = () => {
    if (spentMs > longestMs) return // it goes on with the next period
    for (const [name, queue] of waiting) {
      waiting.delete(name) // whoever has more to read goes to the end
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
    isAnyoneWaiting: () => waiting.size > 0,
    /** Does whoever comes now have to wait? */
    isOver: () => spentMs > longestMs || waiting.size > 0,
    /** Resolves when it is the turn of this consumer. */
    wait: (name: string) =>
      new Promise<void>((resolve) => {
        const queue = waiting.get(name)
        if (queue) queue.push(resolve)
        else waiting.set(name, [resolve])
      }),
    /** Reads something, and counts how long it took. */
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
