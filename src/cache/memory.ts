import { LRUCache } from 'lru-cache'
import { sizeOf } from './size.ts'
import type { Entry, Tier } from './tier.ts'

const entryBytes = 280 // the entry and its stamp, its place in the LRU's lists and in its Map
const memberBytes = 250 // a member's text, its place in a Map and in a Set of one

/**
 * The tier in this process's memory, least recently used first out, bounded by bytes and not by count:
 * one CV can be a hundred times another. A value larger than a tenth of the whole is not kept.
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
    set: (key, entry) => void lru.set(entry.stamp?.key ?? key, entry),
    delete: (key) => void lru.delete(key),
    keys: () => lru.keys(),
    size: () => ({ bytes: lru.calculatedSize, items: lru.size }),
    onDrop: (listener) => {
      dropped = listener
    }
  }
}
