import { GatewayError } from '../errors.ts'
import type { RequestContext, Notes } from './requestContext.ts'
import type { Consumer } from './consumers.ts'
import { createCounter } from './counters.ts'
import type { Counter } from './counters.ts'

const minuteMs = 60_000
const soonMs = 1000

/** Where a consumer stands: what is left of this minute's budget, and how much it is. */
export type Standing = { remaining: number; limit: number }

type Options = { costPerMinute: number; now?: () => number; tally?: Counter | undefined }

/**
 * The work that each consumer may ask for in a minute, in the unit of the prices: calls to VDAB. Where several processes
 * count together, `ready` makes room for a price to come; a price without it can be refused for a second.
 */
export const createBudget = ({
  costPerMinute,
  now = Date.now,
  tally = createCounter({ windowMs: minuteMs, now })
}: Options) => {
  const limitOf = ({ limits }: Consumer) => limits.costPerMinute ?? costPerMinute

  /**
   * Books a price and says so in the headers. What does not fit is not booked: RATE_LIMITED when it fits into the next
   * minute, QUERY_TOO_COSTLY when it fits into none.
   */
  const spend = ({ consumer }: Pick<RequestContext, 'consumer'>, notes: Notes, price: number): Standing => {
    const limit = limitOf(consumer)
    const { fits, remaining, endsAt } = tally.take(consumer.name, price, limit) ?? {
      fits: false,
      remaining: 0,
      endsAt: now() + soonMs
    }
    notes.headers({ 'x-cost': price, 'x-cost-remaining': remaining, 'x-cost-limit': limit })
    if (price > limit)
      throw new GatewayError('QUERY_TOO_COSTLY', `This costs ${price}; your maximum for a whole minute is ${limit}.`)
    if (!fits) {
      const retryAfter = Math.ceil((endsAt - now()) / 1000)
      throw new GatewayError(
        'RATE_LIMITED',
        `This costs ${price}, and ${remaining} of the ${limit} of this minute are left; ask again in ${retryAfter} s.`,
        { retryAfter }
      )
    }
    return { remaining, limit }
  }
  return Object.assign(spend, {
    /** Is it known that a price can be booked at once? */
    fits: (consumer: Consumer, price: number): boolean => tally.holds(consumer.name, price, limitOf(consumer)),
    /** Books a price that fits, at once. */
    take: (consumer: Consumer, price: number): Standing => {
      const limit = limitOf(consumer)
      return { remaining: tally.take(consumer.name, price, limit)?.remaining ?? 0, limit }
    },
    /** Resolves once a price up to this one can be booked, if anything can; undefined when nothing has to be waited for. */
    ready: (consumer: Consumer, price: number) =>
      tally.ready(consumer.name, Math.min(price, limitOf(consumer)), limitOf(consumer))
  })
}

export type Budget = ReturnType<typeof createBudget>
