import { GatewayError } from '../errors.ts'
import type { EndpointName } from './endpoints.ts'
import { readRetryAfter } from './retryAfter.ts'

const [firstMs, lastMs] = [100, 2000]
const retried: ReadonlySet<number> = new Set([500, 502, 503, 504])

/**
 * A new connection may succeed where one broke; a timeout or an answer that is too large would repeat. An error with a
 * wait is the gateway's own: no call was sent.
 */
const isTransient = (error: unknown): boolean =>
  error instanceof GatewayError &&
  error.code === 'UPSTREAM_UNAVAILABLE' &&
  error.upstreamStatus === undefined &&
  error.retryAfter === undefined

/** The result of a call: an answer, or an error. */
type Attempt =
  | { readonly status: number; readonly retryAfter: string | undefined; readonly isUnknown: boolean }
  | { readonly error: unknown }

type Options = {
  name: EndpointName
  /** the number of retries before this one */
  made: number
  retries: number
  /** until when the answer is waited for, an instant of performance.now() */
  endsAt: number
  now: () => number
}

/**
 * How long to wait in ms before a call is repeated; undefined = not at all. Every endpoint only reads, POST too, so all
 * may be repeated. A 500 on POST may be about one id: the batch is halved instead (details.ts). The first retry after a
 * broken connection does not wait, since VDAB may close an idle connection just when it is used; other waits have full
 * jitter and double. VDAB's Retry-After is obeyed, and no retry starts that could not end in time.
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
