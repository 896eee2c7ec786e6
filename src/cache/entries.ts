import { createOpened } from './openedRecords.ts'
import type { CacheEvent, Policy } from './policy.ts'
import { createReverseIndex } from './reverseIndex.ts'
import { frozen, toText } from './text.ts'
import type { Json } from './text.ts'
import type { Entry, EntryVersion, Tier } from './tier.ts'

type Dependencies = {
  tier: Tier
  openBytes: number
  json: Json | undefined
  textOf: (value: object) => string | undefined
  on: (event: CacheEvent) => void
}

// A key cut out of a request's text keeps the whole text alive, and a text can be a thousand times its key.
const copied = (key: string) => Buffer.from(key).toString()

/** The entries of a tier, and beside each its members, its version and the object that its text was parsed to. */
export const createEntries = ({ tier, openBytes, json, textOf, on }: Dependencies) => {
  const members = createReverseIndex()
  const versions = new WeakMap<object, EntryVersion>()
  const opened = createOpened({
    maxBytes: openBytes,
    json,
    onOpen: (value, { stamp }) => {
      if (stamp) versions.set(value, stamp)
    }
  })
  tier.onDrop((key, entry) => {
    opened.close(entry)
    if (entry.stamp) entry.stamp.isGone = true
    if (entry.members) members.remove(key, entry.members)
  })

  const lastAsked = (key: string) => tier.peek(key)?.stamp?.askedAt ?? -Infinity

  const store = (
    key: string,
    value: unknown,
    { row, freshMs, negativeMs = 0, isText = false, membersOf }: Policy,
    { startedAt, askedAt }: { readonly startedAt: number; readonly askedAt: number }
  ): EntryVersion | undefined => {
    if ((value === null ? negativeMs : freshMs) <= 0) {
      tier.delete(key) // what stood there is known to be of the past
      return undefined
    }
    const isObject = typeof value === 'object' && value !== null
    const text = isText && isObject ? toText(value, textOf(value), json) : undefined
    frozen(value)
    const stamp: EntryVersion = {
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
      opened: undefined,
      startedAt,
      members: isObject ? membersOf?.(value) : undefined,
      stamp
    }
    tier.set(stamp.key, entry)
    on({ name: 'stored', row })
    if (tier.peek(key) !== entry) return undefined
    if (entry.members) members.add(stamp.key, entry.members)
    // An entry that is held as text is parsed at its next request only: most of a large cache is asked for once.
    if (isObject) versions.set(value, stamp)
    return stamp
  }

  return {
    /** When the value under a key was last asked for, in ms; -Infinity where there is none. */
    lastAsked,
    /** Puts a value under its key, unless its policy keeps none; its version, where the tier has kept it. */
    store,
    valueOf: (entry: Entry): unknown =>
      // TypeScript does not narrow an object by its member.
      entry.text === undefined ? entry.value : opened.valueOf(entry as Entry & { readonly text: string }),
    /** The keys of the entries that have this member. */
    keysOf: members.keysOf,
    /** The version under which this very object stands, or stood, in the tier. */
    stampOf: (value: object): EntryVersion | undefined => versions.get(value),
    /** What is held now; `open` are those of the items that are held as objects besides. */
    size: () => {
      const { bytes, items } = tier.size()
      const open = opened.size()
      return { bytes: bytes + open.bytes, items, open: open.items }
    }
  }
}
