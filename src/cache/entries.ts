import { createOpened } from './openedRecords.ts'
import type { CacheEvent, Policy } from './policy.ts'
import { createReverseIndex } from './reverseIndex.ts'
import { copied, frozen, toText } from './text.ts'
import type { JsonFormat } from './text.ts'
import type { Entry, EntryVersion, Tier } from './tier.ts'

type Dependencies = {
  tier: Tier
  openBytes: number
  json: JsonFormat | undefined
  textOf: (value: object) => string | undefined
  on: (event: CacheEvent) => void
}

/** When a value was fetched and last requested (ms), and its JSON if it was received as text. */
type Fetched = { readonly startedAt: number; readonly askedAt: number; readonly text?: string | undefined }

/** The entries of a tier. For each entry: its members, its version and the object parsed from its text. */
export const createEntries = ({ tier, openBytes, json, textOf, on }: Dependencies) => {
  const members = createReverseIndex()
  const versions = new WeakMap<object, EntryVersion>()
  const opened = createOpened({
    maxBytes: openBytes,
    json,
    onOpen: (value, { entryVersion }) => {
      if (entryVersion) versions.set(value, entryVersion)
    }
  })
  tier.onDrop((key, entry) => {
    opened.close(entry)
    if (entry.entryVersion) entry.entryVersion.isGone = true
    if (entry.members) members.remove(key, entry.members)
  })

  const lastAsked = (key: string) => tier.peek(key)?.entryVersion?.askedAt ?? -Infinity

  const store = (
    key: string,
    value: unknown,
    { row, freshMs, negativeMs = 0, isText = false, membersOf }: Policy,
    { startedAt, askedAt, text: given }: Fetched
  ): EntryVersion | undefined => {
    if ((value === null ? negativeMs : freshMs) <= 0) {
      tier.delete(key) // the older entry is now outdated
      return undefined
    }
    const isObject = typeof value === 'object' && value !== null
    const text = isText && isObject ? toText(value, given ?? textOf(value), json) : undefined
    frozen(value)
    const entryVersion: EntryVersion = {
      key: copied(key),
      row,
      startedAt,
      isAbsent: value === null,
      isGone: false,
      askedAt: Math.max(askedAt, lastAsked(key))
    }
    const entry: Entry = {
      value: text === undefined ? value : undefined,
      text,
      startedAt,
      members: isObject ? membersOf?.(value) : undefined,
      entryVersion
    }
    tier.set(entryVersion.key, entry)
    on({ name: 'stored', row })
    if (tier.peek(key) !== entry) return undefined
    if (entry.members) members.add(entryVersion.key, entry.members)
    // The object of an entry stored as text is not held: most entries of a large cache are requested once.
    if (isObject) versions.set(value, entryVersion)
    return entryVersion
  }
  const valueOf = (entry: Entry): unknown =>
    // TypeScript does not narrow an object by its member
    entry.text === undefined ? entry.value : opened.valueOf(entry as Entry & { readonly text: string })

  return {
    /** The last request for a key, in ms; -Infinity if it has no entry. */
    lastAsked,
    /** Stores a value under its key, unless its policy forbids it. Returns its version if the tier accepted it. */
    store,
    /** The value of an entry; parsed if it is stored as text. */
    valueOf,
    /** The keys of the entries with this member. */
    keysOf: members.keysOf,
    views: {
      /** The version of the entry from which exactly this object was read. */
      entryVersionOf: (value: object): EntryVersion | undefined => versions.get(value),
      /** The JSON of the entry from which exactly this object was read; undefined if it is not stored as text. */
      textOf: (value: object): string | undefined => {
        const entryVersion = versions.get(value)
        const entry = entryVersion && tier.peek(entryVersion.key)
        return entry?.entryVersion === entryVersion ? entry?.text : undefined
      },
      /** The value of an entry, without a lookup; undefined when it has left the cache. */
      valueAt: (entryVersion: EntryVersion): unknown => {
        const entry = tier.peek(entryVersion.key)
        return entry && entry.entryVersion === entryVersion ? valueOf(entry) : undefined
      },
      /** The size of the cache; `open` counts the entries stored as text whose parsed object is also held. */
      size: () => {
        const { bytes, items } = tier.size()
        const open = opened.size()
        return { bytes: bytes + open.bytes, items, open: open.items }
      }
    }
  }
}
