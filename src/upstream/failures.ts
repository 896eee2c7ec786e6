import { GatewayError, isAbandoned } from '../errors.ts'

/** Texts by which VDAB's backend says that an id is unknown or gone, whatever the status (upstream.md §2.2) [strong]. */
const unknownTexts = /is geen bestaand|Invalid string syntax/i
/** IBM's own 404: the path is wrong, not the id (upstream.md §5). */
const wrongPathTexts = /No resources match requested URI|API not found/i

/** Does this answer to a question for one id mean "there is no such thing"? */
export const saysUnknown = (status: number, text: string) => unknownTexts.test(text) || (status === 404 && !wrongPathTexts.test(text))

/** VDAB lets no more calls through; `retryAfter` in seconds, `upstreamStatus` where VDAB has just said so. */
export const limitedFor = (retryAfter: number | undefined, upstreamStatus?: number): GatewayError =>
  new GatewayError('UPSTREAM_RATE_LIMITED', 'VDAB limits the number of calls; ask again later.', { ...(retryAfter === undefined ? {} : { retryAfter }), ...(upstreamStatus === undefined ? {} : { upstreamStatus }) })

/** What a non-200 answer means. The body stays out of the error: it is VDAB's, and may quote what was asked. */
export const failureOf = (status: number): GatewayError => {
  if (status === 429) return limitedFor(undefined, status)
  if (status === 401 || status === 403) return new GatewayError('UPSTREAM_REFUSED', `VDAB refuses this gateway's key (status ${status}); its operator must look at VDAB_API_KEY.`, { upstreamStatus: status })
  if (status >= 500) return new GatewayError('UPSTREAM_UNAVAILABLE', `VDAB failed (status ${status}).`, { upstreamStatus: status })
  return new GatewayError('UPSTREAM_REFUSED', `VDAB refused the question (status ${status}).`, { upstreamStatus: status })
}

const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])

/** What a call that got no whole answer means; `hasEnded` tells that its time was over. */
export const failureOfTransport = (error: unknown, hasEnded: boolean): GatewayError => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (hasEnded || (typeof code === 'string' && timeoutCodes.has(code))) return new GatewayError('UPSTREAM_TIMEOUT', 'VDAB took too long to answer.', { cause: error })
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB answered more than this gateway takes at once; ask a smaller page.', { upstreamStatus: 200, cause: error })
  return new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB could not be reached, or broke off its answer.', { cause: error })
}

const outages: ReadonlySet<string> = new Set(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_RATE_LIMITED'])

/**
 * Does this failure mean that VDAB, or the way to it, is ill? A refusal is VDAB's answer, and an old one does not stand in for
 * it. Undefined where it tells nothing of VDAB: the question was dropped, since nobody waited for it any more.
 */
export const isOutage = (error: unknown): boolean | undefined =>
  isAbandoned(error) ? undefined : error instanceof GatewayError && outages.has(error.code)
