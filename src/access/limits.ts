import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestContext, Notes } from './requestContext.ts'
import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'
import { book } from './counters.ts'
import type { Taken, Counter } from './counters.ts'
import { createWindows } from './fixedWindow.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** who asked */
    consumer: Consumer
    /** Who that is by now, which is `consumer` from then on. Throws when the key or the token is no longer valid. */
    present: () => Consumer
  }
}

type Options = {
  requestsPerMinute: number
  /** what counts; the windows of this process when absent */
  tally?: Counter | undefined
  /** what else has to be at hand before so many operations of a consumer run */
  prepare?: ((consumer: Consumer, operations: number) => Promise<unknown> | undefined) | undefined
}

const windowMs = 60_000
type Told = (error: Error | null, count?: { current: number; ttl: number }) => void

/** The plugin's store: it makes one with `new`, and children of it. Requests that do not come by the plugin are counted with those that do. */
const storeOf = (tally: Counter) =>
  function Store() {
    const store = {
      incr: (name: string, told: Told, _windowMs: number, max: number) => {
        const tell = ({ fits, remaining, endsAt }: Taken) =>
          told(null, { current: fits ? max - remaining : max + 1, ttl: Math.max(0, endsAt - Date.now()) })
        const taken = tally.take(name, 1, max)
        if (taken) tell(taken)
        else book(tally, name, 1, max).then(tell, told)
      },
      child: () => store
    }
    return store
  }

/**
 * Counts operations per consumer per minute. The limiter runs after authentication, counts every operation of a batch,
 * and says where the consumer stands in the headers of draft-ietf-httpapi-ratelimit-headers.
 */
export const createLimits = async (
  app: FastifyInstance,
  { requestsPerMinute, tally = createWindows({ windowMs }), prepare = () => undefined }: Options
) => {
  const maxOf = ({ limits }: Consumer) => limits.requestsPerMinute ?? requestsPerMinute
  await app.register(rateLimit, { global: false, store: storeOf(tally) as never }) // typed as a class; the plugin does no more than `new` it
  const limiter = app.createRateLimit({
    timeWindow: windowMs,
    keyGenerator: (request: FastifyRequest) => request.consumer.name,
    max: (request: FastifyRequest) => maxOf(request.consumer)
  })

  /** Books `operations`; throws RATE_LIMITED when they do not fit in this minute. */
  const bookAll = async (requestContext: RequestContext, notes: Notes, operations = 1) => {
    for (let left = operations; left > 0; left -= 1) {
      const state = await limiter(requestContext as FastifyRequest) // it reads the name of the consumer and the route's own settings
      if (state.isAllowed) return
      notes.headers({
        'ratelimit-limit': state.max,
        'ratelimit-remaining': state.remaining,
        'ratelimit-reset': state.ttlInSeconds
      })
      if (state.isExceeded) {
        throw new GatewayError(
          'RATE_LIMITED',
          `More than ${state.max} operations in a minute; ask again in ${state.ttlInSeconds} s.`,
          { retryAfter: state.ttlInSeconds }
        )
      }
    }
    const preparing = prepare(requestContext.consumer, operations)
    if (preparing) await preparing
  }

  return Object.assign(bookAll, {
    /** Is it known that one operation fits in this minute? */
    fits: (consumer: Consumer): boolean => tally.holds(consumer.name, 1, maxOf(consumer)),
    /** Books one operation at once, where it is known to fit in this minute, and tells where the consumer stands: limit, remaining, s until the next minute. */
    tryTake(consumer: Consumer): { limit: number; remaining: number; reset: number } | undefined {
      const limit = maxOf(consumer)
      const taken = tally.take(consumer.name, 1, limit)
      return taken?.fits
        ? { limit, remaining: taken.remaining, reset: Math.ceil((taken.endsAt - Date.now()) / 1000) }
        : undefined
    }
  })
}

export type Limits = Awaited<ReturnType<typeof createLimits>>
