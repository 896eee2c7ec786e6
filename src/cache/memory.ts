import { LRUCache } from 'lru-cache'
import { sizeOf } from './size.ts'
import type { Entry, Tier } from './tier.ts'

const entryBytes = 322 // the entry and its version, its slot in the LRU list and in a Map
const memberBytes = 250 // the string, its slot in a Map and in a Set with one element

/**
 * A cache tier in the memory of this process. It is an LRU cache limited by bytes, not by count, since one CV can be a
 * hundred times as large as another. A value larger than a tenth of `maxBytes` is not stored.
 */
export const createMemoryTier = ({ maxBytes }: { maxBytes: number }): Tier => {
  let dropped: (key: string, entry: Entry) => void = () => {}
  const lru = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    maxEntrySize: Math.ceil(maxBytes / 10),
    sizeCalculation: ({ value, text, members = [] }, key) =>
      entryBytes + sizeOf(key) + sizeOf(text ?? value) + members.length * memberBytes,
    dispose: (entry, key) => {
      dropped(key, entry)
    }
  })
  return {
    get: (key) => lru.get(key),
    peek: (key) => lru.peek(key),
    set: (key, entry) => void lru.set(entry.entryVersion?.key ?? key, entry),
    delete: (key) => void lru.delete(key),
    keys: () => lru.keys(),
    size: () => ({ bytes: lru.calculatedSize, items: lru.size }),
    onDrop: (listener) => {
      dropped = listener
    }
  }
}
