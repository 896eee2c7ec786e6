import { createHmac } from 'node:crypto'
import type { DayBooked, Days } from '../../access/dailyQuota.ts'
import type { Members } from './members.ts'
import { bookDay, takeBackDay } from './scripts.ts'

const dayMs = 86_400_000
const soonMs = 5000

type Dependencies = { members: Members; prefix: string; secret: string; now: () => number }

/**
 * The daily sets in Redis, as hashes with a secret. A member also stores its own part: without Redis it books up to its
 * equal share of the maximum, and reports the bookings to Redis later.
 */
export const createSharedDays = ({ members, prefix, secret, now }: Dependencies) => {
  const mine = new Map<string, Set<string>>()
  let today = -1

  const dayOf = () => Math.floor(now() / dayMs)
  const hmac = (text: string) => createHmac('sha256', secret).update(text).digest('base64url')
  const keyOf = (name: string, day: number) => `${prefix}day:${day}:${hmac(`consumer ${name}`).slice(0, 22)}`
  const hidden = (day: number, hash: string) => hmac(`cv ${day} ${hash}`).slice(0, 27)
  const setOf = (name: string): Set<string> => {
    const day = dayOf()
    if (day !== today) mine.clear()
    today = day
    const found = mine.get(name) ?? new Set<string>()
    mine.set(name, found)
    return found
  }
  const send = (name: string, maximum: number, hashes: readonly string[]) => {
    const day = dayOf()
    const values = [maximum, (day + 2) * dayMs - now(), ...hashes.map((hash) => hidden(day, hash))]
    return members.run(bookDay, keyOf(name, day), values)
  }

  const bookOffline = (name: string, hashes: readonly string[], maximum: number): DayBooked => {
    const set = setOf(name)
    const fresh = [...new Set(hashes)].filter((hash) => !set.has(hash))
    const share = Math.max(1, Math.floor(maximum / members.count()))
    if (set.size + fresh.length > share) return { retryMs: soonMs, isUncounted: true }
    for (const hash of fresh) set.add(hash)
    return { fresh }
  }

  const days: Days = {
    book: async (name, hashes, maximum) => {
      const all = [...new Set(hashes)]
      if (all.length === 0) return { fresh: [] }
      const found = await send(name, maximum, all).catch(() => -1)
      if (found === -1) return bookOffline(name, all, maximum)
      if (found === 0) return { retryMs: (dayOf() + 1) * dayMs - now() }
      const day = dayOf()
      const set = setOf(name)
      const isFresh = new Set(found as readonly string[]) // the script's shape
      for (const hash of all) set.add(hash)
      return { fresh: all.filter((hash) => isFresh.has(hidden(day, hash))) }
    },
    takeBack: (name, hashes) => {
      const day = dayOf()
      for (const hash of hashes) setOf(name).delete(hash)
      if (hashes.length === 0) return
      const values = hashes.map((hash) => hidden(day, hash))
      void members.run(takeBackDay, keyOf(name, day), values).catch(() => {}) // it then counts until the day ends
    }
  }
  return {
    days,
    /** Reports to Redis what this member has booked today. */
    report: () => {
      for (const [name, set] of mine) if (set.size > 0) void send(name, -1, [...set]).catch(() => {})
    }
  }
}
