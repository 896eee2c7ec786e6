import { GatewayError, isAbandoned } from '../errors.ts'

/** Texts of VDAB's backend for an unknown or removed id, with any status (upstream.md §2.2) [strong]. */
const unknownTexts = /is geen bestaand|Invalid string syntax/i
/** The 404 of IBM's gateway: the path is wrong, not the id (upstream.md §5). */
const wrongPathTexts = /No resources match requested URI|API not found/i

/** Statuses that mean that the query of the client is wrong. */
const clientErrors: ReadonlySet<number> = new Set([400, 404, 409, 410, 413, 414, 416, 422])
const maxMessageLength = 300

/** Does this response to a request for one id mean that the record does not exist? */
export const saysUnknown = (status: number, text: string) =>
  unknownTexts.test(text) || (status === 404 && !wrongPathTexts.test(text))

/** The error while VDAB limits calls; `retryAfter` in seconds, `upstreamStatus` when this call got the 429. */
export const limitedFor = (retryAfter: number | undefined, upstreamStatus?: number): GatewayError =>
  new GatewayError('UPSTREAM_RATE_LIMITED', 'VDAB limits the number of calls; ask again later.', {
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(upstreamStatus === undefined ? {} : { upstreamStatus })
  })

/** The message in VDAB's error, if it is one short line without secrets; the rest of the body is never passed on. */
const messageIn = (text: string, secrets: readonly string[]): string | undefined => {
  try {
    const { moreInformation: message } = JSON.parse(text) as { moreInformation?: unknown }
    return typeof message === 'string' &&
      message.length <= maxMessageLength &&
      /^[^\p{Cc}]+$/u.test(message) &&
      !secrets.some((secret) => message.toLowerCase().includes(secret.toLowerCase()))
      ? message
      : undefined
  } catch {
    return undefined
  }
}

type Refusal = { status: number; text: string; /** texts that no error may contain */ secrets?: readonly string[] }

/**
 * The error for a response with a status other than 2xx. A query that VDAB rejects is BAD_USER_INPUT with VDAB's own
 * status and message; no other error contains the body.
 */
export const failureOf = ({ status, text, secrets = [] }: Refusal): GatewayError => {
  if (status === 429) return limitedFor(undefined, status)
  if (status === 401 || status === 403)
    return new GatewayError(
      'UPSTREAM_REFUSED',
      `VDAB refuses this gateway's key (status ${status}); its operator must look at VDAB_API_KEY.`,
      { upstreamStatus: status }
    )
  if (status >= 500)
    return new GatewayError('UPSTREAM_UNAVAILABLE', `VDAB failed (status ${status}).`, { upstreamStatus: status })
  const said = `VDAB refused the question (status ${status}).`
  if (!clientErrors.has(status) || wrongPathTexts.test(text))
    return new GatewayError('UPSTREAM_REFUSED', said, { upstreamStatus: status })
  return new GatewayError('BAD_USER_INPUT', messageIn(text, secrets) ?? said, { status, upstreamStatus: status })
}

/**
 * Sends a query of the gateway itself: BAD_USER_INPUT becomes UPSTREAM_REFUSED, since no client can correct the query.
 */
export const ownQuestion = async <T>(ask: () => T | Promise<T>): Promise<T> => {
  try {
    return await ask()
  } catch (error) {
    const upstreamStatus = error instanceof GatewayError && error.code === 'BAD_USER_INPUT' && error.upstreamStatus
    if (upstreamStatus === undefined || upstreamStatus === false) throw error
    throw new GatewayError('UPSTREAM_REFUSED', `VDAB refused the question (status ${upstreamStatus}).`, {
      upstreamStatus
    })
  }
}

const timeoutCodes = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT'
])

/** The error for a call without a complete response; `hasEnded`: it was aborted by its timeout. */
export const failureOfTransport = (error: unknown, hasEnded: boolean): GatewayError => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (hasEnded || (typeof code === 'string' && timeoutCodes.has(code)))
    return new GatewayError('UPSTREAM_TIMEOUT', 'VDAB took too long to answer.', { cause: error })
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return new GatewayError(
      'UPSTREAM_UNAVAILABLE',
      'VDAB answered more than this gateway takes at once; ask a smaller page.',
      { upstreamStatus: 200, cause: error }
    )
  return new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB could not be reached, or broke off its answer.', {
    cause: error
  })
}

const outages: ReadonlySet<string> = new Set(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_RATE_LIMITED'])

/**
 * Does the error mean that VDAB or the connection to it fails? Not for a refusal: that is a valid response of VDAB, and
 * no stale answer may replace it. Undefined for an abandoned call, which says nothing about VDAB.
 */
export const isOutage = (error: unknown): boolean | undefined =>
  isAbandoned(error) ? undefined : error instanceof GatewayError && outages.has(error.code)
