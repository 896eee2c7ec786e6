import { createEntries } from './entries.ts'
import { createFarLayer } from './far.ts'
import type { Far, FarListener } from './far.ts'
import { createForgetting } from './forgetting.ts'
import { createInFlight, endless } from './inFlight.ts'
import type { LookUpOptions, Fill } from './inFlight.ts'
import { createOutages } from './outages.ts'
import { isWithin, leftOf } from './policy.ts'
import type { CacheEvent, LookUpResult, Policy, Reason } from './policy.ts'
import type { JsonFormat } from './text.ts'
import type { Entry, EntryVersion, Tier } from './tier.ts'

export type { Fetch } from './inFlight.ts'
export type { CacheEvent, LookUpResult, Policy, Reason } from './policy.ts'

type Dependencies = {
  tier: Tier
  /**
   * the memory limit of the parsed objects of entries stored as text; and the functions that write and parse that text
   */
  openBytes?: number
  json?: JsonFormat | undefined
  now?: () => number
  on?: ((event: CacheEvent) => void) | undefined
  /** true: the source fails; false: the request is wrong; undefined: the fetch was abandoned, since no caller waited */
  isOutage?: (error: unknown) => boolean | undefined
  /** the JSON from which this object was parsed, if it is available */
  textOf?: (value: object) => string | undefined
  /** the maximum number of background fetches in flight; above it, a value stays stale a little longer */
  maxInBackground?: number
  /** a cache that other processes share */
  far?: (Far & FarListener) | undefined
}

const anonymous: LookUpOptions = {}

/**
 * A cache with one fetch in flight per key; the policy sets how long a value is fresh. `forget` also marks the fetch in
 * flight as overtaken: its result is not stored, and the next caller starts a new fetch. A fetch that started after the
 * change includes it, and is not overtaken. While a row fails, callers get stale values at once, and one caller per
 * half second retries the source.
 */
export const createCached = ({
  tier,
  openBytes = 16 * 1024 * 1024,
  json,
  now = Date.now,
  on: listener,
  isOutage = () => true,
  textOf = () => undefined,
  maxInBackground = 500,
  far
}: Dependencies) => {
  const on = listener ?? (() => {})
  const outages = createOutages({ now })
  const entries = createEntries({ tier, openBytes, json, textOf, on })
  const { lastAsked, store, valueOf } = entries
  const farLayer = far && createFarLayer({ far, json, textOf: entries.views.textOf, now, on })
  const fetches = createInFlight({ now, on, isOutage, maxInBackground, outages, lastAsked, farLayer, store })

  /** Why a stale entry may be served at once, or undefined. Starts the fetch in the background that it needs. */
  const staleReason = (key: string, entry: Entry, policy: Policy, fill: Fill): Reason | undefined => {
    const { row, staleWhileRevalidateMs = 0, staleIfErrorMs = 0 } = policy
    if (outages.isQuiet(row) && isWithin(entry, policy, now(), Math.max(staleIfErrorMs, staleWhileRevalidateMs)))
      return 'VDAB_FOUT'
    if (outages.isFailing(row) || !isWithin(entry, policy, now(), staleWhileRevalidateMs)) return undefined
    void fetches.startInBackground(key, policy, fill)
    return 'VERNIEUWING'
  }

  const answer = (
    entry: Entry,
    policy: Policy,
    { onResult, isBackground }: LookUpOptions,
    at: number,
    how: LookUpResult['how'],
    reason?: Reason
  ) => {
    const { startedAt, entryVersion } = entry
    if (entryVersion && isBackground !== true) entryVersion.askedAt = at
    listener?.({ name: reason ? 'stale' : 'hit', row: policy.row })
    onResult?.({ how, ageMs: at - startedAt, leftMs: leftOf(entry, policy, at), reason, entryVersion, row: policy.row })
    return valueOf(entry)
  }

  const known = (key: string, policy: Policy, asked: LookUpOptions, at = now()): unknown => {
    const entry = tier.get(key)
    if (entry === undefined) return undefined
    return leftOf(entry, policy, at) > 0 && entry.startedAt >= (asked.notBefore ?? -Infinity)
      ? answer(entry, policy, asked, at, 'hit')
      : undefined
  }

  const get = (key: string, policy: Policy, fill: Fill, asked: LookUpOptions = anonymous): unknown => {
    const found = known(key, policy, asked)
    if (found !== undefined) return found
    const { notBefore, onResult, wait = endless } = asked
    const mayBeStale = notBefore === undefined
    const entry = mayBeStale ? tier.peek(key) : undefined
    const reason = entry && staleReason(key, entry, policy, fill)
    if (entry && reason) return answer(entry, policy, asked, now(), 'hit', reason)

    let joined: ReturnType<typeof fetches.join> | undefined
    const how = () => (joined?.isJoined === true ? 'join' : 'miss')
    return wait
      .until(() => {
        joined = fetches.join(key, policy, fill, asked)
        return joined.flight.promise
      })
      .then(
        (value) => {
          if (joined) {
            const { startedAt, entryVersion, fetching } = joined.flight
            const leftMs = leftOf({ value, startedAt }, policy, now())
            onResult?.({ how: how(), ageMs: now() - startedAt, leftMs, entryVersion, row: policy.row, fetching })
          }
          return value
        },
        (error: unknown) => {
          const outage = isOutage(error)
          // The fetch was abandoned just before this caller joined it.
          if (outage === undefined && !wait.isOver()) return get(key, policy, fill, asked)
          const stale = tier.peek(key) // read again: it may have been deleted during the fetch
          if (mayBeStale && stale && outage === true && isWithin(stale, policy, now(), policy.staleIfErrorMs))
            return answer(stale, policy, asked, now(), how(), 'VDAB_FOUT')
          throw error
        }
      )
  }

  return {
    /** The value under `key` when it is fresh at the instant `at`, `null` for a known absence, or undefined. */
    known,
    /**
     * The value under `key`, `null` for a known absence: at once when the policy allows it, else the promise of the one
     * fetch in flight. Rejects with the error of `fill` when no stale value may replace it, or at the caller's timeout.
     * A failure is never stored.
     */
    get,
    /**
     * Fetches a key in the background, unless it is in flight or too many are. `askedAt`: the last request for it.
     * Returns the promise of the value; the caller may ignore its failure.
     */
    refetch: (key: string, policy: Policy, fill: Fill, askedAt?: number) =>
      fetches.startInBackground(key, policy, fill, askedAt),
    ...createForgetting({ tier, fetches, keysOf: entries.keysOf, now, on }),
    ...entries.views,
    /** Marks an entry as requested now. To be called when a value derived from the entry is served. */
    touch: (entryVersion: EntryVersion) => {
      tier.get(entryVersion.key)
      entryVersion.askedAt = now()
    }
  }
}

export type Cached = ReturnType<typeof createCached>
