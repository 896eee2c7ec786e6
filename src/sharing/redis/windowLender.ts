import { LRUCache } from 'lru-cache'
import type { Grant, LeaseRequest, Lender } from '../contract.ts'
import type { Members } from './members.ts'
import { lend } from './scripts.ts'

type Known = {
  readonly window: number
  limit: number
  /** what was lent to this member in the window */
  lent: number
  /** the amount left for all when Redis last responded */
  rest: number
  /** the amount that this member took without Redis, and how much of it was reported to Redis */
  takenOffline: number
  reported: number
}
type Answer = readonly [granted: number, rest: number, leftMs: number, lent: number, window: number, alive: number]

type Dependencies = {
  members: Pick<Members, 'run' | 'count' | 'noteAlive' | 'redisNow'>
  /** does Redis respond? */
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
 * The part of one member without Redis, including what it took by itself. `rest` is older than the grants of other
 * members since. So a member below its equal share of the limit takes no more than that share, and a member above it
 * gets its equal share of the rest. When nothing is left, the result is 0: with an unstable Redis each reconnect would
 * otherwise admit one more.
 */
const offlineShare = ({ rest, lent, takenOffline, reported }: Known, limit: number, members: number): number => {
  if (rest <= 0) return 0
  const missing = Math.floor(limit / members) - (lent - (takenOffline - reported))
  const ofRest = Math.floor(rest / members)
  return Math.max(1, missing > 0 ? Math.min(missing, ofRest) : ofRest)
}

/**
 * Lends parts of a limit per fixed window of Redis' clock. Without Redis a member takes its equal share of what was
 * left for all when Redis last responded.
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
    const fresh = { window, limit, lent: 0, rest: limit, takenOffline: 0, reported: 0 }
    known.set(name, fresh)
    return fresh
  }

  /** Stores a response, and adds what this member took by itself while the command ran. */
  const note = (name: string, { reported, lent, ...answer }: Omit<Known, 'takenOffline'>) => {
    if ((known.get(name)?.window ?? -1) > answer.window) return
    const state = current(name, answer.window, answer.limit)
    state.reported = Math.max(state.reported, reported)
    Object.assign(state, answer, { lent: lent + state.takenOffline - state.reported })
  }

  const lendOffline = (name: string, { want, limit }: LeaseRequest): Grant => {
    const window = Math.floor(members.redisNow() / windowMs)
    const state = current(name, window, limit)
    const even = offlineShare(state, limit, Math.max(members.count(), 1))
    const share = Math.max(0, even - (state.takenOffline - state.reported))
    const granted = Math.min(share, Math.max(want, Math.ceil(even / leasesPerShare)))
    state.takenOffline += granted
    state.lent += granted
    return { granted, rest: share - granted, endsAt: endOf(window), isAll: granted < want }
  }

  const ask = async (name: string, { want, limit, returned, endsAt }: LeaseRequest): Promise<Grant> => {
    const before = known.get(name)
    const isOfWindow = before !== undefined && endsAt === endOf(before.window)
    const back = isOfWindow ? returned : 0
    const { window: reportedWindow, lent: knownLent, takenOffline } = before ?? { window: -1, lent: 0, takenOffline: 0 }
    const [granted, rest, , lent, window, alive] = (await members.run(lend, keyOf(name), [
      windowMs,
      limit,
      want < 0 ? want : Math.ceil(want),
      back,
      reportedWindow,
      knownLent,
      atLeast
    ])) as Answer // the script's shape
    members.noteAlive(alive)
    note(name, { window, limit, lent, rest, reported: window === reportedWindow ? takenOffline : 0 })
    return { granted, rest, endsAt: endOf(window), isAll: granted < want }
  }

  return {
    isLasting: false,
    lend: (name, asked) => ask(name, asked).catch(() => lendOffline(name, asked)),
    giveBack: (name, { amount, endsAt }) => {
      const state = known.get(name)
      if (!state || endsAt !== endOf(state.window) || amount <= 0) return
      if (!isOpen()) {
        // otherwise an occasional consumer would use up its part with leases that were given back
        state.takenOffline = Math.max(0, state.takenOffline - amount)
        state.lent -= amount
        return
      }
      void ask(name, { want: -1, limit: state.limit, returned: amount, endsAt }).catch(() => {
        // it counts as used until the end of the window
      })
    },
    /** Reports the lent amounts of this window, after Redis has lost them. */
    report: () => {
      // a copy: a look-up reorders the cache, so the loop would never end
      for (const [name, { limit }] of [...known.entries()])
        void ask(name, { want: -1, limit, returned: 0, endsAt: 0 }).catch(() => {})
    }
  } satisfies Lender & { report: () => void; isLasting: boolean }
}
