import type { GatewayError } from '../errors.ts'
import type { EndpointName } from './endpoints.ts'
import { limitedFor } from './failures.ts'
import { readRetryAfter } from './retryAfter.ts'

const secondMs = 1000
/** The wait without a Retry-After: VDAB counts calls per minute (upstream.md §5) [strong]. */
const defaultMs = 60 * secondMs
/**
 * A longer wait is cut to this: a retry costs one call, but an absurd Retry-After could block an endpoint for a day.
 */
const maxMs = 5 * 60 * secondMs

type Limit = { since: number; waitMs: number; isProbing: boolean }

/** The wait in ms after a 429, between 1 s and five minutes. */
const waitOf = (retryAfter: string | undefined, now: number): number =>
  Math.min(maxMs, Math.max(secondMs, readRetryAfter(retryAfter, now) ?? defaultMs))

/**
 * Enforces the wait of VDAB's 429, per endpoint, as VDAB counts. Until the wait is over no call is sent to the
 * endpoint, and callers are refused with the remaining time. Then one call is sent; the other calls follow if its
 * response is not a 429.
 */
export const createLimited = ({ now }: { now: () => number }) => {
  const limits = new Map<EndpointName, Limit>()
  // A clock that was set back must not prolong the wait.
  const leftOf = ({ since, waitMs }: Limit) => {
    const passedMs = now() - since
    return passedMs < 0 ? 0 : Math.max(0, waitMs - passedMs)
  }

  const refusal = (limit: Limit, upstreamStatus?: number) =>
    limitedFor(Math.max(1, Math.ceil(leftOf(limit) / secondMs)), upstreamStatus)

  const check = (name: EndpointName) => {
    const limit = limits.get(name)
    if (limit && (limit.isProbing || leftOf(limit) > 0)) throw refusal(limit)
  }

  return {
    /** Throws UPSTREAM_RATE_LIMITED while no call may be sent to the endpoint. */
    check,
    /**
     * The same check for a call that is sent now. The caller must call `answered` with the response, which returns the
     * error and the wait in ms for a 429, and `ended` in any case.
     */
    admit(name: EndpointName) {
      check(name)
      const probed = limits.get(name)
      if (probed) probed.isProbing = true
      return {
        answered: (
          status: number,
          retryAfter: string | undefined
        ): { error: GatewayError; waitMs: number } | undefined => {
          const known = limits.get(name)
          if (status !== 429) {
            if (known === probed) limits.delete(name)
            return undefined
          }
          const waitMs = waitOf(retryAfter, now())
          // Concurrent calls may get different waits: the longest one applies.
          const limit = known && leftOf(known) > waitMs ? known : { since: now(), waitMs, isProbing: false }
          limits.set(name, limit)
          return { error: refusal(limit, status), waitMs: leftOf(limit) }
        },
        ended: () => {
          if (probed) probed.isProbing = false
        }
      }
    }
  }
}
