import { GatewayError } from '../errors.ts'
import type { RequestContext, Notes } from './requestContext.ts'
import type { Consumer } from './consumers.ts'
import { createMinuteCounter, type Counter } from './counters.ts'

const soonMs = 1000

/** The consumer's remaining budget in this minute, and the whole budget. */
export type CostBalance = { remaining: number; limit: number }

type Options = {
  costPerMinute: number
  now: () => number
  counter?: Counter | undefined
  /** called for each booking */
  onBooked?: ((consumer: string, price: number) => void) | undefined
}

/**
 * Limits the cost that each consumer may spend in a minute, in calls to VDAB. If several processes share the counter,
 * `ready` reserves an amount beforehand; without it a price can be refused for a second.
 */
export const createBudget = (options: Options) => {
  const { costPerMinute, now, counter = createMinuteCounter(options.now), onBooked = () => {} } = options
  const limitOf = ({ limits }: Consumer) => limits.costPerMinute ?? costPerMinute

  /**
   * Books a price and sets the cost headers. Throws without booking when the price does not fit: RATE_LIMITED when the
   * next minute has room for it, QUERY_TOO_COSTLY when it exceeds the limit.
   */
  const spend = ({ consumer }: Pick<RequestContext, 'consumer'>, notes: Notes, price: number): CostBalance => {
    const limit = limitOf(consumer)
    const undecided = () => ({ fits: false, remaining: 0, endsAt: now() + soonMs })
    const { fits, remaining, endsAt } = counter.take(consumer.name, price, limit) ?? undecided()
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
    onBooked(consumer.name, price)
    return { remaining, limit }
  }
  /** Resolves when a price up to this one can be booked, if the limit allows it; undefined = at once. */
  const ready = (consumer: Consumer, price: number) => {
    const limit = limitOf(consumer)
    return counter.ready(consumer.name, Math.min(price, limit), limit)
  }

  return Object.assign(spend, {
    ready,
    /** Books a price like `spend`, after waiting for `ready`: for events, which occur long after their request. */
    soon: async (context: Pick<RequestContext, 'consumer'>, notes: Notes, price: number): Promise<CostBalance> => {
      await ready(context.consumer, price)
      return spend(context, notes, price)
    },
    /** Can this process book the price at once? */
    fits: (consumer: Consumer, price: number): boolean => counter.holds(consumer.name, price, limitOf(consumer)),
    /** Books a price that fits. */
    take: (consumer: Consumer, price: number): CostBalance => {
      const limit = limitOf(consumer)
      onBooked(consumer.name, price)
      return { remaining: counter.take(consumer.name, price, limit)?.remaining ?? 0, limit }
    }
  })
}

export type Budget = ReturnType<typeof createBudget>
