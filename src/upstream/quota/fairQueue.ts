import type { Bucket } from './bucket.ts'
import { kinds } from './contract.ts'
import type { CallKind, Watched, Payer, Slot } from './contract.ts'

/** A waiting call. Instants are those of the scheduler's clock. */
export type Ticket = {
  readonly live: Watched
  readonly since: number
  /** the instant after which a slot is no longer useful */
  readonly deadline: number
  readonly grant: (slot: Slot) => void
  readonly refuse: (retryAfter: number) => void
  readonly drop: () => void
}

type PerKind<T> = Record<CallKind, T>
const perKind = <T>(make: () => T) => Object.fromEntries(kinds.map((kind) => [kind, make()])) as PerKind<T> // each kind

/** A consumer at one endpoint. `turns`: the number of its calls in each class, divided by its weight. */
export type Party = {
  readonly name: string
  weight: number
  /** filled at the rate of its share, charged with its interactive calls */
  readonly bucket: Bucket
  /** its latest call, and its latest interactive one */
  lastAt: number
  lastInteractiveAt: number
  readonly turns: PerKind<number>
  readonly waiting: PerKind<Ticket[]>
}
export type Next = { readonly party: Party; readonly kind: CallKind }

/** One of this many calls is the background call that has waited longest, so that no class starves. */
const trickle = 20

/**
 * The waiting calls of one endpoint. Classes are served in order; within a class, the consumer with the fewest calls
 * for its weight is next (stride scheduling). A consumer that was idle starts level with the other consumers, so it
 * gains no advantage.
 */
export const createFairQueue = () => {
  const parties = new Map<string, Party>()
  const level: PerKind<number> = perKind(() => 0)
  const waiting: PerKind<number> = perKind(() => 0)
  let sinceBackground = 0

  const nextOf = (kind: CallKind): Next | undefined => {
    if (waiting[kind] === 0) return undefined
    let first: Party | undefined
    for (const party of parties.values())
      if (party.waiting[kind].length > 0 && (!first || party.turns[kind] < first.turns[kind])) first = party
    return first && { party: first, kind }
  }

  const oldestBackground = (): Next | undefined => {
    let oldest: (Next & { since: number }) | undefined
    for (const kind of kinds.slice(1))
      for (const party of waiting[kind] === 0 ? [] : parties.values()) {
        const since = party.waiting[kind][0]?.since
        if (since !== undefined && (!oldest || since < oldest.since)) oldest = { party, kind, since }
      }
    return oldest
  }

  return {
    waiting,
    parties: () => parties.values(),
    /** The consumer of this name. An unknown consumer is created with a full bucket. */
    party: ({ name, weight = 1 }: Payer, time: number): Party => {
      const known = parties.get(name)
      if (known) {
        known.weight = weight
        return known
      }
      const party: Party = {
        name,
        weight,
        bucket: { tokens: Infinity, filledAt: time },
        lastAt: time,
        lastInteractiveAt: -Infinity,
        turns: perKind(() => 0),
        waiting: perKind(() => [])
      }
      parties.set(name, party)
      return party
    },
    /** Removes the consumers without a call since this instant. */
    forget: (before: number) => {
      for (const [name, { lastAt, waiting }] of parties)
        if (lastAt < before && kinds.every((kind) => waiting[kind].length === 0)) parties.delete(name)
    },
    add: (party: Party, kind: CallKind, ticket: Ticket) => {
      if (party.waiting[kind].length === 0) party.turns[kind] = Math.max(party.turns[kind], level[kind])
      party.waiting[kind].push(ticket)
      waiting[kind] += 1
    },
    /** Takes the first waiting call of a consumer. */
    shift: ({ party, kind }: Next): Ticket | undefined => {
      const ticket = party.waiting[kind].shift()
      if (ticket) waiting[kind] -= 1
      return ticket
    },
    /** Takes the waiting calls for which `isTaken` is true, in the order of each consumer. */
    extract: (isTaken: (ticket: Ticket, next: Next) => boolean): (Next & { ticket: Ticket })[] => {
      const taken: (Next & { ticket: Ticket })[] = []
      for (const party of parties.values())
        for (const kind of kinds) {
          const list = party.waiting[kind]
          const kept = list.filter((ticket) => {
            const leaves = isTaken(ticket, { party, kind })
            if (leaves) taken.push({ ticket, party, kind })
            return !leaves
          })
          waiting[kind] -= list.length - kept.length
          party.waiting[kind] = kept
        }
      return taken
    },
    /** Records that a call is sent; it has left its queue, or was in none. */
    recordSent: ({ party, kind }: Next, wasWaiting: boolean) => {
      const turns = wasWaiting ? party.turns[kind] : Math.max(party.turns[kind], level[kind])
      party.turns[kind] = turns + 1 / party.weight
      level[kind] = Math.max(level[kind], Math.min(turns, nextOf(kind)?.party.turns[kind] ?? Infinity))
      if (kind !== 'interactive') sinceBackground = 0
      else if (oldestBackground()) sinceBackground += 1
    },
    /** The consumers whose call may be sent next, in order. */
    next: (): readonly Next[] => {
      const first = kinds.map(nextOf).find((next) => next !== undefined)
      const starved = sinceBackground >= trickle - 1 ? oldestBackground() : undefined
      return [starved, first].filter((next) => next !== undefined)
    },
    /** Does a call wait in this class or in an earlier one? */
    hasWaitingUpTo: (kind: CallKind): boolean =>
      kinds.slice(0, kinds.indexOf(kind) + 1).some((one) => waiting[one] > 0),
    /** The number of waiting calls that are sent before a new call of this consumer. */
    ahead: ({ party, kind }: Next): number => {
      const own = party.waiting[kind].length
      let sum = own
      for (const before of kinds.slice(0, kinds.indexOf(kind))) sum += waiting[before]
      for (const other of parties.values()) {
        const turns = Math.ceil(((own + 1) * other.weight) / party.weight)
        if (other !== party) sum += Math.min(other.waiting[kind].length, turns)
      }
      return sum
    }
  }
}
