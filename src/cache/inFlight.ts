import type { FarLayer, FarValue } from './far.ts'
import type { createOutages } from './outages.ts'
import type { CacheEvent, LookUpResult, Policy } from './policy.ts'
import type { EntryVersion } from './tier.ts'

/** A caller with a timeout: `until` starts the work, and rejects after the timeout. Instants of `performance.now()`. */
export type Waiter = {
  readonly endsAt: number
  readonly isOver: () => boolean
  readonly until: <T>(start: () => Promise<T>) => Promise<T>
}
export type LookUpOptions = {
  /** rejects all stale values, and values whose fetch started before this instant, in ms */
  notBefore?: number | undefined
  /** called with the result of the lookup */
  onResult?: ((result: LookUpResult) => void) | undefined
  /** background work: it does not count as a request for the entry */
  isBackground?: boolean | undefined
  /** how long the caller waits; unlimited when absent */
  wait?: Waiter | undefined
  /** the operation that the lookup belongs to, of any type; the fetch lists the causes that wait for it */
  cause?: object | undefined
}
/**
 * The callers of a fetch. It stops being background work when a caller joins it. `isOver` is true once all callers have
 * stopped waiting; `endsAt` is the instant at which the first one stops. `causes` are the causes of their lookups.
 */
export type Fetch = {
  isBackground: boolean
  readonly endsAt: number
  readonly isOver: () => boolean
  readonly causes: () => Iterable<object>
  readonly add: (caller: Waiter, cause: object | undefined) => void
  readonly clear: () => void
}
export type Fill = (fetching: Fetch) => Promise<unknown>
export type InFlight = {
  promise: Promise<unknown>
  /** for a value from the far cache: the start of the original fetch from the source */
  startedAt: number
  readonly fetching: Fetch
  askedAt: number
  /** no caller accepts a value whose fetch started before this instant */
  notBefore: number
  /** the JSON of the value, if it was received as text */
  text?: string | undefined
  entryVersion?: EntryVersion | undefined
}

// A resized Map keeps its old backing store alive until a full GC, and with it every flight in it: a finished flight
// must not reference its result.
const finished = Promise.resolve()

/** A caller that waits without a limit, for background work. */
export const endless: Waiter = { endsAt: Infinity, isOver: () => false, until: (start) => start() }

const createFetch = (first: Waiter, isBackground: boolean): Fetch => {
  const callers = new Set([first])
  const causes = new Set<object>()
  return {
    isBackground,
    endsAt: first.endsAt,
    isOver: () => {
      for (const caller of callers) if (!caller.isOver()) return false
      return true
    },
    causes: () => causes,
    add: (caller, cause) => {
      callers.add(caller)
      if (cause) causes.add(cause)
    },
    clear: () => {
      callers.clear()
      causes.clear()
    }
  }
}

type Dependencies = {
  now: () => number
  on: (event: CacheEvent) => void
  /** undefined if the failure says nothing about the source */
  isOutage: (error: unknown) => boolean | undefined
  maxInBackground: number
  outages: ReturnType<typeof createOutages>
  /** the last request for the entry under a key, in ms */
  lastAsked: (key: string) => number
  /** the far cache, which is looked up before the source */
  farLayer?: FarLayer | undefined
  /** stores a result; not called for a fetch that was overtaken */
  store: (key: string, value: unknown, policy: Policy, flight: InFlight) => EntryVersion | undefined
}

/**
 * The fetches in flight, one per key. An overtaken fetch is removed from here: its callers get its result, but the
 * result is not stored and no new caller joins it.
 */
export const createInFlight = (dependencies: Dependencies) => {
  const { now, on, isOutage, maxInBackground, outages, lastAsked, farLayer, store } = dependencies
  const fetches = new Map<string, InFlight>()
  let inBackground = 0

  const land = (key: string, value: unknown, policy: Policy, flight: InFlight) => {
    fetches.delete(key)
    flight.promise = finished
    flight.fetching.clear()
    flight.entryVersion = store(key, value, policy, flight)
    flight.text = undefined
  }

  /** Uses a value from the far cache, unless a change has overtaken it or a caller needs a later one. */
  const landFound = (key: string, found: FarValue, policy: Policy, flight: InFlight): boolean => {
    if (fetches.get(key) !== flight || found.askedAt < flight.notBefore) return false
    flight.startedAt = found.askedAt
    flight.text = found.text
    outages.abandoned(policy.row) // the error says nothing about the source
    farLayer?.used(policy, found.value)
    land(key, found.value, policy, flight)
    return true
  }

  type Starting = { notBefore?: number; askedAt?: number }
  /** `askedAt` is the last request for the key, in ms; -Infinity when there was none. */
  const start = (key: string, policy: Policy, fill: Fill, fetching: Fetch, starting: Starting): InFlight => {
    const { row } = policy
    const { notBefore = -Infinity, askedAt = -Infinity } = starting
    const succeed = (value: unknown) => {
      outages.succeeded(row)
      if (fetches.get(key) !== flight) on({ name: 'overtaken', row })
      else {
        land(key, value, policy, flight)
        farLayer?.keep(key, value, policy, flight.startedAt)
      }
      return value
    }
    const fail = (error: unknown) => {
      if (fetches.get(key) === flight) fetches.delete(key)
      const outage = isOutage(error)
      if (outage === undefined) outages.abandoned(row)
      else if (outage) outages.failed(row)
      else outages.succeeded(row)
      on({ name: outage === undefined ? 'abandoned' : 'failed', row })
      throw error
    }
    const askSource = () => fill(fetching).then(succeed, fail)
    const lookInFar = async ({ look }: FarLayer) => {
      const found = await look(key, policy)
      return found?.isCurrent() && landFound(key, found, policy, flight) ? found.value : askSource()
    }
    const startedAt = now()
    const usesFar = farLayer && policy.far && notBefore < startedAt
    const flight: InFlight = {
      startedAt,
      fetching,
      askedAt: Math.max(askedAt, lastAsked(key)),
      notBefore,
      promise: usesFar ? lookInFar(farLayer) : askSource()
    }
    fetches.set(key, flight)
    return flight
  }

  return {
    /** Joins the fetch in flight if it started at `notBefore` or later; otherwise starts a new one. */
    join(
      key: string,
      policy: Policy,
      fill: Fill,
      { notBefore = -Infinity, isBackground, wait = endless, cause }: LookUpOptions
    ) {
      const current = fetches.get(key)
      const isJoined = current !== undefined && current.startedAt >= notBefore
      const askedAt = isBackground === true ? -Infinity : now()
      const flight = isJoined ? current : start(key, policy, fill, createFetch(wait, false), { notBefore, askedAt })
      flight.notBefore = Math.max(flight.notBefore, notBefore)
      flight.fetching.isBackground = false
      flight.fetching.add(wait, cause)
      flight.askedAt = Math.max(flight.askedAt, askedAt)
      outages.trying(policy.row)
      on({ name: isJoined ? 'join' : 'miss', row: policy.row })
      return { flight, isJoined }
    },
    /**
     * Fetches a key in the background, unless its fetch is in flight or `maxInBackground` such fetches are. Returns the
     * promise of its value, whose failure the caller may ignore.
     */
    startInBackground(key: string, policy: Policy, fill: Fill, askedAt = -Infinity): Promise<unknown> | undefined {
      if (fetches.has(key) || inBackground >= maxInBackground) return undefined
      inBackground += 1
      const { promise } = start(key, policy, fill, createFetch(endless, true), { askedAt })
      void promise
        .catch(() => undefined) // `fail` has already reported it
        .finally(() => {
          inBackground -= 1
        })
      return promise
    },
    get: (key: string) => fetches.get(key),
    keys: () => fetches.keys(),
    /** Marks the fetch of a key as overtaken. */
    overtake: (key: string) => void fetches.delete(key),
    /** Marks all fetches of a row that started before an instant as overtaken. */
    overtakeRow(row: string, before: number) {
      for (const [key, { startedAt }] of fetches)
        if (startedAt < before && key.startsWith(`${row} `)) fetches.delete(key)
    }
  }
}
