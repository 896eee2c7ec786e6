import type { FastifyInstance } from 'fastify'
import { createBudget } from './budget.ts'
import type { Consumer } from './consumers.ts'
import { createLimits } from './limits.ts'
import { createConcurrencyLimit } from './concurrencyLimit.ts'
import type { Counter } from './counters.ts'

type Options = {
  requestsPerMinute: number
  costPerMinute: number
  /** most that one operation may cost */
  maxCost: number
  live: { maxConnections: number; maxSubscriptions: number }
  now: () => number
  /** where it is counted, if not in this process alone */
  counters?: Readonly<Record<'requests' | 'cost' | 'connections' | 'subscriptions', Counter>> | undefined
}

/** What each consumer may use: operations and costs in a minute, connections and subscriptions at a time. */
export const createCounts = async (
  app: FastifyInstance,
  { requestsPerMinute, costPerMinute, maxCost, live, now, counters }: Options
) => {
  const budget = createBudget({ costPerMinute, now, tally: counters?.cost })
  const connections = createConcurrencyLimit({
    what: 'connections',
    max: live.maxConnections,
    tally: counters?.connections
  })
  const subscriptions = createConcurrencyLimit({
    what: 'subscriptions',
    max: live.maxSubscriptions,
    tally: counters?.subscriptions
  })
  // What other processes may hold is had at hand first, since it is booked at once.
  const prepare =
    counters &&
    ((consumer: Consumer, operations: number) => {
      const waits = [budget.ready(consumer, operations * maxCost), subscriptions.ready(consumer)].filter(
        (wait) => wait !== undefined
      )
      return waits.length > 0 ? Promise.all(waits) : undefined
    })
  return {
    limits: await createLimits(app, { requestsPerMinute, tally: counters?.requests, prepare }),
    budget,
    connections,
    subscriptions
  }
}
