import { createBoundedCache } from './boundedCache.ts'
import type { BoundedEntry } from './boundedCache.ts'
import { sizeOf } from './size.ts'
import { fromText } from './text.ts'
import type { JsonFormat } from './text.ts'
import type { Entry } from './tier.ts'

const openedBytes = 250 // the bounded cache's entry, its slot in a Set, a Map and a WeakMap

type Dependencies = {
  maxBytes: number
  json?: JsonFormat | undefined
  /** called with each object that is parsed from an entry */
  onOpen: (value: object, entry: Entry) => void
}

/**
 * The parsed objects of the entries in use that are stored as text. While the object is held, an entry has exactly one
 * object, so that derived values can be cached by its identity.
 */
export const createOpened = ({ maxBytes, json, onOpen }: Dependencies) => {
  const bounded = createBoundedCache({ maxBytes })
  const home = new Map<unknown, BoundedEntry>()
  return {
    /** The object of an entry that is stored as text. */
    valueOf: (entry: Entry & { readonly text: string }): object => {
      const known = bounded.get(home, entry)
      if (known) return known.value as object // set below
      const value = fromText(entry.text, json)
      onOpen(value, entry)
      const versions = entry.entryVersion ? [entry.entryVersion] : []
      bounded.set({ home, key: entry, value, versions, bytes: openedBytes + sizeOf(value) })
      return value
    },
    close: (entry: Entry) => {
      bounded.delete(home, entry)
    },
    size: bounded.size
  }
}
