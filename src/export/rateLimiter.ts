import { setTimeout } from 'node:timers/promises'

const minuteMs = 60_000
// The clock can be set, so a long wait checks it again after this time.
const longestSleepMs = 100

/** Waits until `now` has advanced by `ms`. Rejects when the signal aborts. */
export const waitUntilPassed = async (ms: number, now: () => number, signal: AbortSignal) => {
  const until = now() + ms
  while (now() < until) await setTimeout(Math.min(longestSleepMs, until - now()), undefined, { signal })
}

/**
 * A token bucket for the calls to VDAB of all exports together. It holds the calls of one second. The calls that a
 * batch makes beyond its first one are a debt, which delays the next batch.
 */
export const createRateLimiter = ({
  callsPerMinute,
  now = Date.now
}: {
  callsPerMinute: number
  now?: () => number
}) => {
  // One call is `minuteMs` units, so that all amounts are whole numbers.
  const capacity = Math.max(minuteMs, callsPerMinute * 1000)
  let left = capacity
  let filledAt = now()

  const fill = () => {
    const time = now()
    left = Math.min(capacity, left + Math.max(0, time - filledAt) * callsPerMinute)
    filledAt = time
  }

  return {
    /** Waits for room for one call, and books it. Rejects when the signal aborts. */
    async turn(signal: AbortSignal) {
      signal.throwIfAborted()
      fill()
      while (left < minuteMs) {
        await setTimeout(Math.min(longestSleepMs, Math.ceil((minuteMs - left) / callsPerMinute)), undefined, { signal })
        fill()
      }
      left -= minuteMs
    },
    /** Books calls that were made without `turn`. */
    owe: (calls: number) => {
      left -= calls * minuteMs
    }
  }
}

export type RateLimiter = ReturnType<typeof createRateLimiter>
