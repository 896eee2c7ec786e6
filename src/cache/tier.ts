/** The object that an entry's text was read into; `isUsed` since somebody looked for room. */
export type Opened = { readonly value: object; readonly bytes: number; isUsed: boolean }

/**
 * What a cache holds under a key. `value: null` is a remembered absence; of what is held as `text` it is undefined, and what
 * was read of the text is `opened`, as long as there is room. `startedAt` is the instant at which its fetch started, in ms of
 * the cache's clock: what the source had changed before then stands in it. `members` are what the value is made of, so that it
 * can be found by one of them.
 */
export type Entry = {
  readonly value: unknown
  readonly text?: string | undefined
  opened?: Opened | undefined
  readonly startedAt: number
  readonly members?: readonly string[] | undefined
  readonly stamp?: EntryVersion
}

/**
 * What an entry was, without what it held: for whatever was made of it, to tell whether it still stands. `isGone` once the
 * entry left the cache, for whatever reason, or was replaced. `askedAt` is when somebody asked for it last, in ms; -Infinity
 * when nobody has.
 */
export type EntryVersion = {
  readonly key: string
  readonly row: string
  readonly startedAt: number
  readonly isAbsent: boolean
  isGone: boolean
  askedAt: number
}

/** The contract of a cache tier: it stores and forgets, and knows nothing of freshness or of who fills it. */
export type Tier = {
  /** the entry, which is now the most recently used one */
  get(key: string): Entry | undefined
  /** the entry, for a look that is no use of it */
  peek(key: string): Entry | undefined
  /** May keep it or not, e.g. when it is too large; an older entry under the key is gone in any case. */
  set(key: string, entry: Entry): void
  delete(key: string): void
  keys(): Iterable<string>
  /** bytes held and items held, for health and metrics */
  size(): { bytes: number; items: number }
  /** Tells of every entry that leaves, for whatever reason, replaced ones included, before `set` or `delete` returns. */
  onDrop(listener: (key: string, entry: Entry) => void): void
}
