import type { RequestContext, Notes } from './requestContext.ts'
import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'
import { book, createMinuteCounter, type Counter } from './counters.ts'

declare module 'fastify' {
  interface FastifyRequest {
    consumer: Consumer
    /** Updates `consumer` to its current configuration and returns it. Throws when its key or token is invalid now. */
    present: () => Consumer
  }
}

type Options = {
  requestsPerMinute: number
  /** absent = counts of this process */
  counter?: Counter | undefined
  /** reserves other shared amounts before the operations of a consumer run */
  prepare?: ((consumer: Consumer, operations: number) => Promise<unknown> | undefined) | undefined
}

/** The clock of this limit cannot be replaced: `ratelimit-reset` counts real seconds. */
const now = Date.now
const secondsUntil = (endsAt: number) => Math.ceil(Math.max(0, endsAt - now()) / 1000)

/**
 * Limits the operations of each consumer per minute. It runs after authentication, counts each operation of a batch,
 * and sets the headers of draft-ietf-httpapi-ratelimit-headers.
 */
export const createLimits = ({ requestsPerMinute, counter = createMinuteCounter(now), prepare }: Options) => {
  const limitOf = ({ limits }: Consumer) => limits.requestsPerMinute ?? requestsPerMinute

  /** Books `operations`. Throws RATE_LIMITED when they exceed the limit of this minute. */
  const bookAll = async ({ consumer }: Pick<RequestContext, 'consumer'>, notes: Notes, operations = 1) => {
    const limit = limitOf(consumer)
    for (let left = operations; left > 0; left -= 1) {
      const { fits, remaining, endsAt } = await book(counter, consumer.name, 1, limit)
      const reset = secondsUntil(endsAt)
      notes.headers({ 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': reset })
      if (!fits)
        throw new GatewayError('RATE_LIMITED', `More than ${limit} operations in a minute; ask again in ${reset} s.`, {
          retryAfter: reset
        })
    }
    await prepare?.(consumer, operations)
  }

  return Object.assign(bookAll, {
    /** Does one operation fit in this minute, as far as this process knows? */
    fits: (consumer: Consumer): boolean => counter.holds(consumer.name, 1, limitOf(consumer)),
    /** Books one operation that fits, and returns the header values (`reset` in s); undefined when it may not fit. */
    tryTake(consumer: Consumer): { limit: number; remaining: number; reset: number } | undefined {
      const limit = limitOf(consumer)
      const taken = counter.take(consumer.name, 1, limit)
      return taken?.fits ? { limit, remaining: taken.remaining, reset: secondsUntil(taken.endsAt) } : undefined
    }
  })
}

export type Limits = ReturnType<typeof createLimits>
