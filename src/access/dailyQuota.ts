import { createHash } from 'node:crypto'
import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'

const dayMs = 86_400_000

/**
 * The hashes that were new; or, if nothing was booked, the ms until the next day. `isUncounted`: the count over all
 * processes is unknown, and the part of this process is used up.
 */
export type DayBooked =
  { readonly fresh: readonly string[] } | { readonly retryMs: number; readonly isUncounted?: boolean | undefined }
/** The distinct hashes that each consumer has booked on this day (UTC). */
export type Days = {
  book: (name: string, hashes: readonly string[], maximum: number) => DayBooked | Promise<DayBooked>
  takeBack: (name: string, hashes: readonly string[]) => void
}

/** Stores the daily sets in memory; no set exceeds its maximum. */
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

/** Limits how many distinct CVs a consumer may read in a day (UTC). It stores hashes, not ids. */
export const createDailyQuota =
  ({ cvsPerDay, now = Date.now, days = createDays({ now }) }: Options) =>
  /**
   * Books the people of a response. Resolves to a function that undoes the booking, for a response that is not sent.
   * Rejects with RATE_LIMITED, without booking, when they exceed the quota.
   */
  async ({ name, limits }: Consumer, people: Iterable<string>): Promise<() => void> => {
    const maximum = limits.cvsPerDay ?? cvsPerDay
    const hashes = [...people].map((cvId) => createHash('sha256').update(cvId).digest('base64url'))
    const booked = await days.book(name, hashes, maximum)
    if ('fresh' in booked) return () => days.takeBack(name, booked.fresh)
    const retryAfter = Math.ceil(booked.retryMs / 1000)
    if (booked.isUncounted)
      throw new GatewayError('RATE_LIMITED', `The CVs of today cannot be counted now; ask again in ${retryAfter} s.`, {
        retryAfter,
        field: 'cvsPerDay'
      })
    throw new GatewayError(
      'RATE_LIMITED',
      `More than ${maximum} different CVs in a day; the next day begins in ${retryAfter} s.`,
      { retryAfter, field: 'cvsPerDay' }
    )
  }
