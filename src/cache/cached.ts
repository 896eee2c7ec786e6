import { createInFlight, endless } from './inFlight.ts'
import type { Asked, Fill, InFlight } from './inFlight.ts'
import { createReverseIndex } from './reverseIndex.ts'
import { createOpened } from './openedRecords.ts'
import { createOutages } from './outages.ts'
import { isWithin, leftOf } from './policy.ts'
import type { CacheEvent, Policy, Reason, Seen } from './policy.ts'
import { copied, frozen, toText } from './text.ts'
import type { Json } from './text.ts'
import type { Entry, EntryVersion, Tier } from './tier.ts'

export type { Asked, Fetch } from './inFlight.ts'
export type { CacheEvent, Policy, Reason, Seen } from './policy.ts'

type Since = { before?: number | undefined }
type Dependencies = {
  tier: Tier
  /** the bound of the parsed objects of entries stored as text; and how that text is written and parsed */
  openBytes?: number
  json?: Json | undefined
  now?: () => number
  on?: ((event: CacheEvent) => void) | undefined
  /** true: the source fails; false: the request is wrong; undefined: the fetch was abandoned, since no caller waited */
  isOutage?: (error: unknown) => boolean | undefined
  /** the JSON from which this object was parsed, where it is available */
  textOf?: (value: object) => string | undefined
  /** background fetches in flight; beyond it, an answer stays stale a little longer */
  maxBehind?: number
}

const rowOf = (key: string) => key.slice(0, key.indexOf(' '))
const anonymous: Asked = {}

/**
 * A cache with one fetch in flight per key; the policy decides how long an answer is fresh. `forget` also marks the
 * fetch in flight as overtaken: its result is not stored, and the next caller starts a new fetch. A fetch that started
 * after the change includes it, and is not overtaken. While a row fails, callers get stale answers at once, and one
 * caller per half second tries.
 */
export const createCached = ({
  tier,
  openBytes = 16 * 1024 * 1024,
  json,
  now = Date.now,
  on: listener,
  isOutage = () => true,
  textOf = () => undefined,
  maxBehind = 500
}: Dependencies) => {
  const on = listener ?? (() => {})
  const members = createReverseIndex()
  const versions = new WeakMap<object, EntryVersion>()
  const outages = createOutages({ now })
  const opened = createOpened({
    maxBytes: openBytes,
    json,
    onOpen: (value, { stamp }) => {
      if (stamp) versions.set(value, stamp)
    }
  })
  tier.onDrop((key, entry) => {
    opened.close(entry)
    if (entry.stamp) entry.stamp.isGone = true
    if (entry.members) members.remove(key, entry.members)
  })

  const lastAsked = (key: string) => tier.peek(key)?.stamp?.askedAt ?? -Infinity

  const store = (
    key: string,
    value: unknown,
    { row, freshMs, negativeMs = 0, isText = false, membersOf }: Policy,
    { startedAt, askedAt }: InFlight
  ): EntryVersion | undefined => {
    if ((value === null ? negativeMs : freshMs) <= 0) {
      tier.delete(key) // the older entry is outdated now
      return undefined
    }
    const isObject = typeof value === 'object' && value !== null
    const text = isText && isObject ? toText(value, textOf(value), json) : undefined
    frozen(value)
    const stamp: EntryVersion = {
      key: copied(key),
      row,
      startedAt,
      isAbsent: value === null,
      isGone: false,
      askedAt: Math.max(askedAt, lastAsked(key))
    }
    const entry: Entry = {
      value: text === undefined ? value : undefined,
      text,
      startedAt,
      members: isObject ? membersOf?.(value) : undefined,
      stamp
    }
    tier.set(stamp.key, entry)
    on({ name: 'stored', row })
    if (tier.peek(key) !== entry) return undefined
    if (entry.members) members.add(stamp.key, entry.members)
    // The object itself is not held for an entry stored as text: most entries of a large cache are requested once.
    if (isObject) versions.set(value, stamp)
    return stamp
  }
  const valueOf = (entry: Entry): unknown =>
    // TypeScript does not narrow an object by its member
    entry.text === undefined ? entry.value : opened.valueOf(entry as Entry & { readonly text: string })

  const flights = createInFlight({ now, on, isOutage, maxBehind, outages, lastAsked, store })

  /** Why a stale entry may be served at once, undefined when it may not; starts the background fetch that it needs. */
  const staleReason = (key: string, entry: Entry, policy: Policy, fill: Fill): Reason | undefined => {
    const { row, staleWhileRevalidateMs = 0, staleIfErrorMs = 0 } = policy
    if (outages.isQuiet(row) && isWithin(entry, policy, now(), Math.max(staleIfErrorMs, staleWhileRevalidateMs)))
      return 'VDAB_FOUT'
    if (outages.isFailing(row) || !isWithin(entry, policy, now(), staleWhileRevalidateMs)) return undefined
    flights.startBehind(key, policy, fill)
    return 'VERNIEUWING'
  }

  const forget = (key: string, row: string, { before = Infinity }: Since = {}): number | undefined => {
    const entry = tier.peek(key)
    const flight = flights.get(key)
    const isEntryLater = (entry?.startedAt ?? Infinity) >= before
    const isFlightLater = (flight?.startedAt ?? Infinity) >= before
    if (isEntryLater && isFlightLater) return undefined
    if (!isEntryLater) tier.delete(key)
    if (!isFlightLater) flights.overtake(key)
    on({ name: 'forgotten', row })
    return Math.max(entry?.stamp?.askedAt ?? -Infinity, flight?.askedAt ?? -Infinity)
  }

  const answer = (
    entry: Entry,
    policy: Policy,
    { seen, isBackground }: Asked,
    at: number,
    how: Seen['how'],
    reason?: Reason
  ) => {
    const { startedAt, stamp } = entry
    if (stamp && isBackground !== true) stamp.askedAt = at
    listener?.({ name: reason ? 'stale' : 'hit', row: policy.row })
    seen?.({ how, ageMs: at - startedAt, leftMs: leftOf(entry, policy, at), reason, stamp })
    return valueOf(entry)
  }

  const known = (key: string, policy: Policy, asked: Asked, at = now()): unknown => {
    const entry = tier.get(key)
    if (entry === undefined) return undefined
    return leftOf(entry, policy, at) > 0 && entry.startedAt >= (asked.notBefore ?? -Infinity)
      ? answer(entry, policy, asked, at, 'hit')
      : undefined
  }

  const get = (key: string, policy: Policy, fill: Fill, asked: Asked = anonymous): unknown => {
    const found = known(key, policy, asked)
    if (found !== undefined) return found
    const { notBefore, seen, wait = endless } = asked
    const mayBeStale = notBefore === undefined
    const entry = mayBeStale ? tier.peek(key) : undefined
    const reason = entry && staleReason(key, entry, policy, fill)
    if (entry && reason) return answer(entry, policy, asked, now(), 'hit', reason)

    let joined: ReturnType<typeof flights.join> | undefined
    const how = () => (joined?.isJoined === true ? 'join' : 'miss')
    return wait
      .until(() => {
        joined = flights.join(key, policy, fill, asked)
        return joined.flight.promise
      })
      .then(
        (value) => {
          if (joined) {
            const { startedAt, stamp } = joined.flight
            seen?.({ how: how(), ageMs: now() - startedAt, leftMs: leftOf({ value, startedAt }, policy, now()), stamp })
          }
          return value
        },
        (error: unknown) => {
          const outage = isOutage(error)
          // The fetch was abandoned just before this caller joined it.
          if (outage === undefined && !wait.isOver()) return get(key, policy, fill, asked)
          const stale = tier.peek(key) // read again: it may have been forgotten during the fetch
          if (mayBeStale && stale && outage === true && isWithin(stale, policy, now(), policy.staleIfErrorMs))
            return answer(stale, policy, asked, now(), how(), 'VDAB_FOUT')
          throw error
        }
      )
  }

  return {
    /** The fresh value under `key`, `null` for a known absence, undefined when there is none; `at` is now. */
    known,
    /**
     * The value under `key`, `null` for a known absence: at once when it is fresh, or stale and the policy allows it;
     * else the promise of the one fetch in flight. Rejects with the error of `fill` where no stale value may replace
     * it, or when the caller's own waiting time is over. A failure is never stored.
     */
    get,
    /**
     * Fetches a key in the background, unless it is in flight or too many are; `askedAt` is the last request for it.
     */
    refetch: (key: string, policy: Policy, fill: Fill, askedAt?: number) => {
      flights.startBehind(key, policy, fill, askedAt)
    },
    /**
     * Deletes the entry and overtakes the fetch in flight; with `before`, only those that started earlier. Returns the
     * last request for the key in ms, -Infinity if there was none, undefined when there was nothing to delete.
     */
    forget,
    /** Forgets every entry with this member. The members of a fetch in flight are not known: see `overtake`. */
    forgetMember(member: string, since: Since = {}) {
      for (const key of members.keysOf(member)) forget(key, rowOf(key), since)
    },
    /** Overtakes all fetches of a row that started before an instant. */
    overtake: (row: string, { before = Infinity }: Since = {}) => {
      flights.overtakeRow(row, before)
    },
    /** Forgets every key of a row. */
    forgetRow(row: string) {
      for (const key of [...tier.keys(), ...flights.keys()]) if (key.startsWith(`${row} `)) forget(key, row)
    },
    /** Deletes the entries of some rows that are no longer fresh. A key begins with the name of its row and a space. */
    dropStale(policies: readonly Policy[]) {
      const byRow = new Map(policies.map((policy) => [policy.row, policy]))
      for (const key of tier.keys()) {
        const policy = byRow.get(rowOf(key))
        const entry = policy && tier.peek(key)
        if (entry && leftOf(entry, policy, now()) <= 0) tier.delete(key)
      }
    },
    /** The version of the entry from which this very object was read. */
    stampOf: (value: object): EntryVersion | undefined => versions.get(value),
    /** Marks an entry as requested now: call it when a value derived from the entry is served. */
    touch: (stamp: EntryVersion) => {
      tier.get(stamp.key)
      stamp.askedAt = now()
    },
    /** The size of the cache; `open` counts the entries stored as text whose parsed object is held too. */
    size: () => {
      const { bytes, items } = tier.size()
      const open = opened.size()
      return { bytes: bytes + open.bytes, items, open: open.items }
    }
  }
}

export type Cached = ReturnType<typeof createCached>
