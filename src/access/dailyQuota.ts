import { createHash } from 'node:crypto'
import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'

const dayMs = 86_400_000

/** What was new among what was booked; or in how many ms the next day begins, where nothing was booked. */
export type DayBooked = { readonly fresh: readonly string[] } | { readonly retryMs: number }
/** The different things that each name has booked on this day (UTC). */
export type Days = {
  book: (name: string, hashes: readonly string[], maximum: number) => DayBooked | Promise<DayBooked>
  takeBack: (name: string, hashes: readonly string[]) => void
}

/** Keeps the day's sets in this process's memory, none of them larger than its maximum. */
export const createDays = ({ now = Date.now }: { now?: () => number } = {}) => {
  const seen = new Map<string, Set<string>>()
  let today = -1

  return {
    book: (name: string, hashes: readonly string[], maximum: number): DayBooked => {
      const day = Math.floor(now() / dayMs)
      if (day !== today) seen.clear()
      today = day
      const known = seen.get(name) ?? new Set<string>()
      const fresh = [...new Set(hashes)].filter((hash) => !known.has(hash))
      if (known.size + fresh.length > maximum) return { retryMs: (day + 1) * dayMs - now() }
      for (const hash of fresh) known.add(hash)
      seen.set(name, known)
      return { fresh }
    },
    takeBack: (name: string, hashes: readonly string[]) => {
      for (const hash of hashes) seen.get(name)?.delete(hash)
    }
  } satisfies Days
}

type Options = { cvsPerDay: number; now?: () => number; days?: Days | undefined }

/** How many different CVs a consumer may see in a day (UTC). The day's set holds hashes, and no more of them than the ceiling. */
export const createDailyQuota =
  ({ cvsPerDay, now = Date.now, days = createDays({ now }) }: Options) =>
  /**
   * Books the people of an answer, and gives back what takes the booking back, for an answer that did not leave. Rejects with
   * RATE_LIMITED, booking none, when they are more than the day allows.
   */
  async ({ name, limits }: Consumer, people: Iterable<string>): Promise<() => void> => {
    const maximum = limits.cvsPerDay ?? cvsPerDay
    const booked = await days.book(
      name,
      [...people].map((cvId) => createHash('sha256').update(cvId).digest('base64url')),
      maximum
    )
    if ('fresh' in booked) return () => days.takeBack(name, booked.fresh)
    const retryAfter = Math.ceil(booked.retryMs / 1000)
    throw new GatewayError(
      'RATE_LIMITED',
      `More than ${maximum} different CVs in a day; the next day begins in ${retryAfter} s.`,
      { retryAfter, field: 'cvsPerDay' }
    )
  }
