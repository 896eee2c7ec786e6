import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Asker, Notes } from './asker.ts'
import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    consumer: Consumer
  }
}

/**
 * Counts operations per consumer per minute. The limiter runs after authentication, counts every operation of a batch,
 * and says where the consumer stands in the headers of draft-ietf-httpapi-ratelimit-headers.
 */
export const createLimits = async (app: FastifyInstance, { requestsPerMinute }: { requestsPerMinute: number }) => {
  await app.register(rateLimit, { global: false })
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
  }
}

export type Limits = Awaited<ReturnType<typeof createLimits>>
