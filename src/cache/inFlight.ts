import type { createOutages } from './outages.ts'
import type { CacheEvent, Policy, Seen } from './policy.ts'
import type { EntryVersion } from './tier.ts'

/** Somebody who waits, and not without end: `until` rejects when the waiting is over, and starts nothing then. Instants as `performance.now()` has them. */
export type Waiter = {
  readonly endsAt: number
  readonly isOver: () => boolean
  readonly until: <T>(start: () => Promise<T>) => Promise<T>
}
export type LookUpOptions = {
  /** takes nothing whose fetch started before this instant, in ms, and nothing stale */
  notBefore?: number | undefined
  /** told of the answer */
  seen?: ((seen: Seen) => void) | undefined
  /** nobody asks: it does not count as asked for */
  isBackground?: boolean | undefined
  /** how long the answer is waited for; without end when absent */
  wait?: Waiter | undefined
}
/**
 * Whom a fetch is for. It stops being background work when somebody comes to wait for it. `isOver` says that all who waited
 * have stopped; `endsAt` is when the first of them does.
 */
export type Fetch = {
  isBackground: boolean
  readonly endsAt: number
  readonly isOver: () => boolean
  readonly add: (one: Waiter) => void
  readonly clear: () => void
}
export type Fill = (fetching: Fetch) => Promise<unknown>
export type InFlight = {
  promise: Promise<unknown>
  readonly startedAt: number
  readonly fetching: Fetch
  askedAt: number
  stamp?: EntryVersion | undefined
}

// A Map that grows leaves its table of before to the garbage, as it was, and with it each flight: what came of one would stay
// in memory until the whole heap is collected.
const landed = Promise.resolve()

/** One for whom nothing ends: background work, which is not given up. */
export const endless: Waiter = { endsAt: Infinity, isOver: () => false, until: (start) => start() }

const createFetch = (first: Waiter, isBackground: boolean): Fetch => {
  const all = new Set([first])
  return {
    isBackground,
    endsAt: first.endsAt,
    isOver: () => {
      for (const one of all) if (!one.isOver()) return false
      return true
    },
    add: (one) => {
      all.add(one)
    },
    clear: () => {
      all.clear()
    }
  }
}

type Dependencies = {
  now: () => number
  on: (event: CacheEvent) => void
  /** undefined where the failure tells nothing of the source */
  isOutage: (error: unknown) => boolean | undefined
  maxBehind: number
  outages: ReturnType<typeof createOutages>
  /** when somebody asked last for what stands under a key */
  lastAsked: (key: string) => number
  /** keeps what came, unless it was overtaken meanwhile */
  store: (key: string, value: unknown, policy: Policy, flight: InFlight) => EntryVersion | undefined
}

/**
 * The fetches that are under way, one per key. A key's flight is current while it stands here: one that was taken out has been
 * overtaken, and is still answered to those who waited for it, but is not stored.
 */
export const createInFlight = ({ now, on, isOutage, maxBehind, outages, lastAsked, store }: Dependencies) => {
  const flights = new Map<string, InFlight>()
  let behind = 0

  /** `askedAt` is when somebody asked for it last, in ms; -Infinity when nobody has. */
  const start = (key: string, policy: Policy, fill: Fill, fetching: Fetch, askedAt: number): InFlight => {
    const { row } = policy
    const land = (value: unknown) => {
      outages.well(row)
      if (flights.get(key) !== flight) on({ name: 'overtaken', row })
      else {
        flights.delete(key)
        flight.promise = landed
        fetching.clear()
        flight.stamp = store(key, value, policy, flight)
      }
      return value
    }
    const crash = (error: unknown) => {
      if (flights.get(key) === flight) flights.delete(key)
      const tells = isOutage(error)
      if (tells === undefined) outages.gaveUp(row)
      else if (tells) outages.failed(row)
      else outages.well(row)
      on({ name: tells === undefined ? 'abandoned' : 'failed', row })
      throw error
    }
    const flight: InFlight = {
      startedAt: now(),
      fetching,
      askedAt: Math.max(askedAt, lastAsked(key)),
      promise: fill(fetching).then(land, crash)
    }
    flights.set(key, flight)
    return flight
  }

  return {
    /** The fetch under way that began at `notBefore` or later, or a new one; whoever asks waits for it, too. */
    board(
      key: string,
      policy: Policy,
      fill: Fill,
      { notBefore = -Infinity, isBackground, wait = endless }: LookUpOptions
    ) {
      const underWay = flights.get(key)
      const isJoined = underWay !== undefined && underWay.startedAt >= notBefore
      const askedAt = isBackground === true ? -Infinity : now()
      const flight = isJoined ? underWay : start(key, policy, fill, createFetch(wait, false), askedAt)
      flight.fetching.isBackground = false
      flight.fetching.add(wait)
      flight.askedAt = Math.max(flight.askedAt, askedAt)
      outages.trying(policy.row)
      on({ name: isJoined ? 'join' : 'miss', row: policy.row })
      return { flight, isJoined }
    },
    /** Fetches a key in the background, unless it is under way or too much is. */
    startBehind(key: string, policy: Policy, fill: Fill, askedAt = -Infinity) {
      if (flights.has(key) || behind >= maxBehind) return
      behind += 1
      void start(key, policy, fill, createFetch(endless, true), askedAt)
        .promise.catch(() => undefined)
        .finally(() => {
          behind -= 1
        }) // its failure was noted
    },
    get: (key: string) => flights.get(key),
    keys: () => flights.keys(),
    /** What is on its way under a key will not be kept and not be joined. */
    overtake: (key: string) => void flights.delete(key),
    /** The same for all of a row that started before that instant. */
    overtakeRow(row: string, before: number) {
      for (const [key, { startedAt }] of flights)
        if (startedAt < before && key.startsWith(`${row} `)) flights.delete(key)
    }
  }
}
