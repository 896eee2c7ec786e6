import { GatewayError } from '../errors.ts'
import type { Asker, Notes } from './asker.ts'
import type { Consumer } from './consumers.ts'

const minuteMs = 60_000

/** Where a consumer stands: what is left of this minute's budget, and how much it is. */
export type Standing = { remaining: number; limit: number }

/**
 * The work that each consumer may ask for in a minute, in the unit of the prices: calls to VDAB. One window for everybody,
 * which opens with the first question after the last one has ended; per process.
 */
export const createBudget = ({ costPerMinute, now = Date.now }: { costPerMinute: number; now?: () => number }) => {
  const spent = new Map<string, number>()
  let endsAt = 0

  const open = (): number => {
    const time = now()
    if (time >= endsAt) {
      spent.clear()
      endsAt = time + minuteMs
    }
    return time
  }
  const limitOf = ({ limits }: Consumer) => limits.costPerMinute ?? costPerMinute
  const before = ({ name }: Consumer) => spent.get(name) ?? 0

  /** Books a price that fits, at once. */
  const take = (consumer: Consumer, price: number): Standing => {
    const total = before(consumer) + price
    spent.set(consumer.name, total)
    const limit = limitOf(consumer)
    return { remaining: Math.max(0, limit - total), limit }
  }
  const fits = (consumer: Consumer, price: number): boolean => {
    open()
    return before(consumer) + price <= limitOf(consumer)
  }

  /**
   * Books a price and says so in the headers. What does not fit is not booked: RATE_LIMITED when it fits into the next
   * minute, QUERY_TOO_COSTLY when it fits into none.
   */
  const book = ({ consumer }: Pick<Asker, 'consumer'>, notes: Notes, price: number): Standing => {
    const time = open()
    const limit = limitOf(consumer)
    const isFitting = fits(consumer, price)
    const standing = isFitting ? take(consumer, price) : { remaining: Math.max(0, limit - before(consumer)), limit }
    notes.headers({ 'x-cost': price, 'x-cost-remaining': standing.remaining, 'x-cost-limit': limit })
    if (price > limit) throw new GatewayError('QUERY_TOO_COSTLY', `This costs ${price}; your maximum for a whole minute is ${limit}.`)
    if (!isFitting) {
      const retryAfter = Math.ceil((endsAt - time) / 1000)
      throw new GatewayError('RATE_LIMITED', `This costs ${price}, and ${standing.remaining} of the ${limit} of this minute are left; ask again in ${retryAfter} s.`, { retryAfter })
    }
    return standing
  }

  return Object.assign(book, { fits, take })
}

export type Budget = ReturnType<typeof createBudget>
