import { LRUCache } from 'lru-cache'

/** The result of a booking: `remaining` is the amount left after it, `endsAt` (ms) the end of the window. */
export type Taken = { readonly fits: boolean; readonly remaining: number; readonly endsAt: number }

/**
 * Counts how much of a limit each consumer has used. If several processes share a counter, each holds a part in
 * advance, so that it can decide most bookings at once. The sum over all processes never exceeds the limit.
 */
export type Counter = {
  /** Books an amount that fits. Undefined = this process must call `ready` first. */
  take: (name: string, amount: number, limit: number) => Taken | undefined
  /** Does this amount fit, according to this process? */
  holds: (name: string, amount: number, limit: number) => boolean
  /** Resolves when `take` can decide about this amount; undefined = at once. */
  ready: (name: string, amount: number, limit: number) => Promise<void> | undefined
  /** Gives back an amount, for amounts that are booked without a window. */
  free: (name: string, amount: number) => void
}

/**
 * Concurrent bookings can take the free units first, so a small number of attempts would refuse a booking that fits.
 */
const mostTries = 20
const soonMs = 1000
const minuteMs = 60_000
// There are few consumers with keys, but an issuer can put any name into its tokens.
const namesKept = 20_000

/** Counts in this process the open connections of each consumer, until they are released. */
export const createCounter = (): Counter => {
  const used = new Map<string, number>()
  const usedBy = (name: string): number => used.get(name) ?? 0
  return {
    take(name, amount, limit) {
      const fits = usedBy(name) + amount <= limit
      if (fits) used.set(name, usedBy(name) + amount)
      return { fits, remaining: Math.max(0, limit - usedBy(name)), endsAt: Infinity }
    },
    holds: (name, amount, limit) => usedBy(name) + amount <= limit,
    ready: () => undefined,
    free(name, amount) {
      const left = usedBy(name) - amount
      if (left > 0) used.set(name, left)
      else used.delete(name)
    }
  }
}

/** Counts in this process per minute: a window of each consumer opens with its first booking. */
export const createMinuteCounter = (now: () => number): Counter => {
  const windows = new LRUCache<string, { since: number; used: number }>({ max: namesKept })
  const current = (name: string, time: number) => {
    const window = windows.get(name)
    return window && time - window.since < minuteMs ? window : undefined
  }

  return {
    take(name, amount, limit) {
      const time = now()
      let window = current(name, time)
      if (window === undefined) {
        window = { since: time, used: 0 }
        windows.set(name, window)
      }
      const fits = window.used + amount <= limit
      if (fits) window.used += amount
      return { fits, remaining: Math.max(0, limit - window.used), endsAt: window.since + minuteMs }
    },
    holds: (name, amount, limit) => (current(name, now())?.used ?? 0) + amount <= limit,
    ready: () => undefined,
    free(name, amount) {
      const window = current(name, now())
      if (window) window.used -= amount
    }
  }
}

/** Books, and waits for other processes if necessary. Without a response from them, the amount does not fit for 1 s. */
export const book = async (counter: Counter, name: string, amount: number, limit: number): Promise<Taken> => {
  for (let left = mostTries; left > 0; left -= 1) {
    const taken = counter.take(name, amount, limit)
    if (taken) return taken
    await counter.ready(name, amount, limit)
  }
  return counter.take(name, amount, limit) ?? { fits: false, remaining: 0, endsAt: Date.now() + soonMs }
}
