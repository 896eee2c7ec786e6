/** What went out together: so many bytes, and so many before it. */
type Batch<T> = { readonly items: readonly T[]; readonly bytes: number; readonly before: number }

/**
 * The last batches that went out, by number, held once for all readers: a reader is a number, so thousands of them cost
 * nothing. Past `maxBytes` the oldest batches go, but for the last one, whoever has not read them yet.
 */
export const createRing = <T>({ maxBytes }: { maxBytes: number }) => {
  let batches: Batch<T>[] = []
  let first = 0
  let written = 0
  const waiting = new Set<() => void>()

  const wake = () => {
    for (const go of [...waiting]) go()
  }

  return {
    /** Adds a batch and wakes who waits. */
    add(items: readonly T[], bytes: number) {
      batches.push({ items, bytes, before: written })
      written += bytes
      let gone = 0
      while (gone < batches.length - 1 && written - (batches[gone]?.before ?? 0) > maxBytes) gone += 1
      if (gone > 0) batches = batches.slice(gone)
      first += gone
      wake()
    },
    /** The batch of this number, undefined when it is still to come or has gone. */
    at: (number: number): readonly T[] | undefined => batches[number - first]?.items,
    /** Has the batch of this number gone? */
    hasLost: (number: number) => number < first,
    /** The number of the batch to come. */
    next: () => first + batches.length,
    /** The bytes that wait for a reader who comes to this number, but for the batch that it takes now. */
    waitingAfter(number: number) {
      const batch = batches[number - first]
      return batch === undefined ? 0 : written - batch.before - batch.bytes
    },
    /** Resolves at the next batch, at the signal, or when all are woken; whoever waits looks again. */
    wait: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const go = () => {
          waiting.delete(go)
          signal.removeEventListener('abort', go)
          resolve()
        }
        if (signal.aborted) {
          resolve()
          return
        }
        waiting.add(go)
        signal.addEventListener('abort', go, { once: true })
      }),
    wake
  }
}

export type Ring<T> = ReturnType<typeof createRing<T>>
