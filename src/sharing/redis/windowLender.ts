import { LRUCache } from 'lru-cache'
import type { Grant, LeaseAsked, Lender } from '../contract.ts'
import type { Members } from './members.ts'
import { lend } from './scripts.ts'

/** What was lent to this member in a window, and what was left for all then. */
type Known = { readonly window: number; limit: number; lent: number; rest: number; alone: number }
type Answer = readonly [granted: number, rest: number, leftMs: number, lent: number, window: number, alive: number]

type Dependencies = {
  members: Pick<Members, 'run' | 'count' | 'seen' | 'redisNow'>
  /** does Redis answer? */
  isOpen: () => boolean
  windowMs: number
  keyOf: (name: string) => string
  atLeast: number
  now: () => number
}

// There are few consumers with keys, but an issuer can put any name into its tokens.
const namesKept = 20_000
const leasesPerShare = 8

/**
 * The part of one member without Redis. `rest` is older than what others got since, so a member that has less than its
 * even part of the limit takes no more than that; one that has more gets its even part of the rest.
 */
const shareOf = ({ rest, lent, alone }: Known, limit: number, members: number): number => {
  const missing = Math.floor(limit / members) - (lent - alone)
  const ofRest = Math.floor(rest / members)
  return Math.max(1, missing > 0 ? Math.min(missing, ofRest) : ofRest)
}

/**
 * Lends parts of a limit per fixed window of Redis' clock. Without Redis a member lends itself its even part of what
 * was left for all when Redis last answered.
 */
export const createWindowLender = ({ members, isOpen, windowMs, keyOf, atLeast, now }: Dependencies) => {
  const known = new LRUCache<string, Known>({ max: namesKept })
  const ends = { window: -1, at: 0 }

  /** The end of a window on this clock: one value for each window, since leases compare it. */
  const endOf = (window: number): number => {
    if (ends.window !== window)
      Object.assign(ends, { window, at: now() + (window + 1) * windowMs - members.redisNow() })
    return ends.at
  }
  const current = (name: string, window: number, limit: number): Known => {
    const found = known.get(name)
    if (found?.window === window) return found
    const fresh = { window, limit, lent: 0, rest: limit, alone: 0 }
    known.set(name, fresh)
    return fresh
  }

  const lendAlone = (name: string, { want, limit }: LeaseAsked): Grant => {
    const window = Math.floor(members.redisNow() / windowMs)
    const state = current(name, window, limit)
    const share = shareOf(state, limit, Math.max(members.count(), 1))
    const granted = Math.max(0, Math.min(share - state.alone, Math.max(want, Math.ceil(share / leasesPerShare))))
    state.alone += granted
    state.lent += granted
    return { granted, rest: share - state.alone, endsAt: endOf(window), isAll: granted < want }
  }

  const ask = async (name: string, { want, limit, returned, endsAt }: LeaseAsked): Promise<Grant> => {
    const before = known.get(name)
    const isOfWindow = before !== undefined && endsAt === endOf(before.window)
    const back = isOfWindow ? returned : 0
    const report = before ?? { window: -1, lent: 0 }
    const [granted, rest, , lent, window, alive] = (await members.run(lend, keyOf(name), [
      windowMs,
      limit,
      want < 0 ? want : Math.ceil(want),
      back,
      report.window,
      report.lent,
      atLeast
    ])) as Answer // the script's shape
    members.seen(alive)
    Object.assign(current(name, window, limit), { limit, lent, rest, alone: 0 })
    return { granted, rest, endsAt: endOf(window), isAll: granted < want }
  }

  return {
    isLasting: false,
    lend: (name, asked) => ask(name, asked).catch(() => lendAlone(name, asked)),
    giveBack: (name, { amount, endsAt }) => {
      const state = known.get(name)
      if (!state || endsAt !== endOf(state.window) || amount <= 0) return
      if (!isOpen()) {
        // or a consumer that asks now and then would use up its part with leases that went back
        state.alone = Math.max(0, state.alone - amount)
        state.lent -= amount
        return
      }
      void ask(name, { want: -1, limit: state.limit, returned: amount, endsAt }).catch(() => {
        // it counts as used until the end of the window
      })
    },
    /** Reports what was lent in this window, after Redis has lost it. */
    report: () => {
      // a copy: to ask reorders the cache, which would never end
      for (const [name, { limit }] of [...known.entries()])
        void ask(name, { want: -1, limit, returned: 0, endsAt: 0 }).catch(() => {})
    }
  } satisfies Lender & { report: () => void; isLasting: boolean }
}
