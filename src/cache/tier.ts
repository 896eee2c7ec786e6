/** What a cache holds under a key. `value: null` is a remembered absence. Times are in ms of the cache's clock. */
export type Entry = { readonly value: unknown; readonly freshUntil: number }

/** The contract of a cache tier: it stores and forgets, and knows nothing of freshness or of who fills it. */
export type Tier = {
  get(key: string): Entry | undefined
  set(key: string, entry: Entry): void
  delete(key: string): void
  keys(): Iterable<string>
  /** bytes held and items held, for health and metrics */
  size(): { bytes: number; items: number }
}
