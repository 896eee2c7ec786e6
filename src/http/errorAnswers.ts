import type { FastifyReply, FastifyRequest } from 'fastify'
import { noteCode, type AccountHolder } from '../access/account.ts'
import { framesOf, GatewayError, redacted, toIbm, toProblem } from '../errors.ts'
import { isNavigation } from './pages/accept.ts'
import { sendErrorPage } from './pages/errorPage.ts'
import { isDetailPath, isVdabPath } from './vdabPaths.ts'

/** The framework's errors that a client can cause, with our message and the field. */
const messages: Readonly<Record<string, readonly [message: string, field: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['Content-Type must be application/json.', 'content-type'],
  FST_ERR_CTP_EMPTY_TYPE: ['Content-Type must be application/json.', 'content-type'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['The body is too large.', 'body'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['The body is empty: it must be JSON.', 'body'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['The body is not JSON.', 'body'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['The body is not as long as Content-Length says.', 'content-length'],
  FST_ERR_BAD_URL: ['The address is not a well-formed URL.', 'url'],
  FST_ERR_MAX_PARAM_LENGTH: ['The address is too long.', 'url']
}

const convert = (error: unknown, { log, id }: Pick<FastifyRequest, 'log' | 'id'>): GatewayError => {
  if (error instanceof GatewayError) {
    if (error.cause !== undefined) log.warn({ code: error.code, cause: error.cause }, 'a request failed')
    return error
  }
  const { code = '', statusCode = 500 } = error as { code?: string; statusCode?: number } // as in Fastify's errors
  if (statusCode < 500) {
    const [message, field] = messages[code] ?? ['The request is not right.', 'request']
    return new GatewayError('BAD_USER_INPUT', message, { status: statusCode, field })
  }
  log.error({ cause: redacted(error), stack: framesOf(error) }, 'a request failed unexpectedly')
  return new GatewayError('INTERNAL', `Something went wrong inside the gateway; quote request ${id}.`)
}

/**
 * Converts any error to a GatewayError, and records its code in the account of the request. An unexpected error becomes
 * INTERNAL; its class, code and stack are logged.
 */
export const toGatewayError = (
  error: unknown,
  request: Pick<FastifyRequest, 'log' | 'id'> & AccountHolder
): GatewayError => {
  const failure = convert(error, request)
  noteCode(request, failure.code)
  return failure
}

/** Answers an error: as a problem (RFC 9457), or as a page if a person opened the address in a browser. */
export const answerProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const failure = toGatewayError(error, request)
  if (failure.retryAfter !== undefined) void reply.header('retry-after', failure.retryAfter)
  void reply.header('x-request-id', request.id)
  if (isNavigation(request)) return sendErrorPage(failure, request, reply)
  return reply
    .code(failure.statusCode)
    .type('application/problem+json')
    .send(JSON.stringify(toProblem(failure, request.id)))
}

/** Answers a URL that the router cannot decode. VDAB treats such an id as an invalid id. */
export const answerUnreadable = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  if (!isVdabPath(request.url)) return answerProblem(error, request, reply)
  const failure = isDetailPath(request.url)
    ? new GatewayError('BAD_USER_INPUT', 'Invalid string syntax', { field: 'id' })
    : new GatewayError('NOT_FOUND', 'No resources match requested URI')
  return reply.code(failure.statusCode).header('x-request-id', request.id).send(toIbm(failure, request.id))
}
