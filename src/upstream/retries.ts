import { GatewayError } from '../errors.ts'
import type { EndpointName } from './endpoints.ts'
import { readRetryAfter } from './retryAfter.ts'

const [firstMs, lastMs] = [100, 2000]
const retried: ReadonlySet<number> = new Set([500, 502, 503, 504])

/**
 * A new connection may succeed after a broken one; a timeout or a response that is too large would repeat. An error
 * with a wait is the gateway's own: no call was sent.
 */
const isTransient = (error: unknown): boolean =>
  error instanceof GatewayError &&
  error.code === 'UPSTREAM_UNAVAILABLE' &&
  error.upstreamStatus === undefined &&
  error.retryAfter === undefined

/** The result of a call: a response, or an error. */
type Attempt =
  | { readonly status: number; readonly retryAfter: string | undefined; readonly isUnknown: boolean }
  | { readonly error: unknown }

type Options = {
  name: EndpointName
  /** the number of earlier retries */
  made: number
  retries: number
  /** the deadline of the response, an instant of performance.now() */
  endsAt: number
  now: () => number
}

/**
 * The delay in ms before a call is repeated; undefined = no repetition. Every endpoint is read-only, including POST, so
 * all may be repeated. A 500 on POST may be caused by one id: the batch is halved instead (details.ts). The first retry
 * after a broken connection has no delay, since VDAB may close an idle connection just when it is used; other delays
 * have full jitter and double. VDAB's Retry-After is respected, and no retry starts that could not end in time.
 */
export const pauseBefore = (attempt: Attempt, { name, made, retries, endsAt, now }: Options): number | undefined => {
  if (made >= retries) return undefined
  const isBroken = 'error' in attempt
  if (isBroken ? !isTransient(attempt.error) : attempt.isUnknown || !retried.has(attempt.status)) return undefined
  if (!isBroken && attempt.status === 500 && name === 'vacaturesOpId') return undefined
  const asked = isBroken ? 0 : (readRetryAfter(attempt.retryAfter, now()) ?? 0)
  const jitter = isBroken && made === 0 ? 0 : Math.random() * Math.min(lastMs, firstMs * 2 ** made)
  const pause = Math.max(asked, jitter)
  return performance.now() + pause < endsAt ? pause : undefined
}
