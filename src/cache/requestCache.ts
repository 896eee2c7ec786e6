import { createBoundedCache } from './boundedCache.ts'
import type { Held } from './boundedCache.ts'
import { sizeOf } from './size.ts'

/** What an entry takes besides its key and its value: itself, and its places in a Map and in a Set (measured). */
const entryBytes = 250
const none: Held['versions'] = []

/** A cache of one kind of thing; `bytes` is what a value retains. An entry may be dropped at any time. */
export type Cache<V> = {
  get: (key: string) => V | undefined
  set: (key: string, value: V, bytes: number) => void
  delete: (key: string) => void
}

// A key cut out of a longer text keeps the whole text alive, and a key put together of several keeps its parts.
const copied = (key: string) => Buffer.from(key).toString()

/**
 * Room that several caches share, bounded by the bytes of all of them together: whichever kind of thing comes in great
 * numbers, it takes the place of what was not used lately, of any kind, and the sum stays the same.
 */
export const createRequestCache = ({ maxBytes }: { maxBytes: number }) => {
  const room = createBoundedCache({ maxBytes })
  return {
    /** A cache in this room. */
    cache: <V>(): Cache<V> => {
      const home = new Map<unknown, Held>()
      return {
        get: (key) => room.find(home, key)?.value as V | undefined, // `set` alone puts things there
        set: (key, value, bytes) => {
          const own = copied(key)
          room.enter({ home, key: own, value, versions: none, bytes: entryBytes + sizeOf(own) + bytes, isUsed: false })
        },
        delete: (key) => {
          room.remove(home, key)
        }
      }
    },
    size: room.size,
    maxBytes
  }
}

export type RequestCache = ReturnType<typeof createRequestCache>
