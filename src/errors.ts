import { STATUS_CODES } from 'node:http'

/**
 * All errors that a consumer can get: code → HTTP status and title. The codes are public API and are never renamed. A
 * refusal means that the request itself is wrong, so that a repeated request gets the same response.
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

/** Does this error code mean that the request itself is wrong? False for values that are not codes. */
export const isRefusal = (code: unknown): boolean =>
  // it is one of its members
  typeof code === 'string' && Object.hasOwn(catalogue, code) && 'isRefusal' in catalogue[code as ErrorCode]

type Details = {
  /** the argument, parameter or setting that is wrong */
  field?: string
  /** its allowed values */
  allowed?: readonly string[]
  /** seconds until the next attempt */
  retryAfter?: number
  /** replaces the status of the catalogue, if HTTP has a more exact one (405, 413, 415 …) */
  status?: number
  /** VDAB's status, for internal decisions; consumers never get it */
  upstreamStatus?: number
  cause?: unknown
}

/**
 * The error class of the gateway. Fastify reads `statusCode`, and GraphQL copies `extensions`. Only the class and the
 * code of a cause are stored: messages of HTTP clients and JSON parsers contain hosts, headers and bodies, and a body
 * can be a CV.
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

/** The code of an error in the form in which a client gets it. */
export const errorCode = (error: unknown): ErrorCode => (error instanceof GatewayError ? error.code : 'INTERNAL')

/** The class and the code of a foreign error, for the log. Its message can contain personal data. */
export const redacted = (cause: unknown): { name: string; code?: string } => {
  if (!(cause instanceof Error)) return { name: typeof cause }
  const { code } = cause as Error & { code?: unknown } // Node and undici put a `code` on their errors
  return typeof code === 'string' ? { name: cause.name, code } : { name: cause.name }
}

/** The stack of an error without its message. */
export const framesOf = (error: unknown): readonly string[] | undefined =>
  error instanceof Error ? error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) : undefined

/** The result of the work, or its error as a value, so that one failure in a list does not reject the whole list. */
export const settled = async <T>(work: () => T | Promise<T>): Promise<T | Error> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

/** The status in the access log of a request whose client has disconnected. */
export const clientGone = 499

/** The error of work whose client has disconnected. No client receives it. */
export const abandoned = () => new GatewayError('INTERNAL', 'The client has disconnected.', { status: clientGone })

/** Is this an `abandoned` error? It says nothing about VDAB. */
export const isAbandoned = (error: unknown): boolean => error instanceof GatewayError && error.statusCode === clientGone

/** A BAD_USER_INPUT error with the field and its allowed values. */
export const badInput = (field: string, problem: string, allowed?: readonly string[]) =>
  new GatewayError(
    'BAD_USER_INPUT',
    allowed?.length
      ? `${field} ${problem}; allowed: ${allowed.join(', ')}.`
      : `${field} ${problem}${allowed ? '; nothing is allowed' : ''}.`,
    { field, ...(allowed ? { allowed } : {}) }
  )

/** The type of a problem: a relative reference to the page that documents its code (RFC 9457, 3.1.1). */
export const problemType = (code: ErrorCode) => `/problems/${code}` as const

/** The error as a problem document (RFC 9457), for all routes except GraphQL's and VDAB's own. */
export const toProblem = ({ code, message, statusCode, extensions }: GatewayError, requestId: string) => ({
  type: problemType(code),
  title: catalogue[code].title,
  status: statusCode,
  detail: message,
  ...extensions,
  requestId
})

/** The texts of IBM's gateway that clients of VDAB may check for (upstream.md §5), for errors without a field. */
const ibmTexts: Readonly<Record<number, string>> = {
  401: 'Invalid client id or secret.',
  403: 'Not registered to plan',
  415: 'Content-Type must be application/json',
  429: 'Rate Limit exceeded'
}

/**
 * The error in the format of VDAB's gateway (upstream.md §5), with our code added, for VDAB's own paths. If VDAB has
 * its own text, ours is in `detail`.
 */
export const toIbm = ({ statusCode, message, extensions }: GatewayError, requestId: string) => {
  const { field } = extensions
  const text = field === undefined || field === 'content-type' ? ibmTexts[statusCode] : undefined
  return {
    httpCode: String(statusCode),
    httpMessage: STATUS_CODES[statusCode] ?? 'Error',
    moreInformation: text ?? message,
    ...(text === undefined ? {} : { detail: message }),
    ...extensions,
    requestId
  }
}

/** Invalid settings stop the start. `problems` names each setting, without its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The settings are not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** The command line itself is wrong. The process exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
