import type { GatewayError } from '../errors.ts'
import type { EndpointName } from './endpoints.ts'
import { limitedFor } from './failures.ts'

const secondMs = 1000
/** VDAB counts calls per minute (upstream.md §5) [strong], so after a minute there is room again, whatever it says. */
const defaultMs = 60 * secondMs
/** A longer wait than VDAB's window needs is looked at again after so long: that costs one call, and an absurd wait costs a day. */
const longestMs = 5 * 60 * secondMs

type Limit = { since: number; waitMs: number; isProbing: boolean }

/** The wait that VDAB asks for, in ms: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), from 1 s to five minutes. */
const waitOf = (retryAfter: string | undefined, now: number): number => {
  const given = retryAfter?.trim() ?? ''
  const ms = /^\d+(\.\d+)?$/.test(given) ? Number(given) * secondMs : given === '' ? NaN : Date.parse(given) - now
  return Number.isNaN(ms) ? defaultMs : Math.min(longestMs, Math.max(secondMs, ms))
}

/**
 * Heeds VDAB's 429, per endpoint, as VDAB counts. Until the wait is over no call goes there, and everybody is refused with
 * the time that is left. Then one call tries; the others are let through once it was answered with anything but a 429.
 */
export const createLimited = ({ now }: { now: () => number }) => {
  const limits = new Map<EndpointName, Limit>()
  // A clock that was set back must not make the wait longer.
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
    /** Throws UPSTREAM_RATE_LIMITED while no call may go to the endpoint. */
    check,
    /**
     * The same for a call that goes out if it may. `answered` gives the error where VDAB said 429; `ended` is told of each
     * call, whether it was answered or not.
     */
    admit(name: EndpointName) {
      check(name)
      const probed = limits.get(name)
      if (probed) probed.isProbing = true
      return {
        answered: (status: number, retryAfter: string | undefined): GatewayError | undefined => {
          const known = limits.get(name)
          if (status !== 429) {
            if (known === probed) limits.delete(name)
            return undefined
          }
          const waitMs = waitOf(retryAfter, now())
          // Of calls that were under way together, the longest wait holds.
          const limit = known && leftOf(known) > waitMs ? known : { since: now(), waitMs, isProbing: false }
          limits.set(name, limit)
          return refusal(limit, status)
        },
        ended: () => {
          if (probed) probed.isProbing = false
        }
      }
    }
  }
}
