import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Asker, Notes } from './asker.ts'
import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'
import { createWindows } from './windows.ts'
import type { Count, Windows } from './windows.ts'

declare module 'fastify' {
  interface FastifyRequest {
    consumer: Consumer
  }
}

const windowMs = 60_000
const one = { windowMs, count: 1 }
type Told = (error: null, count: Count) => void

/** The plugin's store: it makes one with `new`, and children of it. */
const storeOf = (windows: Windows) => function Store() {
  const store = {
    incr: (name: string, told: Told) => { told(null, windows.take(name, one)) },
    read: (name: string, told: Told) => { told(null, windows.look(name, one)) },
    child: () => store
  }
  return store
}

/**
 * Counts operations per consumer per minute. The limiter runs after authentication, counts every operation of a batch,
 * and says where the consumer stands in the headers of draft-ietf-httpapi-ratelimit-headers.
 */
export const createLimits = async (app: FastifyInstance, { requestsPerMinute }: { requestsPerMinute: number }, windows = createWindows()) => {
  const maxOf = ({ limits }: Consumer) => limits.requestsPerMinute ?? requestsPerMinute
  await app.register(rateLimit, { global: false, store: storeOf(windows) as never }) // typed as a class; the plugin does no more than `new` it
  const limiter = app.createRateLimit({
    timeWindow: windowMs,
    keyGenerator: (request: FastifyRequest) => request.consumer.name,
    max: (request: FastifyRequest) => maxOf(request.consumer)
  })

  /** Books `operations`; throws RATE_LIMITED when they do not fit in this minute. */
  const book = async (asker: Asker, notes: Notes, operations = 1) => {
    for (let left = operations; left > 0; left -= 1) {
      const state = await limiter(asker as FastifyRequest) // it reads the name of the consumer and the route's own settings
      if (state.isAllowed) return
      notes.headers({ 'ratelimit-limit': state.max, 'ratelimit-remaining': state.remaining, 'ratelimit-reset': state.ttlInSeconds })
      if (state.isExceeded) {
        throw new GatewayError('RATE_LIMITED', `More than ${state.max} operations in a minute; ask again in ${state.ttlInSeconds} s.`, { retryAfter: state.ttlInSeconds })
      }
    }
  }

  return Object.assign(book, {
    /** Books one operation at once, where it fits in this minute, and tells where the consumer stands: limit, remaining, s until the next minute. */
    tryTake(consumer: Consumer): { limit: number; remaining: number; reset: number } | undefined {
      const limit = maxOf(consumer)
      if (windows.look(consumer.name, one).current >= limit) return undefined
      const { current, ttl } = windows.take(consumer.name, one)
      return { limit, remaining: Math.max(0, limit - current), reset: Math.ceil(ttl / 1000) }
    }
  })
}

export type Limits = Awaited<ReturnType<typeof createLimits>>
