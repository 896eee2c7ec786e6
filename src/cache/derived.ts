import { LRUCache } from 'lru-cache'
import type { Stamp } from './tier.ts'

/** Something made of what the cache holds, such as the bytes of an answer, and the stamps of all that it was made of. */
export type Made<T> = { readonly value: T; readonly stamps: readonly Stamp[] }

const madeBytes = 300 // the object, its place in the LRU's lists and in a Map
const stampBytes = 8

/**
 * What was made of cached entries, and stands as long as they do: least recently used first out, bounded by bytes. It may be
 * lost at any time, for it can be made again.
 */
export const createDerived = <T>({ maxBytes }: { maxBytes: number }) => {
  const lru = new LRUCache<string, Made<T> & { readonly bytes: number }>({
    maxSize: maxBytes,
    maxEntrySize: Math.ceil(maxBytes / 10),
    sizeCalculation: ({ bytes, stamps }, key) => madeBytes + key.length * 2 + bytes + stamps.length * stampBytes
  })
  return {
    /** What was made under this key, if all it was made of still stands. Freshness is the caller's to judge, by the stamps. */
    find(key: string): Made<T> | undefined {
      const made = lru.get(key)
      if (made === undefined) return undefined
      for (const { isGone } of made.stamps) {
        if (!isGone) continue
        lru.delete(key)
        return undefined
      }
      return made
    },
    /** Keeps what was made, unless something that it was made of has gone meanwhile; `bytes` is what it holds. */
    keep(key: string, value: T, { bytes, stamps }: { bytes: number; stamps: readonly Stamp[] }) {
      if (stamps.every(({ isGone }) => !isGone)) lru.set(key, { value, bytes, stamps })
    },
    /** What was made has grown by so many bytes. */
    grow(key: string, bytes: number) {
      const made = lru.peek(key)
      if (made) lru.set(key, { ...made, bytes: made.bytes + bytes })
    },
    maxBytes,
    size: () => ({ bytes: lru.calculatedSize, items: lru.size })
  }
}

export type Derived<T> = ReturnType<typeof createDerived<T>>
