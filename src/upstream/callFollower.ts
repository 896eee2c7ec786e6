import type { CallEvent } from './attempt.ts'
import type { Cause } from './client.ts'
import type { EndpointName } from './endpoints.ts'
import type { Claim } from './wait.ts'

/** The start of a call. */
export type CallStart = {
  readonly endpoint: EndpointName
  readonly method: string
  /** the request that pays for it */
  readonly cause: Cause
  /** all requests that wait for it now; more can join until its end */
  readonly causes: () => ReadonlySet<Cause>
  /** the number of ids in it, if it is a call for several */
  readonly ids: number | undefined
  /**
   * ms since the query started, or since its previous call: the wait for the quota, a connection, or the pause of a
   * retry
   */
  readonly waitedMs: number
  /** the number of earlier calls for the same query */
  readonly resent: number
}

/** A finished call. */
export type CallReport = CallEvent &
  Pick<CallStart, 'method' | 'ids' | 'waitedMs' | 'resent'> & {
    readonly cause: Cause
    /** the number of requests that waited for it; 0 = background work */
    readonly requests: number
  }

/** Follows one call: `traceparent` is sent to VDAB, and `end` receives the outcome. */
export type FollowedCall<Outcome = CallReport> = {
  readonly traceparent: string | undefined
  readonly end: (outcome: Outcome) => void
}
export type FollowCall = (call: CallStart) => FollowedCall | undefined

/** One query to VDAB, whose calls are followed. */
export type FollowedQuery = {
  readonly cause: Cause
  readonly claim: Claim | undefined
  readonly ids: number | undefined
  /** the number of calls that were sent for it */
  sent: number
  /** the instant from which the next call waits, on `performance.now()` */
  since: number
}

/**
 * Creates the function that reports each call: to the given follower, to the request that pays, and to all that wait
 * for it.
 */
export const createCallFollower =
  (follow: FollowCall | undefined) =>
  (endpoint: EndpointName, method: string, query: FollowedQuery): FollowedCall<CallEvent> => {
    const { cause, claim, ids } = query
    const causes = () => new Set([cause, ...(claim?.causes?.() ?? [])])
    const start = { method, cause, ids, waitedMs: Math.round(performance.now() - query.since), resent: query.sent }
    query.sent += 1
    const followed = follow?.({ ...start, endpoint, causes })
    return {
      traceparent: followed?.traceparent ?? cause.traceparent?.(),
      end: (event) => {
        query.since = performance.now()
        const requests = [...causes()].filter(({ isBackground }) => !isBackground?.()).length
        const report = { ...event, ...start, requests }
        followed?.end(report)
        cause.onCall?.(report)
        claim?.onCall?.(report)
      }
    }
  }
