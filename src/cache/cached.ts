import { createMembers } from './members.ts'
import { createOutages } from './outages.ts'
import type { Entry, Tier } from './tier.ts'

/** What happens in the cache, by name; `row` is the endpoint's name, never a key, so a listener meets no person. */
export type CacheEvent = { name: 'hit' | 'stale' | 'miss' | 'join' | 'stored' | 'overtaken' | 'failed' | 'forgotten'; row: string }

/** What holds for an answer now, in ms. It is asked at each reading, so an entry lives by the policy of now and not by that of its birth. */
export type Policy = {
  readonly row: string
  /** how long an answer is fresh, counted from the start of its fetch; 0 = never kept, only shared while under way */
  readonly freshMs: number
  /** how long an absence is */
  readonly negativeMs?: number | undefined
  /** past its fresh time: how long it is answered at once while it is fetched anew */
  readonly staleWhileRevalidateMs?: number | undefined
  /** past its fresh time: how long it stands in when the fetch fails */
  readonly staleIfErrorMs?: number | undefined
  /** what the answer is made of, see `forgetMember` */
  readonly membersOf?: ((value: unknown) => readonly string[]) | undefined
}

/** Why an answer is older than its fresh time: it is being fetched anew, or the source fails. */
export type Reason = 'VERNIEUWING' | 'VDAB_FOUT'
/** What was answered: how, how old it was and how much of its fresh time was left (negative: past it), in ms. */
export type Seen = { readonly how: 'hit' | 'miss' | 'join'; readonly ageMs: number; readonly leftMs: number; readonly reason?: Reason }
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
type Flight = { readonly promise: Promise<unknown>; readonly startedAt: number; readonly errand: Errand }

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
  const outages = createOutages({ now })
  let behind = 0
  tier.onDrop((key, entry) => { if (entry.members) members.remove(key, entry.members) })

  const leftOf = ({ value, startedAt }: Entry, { freshMs, negativeMs = 0 }: Policy) => startedAt + (value === null ? negativeMs : freshMs) - now()
  /** Is an entry past its fresh time still within that further time? An absence never is. */
  const isWithin = (entry: Entry, policy: Policy, furtherMs = 0) => entry.value !== null && leftOf(entry, policy) > -furtherMs

  const store = (key: string, value: unknown, { row, freshMs, negativeMs = 0, membersOf }: Policy, startedAt: number) => {
    if ((value === null ? negativeMs : freshMs) <= 0) {
      tier.delete(key) // what stood there is known to be of the past
      return
    }
    const entry: Entry = { value, startedAt, members: value === null ? undefined : membersOf?.(value) }
    tier.set(key, entry)
    if (entry.members && tier.get(key) === entry) members.add(key, entry.members)
    on({ name: 'stored', row })
  }

  const start = (key: string, policy: Policy, fill: Fill, errand: Errand): Flight => {
    const { row } = policy
    const land = (value: unknown) => {
      outages.well(row)
      if (flights.get(key) !== flight) on({ name: 'overtaken', row })
      else {
        flights.delete(key)
        store(key, value, policy, flight.startedAt)
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
      const answer = ({ value, startedAt }: Entry, reason?: Reason, how: Seen['how'] = 'hit') => {
        on({ name: reason ? 'stale' : 'hit', row })
        seen({ how, ageMs: now() - startedAt, leftMs: leftOf({ value, startedAt }, policy), ...(reason ? { reason } : {}) })
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
          seen({ how: isJoined ? 'join' : 'miss', ageMs: now() - flight.startedAt, leftMs: leftOf({ value, startedAt: flight.startedAt }, policy) })
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
    /** What the tier holds now. */
    size: () => tier.size()
  }
}

export type Cached = ReturnType<typeof createCached>
