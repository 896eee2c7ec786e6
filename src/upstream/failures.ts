import { GatewayError, isAbandoned } from '../errors.ts'

/** Texts by which VDAB's backend says that an id is unknown or gone, whatever the status (upstream.md §2.2) [strong]. */
const unknownTexts = /is geen bestaand|Invalid string syntax/i
/** IBM's own 404: the path is wrong, not the id (upstream.md §5). */
const wrongPathTexts = /No resources match requested URI|API not found/i

/** The statuses by which VDAB says that the question is wrong, and not this gateway. */
const judging: ReadonlySet<number> = new Set([400, 404, 409, 410, 413, 414, 416, 422])
const longestWords = 300

/** Does this answer to a question for one id mean "there is no such thing"? */
export const saysUnknown = (status: number, text: string) =>
  unknownTexts.test(text) || (status === 404 && !wrongPathTexts.test(text))

/** VDAB lets no more calls through; `retryAfter` in seconds, `upstreamStatus` where VDAB has just said so. */
export const limitedFor = (retryAfter: number | undefined, upstreamStatus?: number): GatewayError =>
  new GatewayError('UPSTREAM_RATE_LIMITED', 'VDAB limits the number of calls; ask again later.', {
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(upstreamStatus === undefined ? {} : { upstreamStatus })
  })

/** What VDAB's error says in words, if it is one short line that holds none of the secrets; the rest of the body stays where it is. */
const wordsIn = (text: string, secrets: readonly string[]): string | undefined => {
  try {
    const { moreInformation: words } = JSON.parse(text) as { moreInformation?: unknown }
    return typeof words === 'string' &&
      words.length <= longestWords &&
      /^[^\p{Cc}]+$/u.test(words) &&
      !secrets.some((secret) => words.toLowerCase().includes(secret.toLowerCase()))
      ? words
      : undefined
  } catch {
    return undefined
  }
}

type Refusal = { status: number; text: string; /** what no error may quote */ secrets?: readonly string[] }

/**
 * What a non-200 answer means. A question that VDAB judges to be wrong is BAD_USER_INPUT with VDAB's own status and words;
 * of any other answer the body stays out of the error.
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
  if (!judging.has(status) || wrongPathTexts.test(text))
    return new GatewayError('UPSTREAM_REFUSED', said, { upstreamStatus: status })
  return new GatewayError('BAD_USER_INPUT', wordsIn(text, secrets) ?? said, { status, upstreamStatus: status })
}

const refusedOwn = (error: unknown): unknown =>
  error instanceof GatewayError && error.code === 'BAD_USER_INPUT' && error.upstreamStatus !== undefined
    ? new GatewayError('UPSTREAM_REFUSED', `VDAB refused the question (status ${error.upstreamStatus}).`, {
        upstreamStatus: error.upstreamStatus
      })
    : error

/** Asks a question that is this gateway's own: where VDAB judges it to be wrong, nobody else can mend it. */
export const ownQuestion = async <T>(ask: () => T | Promise<T>): Promise<T> => {
  try {
    return await ask()
  } catch (error) {
    throw refusedOwn(error)
  }
}

const timeoutCodes = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT'
])

/** What a call that got no whole answer means; `hasEnded` tells that its time was over. */
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
 * Does this failure mean that VDAB, or the way to it, is ill? A refusal is VDAB's answer, and an old one does not stand in for
 * it. Undefined where it tells nothing of VDAB: the question was dropped, since nobody waited for it any more.
 */
export const isOutage = (error: unknown): boolean | undefined =>
  isAbandoned(error) ? undefined : error instanceof GatewayError && outages.has(error.code)
