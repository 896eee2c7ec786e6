import type { EntryVersion } from './tier.ts'

/**
 * An entry of a bounded cache. `home` is the Map that holds it under `key`. `isUsed` is set by a lookup and cleared by
 * the clock hand.
 */
export type BoundedEntry = {
  readonly home: Map<unknown, BoundedEntry>
  readonly key: unknown
  readonly value: unknown
  readonly versions: readonly EntryVersion[]
  bytes: number
  isUsed: boolean
}

const isGone = ({ versions }: BoundedEntry): boolean => versions.some((version) => version.isGone)

/**
 * A cache limited by bytes, for values derived from other cache entries. Eviction follows the CLOCK algorithm: the hand
 * clears the flag of a used entry, and evicts an entry that is unused or whose sources are gone. A lookup only sets a
 * flag; in an LRU list it would relink the entry.
 */
export const createBoundedCache = ({ maxBytes }: { maxBytes: number }) => {
  const all = new Set<BoundedEntry>()
  let bytes = 0
  let hand = all.values()

  const next = (): BoundedEntry | undefined => {
    const step = hand.next()
    if (!step.done) return step.value
    hand = all.values()
    return hand.next().value
  }

  const remove = (entry: BoundedEntry) => {
    if (!all.delete(entry)) return
    bytes -= entry.bytes
    if (entry.home.get(entry.key) === entry) entry.home.delete(entry.key)
  }

  const evict = () => {
    while (bytes > maxBytes) {
      const entry = next()
      if (!entry) return
      if (entry.isUsed && !isGone(entry)) entry.isUsed = false
      else remove(entry)
    }
  }

  return {
    /**
     * Adds an entry in place of the one under its key. An entry larger than a tenth of `maxBytes`, or whose sources are
     * gone, is not stored.
     */
    set(given: Omit<BoundedEntry, 'isUsed'>) {
      const entry: BoundedEntry = { ...given, isUsed: false }
      const replaced = entry.home.get(entry.key)
      if (replaced) remove(replaced)
      if (entry.bytes > maxBytes / 10 || isGone(entry)) return
      entry.home.set(entry.key, entry)
      all.add(entry)
      bytes += entry.bytes
      evict()
    },
    delete(home: ReadonlyMap<unknown, BoundedEntry>, key: unknown) {
      const entry = home.get(key)
      if (entry) remove(entry)
    },
    /** Adds to the size of an entry. */
    grow(entry: BoundedEntry | undefined, more: number) {
      if (entry === undefined) return
      entry.bytes += more
      bytes += more
      evict()
    },
    /** The entry under a key; undefined when one of its sources is gone. */
    get(home: ReadonlyMap<unknown, BoundedEntry>, key: unknown): BoundedEntry | undefined {
      const entry = home.get(key)
      if (entry === undefined) return undefined
      if (isGone(entry)) {
        remove(entry)
        return undefined
      }
      entry.isUsed = true
      return entry
    },
    size: () => ({ bytes, items: all.size })
  }
}
