import type { ReportedQuota } from './contract.ts'

const minuteMs = 60_000
/**
 * For clocks with a resolution of whole milliseconds, and for a clock of VDAB that runs a tenth of a percent faster.
 */
const marginMs = 100
/** A slot is free again this long after the end of its call. */
export const holdMs = minuteMs + marginMs
/** The weight of the latest call in the mean duration. */
const smoothing = 0.1

type Others = { readonly until: number; readonly count: number }
export type Held = { readonly at: number; readonly usedBefore: number; readonly addedBefore: number }

type Dependencies = {
  /** the assumed limit, in calls per minute */
  callsPerMinute: number
  /** may VDAB's own headers raise the limit above it? */
  mayRaise: boolean
  /** a clock that is never set back, in ms */
  clock: () => number
  /** the underlying clock, which may be set back */
  now: () => number
  /** the part of the limit that this process may use now; all of it when absent */
  capacity?: (() => number) | undefined
  /** the slots of the other processes that share the key */
  siblings?: (() => number) | undefined
}

/** The number of elements of a sorted list, from `head`, that are at most `limit`. */
const countUntil = (sorted: readonly number[], head: number, limit: number) => {
  let [low, high] = [head, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? Infinity) <= limit) low = middle + 1
    else high = middle
  }
  return low - head
}

/**
 * The slots of one endpoint: `limit` of them, each for one call at a time.
 *
 * A slot is taken before its call is sent, and is free again `holdMs` (a minute and a margin) after the response
 * arrived or the call failed. VDAB counts the call at an instant in between. So the counted instants of two calls in
 * the same slot lie at least a minute apart, and no window of a minute, however it is aligned, contains both. With
 * `limit` slots no window contains more than `limit` calls. This does not depend on VDAB's window, fixed or sliding,
 * nor on the network's delays.
 *
 * Other programs may use the key too. VDAB reports the remaining calls; when it has counted more calls than we can have
 * made, the difference is booked for a minute. `known` is the number of calls that we can have made: the slots in use
 * when the call took its slot, all slots taken since, and those of the siblings. All calls in VDAB's window are among
 * them.
 */
export const createWindow = (dependencies: Dependencies) => {
  const { callsPerMinute, mayRaise, clock, now, capacity = () => Infinity, siblings = () => 0 } = dependencies
  let announced: number | undefined
  let isTrusted = mayRaise
  /** the instants at which the slots of ended calls are free again, ascending; entries before `head` are obsolete */
  let ended: number[] = []
  let head = 0
  let inFlight = 0
  let added = 0
  let others: Others[] = []
  let full = { since: 0, forMs: 0 }
  let meanMs = 0

  const countOthers = () => others.reduce((sum, { count }) => sum + count, 0)

  const sweep = () => {
    const time = clock()
    while (head < ended.length && (ended[head] ?? Infinity) <= time) head += 1
    if (head > 1024 && head * 2 > ended.length) {
      ended = ended.slice(head)
      head = 0
    }
    if (others.some(({ until }) => until <= time)) others = others.filter(({ until }) => until > time)
  }

  const whole = () => {
    if (announced === undefined) return callsPerMinute
    return isTrusted ? announced : Math.min(callsPerMinute, announced)
  }
  const limit = () => Math.min(whole(), capacity())
  const own = () => inFlight + ended.length - head
  /** How long VDAB still accepts no calls; a clock that was set back must not prolong it. */
  const fullMs = () => {
    const passedMs = now() - full.since
    return passedMs < 0 ? 0 : Math.max(0, full.forMs - passedMs)
  }

  /** The free slots, ignoring a 429 of VDAB. */
  const left = () => {
    sweep()
    // The use by other programs counts against VDAB's limit, not against a lower limit that was set for this gateway.
    return Math.min(limit(), (announced ?? callsPerMinute) - countOthers()) - own()
  }

  const learn = ({ usedBefore, addedBefore }: Held, { limit: reportedLimit, remaining, fullForMs }: ReportedQuota) => {
    if (reportedLimit !== undefined) announced = reportedLimit
    if (fullForMs !== undefined) {
      // After a 429, a limit that VDAB announces no longer raises the assumed limit.
      isTrusted = false
      if (fullForMs > fullMs()) full = { since: now(), forMs: fullForMs }
    } else if (remaining !== undefined) {
      const known = usedBefore + (added - addedBefore) + siblings()
      const count = (announced ?? callsPerMinute) - remaining - known
      if (count <= 0) return
      added += count
      others.push({ until: clock() + holdMs, count })
    }
  }

  return {
    limit,
    /** the limit of all processes that share the key */
    whole,
    free: () => (fullMs() > 0 ? Math.min(0, left()) : left()),
    used: () => {
      sweep()
      return own()
    },
    /** Takes a slot. */
    take: (): Held => {
      sweep()
      const held = { at: clock(), usedBefore: own() + countOthers(), addedBefore: added }
      inFlight += 1
      added += 1
      return held
    },
    /** The call of a slot has ended. */
    end: (held: Held, reported: ReportedQuota) => {
      const time = clock()
      inFlight -= 1
      ended.push(time + holdMs)
      meanMs += (time - held.at - meanMs) * smoothing
      sweep()
      learn(held, reported)
    },
    /** The call of a slot was not sent. */
    giveBack: () => {
      inFlight -= 1
    },
    /**
     * The instant at which this many slots will be free, on the scheduler's clock; exact for ended calls, estimated for
     * others.
     */
    freeAt: (slots: number): number => {
      const count = slots - left()
      const openAt = clock() + fullMs()
      if (count <= 0) return openAt
      let before = 0
      for (const { until, count: booked } of others) {
        const seen = countUntil(ended, head, until)
        if (seen + before >= count) break
        before += booked
        if (seen + before >= count) return Math.max(openAt, until)
      }
      const wanted = count - before
      const total = Math.max(1, own())
      const rounds = Math.floor((wanted - 1) / total)
      const at = ended[head + ((wanted - 1) % total)] ?? clock() + meanMs + holdMs
      return Math.max(openAt, at + rounds * holdMs)
    }
  }
}

export type Window = ReturnType<typeof createWindow>
