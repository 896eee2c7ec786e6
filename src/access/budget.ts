import { GatewayError } from '../errors.ts'
import type { Asker, Notes } from './asker.ts'

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

  /**
   * Books a price and says so in the headers. What does not fit is not booked: RATE_LIMITED when it fits into the next
   * minute, QUERY_TOO_COSTLY when it fits into none.
   */
  return ({ consumer }: Pick<Asker, 'consumer'>, notes: Notes, price: number): Standing => {
    const time = now()
    if (time >= endsAt) {
      spent.clear()
      endsAt = time + minuteMs
    }
    const limit = consumer.limits.costPerMinute ?? costPerMinute
    const before = spent.get(consumer.name) ?? 0
    const fits = before + price <= limit
    const remaining = Math.max(0, limit - before - (fits ? price : 0))
    notes.headers({ 'x-cost': price, 'x-cost-remaining': remaining, 'x-cost-limit': limit })
    if (price > limit) throw new GatewayError('QUERY_TOO_COSTLY', `This costs ${price}; your maximum for a whole minute is ${limit}.`)
    if (!fits) {
      const retryAfter = Math.ceil((endsAt - time) / 1000)
      throw new GatewayError('RATE_LIMITED', `This costs ${price}, and ${remaining} of the ${limit} of this minute are left; ask again in ${retryAfter} s.`, { retryAfter })
    }
    spent.set(consumer.name, before + price)
    return { remaining, limit }
  }
}

export type Budget = ReturnType<typeof createBudget>
