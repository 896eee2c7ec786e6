import { createEntries } from './entries.ts'
import { createForgetting } from './forgetting.ts'
import { createInFlight, endless } from './inFlight.ts'
import type { Fill, LookUpOptions } from './inFlight.ts'
import { createOutages } from './outages.ts'
import { isWithin, leftOf } from './policy.ts'
import type { CacheEvent, Policy, Reason, Seen } from './policy.ts'
import type { Json } from './text.ts'
import type { Entry, EntryVersion, Tier } from './tier.ts'

export type { Fetch } from './inFlight.ts'
export type { CacheEvent, Policy, Reason, Seen } from './policy.ts'

type Dependencies = {
  tier: Tier
  /** for the objects in use of what is held as text; and how that is written and read */
  openBytes?: number
  json?: Json | undefined
  now?: () => number
  on?: ((event: CacheEvent) => void) | undefined
  /** does this failure mean that the source is ill, rather than that the question was wrong? undefined: it was given up, as nobody waited */
  isOutage?: (error: unknown) => boolean | undefined
  /** the JSON that this very object was read from, where it is at hand */
  textOf?: (value: object) => string | undefined
  /** fetches that nobody waits for, at a time; past it an answer stays stale a little longer */
  maxBehind?: number
}

const nobody: LookUpOptions = {}

/**
 * One fetch at a time per key, and its answer kept for as long as the policy says.
 * `forget` takes a flight out, so that a fill which was overtaken is not stored, and whoever asks next starts a new one. A
 * flight that started after the change which is being forgotten already sees it, and stays.
 * While the fetches of a row fail, its stale answers are given at once, and one question in half a second tries.
 */
export const createCached = ({
  tier,
  openBytes = 16 * 1024 * 1024,
  json,
  now = Date.now,
  on: tell,
  isOutage = () => true,
  textOf = () => undefined,
  maxBehind = 500
}: Dependencies) => {
  const on = tell ?? (() => {})
  const outages = createOutages({ now })
  const entries = createEntries({ tier, openBytes, json, textOf, on })
  const { lastAsked, store, valueOf } = entries
  const flights = createInFlight({ now, on, isOutage, maxBehind, outages, lastAsked, store })

  /** Why a stale entry may be answered without waiting, if it may; starts what has to be started for it. */
  const staleNow = (key: string, entry: Entry, policy: Policy, fill: Fill): Reason | undefined => {
    const { row, staleWhileRevalidateMs = 0, staleIfErrorMs = 0 } = policy
    if (outages.isQuiet(row) && isWithin(entry, policy, now(), Math.max(staleIfErrorMs, staleWhileRevalidateMs)))
      return 'VDAB_FOUT'
    if (outages.isFailing(row) || !isWithin(entry, policy, now(), staleWhileRevalidateMs)) return undefined
    flights.startBehind(key, policy, fill)
    return 'VERNIEUWING'
  }

  const answer = (
    found: Entry,
    policy: Policy,
    { seen, isBackground }: LookUpOptions,
    at: number,
    how: Seen['how'],
    reason?: Reason
  ) => {
    const { startedAt, stamp } = found
    if (stamp && isBackground !== true) stamp.askedAt = at
    tell?.({ name: reason ? 'stale' : 'hit', row: policy.row })
    seen?.({ how, ageMs: at - startedAt, leftMs: leftOf(found, policy, at), reason, stamp })
    return valueOf(found)
  }

  const known = (key: string, policy: Policy, asked: LookUpOptions, at = now()): unknown => {
    const entry = tier.get(key)
    if (entry === undefined) return undefined
    return leftOf(entry, policy, at) > 0 && entry.startedAt >= (asked.notBefore ?? -Infinity)
      ? answer(entry, policy, asked, at, 'hit')
      : undefined
  }

  /**
   * The value under `key`: at once when it is fresh, or stale and allowed to be; else the promise of the one fetch under
   * way. `null` is a known absence. Rejects with what `fill` rejects with where no stale value may stand in for it; a
   * failure is never kept. So it does when its own waiting is over.
   */
  const get = (key: string, policy: Policy, fill: Fill, asked: LookUpOptions = nobody): unknown => {
    const found = known(key, policy, asked)
    if (found !== undefined) return found
    const { notBefore, seen, wait = endless } = asked
    const mayBeStale = notBefore === undefined
    const entry = mayBeStale ? tier.peek(key) : undefined
    const reason = entry && staleNow(key, entry, policy, fill)
    if (entry && reason) return answer(entry, policy, asked, now(), 'hit', reason)

    let boarded: ReturnType<typeof flights.board> | undefined
    const how = () => (boarded?.isJoined === true ? 'join' : 'miss')
    return wait
      .until(() => {
        boarded = flights.board(key, policy, fill, asked)
        return boarded.flight.promise
      })
      .then(
        (value) => {
          if (boarded) {
            const { startedAt, stamp } = boarded.flight
            seen?.({ how: how(), ageMs: now() - startedAt, leftMs: leftOf({ value, startedAt }, policy, now()), stamp })
          }
          return value
        },
        (error: unknown) => {
          const tells = isOutage(error)
          // It was given up just before this one came to wait for it.
          if (tells === undefined && !wait.isOver()) return get(key, policy, fill, asked)
          const kept = tier.peek(key) // what was forgotten meanwhile does not stand in
          if (mayBeStale && kept && tells === true && isWithin(kept, policy, now(), policy.staleIfErrorMs))
            return answer(kept, policy, asked, now(), how(), 'VDAB_FOUT')
          throw error
        }
      )
  }

  return {
    /** The value under `key` where it is fresh (`at` is now), `null` for a known absence; undefined where it has to be asked for by `get`. */
    known,
    get,
    /** Fetches a key in the background, unless it is under way or too much is; `askedAt` is when somebody asked for it last. */
    refetch: (key: string, policy: Policy, fill: Fill, askedAt?: number) => {
      flights.startBehind(key, policy, fill, askedAt)
    },
    ...createForgetting({ tier, flights, keysOf: entries.keysOf, now, on }),
    /** The stamp under which this very object stands, or stood, in the cache. */
    stampOf: entries.stampOf,
    /** Notes that something made of this was asked for: it is as recently used as what was made of it. */
    touch: (stamp: EntryVersion) => {
      tier.get(stamp.key)
      stamp.askedAt = now()
    },
    /** What is held now; `open` are those of the items that are held as objects besides. */
    size: entries.size
  }
}

export type Cached = ReturnType<typeof createCached>
