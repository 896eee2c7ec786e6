type Waiting<T> = { item: T; ready: Promise<unknown> }

/**
 * The items of a source in their order, each once `prepare` has settled for it, which begins for up to `max` of them while
 * the first is still under way: what asks VDAB for one record after the other would not be batched. `prepare` never rejects.
 */
export async function* ahead<T>(
  source: AsyncIterable<T>,
  prepare: (item: T) => Promise<unknown>,
  max = 100
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  const queue: Waiting<T>[] = []
  let coming: Promise<{ result: IteratorResult<T> } | { error: unknown }> | undefined
  let over: { error?: unknown } | undefined
  // As a value: a rejection that nobody awaits at that moment would end the process.
  const pull = () =>
    iterator.next().then(
      (result) => ({ result }),
      (error: unknown) => ({ error })
    )
  try {
    for (;;) {
      if (!over && queue.length < max) coming ??= pull()
      const [first] = queue
      if (!first && !coming) break
      const came = await Promise.race([
        ...(coming ? [coming] : []),
        ...(first ? [first.ready.then(() => undefined)] : [])
      ])
      if (came === undefined && first) {
        queue.shift()
        yield first.item
      }
      if (came === undefined) continue
      coming = undefined
      if ('error' in came)
        over = came // what came before it goes first
      else if (came.result.done) over = {}
      else queue.push({ item: came.result.value, ready: prepare(came.result.value) })
    }
    if (over && 'error' in over) throw over.error
  } finally {
    void iterator.return?.()
  }
}
