import { LRUCache } from 'lru-cache'
import type { Counter } from './counters.ts'

// Names of consumers are few; those of tokens are whatever their issuer writes.
const namesKept = 20_000

/** Counts in windows of `windowMs` in this process, one for each name, which opens with its first booking. */
export const createWindows = ({ windowMs, now = Date.now }: { windowMs: number; now?: () => number }): Counter => {
  const open = new LRUCache<string, { since: number; used: number }>({ max: namesKept })
  const running = (name: string, time: number) => {
    const window = open.get(name)
    return window && time - window.since < windowMs ? window : undefined
  }

  return {
    take(name, amount, limit) {
      const time = now()
      let window = running(name, time)
      if (window === undefined) {
        window = { since: time, used: 0 }
        open.set(name, window)
      }
      const fits = window.used + amount <= limit
      if (fits) window.used += amount
      return { fits, remaining: Math.max(0, limit - window.used), endsAt: window.since + windowMs }
    },
    holds: (name, amount, limit) => (running(name, now())?.used ?? 0) + amount <= limit,
    ready: () => undefined,
    free(name, amount) {
      const window = running(name, now())
      if (window) window.used -= amount
    }
  }
}
