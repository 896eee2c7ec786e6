import type { EndpointName } from '../../upstream/endpoints.ts'
import { kinds, type CallKind, type LaneFacts, type LanePart } from '../../upstream/quota/contract.ts'
import type { RedisConnection } from './connection.ts'
import type { Members } from './members.ts'
import { part } from './scripts.ts'

/** The part of VDAB's limit that is used. The rest covers what a failover of Redis may lose. */
const usedPart = 0.985
/** VDAB counts a call for a minute. For that time plus a margin, the part of an absent member stays reserved. */
const keptMs = 75_000
/** After this time without Redis a member uses only its floor, so that its part is unused when other members get it. */
const offlineMs = 10_000
const adjustMs = 250
/** An unchanged part is reported again after this time. */
const quietMs = 2000
const leastStep = 16
/** A member requests more above `earlyPart` of its part. Above `shortPart` its calls count as short of slots. */
const earlyPart = 0.6
const shortPart = 0.85
const shortMs = 1000

type Dependencies = {
  connection: RedisConnection
  members: Members
  keyOf: (endpoint: string) => string
  /** VDAB's limit, until VDAB announces a different limit */
  callsPerMinute: number
  floorPercent: number
  atLeast: number
  now: () => number
}
type Answer = readonly [granted: number, left: number, waiting: number, alive: number, others: number]

const waitingOf = ({ waiting }: LaneFacts) => Object.values(waiting).reduce((sum, count) => sum + count, 0)

/**
 * Shares VDAB's limit between machines. Each machine holds a part, and requests more before it is used up. Under
 * pressure, the members with waiting calls of the most urgent class get equal parts. Amounts that other members do not
 * use go to them once the calls of those members are older than a minute. Without Redis a member keeps its part for ten
 * seconds, and then uses its floor.
 */
export const createQuotaParts = (dependencies: Dependencies) => {
  const { connection, members, keyOf, callsPerMinute, floorPercent, atLeast, now } = dependencies
  const adjusts: (() => Promise<void>)[] = []
  const limitOf = (whole: number) => Math.max(1, Math.floor(whole * usedPart))
  const floorOf = (limit: number) => Math.floor((limit * floorPercent) / 100 / Math.max(atLeast, members.count()))

  const partOf = (endpoint: EndpointName, facts: () => LaneFacts): LanePart => {
    const key = keyOf(endpoint)
    let held = 0
    let floor = floorOf(limitOf(callsPerMinute))
    const shortAt = new Map<CallKind, number>()
    let siblings = 0
    let fair = 0
    let contestedAt = -Infinity
    let reportedAt = -Infinity
    let reportedUsed = -1
    let emptyAt = -Infinity
    let adjusting: Promise<void> | undefined

    /** The most urgent class with calls that wait or were recently refused, as its rank; -1 = none. */
    const rankOf = ({ waiting }: LaneFacts) =>
      kinds.findIndex((kind) => (waiting[kind] ?? 0) > 0 || now() - (shortAt.get(kind) ?? -Infinity) < shortMs)
    const isOffline = () => !connection.isOpen() && now() - reportedAt > offlineMs

    const report = async (want: number) => {
      const state = facts()
      const limit = limitOf(state.whole)
      floor = floorOf(limit)
      const own = Math.max(held, state.used)
      const values = [limit, floor, atLeast, Math.max(0, want), own, rankOf(state), keptMs]
      // the script's shape
      const [granted, left, waiting, alive, others] = (await members.run(part, key, values)) as Answer
      members.noteAlive(alive)
      reportedAt = now()
      reportedUsed = state.used
      siblings = others
      if (granted > 0) held = own + granted
      if (left === 0 && want > granted) emptyAt = now()
      return { limit, isContested: left === 0 && waiting !== 0, isUrgent: waiting > 0, rivals: Math.abs(waiting) }
    }

    /** Grows the part before it is used up. Shrinks it when it is not used, or when other members wait for it. */
    const adjust = async () => {
      const state = facts()
      const waiting = waitingOf(state)
      const fairNow = now() - contestedAt < shortMs ? fair : Infinity
      const wanted = Math.max(floor, Math.min(fairNow, 2 * state.used + waiting + leastStep))
      if (held > wanted + leastStep) held = wanted
      const { limit, isContested, isUrgent, rivals } = await report(wanted - held)
      if (!isContested) return
      contestedAt = now()
      fair = isUrgent ? Math.floor(limit / rivals) : floor
      held = Math.max(floor, Math.min(held, fair))
    }

    const ask = () => {
      adjusting ??= adjust()
        .catch(() => undefined)
        .finally(() => {
          adjusting = undefined
        })
      return adjusting
    }
    adjusts.push(async () => {
      const state = facts()
      const isWaiting = waitingOf(state) > 0
      if (held === 0 && !isWaiting) return
      if (isWaiting || state.used !== reportedUsed || now() - reportedAt >= quietMs) await ask()
    })

    return {
      capacity: () => (isOffline() ? floor : held),
      siblings: () => siblings,
      ready: (kind) => {
        const state = facts()
        const next = state.used + waitingOf(state) + 1
        if (next > held * shortPart) shortAt.set(kind, now())
        if (!connection.isOpen() || now() - emptyAt < adjustMs) return undefined
        return next > held * earlyPart ? ask() : undefined
      }
    }
  }

  const timer = setInterval(() => {
    for (const adjust of adjusts) void adjust()
  }, adjustMs)
  timer.unref()
  return {
    partOf,
    close: () => {
      clearInterval(timer)
    }
  }
}
