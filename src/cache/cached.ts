import type { Tier } from './tier.ts'

/** What happens in the cache, by name; `row` is the endpoint's name, never a key, so a listener meets no person. */
export type CacheEvent = { name: 'hit' | 'miss' | 'join' | 'stored' | 'overtaken' | 'failed' | 'forgotten'; row: string }

/** How long an answer stays fresh, and how long its absence does, in ms. 0 = never kept, only shared while under way. */
export type Freshness = { row: string; ttlMs: number; negativeTtlMs?: number }

type Dependencies = { tier: Tier; now?: () => number; on?: (event: CacheEvent) => void }

/**
 * One fetch at a time per key, and its answer kept for as long as the row says.
 * A key's flight is current while it stands in `flights`: `forget` takes it out, so a fill that was overtaken is still
 * answered to those who waited for it, but is not stored, and whoever asks next starts a new one.
 */
export const createCached = ({ tier, now = Date.now, on = () => {} }: Dependencies) => {
  const flights = new Map<string, Promise<unknown>>()

  const store = (key: string, value: unknown, { row, ttlMs, negativeTtlMs = 0 }: Freshness) => {
    const lifeMs = value === null ? negativeTtlMs : ttlMs
    if (lifeMs <= 0) return
    tier.set(key, { value, freshUntil: now() + lifeMs })
    on({ name: 'stored', row })
  }

  const fetch = (key: string, freshness: Freshness, fill: () => Promise<unknown>) => {
    const { row } = freshness
    const flight: Promise<unknown> = fill().then(
      (value) => {
        if (flights.get(key) !== flight) on({ name: 'overtaken', row })
        else {
          flights.delete(key)
          store(key, value, freshness)
        }
        return value
      },
      (error: unknown) => {
        if (flights.get(key) === flight) flights.delete(key)
        on({ name: 'failed', row })
        throw error
      }
    )
    flights.set(key, flight)
    return flight
  }

  return {
    /**
     * The value under `key`: at once when it is fresh, else the promise of the one fetch under way.
     * `null` is a known absence. Rejects with what `fill` rejects with; a failure is never kept.
     */
    get(key: string, freshness: Freshness, fill: () => Promise<unknown>): unknown {
      const { row } = freshness
      const entry = tier.get(key)
      if (entry && now() < entry.freshUntil) {
        on({ name: 'hit', row })
        return entry.value
      }
      const underWay = flights.get(key)
      on({ name: underWay ? 'join' : 'miss', row })
      return underWay ?? fetch(key, freshness, fill)
    },
    /** Forgets the key, also what is on its way to it. */
    forget(key: string, row: string) {
      tier.delete(key)
      flights.delete(key)
      on({ name: 'forgotten', row })
    },
    /** Forgets every key of a row, also what is on its way. */
    forgetRow(row: string) {
      for (const key of [...tier.keys(), ...flights.keys()]) {
        if (!key.startsWith(`${row} `)) continue
        tier.delete(key)
        flights.delete(key)
      }
      on({ name: 'forgotten', row })
    },
    /** Drops what is no longer fresh of a row; keys of a row begin with its name and a space. */
    dropStale(row: string) {
      for (const key of tier.keys()) if (key.startsWith(`${row} `) && now() >= (tier.get(key)?.freshUntil ?? Infinity)) tier.delete(key)
    },
    /** What the tier holds now. */
    size: () => tier.size()
  }
}

export type Cached = ReturnType<typeof createCached>
