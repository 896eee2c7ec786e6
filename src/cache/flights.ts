import type { createOutages } from './outages.ts'
import type { CacheEvent, Policy } from './policy.ts'
import type { Stamp } from './tier.ts'

/** Whom a fetch is for. It stops being background work when somebody comes to wait for it. */
export type Errand = { isBackground: boolean }
export type Fill = (errand: Errand) => Promise<unknown>
export type Flight = { promise: Promise<unknown>; readonly startedAt: number; readonly errand: Errand; askedAt: number; stamp?: Stamp | undefined }

// A Map that grows leaves its table of before to the garbage, as it was, and with it each flight: what came of one would stay
// in memory until the whole heap is collected.
const landed = Promise.resolve()

type Dependencies = {
  now: () => number
  on: (event: CacheEvent) => void
  isOutage: (error: unknown) => boolean
  maxBehind: number
  outages: ReturnType<typeof createOutages>
  /** when somebody asked last for what stands under a key */
  lastAsked: (key: string) => number
  /** keeps what came, unless it was overtaken meanwhile */
  store: (key: string, value: unknown, policy: Policy, flight: Flight) => Stamp | undefined
}

/**
 * The fetches that are under way, one per key. A key's flight is current while it stands here: one that was taken out has been
 * overtaken, and is still answered to those who waited for it, but is not stored.
 */
export const createFlights = ({ now, on, isOutage, maxBehind, outages, lastAsked, store }: Dependencies) => {
  const flights = new Map<string, Flight>()
  let behind = 0

  /** `askedAt` is when somebody asked for it last, in ms; -Infinity when nobody has. */
  const start = (key: string, policy: Policy, fill: Fill, errand: Errand, askedAt: number): Flight => {
    const { row } = policy
    const land = (value: unknown) => {
      outages.well(row)
      if (flights.get(key) !== flight) on({ name: 'overtaken', row })
      else {
        flights.delete(key)
        flight.promise = landed
        flight.stamp = store(key, value, policy, flight)
      }
      return value
    }
    const crash = (error: unknown) => {
      if (flights.get(key) === flight) flights.delete(key)
      if (isOutage(error)) outages.failed(row)
      else outages.well(row)
      on({ name: 'failed', row })
      throw error
    }
    const flight: Flight = { startedAt: now(), errand, askedAt: Math.max(askedAt, lastAsked(key)), promise: fill(errand).then(land, crash) }
    flights.set(key, flight)
    return flight
  }

  return {
    start,
    /** Fetches a key in the background, unless it is under way or too much is. */
    startBehind(key: string, policy: Policy, fill: Fill, askedAt = -Infinity) {
      if (flights.has(key) || behind >= maxBehind) return
      behind += 1
      void start(key, policy, fill, { isBackground: true }, askedAt).promise.catch(() => undefined).finally(() => { behind -= 1 }) // its failure was noted
    },
    get: (key: string) => flights.get(key),
    keys: () => flights.keys(),
    /** What is on its way under a key will not be kept and not be joined. */
    overtake: (key: string) => void flights.delete(key),
    /** The same for all of a row that started before that instant. */
    overtakeRow(row: string, before: number) {
      for (const [key, { startedAt }] of flights) if (startedAt < before && key.startsWith(`${row} `)) flights.delete(key)
    }
  }
}
