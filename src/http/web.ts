import type { IncomingMessage, Server } from 'node:http'
import helmet from '@fastify/helmet'
import { LogController } from 'fastify'
import type { FastifyHttpOptions, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isClosed } from '../access/requestContext.ts'
import type { Consumer } from '../access/consumers.ts'
import { originOf, type RefusalDelay } from '../access/refusalDelay.ts'
import type { Sessions } from '../access/sessions.ts'
import type { Config } from '../config/index.ts'
import { badInput, clientGone, framesOf, GatewayError, redacted, toIbm, toProblem } from '../errors.ts'
import { configureConnections } from './connections.ts'
import { hasTooManyHeaders, maxHeaders } from './headers.ts'
import type { LogStream } from './log.ts'
import { createClientErrorHandler } from './malformed.ts'
import { checkNegotiation } from './negotiation.ts'
import { registerRepresentation } from './representation.ts'
import { isNavigation } from './pages/accept.ts'
import { sendErrorPage } from './pages/errorPage.ts'
import { isGraphqlNavigation, leadToGraphiql } from './pages/graphqlNavigation.ts'
import { requestIdOf } from './requestId.ts'
import { traceIdOf } from './traceparent.ts'
import { isDetailPath, isVdabPath } from './vdabPaths.ts'
import { notStored, vary } from './versheid.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** needs no key */
    isPublic?: boolean
    /** accepts WebSockets, and checks their keys itself, since a browser cannot send one in a header */
    isLive?: boolean
  }
  interface FastifyRequest {
    /** the number of refused operations in a request, whatever the status of its answer */
    refusals: number
  }
}

const maxBodyBytes = 256 * 1024
const maxHeaderBytes = 16 * 1024
/** ms that a connection stays open between requests, as clients are told; the server waits a little longer. */
const keepAliveMs = 65_000
const keptLongerMs = 1000
/** The value of the Keep-Alive header. */
export const keepAliveHint = `timeout=${keepAliveMs / 1000}`

/** The framework's errors that a client can cause: our message, and the field. */
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

/** Converts any error to a GatewayError. An unexpected one becomes INTERNAL; class, code and stack are logged. */
export const toGatewayError = (error: unknown, { log, id }: Pick<FastifyRequest, 'log' | 'id'>): GatewayError => {
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

const answerProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const failure = toGatewayError(error, request)
  if (failure.retryAfter !== undefined) void reply.header('retry-after', failure.retryAfter)
  if (failure.challenge !== undefined) void reply.header('www-authenticate', failure.challenge)
  void reply.header('x-request-id', request.id)
  if (isNavigation(request)) return sendErrorPage(failure, request, reply)
  return reply
    .code(failure.statusCode)
    .type('application/problem+json')
    .send(JSON.stringify(toProblem(failure, request.id)))
}

/** Answers a URL that the router cannot decode. VDAB treats such an id as an invalid id. */
const answerUnreadable = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  if (!isVdabPath(request.url)) return answerProblem(error, request, reply)
  const failure = isDetailPath(request.url)
    ? new GatewayError('BAD_USER_INPUT', 'Invalid string syntax', { field: 'id' })
    : new GatewayError('NOT_FOUND', 'No resources match requested URI')
  return reply.code(failure.statusCode).header('x-request-id', request.id).send(toIbm(failure, request.id))
}

/** Fastify's options. Log lines contain routes, but no URLs, headers or bodies, since those contain ids and keys. */
export const webOptions = (
  { logLevel, vdab: { totalTimeoutMs } }: Pick<Config, 'logLevel' | 'vdab'>,
  stream: LogStream,
  refusalDelay?: RefusalDelay
) =>
  ({
    logger: { level: logLevel, base: null, stream },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: maxBodyBytes,
    // The router does not limit the length of an id; the handler validates it.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxHeaderBytes },
    // The URL counts as a header. A slower client is disconnected, at the next check of Node.
    http: { maxHeaderSize: maxHeaderBytes, headersTimeout: 10_000, connectionsCheckingInterval: 5000 },
    requestTimeout: 30_000,
    // A connection also counts as idle while its request waits for VDAB.
    connectionTimeout: Math.max(keepAliveMs + keptLongerMs, 2 * totalTimeoutMs),
    forceCloseConnections: 'idle' as const,
    genReqId: ({ headers }: Pick<IncomingMessage, 'headers'>) => requestIdOf(headers['x-request-id']),
    // Fastify's own answer to a malformed URL contains that URL.
    frameworkErrors: (error, request, reply) => void answerUnreadable(error, request, reply),
    clientErrorHandler: createClientErrorHandler((address) => refusalDelay?.hold(originOf({ ip: address })))
  }) satisfies FastifyHttpOptions<Server>

/** Sets the security headers of every answer. A page, such as GraphiQL, sets its own content security policy. */
export const registerSecurity = (app: FastifyInstance) =>
  app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: { maxAge: 365 * 86_400, includeSubDomains: false },
    frameguard: { action: 'deny' }
  })

type Options = {
  onSimulator: boolean
  /** throws for an invalid key; returns a promise for a token */
  authenticate: (request: FastifyRequest) => Consumer | Promise<Consumer>
  visitOf: Sessions['visitOf']
  refusalDelay: RefusalDelay
}

// Node would join two of them into one purpose that the client did not send.
const refuseTwoPurposes = ({ headers, rawHeaders }: IncomingMessage) => {
  if (headers['x-doel'] === undefined) return
  if (rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'x-doel').length > 1)
    throw badInput('x-doel', 'may be given once only')
}

/** Throws for a request that no route may handle. Returns whether the request needs a key. */
const checkRoute = (request: FastifyRequest): boolean => {
  if (hasTooManyHeaders(request.raw))
    throw new GatewayError('BAD_USER_INPUT', `The request has more than ${maxHeaders} headers.`, {
      status: 431,
      field: 'headers'
    })
  const { isPublic, isLive } = request.routeOptions.config
  if (request.ws && !isLive) throw new GatewayError('NOT_FOUND', 'This address does not accept WebSockets.')
  if (isPublic || request.ws) return false
  // VDAB's gateway answers an unknown path before it checks the key or the body.
  if (request.is404 && isVdabPath(request.url)) throw new GatewayError('NOT_FOUND', 'No resources match requested URI')
  // A browser has no key to show.
  if (request.is404 && isNavigation(request)) throw new GatewayError('NOT_FOUND', 'There is nothing at this address.')
  return true
}

/** A key decides the answer. Where none is needed, CORS may have set `origin`. */
const varyOf = ({ routeOptions: { config } }: FastifyRequest, reply: FastifyReply): string =>
  config.isPublic ? [reply.getHeader('vary') ?? [], 'accept-encoding'].flat().join(', ') : vary

/** The challenge of a 401 (RFC 6750, 3): `error` where the request has a Bearer, since that was wrong. */
const challengeOf = ({ headers: { authorization } }: FastifyRequest): string =>
  `Bearer realm="vdab-gateway"${/^Bearer /i.test(authorization ?? '') ? ', error="invalid_token"' : ''}`

/** The number of refusals that an answer counts as. An unknown id (404) is not one, but an unknown path is. */
const refusalsOf = ({ refusals, is404 }: FastifyRequest, { statusCode }: FastifyReply): number => {
  const isClientError = statusCode >= 400 && statusCode < 500 && statusCode !== clientGone
  return refusals > 0 ? refusals : isClientError && (statusCode !== 404 || is404) ? 1 : 0
}

/** Registers what all routes share: authentication, request ids, simulator header, error answers, access log. */
export const registerWeb = (app: FastifyInstance, { onSimulator, authenticate, visitOf, refusalDelay }: Options) => {
  app.decorateRequest('consumer')
  app.decorateRequest('present')
  app.decorateRequest('refusals', 0)
  app.decorateRequest('isGone', function (this: FastifyRequest) {
    return isClosed(this.raw.socket)
  })
  configureConnections(app)
  // These hooks take a callback, since a promise would delay each request by a turn of the microtask queue.
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request
    void reply.header('x-request-id', request.id)
    void reply.header('vary', varyOf(request, reply))
    if (onSimulator) void reply.header('x-vdab-simulator', 'true')
    if (!request.ws && isGraphqlNavigation(request)) {
      void leadToGraphiql(request, reply)
      return
    }
    if (!checkRoute(request)) {
      done()
      return
    }
    // What may be stored says so itself.
    void reply.header('cache-control', notStored)
    const enter = (consumer: Consumer) => {
      const { present } = visitOf(raw, consumer)
      request.consumer = consumer
      request.present = () => (request.consumer = present())
      refuseTwoPurposes(raw)
      checkNegotiation(request, reply)
    }
    const shown = authenticate(request)
    if (shown instanceof Promise) {
      shown.then(enter).then(() => done(), done)
      return
    }
    enter(shown)
    done()
  })
  // A connection that an answer keeps alive during the stop would delay it.
  let isStopping = false
  app.addHook('preClose', async () => {
    isStopping = true
    refusalDelay.end()
  })
  app.addHook('onSend', (request, reply, _, done) => {
    if (reply.statusCode === 401 && !reply.hasHeader('www-authenticate'))
      void reply.header('www-authenticate', challengeOf(request))
    const send = () => {
      if (isStopping || request.ws) void reply.header('connection', 'close')
      else if (reply.raw.shouldKeepAlive) void reply.header('keep-alive', keepAliveHint)
      done()
    }
    const refusals = refusalsOf(request, reply)
    const delay = refusals === 0 ? undefined : refusalDelay.hold(originOf(request), refusals)
    if (delay === undefined) {
      send()
      return
    }
    request.body = undefined // frees its memory during the delay
    void delay.then(send)
  })
  app.addHook('onResponse', (request, { statusCode: status, elapsedTime }, done) => {
    const { method, routeOptions, consumer, log, headers } = request
    const traceId = traceIdOf(headers['traceparent'])
    const name = (consumer as Consumer | undefined)?.name // a public route has no consumer
    log.info(
      { method, route: routeOptions.url ?? 'unknown', status, ms: Math.round(elapsedTime), consumer: name, traceId },
      'answered'
    )
    done()
  })
  registerRepresentation(app)
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler(() => {
    throw new GatewayError('NOT_FOUND', 'There is nothing at this address.')
  })
}
