import { GatewayError } from '../../src/errors.ts'
import type { EndpointName } from '../../src/upstream/endpoints.ts'
import { createQuota } from '../../src/upstream/quota/index.ts'
import type { CallKind, ReportedQuota, Slot } from '../../src/upstream/quota/contract.ts'

export const minute = 60_000

type Event = { at: number; run: () => void; isCancelled: boolean }

/** A clock that only the test moves, event by event. */
export const createTime = (start = 1_000_000) => {
  let now = start
  const events: Event[] = []
  const at = (moment: number, run: () => void) => {
    const event = { at: moment, run, isCancelled: false }
    const place = events.findIndex((other) => other.at > moment)
    events.splice(place === -1 ? events.length : place, 0, event)
    return () => {
      event.isCancelled = true
    }
  }
  /** Lets all pending promise callbacks run. */
  const settle = async () => {
    for (let turn = 0; turn < 6; turn += 1) await Promise.resolve()
  }
  return {
    start,
    now: () => now,
    at,
    timers: { later: (ms: number, next: () => void) => at(now + ms, next) },
    /** timers that are still set */
    left: () => events.filter(({ isCancelled }) => !isCancelled).length,
    settle,
    passUntil: async (end: number) => {
      await settle()
      for (let first = events[0]; first && first.at <= end; first = events[0]) {
        events.shift()
        if (first.isCancelled) continue
        now = first.at
        first.run()
        await settle()
      }
      now = end
    }
  }
}
export type Time = ReturnType<typeof createTime>

type VdabOptions = { time: Time; limit: number; offset?: number; tellsRates?: boolean }

/** The quota of VDAB: a fixed window that begins at `offset`; records the arrival of each call. */
export const createVdab = ({ time, limit, offset = 0, tellsRates = true }: VdabOptions) => {
  const arrivals: number[] = []
  let refused = 0
  let window = -Infinity
  let used = 0
  const count = () => {
    const current = Math.floor((time.now() - offset) / minute)
    if (current !== window) used = 0
    window = current
    used += 1
  }
  return {
    arrivals,
    refused: () => refused,
    /** A call of another user of the same key. */
    countOther: count,
    /** Counts a call now, and returns the quota of its answer. */
    count: (): ReportedQuota => {
      count()
      arrivals.push(time.now())
      if (used > limit) {
        refused += 1
        return { fullForMs: minute }
      }
      return tellsRates ? { limit, remaining: limit - used } : {}
    },
    /** The maximum number of calls in any minute, at any alignment. */
    most: (): number => {
      let [most, first] = [0, 0]
      arrivals.forEach((arrival, last) => {
        while (arrival - (arrivals[first] ?? 0) >= minute) first += 1
        most = Math.max(most, last - first + 1)
      })
      return most
    },
    within: (from: number, to: number) => arrivals.filter((arrival) => arrival >= from && arrival < to).length
  }
}

type Asking = {
  name?: string
  names?: readonly string[]
  weight?: number
  kind?: CallKind | (() => CallKind)
  waitMs?: number | undefined
  /** the times from the grant to the arrival at VDAB, and from there to the end of the answer */
  there?: number
  back?: number
  fails?: boolean
  endpoint?: EndpointName
  isOver?: () => boolean
}
export type Outcome = {
  askedAt: number
  goneAt?: number
  refusedAt?: number
  retryAfter?: number | undefined
  name: string
}

/** Requests calls from a scheduler in front of such a VDAB, and records their outcomes. */
export const createAsker = (quota: ReturnType<typeof createQuota>, vdab: ReturnType<typeof createVdab>, time: Time) => {
  const outcomes: Outcome[] = []
  const ask = ({
    name = 'a',
    names = [name],
    weight,
    kind = 'interactive',
    waitMs = 24_000,
    there = 5,
    back = 20,
    fails = false,
    endpoint = 'vacatures',
    isOver = () => false
  }: Asking = {}): Outcome => {
    const outcome: Outcome = { askedAt: time.now(), name }
    outcomes.push(outcome)
    const send = (slot: Slot) => {
      outcome.goneAt = time.now()
      time.at(time.now() + there, () => {
        const told = vdab.count()
        time.at(time.now() + back, () => slot.end(fails ? {} : told))
      })
    }
    const refused = (error: unknown) => {
      outcome.refusedAt = time.now()
      if (error instanceof GatewayError) outcome.retryAfter = error.retryAfter
    }
    quota
      .take(
        {
          endpoint,
          consumers: names.map((one) => ({ name: one, weight })),
          waitMs: waitMs === Infinity ? undefined : waitMs
        },
        { kind: typeof kind === 'function' ? kind : () => kind, isOver }
      )
      .then(send, refused)
    return outcome
  }
  return { ask, outcomes }
}

/** A scheduler in front of such a VDAB, and its callers. */
export const createWorld = ({
  limit = 120,
  assumed = limit,
  mayRaise = false,
  offset = 0,
  tellsRates = true
}: { limit?: number; assumed?: number; mayRaise?: boolean; offset?: number; tellsRates?: boolean } = {}) => {
  const time = createTime()
  const vdab = createVdab({ time, limit, offset, tellsRates })
  const quota = createQuota({ settings: { callsPerMinute: assumed, mayRaise }, now: time.now, timers: time.timers })
  const { ask, outcomes } = createAsker(quota, vdab, time)
  /** Requests a call each `everyMs` for a while. */
  const askEvery = (everyMs: number, forMs: number, asking: Asking, from = time.now()) => {
    for (let at = from; at < from + forMs; at += everyMs) time.at(at, () => ask(asking))
  }
  return { time, vdab, quota, ask, askEvery, outcomes }
}

export const waitOf = ({ askedAt, goneAt = Infinity }: Outcome) => goneAt - askedAt
