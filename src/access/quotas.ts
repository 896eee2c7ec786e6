import type { FastifyInstance } from 'fastify'
import { createBudget } from './budget.ts'
import type { Consumer } from './consumers.ts'
import { createLimits } from './limits.ts'
import { createSeats } from './concurrencyLimit.ts'
import type { Tally } from './counters.ts'

type Options = {
  requestsPerMinute: number
  costPerMinute: number
  /** most that one operation may cost */
  maxCost: number
  live: { maxConnections: number; maxSubscriptions: number }
  now: () => number
  /** where it is counted, if not in this process alone */
  tallies?: Readonly<Record<'requests' | 'cost' | 'connections' | 'subscriptions', Tally>> | undefined
}

/** What each consumer may use: operations and costs in a minute, connections and subscriptions at a time. */
export const createCounts = async (
  app: FastifyInstance,
  { requestsPerMinute, costPerMinute, maxCost, live, now, tallies }: Options
) => {
  const budget = createBudget({ costPerMinute, now, tally: tallies?.cost })
  const connections = createSeats({ what: 'connections', max: live.maxConnections, tally: tallies?.connections })
  const subscriptions = createSeats({
    what: 'subscriptions',
    max: live.maxSubscriptions,
    tally: tallies?.subscriptions
  })
  // What other processes may hold is had at hand first, since it is booked at once.
  const prepare =
    tallies &&
    ((consumer: Consumer, operations: number) => {
      const waits = [budget.ready(consumer, operations * maxCost), subscriptions.ready(consumer)].filter(
        (wait) => wait !== undefined
      )
      return waits.length > 0 ? Promise.all(waits) : undefined
    })
  return {
    limits: await createLimits(app, { requestsPerMinute, tally: tallies?.requests, prepare }),
    budget,
    connections,
    subscriptions
  }
}
