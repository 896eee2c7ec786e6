/** ms of reading that are done one after the other before whoever else has sent something is looked at. */
const longestMs = 4

/**
 * Shares the reading of documents out between consumers: to judge one that nobody sent before takes a hundred times as long
 * as to answer one that is known. Once so much was read in a row, whoever comes waits: one document is read in each turn of
 * the event loop, of each consumer in its turn, and between two of them the answers of others are sent.
 */
export const createTurns = () => {
  const waiting = new Map<string, (() => void)[]>()
  let spentMs = 0
  let isCounting = false

  /** Counts anew with the next turn of the event loop: by then the answers of others were sent. */
  const countTurn = () => {
    if (isCounting) return
    isCounting = true
    setImmediate(() => {
      isCounting = false
      spentMs = 0
    })
  }

  const next = () => {
    spentMs = 0
    for (const [name, queue] of waiting) {
      waiting.delete(name) // whoever has more to read goes to the end
      queue.shift()?.()
      if (queue.length > 0) waiting.set(name, queue)
      break
    }
    if (waiting.size > 0) setImmediate(next)
  }

  return {
    /** Does whoever comes now have to wait? */
    isOver: () => spentMs > longestMs || waiting.size > 0,
    /** Resolves when it is the turn of this consumer. */
    wait: (name: string) => new Promise<void>((resolve) => {
      if (waiting.size === 0) setImmediate(next)
      const queue = waiting.get(name)
      if (queue) queue.push(resolve)
      else waiting.set(name, [resolve])
    }),
    /** Reads something, and counts how long it took in this turn. */
    read<T>(work: () => T): T {
      countTurn()
      const startedAt = performance.now()
      const made = work()
      spentMs += performance.now() - startedAt
      return made
    }
  }
}
