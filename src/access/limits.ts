import rateLimit from '@fastify/rate-limit'
import type { FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Asker, Notes } from './asker.ts'
import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'
import { book } from './tally.ts'
import type { Tally } from './tally.ts'

declare module 'fastify' {
  interface FastifyRequest {
    consumer: Consumer
  }
}

type Options = {
  requestsPerMinute: number
  /** what counts instead of the limiter's own memory */
  tally?: Tally | undefined
  /** what else has to be at hand before so many operations of a consumer run */
  prepare?: ((consumer: Consumer, operations: number) => Promise<unknown> | undefined) | undefined
}

/** The limiter's memory, counted by a tally. */
const storeOf = (tally: Tally): FastifyRateLimitStoreCtor => class Store {
  incr(name: string, done: (error: Error | null, result?: { current: number; ttl: number }) => void, _windowMs: number, max: number) {
    const tell = ({ fits, remaining, endsAt }: { fits: boolean; remaining: number; endsAt: number }) => { done(null, { current: fits ? max - remaining : max + 1, ttl: Math.max(0, endsAt - Date.now()) }) }
    const taken = tally.take(name, 1, max)
    if (taken) tell(taken)
    else book(tally, name, 1, max).then(tell, done)
  }
  child() { return this }
}

/**
 * Counts operations per consumer per minute. The limiter runs after authentication, counts every operation of a batch,
 * and says where the consumer stands in the headers of draft-ietf-httpapi-ratelimit-headers.
 */
export const createLimits = async (app: FastifyInstance, { requestsPerMinute, tally, prepare = () => undefined }: Options) => {
  await app.register(rateLimit, { global: false, ...(tally ? { store: storeOf(tally) } : {}) })
  const limiter = app.createRateLimit({
    timeWindow: 60_000,
    keyGenerator: (request: FastifyRequest) => request.consumer.name,
    max: (request: FastifyRequest) => request.consumer.limits.requestsPerMinute ?? requestsPerMinute
  })

  /** Books `operations`; throws RATE_LIMITED when they do not fit in this minute. */
  return async (asker: Asker, notes: Notes, operations = 1) => {
    for (let left = operations; left > 0; left -= 1) {
      const state = await limiter(asker as FastifyRequest) // it reads the name of the consumer and the route's own settings
      if (state.isAllowed) return
      notes.headers({ 'ratelimit-limit': state.max, 'ratelimit-remaining': state.remaining, 'ratelimit-reset': state.ttlInSeconds })
      if (state.isExceeded) {
        throw new GatewayError('RATE_LIMITED', `More than ${state.max} operations in a minute; ask again in ${state.ttlInSeconds} s.`, { retryAfter: state.ttlInSeconds })
      }
    }
    const preparing = prepare(asker.consumer, operations)
    if (preparing) await preparing
  }
}

export type Limits = Awaited<ReturnType<typeof createLimits>>
