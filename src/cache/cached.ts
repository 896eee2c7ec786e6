import { createMembers } from './members.ts'
import { createOutages } from './outages.ts'
import type { CacheEvent, Policy, Reason, Seen } from './policy.ts'
import type { Entry, Stamp, Tier } from './tier.ts'

export type { CacheEvent, Policy, Reason, Seen } from './policy.ts'

/** Whom a fetch is for. It stops being background work when somebody comes to wait for it. */
export type Errand = { isBackground: boolean }
type Fill = (errand: Errand) => Promise<unknown>
type Asked = {
  /** takes nothing whose fetch started before this instant, in ms, and nothing stale */
  notBefore?: number | undefined
  /** told of the answer */
  seen?: ((seen: Seen) => void) | undefined
}
type Since = { before?: number | undefined }
type Flight = { readonly promise: Promise<unknown>; readonly startedAt: number; readonly errand: Errand; stamp?: Stamp | undefined }

type Dependencies = {
  tier: Tier
  now?: () => number
  on?: (event: CacheEvent) => void
  /** does this failure mean that the source is ill, rather than that the question was wrong? */
  isOutage?: (error: unknown) => boolean
  /** fetches that nobody waits for, at a time; past it an answer stays stale a little longer */
  maxBehind?: number
}

/**
 * One fetch at a time per key, and its answer kept for as long as the policy says.
 * A key's flight is current while it stands in `flights`: `forget` takes it out, so a fill that was overtaken is still
 * answered to those who waited for it, but is not stored, and whoever asks next starts a new one. A flight that started
 * after the change which is being forgotten already sees it, and stays.
 * While the fetches of a row fail, its stale answers are given at once, and one question in half a second tries.
 */
export const createCached = ({ tier, now = Date.now, on = () => {}, isOutage = () => true, maxBehind = 500 }: Dependencies) => {
  const flights = new Map<string, Flight>()
  const members = createMembers()
  const stamps = new WeakMap<object, Stamp>()
  const outages = createOutages({ now })
  let behind = 0
  tier.onDrop((key, entry) => {
    if (entry.stamp) entry.stamp.isGone = true
    if (entry.members) members.remove(key, entry.members)
  })

  const leftOf = ({ value, startedAt }: Pick<Entry, 'value' | 'startedAt'>, { freshMs, negativeMs = 0 }: Policy) => startedAt + (value === null ? negativeMs : freshMs) - now()
  /** Is an entry past its fresh time still within that further time? An absence never is. */
  const isWithin = (entry: Entry, policy: Policy, furtherMs = 0) => entry.value !== null && leftOf(entry, policy) > -furtherMs

  const store = (key: string, value: unknown, { row, freshMs, negativeMs = 0, membersOf }: Policy, startedAt: number): Stamp | undefined => {
    if ((value === null ? negativeMs : freshMs) <= 0) {
      tier.delete(key) // what stood there is known to be of the past
      return undefined
    }
    const stamp: Stamp = { key, row, startedAt, isAbsent: value === null, isGone: false }
    const entry: Entry = { value, startedAt, members: value === null ? undefined : membersOf?.(value), stamp }
    tier.set(key, entry)
    on({ name: 'stored', row })
    if (tier.get(key) !== entry) return undefined
    if (entry.members) members.add(key, entry.members)
    if (typeof value === 'object' && value !== null) stamps.set(value, stamp)
    return stamp
  }

  const start = (key: string, policy: Policy, fill: Fill, errand: Errand): Flight => {
    const { row } = policy
    const land = (value: unknown) => {
      outages.well(row)
      if (flights.get(key) !== flight) on({ name: 'overtaken', row })
      else {
        flights.delete(key)
        flight.stamp = store(key, value, policy, flight.startedAt)
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
    const flight: Flight = { startedAt: now(), errand, promise: fill(errand).then(land, crash) }
    flights.set(key, flight)
    return flight
  }

  const startBehind = (key: string, policy: Policy, fill: Fill) => {
    if (flights.has(key) || behind >= maxBehind) return
    behind += 1
    void start(key, policy, fill, { isBackground: true }).promise.catch(() => undefined).finally(() => { behind -= 1 }) // its failure was noted
  }

  /** Why a stale entry may be answered without waiting, if it may; starts what has to be started for it. */
  const staleNow = (key: string, entry: Entry, policy: Policy, fill: Fill): Reason | undefined => {
    const { row, staleWhileRevalidateMs = 0, staleIfErrorMs = 0 } = policy
    if (outages.isQuiet(row) && isWithin(entry, policy, Math.max(staleIfErrorMs, staleWhileRevalidateMs))) return 'VDAB_FOUT'
    if (outages.isFailing(row) || !isWithin(entry, policy, staleWhileRevalidateMs)) return undefined
    startBehind(key, policy, fill)
    return 'VERNIEUWING'
  }

  const drop = (key: string, row: string, { before = Infinity }: Since): boolean => {
    const isKept = (tier.get(key)?.startedAt ?? Infinity) >= before
    const isFlying = (flights.get(key)?.startedAt ?? Infinity) >= before
    if (!isKept) tier.delete(key)
    if (!isFlying) flights.delete(key)
    const isDropped = !isKept || !isFlying
    if (isDropped) on({ name: 'forgotten', row })
    return isDropped
  }

  return {
    /**
     * The value under `key`: at once when it is fresh, or stale and allowed to be; else the promise of the one fetch under
     * way. `null` is a known absence. Rejects with what `fill` rejects with where no stale value may stand in for it; a
     * failure is never kept.
     */
    get(key: string, policy: Policy, fill: Fill, { notBefore = -Infinity, seen = () => {} }: Asked = {}): unknown {
      const { row, staleIfErrorMs } = policy
      const entry = tier.get(key)
      const answer = (found: Entry, reason?: Reason, how: Seen['how'] = 'hit') => {
        const { value, startedAt, stamp } = found
        on({ name: reason ? 'stale' : 'hit', row })
        seen({ how, ageMs: now() - startedAt, leftMs: leftOf(found, policy), ...(reason ? { reason } : {}), stamp })
        return value
      }
      if (entry && leftOf(entry, policy) > 0 && entry.startedAt >= notBefore) return answer(entry)
      const mayBeStale = notBefore === -Infinity
      const reason = entry && mayBeStale ? staleNow(key, entry, policy, fill) : undefined
      if (entry && reason) return answer(entry, reason)

      const underWay = flights.get(key)
      const isJoined = underWay !== undefined && underWay.startedAt >= notBefore
      const flight = isJoined ? underWay : start(key, policy, fill, { isBackground: false })
      flight.errand.isBackground = false
      outages.trying(row)
      on({ name: isJoined ? 'join' : 'miss', row })
      return flight.promise.then(
        (value) => {
          seen({ how: isJoined ? 'join' : 'miss', ageMs: now() - flight.startedAt, leftMs: leftOf({ value, startedAt: flight.startedAt }, policy), stamp: flight.stamp })
          return value
        },
        (error: unknown) => {
          const kept = tier.get(key) // what was forgotten meanwhile does not stand in
          if (mayBeStale && kept && isOutage(error) && isWithin(kept, policy, staleIfErrorMs)) return answer(kept, 'VDAB_FOUT', isJoined ? 'join' : 'miss')
          throw error
        }
      )
    },
    /** Fetches a key in the background, unless it is under way or too much is. */
    refetch: startBehind,
    /** Forgets the key, also what is on its way to it; with `before` only what was started earlier. Was there anything? */
    forget: (key: string, row: string, since: Since = {}): boolean => drop(key, row, since),
    /** Forgets every answer that has this member. What is on its way is not known by its members: `overtake` its row. */
    forgetMember(member: string, since: Since = {}) {
      for (const key of members.keysOf(member)) drop(key, key.slice(0, key.indexOf(' ')), since)
    },
    /** What is on its way to a row, and started before that instant, will not be kept and not be joined. */
    overtake(row: string, { before = Infinity }: Since = {}) {
      for (const [key, { startedAt }] of flights) if (startedAt < before && key.startsWith(`${row} `)) flights.delete(key)
    },
    /** Forgets every key of a row, also what is on its way. */
    forgetRow(row: string) {
      for (const key of [...tier.keys(), ...flights.keys()]) if (key.startsWith(`${row} `)) drop(key, row, {})
    },
    /** Drops what is no longer fresh of a row; keys of a row begin with its name and a space. */
    dropStale(policy: Policy) {
      for (const key of tier.keys()) {
        const entry = key.startsWith(`${policy.row} `) ? tier.get(key) : undefined
        if (entry && leftOf(entry, policy) <= 0) tier.delete(key)
      }
    },
    /** The stamp under which this very object stands, or stood, in the cache. */
    stampOf: (value: object): Stamp | undefined => stamps.get(value),
    /** Notes that something made of this was asked for: it is as recently used as what was made of it. */
    touch: ({ key }: Stamp) => void tier.get(key),
    /** What the tier holds now. */
    size: () => tier.size()
  }
}

export type Cached = ReturnType<typeof createCached>
