type Batch<T> = {
  readonly items: readonly T[]
  readonly bytes: number
  /** bytes of all previous batches */
  readonly before: number
}

/**
 * A ring buffer of numbered batches, shared by all readers. A reader is only a batch number, so it needs no separate
 * memory. Above `maxBytes` the oldest batches are dropped, even unread ones; the last batch always stays.
 */
export const createRing = <T>({ maxBytes }: { maxBytes: number }) => {
  let batches: Batch<T>[] = []
  let first = 0
  let written = 0
  const waiting = new Set<() => void>()

  const wake = () => {
    for (const resume of [...waiting]) resume()
  }

  return {
    /** Adds a batch and wakes the waiting readers. */
    add(items: readonly T[], bytes: number) {
      batches.push({ items, bytes, before: written })
      written += bytes
      let dropped = 0
      while (dropped < batches.length - 1 && written - (batches[dropped]?.before ?? 0) > maxBytes) dropped += 1
      if (dropped > 0) batches = batches.slice(dropped)
      first += dropped
      wake()
    },
    /** The batch with this number; undefined when it was dropped or does not exist yet. */
    at: (number: number): readonly T[] | undefined => batches[number - first]?.items,
    /** Was the batch with this number dropped? */
    hasLost: (number: number) => number < first,
    next: () => first + batches.length,
    /** The bytes of all batches after this number. */
    waitingAfter(number: number) {
      const batch = batches[number - first]
      return batch === undefined ? 0 : written - batch.before - batch.bytes
    },
    /** Resolves at the next batch, when the signal aborts, or at `wake`; the reader must check again. */
    wait: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const resume = () => {
          waiting.delete(resume)
          signal.removeEventListener('abort', resume)
          resolve()
        }
        if (signal.aborted) {
          resolve()
          return
        }
        waiting.add(resume)
        signal.addEventListener('abort', resume, { once: true })
      }),
    wake
  }
}

export type Ring<T> = ReturnType<typeof createRing<T>>
