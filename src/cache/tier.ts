/**
 * An entry of a cache tier. `value: null` is a cached absence; `value` is undefined if the entry is stored as `text`.
 * `startedAt` is the start of its fetch, in ms of the cache's clock: the entry includes every earlier change of the
 * source. `members` are the ids of the records in it.
 */
export type Entry = {
  readonly value: unknown
  readonly text?: string | undefined
  readonly startedAt: number
  readonly members?: readonly string[] | undefined
  readonly entryVersion?: EntryVersion
}

/**
 * Identifies an entry without its value, so that derived values can check their sources. `isGone` is set when the entry
 * leaves the cache or is replaced. `askedAt` is the last request for it in ms, -Infinity when there was none.
 */
export type EntryVersion = {
  readonly key: string
  readonly row: string
  readonly startedAt: number
  readonly isAbsent: boolean
  isGone: boolean
  askedAt: number
}

/** The contract of a cache tier: it stores and deletes entries, and has no logic for freshness or fetches. */
export type Tier = {
  /** the entry, marked as the most recently used one */
  get(key: string): Entry | undefined
  /** the entry, without marking it as used */
  peek(key: string): Entry | undefined
  /** Stores the entry, unless e.g. it is too large; the older entry under the key is deleted in any case. */
  set(key: string, entry: Entry): void
  delete(key: string): void
  keys(): Iterable<string>
  /** bytes and number of entries, for health and metrics */
  size(): { bytes: number; items: number }
  /** Calls the listener for each entry that leaves, replaced ones included, before `set` or `delete` returns. */
  onDrop(listener: (key: string, entry: Entry) => void): void
}
