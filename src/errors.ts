import { STATUS_CODES } from 'node:http'

/**
 * Every error a consumer can meet: code → HTTP status and title. The codes are public API and never renamed. A refusal says
 * that the request itself is wrong: the same request will meet the same answer.
 */
export const catalogue = {
  UNAUTHENTICATED: { status: 401, title: 'No valid consumer key', isRefusal: true },
  FORBIDDEN: { status: 403, title: 'The key lacks the scope', isRefusal: true },
  BAD_USER_INPUT: { status: 400, title: 'The request is not right', isRefusal: true },
  NOT_FOUND: { status: 404, title: 'Not found' },
  QUERY_TOO_COSTLY: { status: 400, title: 'The query asks too much', isRefusal: true },
  RATE_LIMITED: { status: 429, title: 'Too many requests', isRefusal: true },
  UPSTREAM_RATE_LIMITED: { status: 503, title: 'VDAB limits this gateway for the moment' },
  UPSTREAM_UNAVAILABLE: { status: 502, title: 'VDAB does not answer as it should' },
  UPSTREAM_TIMEOUT: { status: 504, title: 'VDAB took too long' },
  UPSTREAM_REFUSED: { status: 502, title: 'VDAB refuses this gateway' },
  INTERNAL: { status: 500, title: 'Something went wrong inside the gateway' }
} as const

export type ErrorCode = keyof typeof catalogue

/** Does an error with this code say that the request itself is wrong? Of other values than our codes: no. */
export const isRefusal = (code: unknown): boolean =>
  typeof code === 'string' && Object.hasOwn(catalogue, code) && 'isRefusal' in catalogue[code as ErrorCode] // it is one of its members

type Details = {
  /** the argument, parameter or setting that is wrong */
  field?: string
  /** what is allowed there */
  allowed?: readonly string[]
  /** seconds to wait before asking again */
  retryAfter?: number
  /** another HTTP status than the catalogue's, where HTTP has a more exact one (405, 413, 415 …) */
  status?: number
  /** VDAB's own status, for decisions inside; never shown */
  upstreamStatus?: number
  cause?: unknown
}

/**
 * The one error class of the gateway. Both doors read it: Fastify takes `statusCode`, GraphQL copies `extensions`.
 * Of a cause only name and code survive: messages of HTTP clients and JSON parsers quote hosts, headers and bodies,
 * and a body may be a person's CV.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly statusCode: number
  readonly retryAfter: number | undefined
  readonly upstreamStatus: number | undefined
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    { field, allowed, retryAfter, status, upstreamStatus, cause }: Details = {}
  ) {
    super(message, cause === undefined ? undefined : { cause: redacted(cause) })
    this.code = code
    this.statusCode = status ?? catalogue[code].status
    this.retryAfter = retryAfter
    this.upstreamStatus = upstreamStatus
    this.extensions = {
      code,
      ...(field === undefined ? {} : { field }),
      ...(allowed === undefined ? {} : { allowed }),
      ...(retryAfter === undefined ? {} : { retryAfter })
    }
  }
}

/** What may be logged of a foreign error: its class and its code, never its words. */
export const redacted = (cause: unknown): { name: string; code?: string } => {
  if (!(cause instanceof Error)) return { name: typeof cause }
  const { code } = cause as Error & { code?: unknown } // Node and undici put a `code` on their errors
  return typeof code === 'string' ? { name: cause.name, code } : { name: cause.name }
}

/** Where a foreign error came from: its stack without its words. */
export const framesOf = (error: unknown): readonly string[] | undefined =>
  error instanceof Error ? error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) : undefined

/** What the work gives, or the error it met as a value: in a list, one that fails must not take the others with it. */
export const settled = async <T>(work: () => T | Promise<T>): Promise<T | Error> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

/** The status, in the log alone, of a request whose client has hung up. */
export const clientGone = 499

/** Nobody is there any more for whom this was asked. It reaches nobody. */
export const abandoned = () => new GatewayError('INTERNAL', 'Whoever asked this has hung up.', { status: clientGone })

/** Is it such an error, which tells nothing of VDAB and is nobody's fault? */
export const isAbandoned = (error: unknown): boolean => error instanceof GatewayError && error.statusCode === clientGone

/** A BAD_USER_INPUT that names the field and what it allows. */
export const badInput = (field: string, problem: string, allowed?: readonly string[]) =>
  new GatewayError(
    'BAD_USER_INPUT',
    allowed?.length
      ? `${field} ${problem}; allowed: ${allowed.join(', ')}.`
      : `${field} ${problem}${allowed ? '; nothing is allowed' : ''}.`,
    { field, ...(allowed ? { allowed } : {}) }
  )

/** The error as an RFC 9457 problem, for every door that is not GraphQL's. */
export const toProblem = ({ code, message, statusCode, extensions }: GatewayError, requestId: string) => ({
  type: 'about:blank',
  title: catalogue[code].title,
  status: statusCode,
  detail: message,
  ...extensions,
  requestId
})

/** The same in the form of VDAB's own gateway (upstream.md §5), with our stable code beside it: for VDAB's own paths. */
export const toIbm = ({ statusCode, message, extensions }: GatewayError, requestId: string) => ({
  httpCode: String(statusCode),
  httpMessage: STATUS_CODES[statusCode] ?? 'Error',
  moreInformation: message,
  ...extensions,
  requestId
})

/** The start is refused; `problems` names every setting that is wrong, none of their values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The settings are not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}
