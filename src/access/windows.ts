import { LRUCache } from 'lru-cache'

/** How often something was asked for in the window that runs, and for how long it runs yet, in ms. */
export type Count = { current: number; ttl: number }

/**
 * Counts in windows of time, one for each name, which open with its first count. It is the store of @fastify/rate-limit
 * (`incr` and `read` are its contract), so that requests which do not come by the plugin are counted with those that do.
 */
export type Windows = {
  /** Counts `count` more; at once. */
  take(name: string, options: { windowMs: number; count: number }): Count
  /** What was counted so far. */
  look(name: string, options: { windowMs: number }): Count
}

// Names of consumers are few; those of tokens are whatever their issuer writes.
const namesKept = 20_000

/** The windows of this process. */
export const createWindows = (): Windows => {
  const open = new LRUCache<string, { since: number; current: number }>({ max: namesKept })
  const running = (name: string, time: number, windowMs: number) => {
    const window = open.get(name)
    return window && time - window.since < windowMs ? window : undefined
  }
  return {
    take(name, { windowMs, count }) {
      const time = Date.now()
      let window = running(name, time, windowMs)
      if (window === undefined) {
        window = { since: time, current: 0 }
        open.set(name, window)
      }
      window.current += count
      return { current: window.current, ttl: windowMs - (time - window.since) }
    },
    look(name, { windowMs }) {
      const time = Date.now()
      const window = running(name, time, windowMs)
      return window === undefined ? { current: 0, ttl: 0 } : { current: window.current, ttl: windowMs - (time - window.since) }
    }
  }
}
