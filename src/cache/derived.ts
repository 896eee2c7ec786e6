import { createBoundedCache } from './boundedCache.ts'
import type { BoundedEntry } from './boundedCache.ts'
import type { EntryVersion } from './tier.ts'

/** A value derived from cache entries, such as the bytes of a response, with the versions of these entries. */
export type Made<T> = { readonly value: T; readonly versions: readonly EntryVersion[] }
type Size = { bytes: number; versions: readonly EntryVersion[] }
/** Values derived from one entry are attached to the version of that entry, and are freed with it. */
type WithDerived = EntryVersion & { made?: Map<unknown, BoundedEntry> }

const entryBytes = 300 // the object, its slot in a Set and in a Map
const versionBytes = 8

/**
 * A cache of values derived from cached entries, bounded by bytes. A value is valid as long as all of its source
 * entries are in the cache. Any value may be evicted at any time.
 */
export const createDerived = <T>({ maxBytes }: { maxBytes: number }) => {
  const bounded = createBoundedCache({ maxBytes })
  const home = new Map<unknown, BoundedEntry>()

  const set = (where: Map<unknown, BoundedEntry>, key: unknown, value: unknown, { bytes, versions }: Size) => {
    const keyBytes = typeof key === 'string' ? key.length * 2 : 0
    const total = entryBytes + keyBytes + bytes + versions.length * versionBytes
    bounded.set({ home: where, key, value, versions, bytes: total })
  }

  return {
    /**
     * The value under a key, if all of its source entries are in the cache. The caller checks freshness by the
     * versions.
     */
    // `keep` is the only writer
    find: (key: string): Made<T> | undefined => bounded.get(home, key) as Made<T> | undefined,
    /** Stores a value, unless a source entry has left the cache; `bytes` is the heap size of the value. */
    keep: (key: string, value: T, size: Size) => {
      set(home, key, value, size)
    },
    /** Adds to the size of a value. */
    grow: (key: string, bytes: number) => {
      bounded.grow(home.get(key), bytes)
    },
    /**
     * The same cache for values derived from a single entry. The key is the version of the entry plus an object that
     * identifies the part.
     */
    perEntry: <P>(): PerEntryCache<P> => ({
      find: (version, what) => {
        const { made } = version as WithDerived
        return made && (bounded.get(made, what) as Made<P> | undefined) // `keep` below is the only writer
      },
      keep: (version, what, value, size) => {
        set(((version as WithDerived).made ??= new Map<unknown, BoundedEntry>()), what, value, size)
      }
    }),
    maxBytes,
    size: bounded.size
  }
}

export type Derived<T> = ReturnType<typeof createDerived<T>>
/** The cache of values derived from single entries. */
export type PerEntryCache<P> = {
  find: (version: EntryVersion, what: object) => Made<P> | undefined
  keep: (version: EntryVersion, what: object, value: P, size: Size) => void
}
