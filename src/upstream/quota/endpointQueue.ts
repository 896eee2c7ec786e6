import { kinds } from './contract.ts'
import type { LaneState, ReportedQuota, Slot, SlotRequest, Watched } from './contract.ts'
import { createFairQueue } from './fairQueue.ts'
import type { Next, Party, Ticket } from './fairQueue.ts'
import { createShares } from './shares.ts'
import { holdMs } from './window.ts'
import type { Window } from './window.ts'

/** The part of the slots that only consumers within their share may use, so that a new consumer finds a free slot. */
const reservedPart = 1 / 40
/**
 * Waiting calls are checked again after this time: their clients disconnect, and background calls become interactive.
 */
const longestSleepMs = 50
const recountMs = 1000

export type Timers = { readonly later: (ms: number, next: () => void) => () => void }
type Dependencies = { window: Window; clock: () => number; timers: Timers }
type Wanted = Pick<SlotRequest, 'consumers' | 'waitMs' | 'isRepeated'> & { readonly live: Watched }
type Settled = Pick<Ticket, 'grant' | 'refuse' | 'drop'>

const noConsumer = [{ name: '' }]

/**
 * Decides which call of one endpoint is sent next. A call is sent when a slot of the window is free, and one of these
 * holds:
 *
 * - it is interactive, and its consumer is within its share: an equal part of the limit for each consumer of the last
 *   minute, by weight. The bucket of a consumer is charged with all its interactive calls, so only a consumer that uses
 *   less than its share has tokens left;
 * - less than half of the slots are in use, nine tenths while there is only one consumer, or a quarter for background
 *   calls: under low demand no call waits;
 * - the pace allows it, and more slots are free than the reserve. The pace spreads calls over the minute, so that slots
 *   become free continuously, and not all at once a minute after a burst. All calls are charged to it.
 *
 * Other calls wait in a fair queue. A call that cannot be sent before its deadline is refused at once.
 */
export const createEndpointQueue = ({ window, clock, timers }: Dependencies) => {
  const queue = createFairQueue()
  const shares = createShares({ window, clock })
  let countedAt = -Infinity
  let cancel: (() => void) | undefined

  const reserve = () => Math.min(Math.max(1, Math.ceil(window.limit() * reservedPart)), Math.floor(window.limit() / 4))

  const recount = () => {
    countedAt = clock()
    queue.forget(countedAt - holdMs)
    shares.count(queue.parties())
  }

  const isPrompt = (party: Party) => window.free() >= 1 && shares.isWithin(party)
  const mayGo = ({ party, kind }: Next): boolean => {
    const free = window.free()
    if (free >= 1 && (shares.isQuiet(kind) || (kind === 'interactive' && shares.isWithin(party)))) return true
    return free > reserve() && shares.isPaced()
  }

  const slotOf = (next: Next): Slot => {
    const held = window.take()
    let hasEnded = false
    const once = (work: () => void) => {
      if (hasEnded) return
      hasEnded = true
      work()
      look()
    }
    return {
      end: (reported: ReportedQuota) =>
        once(() => {
          window.end(held, reported)
          if (reported.fullForMs !== undefined) reconsider()
        }),
      giveBack: () =>
        once(() => {
          window.giveBack()
          shares.refund(next)
        })
    }
  }

  const go = (next: Next, grant: Settled['grant'], wasWaiting: boolean) => {
    const { party, kind } = next
    shares.charge(next)
    party.lastAt = clock()
    if (kind === 'interactive') party.lastInteractiveAt = party.lastAt
    queue.recordSent(next, wasWaiting)
    grant(slotOf(next))
  }

  /** The estimated instant of a new call, on the clock of the scheduler. */
  const estimate = (next: Next): number => {
    const { party, kind } = next
    const time = clock()
    const nth = queue.ahead(next) + 1
    const paced = Math.max(time + shares.msUntilPaced(nth), window.freeAt(nth + reserve()))
    if (kind !== 'interactive') return paced
    const own = party.waiting.interactive.length + 1
    return Math.min(paced, Math.max(time + shares.msUntilWithin(party, own), window.freeAt(own)))
  }
  const secondsUntil = (at: number) => Math.max(1, Math.ceil((at - clock()) / 1000))

  const enqueue = (next: Next, ticket: Ticket) => {
    const at = estimate(next)
    if (at > ticket.deadline) ticket.refuse(secondsUntil(at))
    else queue.add(next.party, next.kind, ticket)
  }

  /** Repeats the estimate for all waiting calls. */
  const reconsider = () => {
    const all = queue.extract(() => true).sort((a, b) => a.ticket.since - b.ticket.since)
    for (const next of all) enqueue(next, next.ticket)
  }

  /** Removes calls without a waiting caller, refuses calls past their deadline, and moves calls whose class changed. */
  const tidy = () => {
    const isMisplaced = ({ live, deadline }: Ticket, { kind }: Next) =>
      live.isOver() || deadline <= clock() || live.kind() !== kind
    for (const { ticket, party, kind } of queue.extract(isMisplaced)) {
      if (ticket.live.isOver()) ticket.drop()
      else if (ticket.deadline <= clock()) ticket.refuse(secondsUntil(estimate({ party, kind })))
      else queue.add(party, ticket.live.kind(), ticket)
    }
  }

  const nextToGo = (): Next | undefined => {
    for (const party of queue.waiting.interactive === 0 ? [] : queue.parties())
      if (party.waiting.interactive.length > 0 && isPrompt(party)) return { party, kind: 'interactive' }
    return queue.next().find(mayGo)
  }

  /** Sends calls, and runs again later while some wait. */
  const look = () => {
    cancel?.()
    cancel = undefined
    if (!queue.hasWaitingUpTo('export')) return
    tidy()
    for (let next = nextToGo(); next; next = nextToGo()) {
      const ticket = queue.shift(next)
      if (ticket) go(next, ticket.grant, true)
    }
    if (!queue.hasWaitingUpTo('export')) return
    const slotMs = window.freeAt(reserve() + 1) - clock()
    const ms = Math.min(longestSleepMs, Math.ceil(Math.max(1, shares.msUntilPaced(1), slotMs)))
    cancel = timers.later(ms, look)
  }

  return {
    /** Decides about the call now, or later. */
    ask: ({ consumers, waitMs = Infinity, isRepeated = false, live }: Wanted, settled: Settled) => {
      const since = clock()
      const kind = live.kind()
      const parties = (consumers.length > 0 ? consumers : noConsumer).map((payer) => queue.party(payer, since))
      const isNew =
        kind === 'interactive' && parties.some(({ lastInteractiveAt }) => lastInteractiveAt < since - holdMs)
      for (const party of parties) if (isNew) party.lastInteractiveAt = since
      if (isNew || since - countedAt >= recountMs) recount()
      const party = parties.reduce((best, other) => (shares.tokensOf(other) > shares.tokensOf(best) ? other : best))
      const next = { party, kind }
      const isAlone = kind === 'interactive' && party.waiting.interactive.length === 0 && isPrompt(party)
      const mayRepeat = isRepeated && window.free() >= 1
      if (mayRepeat || isAlone || (!queue.hasWaitingUpTo(kind) && mayGo(next))) {
        go(next, settled.grant, false)
        return
      }
      // If the used shares are equal, the consumer whose turn comes first.
      const turns = parties.map((one) => ({ party: one, kind, at: estimate({ party: one, kind }) }))
      const first = turns.reduce((best, other) => (other.at < best.at ? other : best))
      enqueue(first, { ...settled, live, since, deadline: since + waitMs })
      look()
    },
    state: (): LaneState => ({
      limit: window.limit(),
      used: window.used(),
      waiting: Object.fromEntries(
        kinds.flatMap((kind) => (queue.waiting[kind] > 0 ? [[kind, queue.waiting[kind]]] : []))
      )
    })
  }
}

export type EndpointQueue = ReturnType<typeof createEndpointQueue>
