import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestContext, Notes } from './requestContext.ts'
import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'
import { book, createMinuteCounter, type Counter, type Taken } from './counters.ts'

declare module 'fastify' {
  interface FastifyRequest {
    consumer: Consumer
    /** Updates `consumer` to its current configuration and returns it. Throws when its key or token is invalid now. */
    present: () => Consumer
  }
}

const windowMs = 60_000

type Options = {
  requestsPerMinute: number
  /** absent = this process counts alone */
  counter?: Counter | undefined
  /** reserves other shared amounts before the operations of a consumer run */
  prepare?: ((consumer: Consumer, operations: number) => Promise<unknown> | undefined) | undefined
}

/** The remaining amount of a limit after a request; `reset` in s. */
export type Rate = { readonly limit: number; readonly remaining: number; readonly reset: number }

/** The values of RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10). */
export const rateLimitOf = ({ limit, remaining, reset }: Rate) => ({
  policy: `"default";q=${limit};w=${windowMs / 1000}`,
  state: `"default";r=${remaining};t=${reset}`
})

/** The headers of a limit: those of the current draft, and those of its earlier versions, which clients know. */
export const rateHeaders = (rate: Rate): Readonly<Record<string, string | number>> => {
  const { limit, remaining, reset } = rate
  const { policy, state } = rateLimitOf(rate)
  return {
    'ratelimit-limit': limit,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': reset,
    'ratelimit-policy': policy,
    ratelimit: state
  }
}

/** The clock of this limit cannot be replaced: `ratelimit-reset` counts real seconds. */
const now = Date.now
type Callback = (error: Error | null, count?: { current: number; ttl: number }) => void

/** A store for the plugin, which calls `new` on it and creates children of it. `tryTake` uses its counter too. */
const storeOf = (counter: Counter) =>
  function Store() {
    const store = {
      incr: (name: string, callback: Callback, _windowMs: number, max: number) => {
        const respond = ({ fits, remaining, endsAt }: Taken) =>
          callback(null, { current: fits ? max - remaining : max + 1, ttl: Math.max(0, endsAt - now()) })
        const taken = counter.take(name, 1, max)
        if (taken) respond(taken)
        else book(counter, name, 1, max).then(respond, callback)
      },
      child: () => store
    }
    return store
  }

/**
 * Limits the operations of each consumer per minute, by @fastify/rate-limit with a counter that workers can share. It
 * runs after authentication, counts each operation of a batch, and sets the headers of `rateHeaders`.
 */
export const createLimits = async (app: FastifyInstance, options: Options) => {
  const { requestsPerMinute, counter = createMinuteCounter(now), prepare } = options
  const limitOf = ({ limits }: Consumer) => limits.requestsPerMinute ?? requestsPerMinute
  // The type demands a class, but the plugin only calls `new`.
  await app.register(rateLimit, { global: false, store: storeOf(counter) as never })
  const limiter = app.createRateLimit({
    timeWindow: windowMs,
    keyGenerator: (request: FastifyRequest) => request.consumer.name,
    max: (request: FastifyRequest) => limitOf(request.consumer)
  })

  /** Books `operations`. Throws RATE_LIMITED when they exceed the limit of this minute. */
  const bookAll = async (requestContext: Pick<RequestContext, 'consumer'>, notes: Notes, operations = 1) => {
    for (let left = operations; left > 0; left -= 1) {
      // The limiter reads only the name of the consumer and the settings of the route.
      const state = await limiter(requestContext as FastifyRequest)
      if (state.isAllowed) return
      const { max, remaining, ttlInSeconds: reset } = state
      notes.headers(rateHeaders({ limit: max, remaining, reset }))
      if (state.isExceeded)
        throw new GatewayError('RATE_LIMITED', `More than ${max} operations in a minute; ask again in ${reset} s.`, {
          retryAfter: reset
        })
    }
    await prepare?.(requestContext.consumer, operations)
  }

  return Object.assign(bookAll, {
    /** Books one operation that fits, and returns the header values (`reset` in s); undefined when it may not fit. */
    tryTake(consumer: Consumer): Rate | undefined {
      const limit = limitOf(consumer)
      const taken = counter.take(consumer.name, 1, limit)
      return taken?.fits
        ? { limit, remaining: taken.remaining, reset: Math.ceil((taken.endsAt - now()) / 1000) }
        : undefined
    }
  })
}

export type Limits = Awaited<ReturnType<typeof createLimits>>
