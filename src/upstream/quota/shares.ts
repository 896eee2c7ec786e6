import { charge, refill, holdsOne, msUntil } from './bucket.ts'
import type { Bucket, Filling } from './bucket.ts'
import type { CallKind } from './contract.ts'
import type { Next, Party } from './fairQueue.ts'
import { holdMs } from './window.ts'
import type { Window } from './window.ts'

const minuteMs = 60_000
/**
 * Calls do not wait while fewer slots than this part are in use; `alone`: no other consumer made a call in this minute.
 */
const quietPart = { alone: 9 / 10, interactive: 1 / 2, background: 1 / 4 }
/** The number of calls above the pace that may be sent at once: of all calls, and of one consumer within its share. */
const burstPart = 1 / 10
const leastBurst = 3
/**
 * A consumer is within its share below this part of an equal share. A greedy consumer gets more, and so is never within
 * it.
 */
const promptPart = 9 / 10

type Dependencies = { window: Window; clock: () => number }

/**
 * The shares of the consumers in the limit, and the pace of all calls, as token buckets. The pace may go into debt:
 * calls that were sent at once under low demand are compensated before the next paced call.
 */
export const createShares = ({ window, clock }: Dependencies) => {
  const pace: Bucket = { tokens: Infinity, filledAt: clock() }
  let totalWeight = 0
  let active = 0

  const paceFilling = (): Filling => ({
    perMs: window.limit() / minuteMs,
    size: Math.max(1, window.limit() * burstPart)
  })
  const shareFilling = ({ weight }: Party): Filling => {
    const share = (window.limit() * promptPart * weight) / Math.max(weight, totalWeight)
    return { perMs: share / minuteMs, size: Math.max(leastBurst, share * burstPart) }
  }
  const filledPace = () => {
    refill(pace, clock(), paceFilling())
    return pace
  }
  const filledShare = (party: Party) => {
    refill(party.bucket, clock(), shareFilling(party))
    return party.bucket
  }

  return {
    /** Counts the consumers with interactive calls in the last minute. */
    count: (parties: Iterable<Party>) => {
      totalWeight = 0
      active = 0
      for (const { weight, lastInteractiveAt, waiting } of parties)
        if (lastInteractiveAt > clock() - holdMs || waiting.interactive.length > 0) {
          totalWeight += weight
          active += 1
        }
    },
    /** Are so few slots in use that calls of this class need no pacing? */
    isQuiet: (kind: CallKind) => {
      const part = kind !== 'interactive' ? 'background' : active > 1 ? 'interactive' : 'alone'
      return window.used() < window.limit() * quietPart[part]
    },
    tokensOf: (party: Party) => filledShare(party).tokens,
    isWithin: (party: Party) => holdsOne(filledShare(party)),
    isPaced: () => holdsOne(filledPace()),
    msUntilPaced: (calls: number) => msUntil(filledPace(), calls, paceFilling()),
    msUntilWithin: (party: Party, calls: number) => msUntil(filledShare(party), calls, shareFilling(party)),
    charge: ({ party, kind }: Next) => {
      charge(filledPace(), window.limit() * quietPart.interactive)
      if (kind === 'interactive') charge(filledShare(party), shareFilling(party).perMs * minuteMs)
    },
    refund: ({ party, kind }: Next) => {
      pace.tokens += 1
      if (kind === 'interactive') party.bucket.tokens += 1
    }
  }
}
