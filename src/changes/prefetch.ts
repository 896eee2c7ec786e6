/**
 * Yields the items of a source in order, each after `prepare` has settled for it. It prepares up to `max` items at the
 * same time, so that their records are fetched from VDAB in batches. `prepare` must not reject.
 */
export async function* prefetch<T>(
  source: AsyncIterable<T>,
  prepare: (item: T) => Promise<unknown>,
  max = 100
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  const queue: Promise<{ item: T }>[] = []
  let next: Promise<{ result: IteratorResult<T> } | { error: unknown }> | undefined
  let end: { error?: unknown } | undefined
  const prepareItem = async (item: T) => {
    await prepare(item)
    return { item }
  }
  // The error is passed as a value, since a rejection that nothing awaits at that moment ends the process.
  const pull = () =>
    iterator.next().then(
      (result) => ({ result }),
      (error: unknown) => ({ error })
    )
  try {
    for (;;) {
      if (!end && queue.length < max) next ??= pull()
      const [first] = queue
      if (!first && !next && end && 'error' in end) throw end.error
      if (!first && !next) return
      const settled = await Promise.race([...(next ? [next] : []), ...(first ? [first] : [])])
      if ('item' in settled) {
        void queue.shift()
        yield settled.item
        continue
      }
      next = undefined
      // An error is thrown after the items before it.
      if ('error' in settled) end = settled
      else if (settled.result.done) end = {}
      else queue.push(prepareItem(settled.result.value))
    }
  } finally {
    void iterator.return?.()
  }
}
