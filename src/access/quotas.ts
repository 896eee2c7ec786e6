import type { FastifyInstance } from 'fastify'
import { createBudget } from './budget.ts'
import type { Consumer } from './consumers.ts'
import { createLimits } from './limits.ts'
import { createConcurrencyLimit } from './concurrencyLimit.ts'
import type { Counter } from './counters.ts'

type Options = {
  requestsPerMinute: number
  costPerMinute: number
  /** the largest cost of one operation */
  maxCost: number
  live: { maxConnections: number; maxSubscriptions: number }
  now: () => number
  /** called for each booking of cost */
  onBooked?: (consumer: string, price: number) => void
  /** counters shared with other processes */
  counters?: Readonly<Record<'requests' | 'cost' | 'connections' | 'subscriptions', Counter>> | undefined
}

/** The limits of each consumer: operations and cost per minute, open connections and subscriptions. */
export const createQuotas = async (app: FastifyInstance, options: Options) => {
  const { requestsPerMinute, costPerMinute, maxCost, live, now, onBooked, counters } = options
  const budget = createBudget({ costPerMinute, now, onBooked, counter: counters?.cost })
  const limitOf = (what: 'connections' | 'subscriptions', max: number) =>
    createConcurrencyLimit({ what, max, counter: counters?.[what] })
  const connections = limitOf('connections', live.maxConnections)
  const subscriptions = limitOf('subscriptions', live.maxSubscriptions)
  // These amounts are booked synchronously later, so shared counters must reserve them beforehand.
  const prepare =
    counters &&
    ((consumer: Consumer, operations: number) => {
      const amounts = [budget.ready(consumer, operations * maxCost), subscriptions.ready(consumer)]
      const waits = amounts.filter((wait) => wait !== undefined)
      return waits.length > 0 ? Promise.all(waits) : undefined
    })
  const limits = await createLimits(app, { requestsPerMinute, counter: counters?.requests, prepare })
  return { limits, budget, connections, subscriptions }
}
