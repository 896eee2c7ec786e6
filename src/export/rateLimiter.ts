import { setTimeout } from 'node:timers/promises'

const minuteMs = 60_000
// A wait looks at the clock again before it ends, for a clock can be set.
const longestSleepMs = 100

type Dependencies = { callsPerMinute: number; now?: () => number }

/**
 * The calls to VDAB that all exports together may make: a bucket that fills evenly, and holds those of one second. What a
 * batch turned out to need beyond its one call is owed, and waited for before the next.
 */
export const createRateLimiter = ({ callsPerMinute, now = Date.now }: Dependencies) => {
  // In parts of a call, as many as a minute has ms: whole numbers, which add up.
  const most = Math.max(minuteMs, callsPerMinute * 1000)
  let left = most
  let filledAt = now()

  const fill = () => {
    const time = now()
    left = Math.min(most, left + Math.max(0, time - filledAt) * callsPerMinute)
    filledAt = time
  }

  /** Waits so many ms of the clock; rejects when the signal ends it. */
  const wait = async (ms: number, signal: AbortSignal) => {
    const until = now() + ms
    while (now() < until) await setTimeout(Math.min(longestSleepMs, until - now()), undefined, { signal })
  }

  return {
    wait,
    /** Waits for room for one call, and takes it; rejects when the signal ends the waiting. */
    async turn(signal: AbortSignal) {
      signal.throwIfAborted()
      fill()
      while (left < minuteMs) {
        await setTimeout(Math.min(longestSleepMs, Math.ceil((minuteMs - left) / callsPerMinute)), undefined, { signal })
        fill()
      }
      left -= minuteMs
    },
    /** Books calls that were made beyond those waited for. */
    owe: (calls: number) => {
      left -= calls * minuteMs
    }
  }
}

export type RateLimiter = ReturnType<typeof createRateLimiter>
