import { createBoundedCache } from './boundedCache.ts'
import type { BoundedEntry } from './boundedCache.ts'
import { sizeOf } from './size.ts'
import { copied } from './text.ts'

/** Heap bytes of an entry without its key and value: the object, its slot in a Map and in a Set (measured). */
const entryBytes = 250
const none: BoundedEntry['versions'] = []

/** A cache of one kind of value; `bytes` is the heap size of a value. An entry may be evicted at any time. */
export type Cache<V> = {
  get: (key: string) => V | undefined
  set: (key: string, value: V, bytes: number) => void
  delete: (key: string) => void
}

/**
 * Several caches that share one limit in bytes. A kind of value that arrives in large numbers evicts the least recently
 * used entries of any kind, and the total stays the same.
 */
export const createRequestCache = ({ maxBytes }: { maxBytes: number }) => {
  const bounded = createBoundedCache({ maxBytes })
  return {
    /** A new cache under the shared bound. */
    cache: <V>(): Cache<V> => {
      const home = new Map<unknown, BoundedEntry>()
      return {
        get: (key) => bounded.get(home, key)?.value as V | undefined, // `set` is the only writer
        set: (given, value, bytes) => {
          const key = copied(given)
          bounded.set({ home, key, value, versions: none, bytes: entryBytes + sizeOf(key) + bytes })
        },
        delete: (key) => {
          bounded.delete(home, key)
        }
      }
    },
    size: bounded.size,
    maxBytes
  }
}

export type RequestCache = ReturnType<typeof createRequestCache>
