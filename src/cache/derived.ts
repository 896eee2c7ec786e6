import { createBoundedCache } from './boundedCache.ts'
import type { Held } from './boundedCache.ts'
import type { EntryVersion } from './tier.ts'

/** Something made of what the cache holds, such as the bytes of an answer, and the stamps of all that it was made of. */
export type Made<T> = { readonly value: T; readonly versions: readonly EntryVersion[] }
type Size = { bytes: number; versions: readonly EntryVersion[] }
/** What was made of an entry is found by the entry's stamp, and is gone with it. */
type Holding = EntryVersion & { made?: Map<unknown, Held> }

const madeBytes = 300 // the object, its place in a Set and in a Map
const stampBytes = 8

/**
 * What was made of cached entries, and stands as long as they do: what was not used lately first out, bounded by bytes. It may
 * be lost at any time, for it can be made again.
 */
export const createDerived = <T>({ maxBytes }: { maxBytes: number }) => {
  const room = createBoundedCache({ maxBytes })
  const home = new Map<unknown, Held>()

  const enter = (where: Map<unknown, Held>, key: unknown, value: unknown, { bytes, versions }: Size) => {
    const ofKey = typeof key === 'string' ? key.length * 2 : 0
    room.enter({
      home: where,
      key,
      value,
      versions,
      bytes: madeBytes + ofKey + bytes + versions.length * stampBytes,
      isUsed: false
    })
  }

  return {
    /** What was made under this key, if all it was made of still stands. Freshness is the caller's to judge, by the stamps. */
    find: (key: string): Made<T> | undefined => room.find(home, key) as Made<T> | undefined, // `keep` alone puts things there
    /** Keeps what was made, unless something that it was made of has gone meanwhile; `bytes` is what it holds. */
    keep: (key: string, value: T, size: Size) => {
      enter(home, key, value, size)
    },
    /** What was made has grown by so many bytes. */
    grow: (key: string, bytes: number) => {
      room.grow(home.get(key), bytes)
    },
    /** The same for what was made of one entry in the first place: found by its stamp, and by what it is of it. */
    beside: <P>() => ({
      find: (stamp: EntryVersion, what: object): Made<P> | undefined => {
        const { made } = stamp as Holding
        return made && (room.find(made, what) as Made<P> | undefined) // by what it is of it, nothing else is found
      },
      keep: (stamp: EntryVersion, what: object, value: P, size: Size) => {
        enter(((stamp as Holding).made ??= new Map<unknown, Held>()), what, value, size)
      }
    }),
    maxBytes,
    size: room.size
  }
}

export type Derived<T> = ReturnType<typeof createDerived<T>>
/** What was made of single entries. */
export type Beside<P> = {
  find: (stamp: EntryVersion, what: object) => Made<P> | undefined
  keep: (stamp: EntryVersion, what: object, value: P, size: Size) => void
}
