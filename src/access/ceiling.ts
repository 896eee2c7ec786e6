import { createHash } from 'node:crypto'
import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'

const dayMs = 86_400_000

/**
 * How many different CVs a consumer may see in a day (UTC). The day's set holds hashes, in this process's memory, and no
 * more of them than the ceiling.
 */
export const createCeiling = ({ cvsPerDay, now = Date.now }: { cvsPerDay: number; now?: () => number }) => {
  const seen = new Map<string, Set<string>>()
  let today = -1

  /**
   * Books the people of an answer, and gives back what takes the booking back, for an answer that did not leave. Throws
   * RATE_LIMITED, booking none, when they are more than the day allows.
   */
  return ({ name, limits }: Consumer, people: Iterable<string>): (() => void) => {
    const day = Math.floor(now() / dayMs)
    if (day !== today) seen.clear()
    today = day
    const known = seen.get(name) ?? new Set<string>()
    const fresh = [...new Set([...people].map((cvId) => createHash('sha256').update(cvId).digest('base64url')))].filter((hash) => !known.has(hash))
    const maximum = limits.cvsPerDay ?? cvsPerDay
    if (known.size + fresh.length > maximum) {
      const retryAfter = Math.ceil(((day + 1) * dayMs - now()) / 1000)
      throw new GatewayError('RATE_LIMITED', `More than ${maximum} different CVs in a day; the next day begins in ${retryAfter} s.`, { retryAfter, field: 'cvsPerDay' })
    }
    for (const hash of fresh) known.add(hash)
    seen.set(name, known)
    return () => { for (const hash of fresh) known.delete(hash) }
  }
}
