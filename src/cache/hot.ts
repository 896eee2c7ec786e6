import { LRUCache } from 'lru-cache'

/** What was asked for in the last minutes: the `max` ids that were asked for last, each for `forMs`. */
export const createHot = ({ now, max = 5000, forMs = 5 * 60_000 }: { now: () => number; max?: number; forMs?: number }) => {
  const askedAt = new LRUCache<string, number>({ max })
  return {
    note: (id: string) => void askedAt.set(id, now()),
    has: (id: string) => (askedAt.peek(id) ?? -Infinity) > now() - forMs
  }
}
