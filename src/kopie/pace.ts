import { setTimeout } from 'node:timers/promises'

const minuteMs = 60_000
// A wait looks at the clock again before it ends, for a clock can be set.
const longestSleepMs = 100

type Dependencies = { callsPerMinute: number; now?: () => number }

/**
 * The calls to VDAB that all exports together may make: a bucket that fills evenly, and holds those of one second. What a
 * batch turned out to need beyond its one call is owed, and waited for before the next.
 */
export const createPace = ({ callsPerMinute, now = Date.now }: Dependencies) => {
  const perMs = callsPerMinute / minuteMs
  const most = Math.max(1, perMs * 1000)
  let left = most
  let filledAt = now()

  const fill = () => {
    const time = now()
    left = Math.min(most, left + Math.max(0, time - filledAt) * perMs)
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
      while (left < 1) {
        await setTimeout(Math.min(longestSleepMs, Math.ceil((1 - left) / perMs)), undefined, { signal })
        fill()
      }
      left -= 1
    },
    /** Books calls that were made beyond those waited for. */
    owe: (calls: number) => { left -= calls }
  }
}

export type Pace = ReturnType<typeof createPace>
