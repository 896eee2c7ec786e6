import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import helmet from '@fastify/helmet'
import { LogController } from 'fastify'
import type { FastifyHttpOptions, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isClosed } from '../access/requestContext.ts'
import type { Consumer } from '../access/consumers.ts'
import { originOf } from '../access/refusalDelay.ts'
import type { RefusalDelay } from '../access/refusalDelay.ts'
import type { Sessions } from '../access/sessions.ts'
import type { Config } from '../config/index.ts'
import { badInput, clientGone, framesOf, GatewayError, redacted, toIbm, toProblem } from '../errors.ts'
import { hasTooManyHeaders, maxHeaders } from './headers.ts'
import type { LogStream } from './log.ts'
import { createClientErrorHandler } from './malformed.ts'
import { requestIdOf } from './requestId.ts'
import { isDetailPath, isVdabPath } from './vdabPaths.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** answers without a key */
    isPublic?: boolean
    /** takes WebSockets, and judges their keys itself: a browser can show none in a header */
    isLive?: boolean
  }
  interface FastifyRequest {
    /** operations of it that were refused, whichever status their answer has */
    refusals: number
  }
}

const maxBodyBytes = 256 * 1024
const maxHeaderBytes = 16 * 1024
/** ms that a connection stays open without a question, as clients are told; it stays a little longer, so that none asks one that is closing. */
const keepAliveMs = 65_000
const keptLongerMs = 1000
/** What tells them, as the value of a Keep-Alive header. */
export const keepAliveHint = `timeout=${keepAliveMs / 1000}`

/** The framework's own errors that a client can cause, in our words. */
const words: Readonly<Record<string, { message: string; field: string }>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { message: 'Content-Type must be application/json.', field: 'content-type' },
  FST_ERR_CTP_EMPTY_TYPE: { message: 'Content-Type must be application/json.', field: 'content-type' },
  FST_ERR_CTP_BODY_TOO_LARGE: { message: 'The body is too large.', field: 'body' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { message: 'The body is empty: it must be JSON.', field: 'body' },
  FST_ERR_CTP_INVALID_JSON_BODY: { message: 'The body is not JSON.', field: 'body' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    message: 'The body is not as long as Content-Length says.',
    field: 'content-length'
  },
  FST_ERR_BAD_URL: { message: 'The address is not a well-formed URL.', field: 'url' },
  FST_ERR_MAX_PARAM_LENGTH: { message: 'The address is too long.', field: 'url' }
}

/** Any error as one of ours: the framework's in our words, the unexpected as INTERNAL while its name goes to the log. */
export const toGatewayError = (error: unknown, { log, id }: Pick<FastifyRequest, 'log' | 'id'>): GatewayError => {
  if (error instanceof GatewayError) {
    if (error.cause !== undefined) log.warn({ code: error.code, cause: error.cause }, 'a request failed')
    return error
  }
  const { code, statusCode = 500 } = error as { code?: string; statusCode?: number } // Fastify gives its errors both
  const known = words[code ?? '']
  if (statusCode < 500)
    return new GatewayError('BAD_USER_INPUT', known?.message ?? 'The request is not right.', {
      status: statusCode,
      field: known?.field ?? 'request'
    })
  log.error({ cause: redacted(error), stack: framesOf(error) }, 'a request failed unexpectedly')
  return new GatewayError('INTERNAL', `Something went wrong inside the gateway; quote request ${id}.`)
}

const answerProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const failure = toGatewayError(error, request)
  if (failure.retryAfter !== undefined) void reply.header('retry-after', failure.retryAfter)
  return reply
    .code(failure.statusCode)
    .header('x-request-id', request.id)
    .type('application/problem+json')
    .send(JSON.stringify(toProblem(failure, request.id)))
}

/** What is wrong with an address that no route can be looked up for. VDAB takes what it cannot decode for an id that it cannot read. */
const answerUnreadable = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  if (!isVdabPath(request.url)) return answerProblem(error, request, reply)
  const failure = isDetailPath(request.url)
    ? new GatewayError('BAD_USER_INPUT', 'Invalid string syntax', { field: 'id' })
    : new GatewayError('NOT_FOUND', 'No resources match requested URI')
  return reply.code(failure.statusCode).header('x-request-id', request.id).send(toIbm(failure, request.id))
}

/** How the server listens and logs. Log lines carry routes and never URLs, headers or bodies: those hold ids and keys. */
export const webOptions = (
  { logLevel, vdab: { totalTimeoutMs } }: Pick<Config, 'logLevel' | 'vdab'>,
  stream: LogStream,
  refusalDelay?: RefusalDelay
) =>
  ({
    logger: { level: logLevel, base: null, stream },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: maxBodyBytes,
    // An id is as long as it is: whoever reads it judges it.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxHeaderBytes },
    // The address counts as a header. Whoever sends slower than this is cut off, within the interval at which Node looks.
    http: { maxHeaderSize: maxHeaderBytes, headersTimeout: 10_000, connectionsCheckingInterval: 5000 },
    requestTimeout: 30_000,
    // A question waits for VDAB in silence, for as long as its time lasts.
    connectionTimeout: Math.max(keepAliveMs + keptLongerMs, 2 * totalTimeoutMs),
    forceCloseConnections: 'idle' as const,
    genReqId: ({ headers }: { headers: Record<string, string | string[] | undefined> }) =>
      requestIdOf(headers['x-request-id']),
    // An address that no route can be looked up for; Fastify's own answer repeats it.
    frameworkErrors: (error, request, reply) => void answerUnreadable(error, request, reply),
    clientErrorHandler: createClientErrorHandler((address) => refusalDelay?.hold(originOf({ ip: address })))
  }) satisfies FastifyHttpOptions<Server>

/** The security headers of every answer. A page, such as GraphiQL's, replaces the content policy by one of its own. */
export const registerSecurity = (app: FastifyInstance) =>
  app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: { maxAge: 365 * 86_400, includeSubDomains: false },
    frameguard: { action: 'deny' }
  })

type Options = {
  onSimulator: boolean
  /** throws what is wrong with the key; a promise where it takes longer to tell */
  authenticate: (request: FastifyRequest) => Consumer | Promise<Consumer>
  /** who was let in, as they are by now */
  visitOf: Sessions['visitOf']
  refusalDelay: RefusalDelay
}

// Node would join two of them to one, which nobody has named.
const refuseTwoPurposes = ({ rawHeaders }: IncomingMessage) => {
  if (rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'x-doel').length > 1)
    throw badInput('x-doel', 'may be given once only')
}

/** What every answer has in common: the key check, the request id, the simulator's mark, problems, one log line. */
export const registerWeb = (app: FastifyInstance, { onSimulator, authenticate, visitOf, refusalDelay }: Options) => {
  app.decorateRequest('consumer')
  app.decorateRequest('present')
  app.decorateRequest('refusals', 0)
  app.decorateRequest('isGone', function (this: FastifyRequest) {
    return isClosed(this.raw.socket)
  })
  // One timer for each connection, that of its silence, is enough: with a second one for idle connections Node makes two anew
  // at each request. (As an option the framework would take 0 for its default.)
  app.server.keepAliveTimeout = 0
  app.server.maxHeadersCount = maxHeaders + 1
  // Node does not count a connection on which nothing was asked yet as idle: it would keep a server that stops.
  const unused = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  app.server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket))
  // A hook that returns a promise costs each request a turn of the queue; these have nothing to wait for, as a rule.
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request
    void reply.header('x-request-id', request.id)
    if (onSimulator) void reply.header('x-vdab-simulator', 'true')
    if (hasTooManyHeaders(raw))
      throw new GatewayError('BAD_USER_INPUT', `The request has more than ${maxHeaders} headers.`, {
        status: 431,
        field: 'headers'
      })
    const { isPublic, isLive } = request.routeOptions.config
    if (request.ws && !isLive) throw new GatewayError('NOT_FOUND', 'No WebSocket stands at this address.')
    if (isPublic || request.ws) {
      done()
      return
    }
    // VDAB's gateway says so before it looks at a key or a body.
    if (request.is404 && isVdabPath(request.url))
      throw new GatewayError('NOT_FOUND', 'No resources match requested URI')
    // What one consumer may read, a cache on the way must not give to another.
    void reply.header('cache-control', 'no-store')
    const enter = (consumer: Consumer) => {
      const { present } = visitOf(raw, consumer)
      request.consumer = consumer
      request.present = () => (request.consumer = present())
      if (raw.headers['x-doel'] !== undefined) refuseTwoPurposes(raw)
    }
    const shown = authenticate(request)
    if (shown instanceof Promise) {
      shown.then(enter).then(() => done(), done)
      return
    }
    enter(shown)
    done()
  })
  // A connection kept alive by an answer given while the server stops would keep the server.
  let isStopping = false
  app.addHook('preClose', async () => {
    isStopping = true
    refusalDelay.end()
    for (const socket of unused) socket.destroy()
  })
  app.addHook('onSend', (request, reply, _, done) => {
    const leave = () => {
      if (isStopping || request.ws) void reply.header('connection', 'close')
      else if (reply.raw.shouldKeepAlive) void reply.header('keep-alive', keepAliveHint)
      done()
    }
    const { statusCode } = reply
    // That nothing is known by an id is an answer; that nothing stands at an address is none.
    const isRefused =
      statusCode >= 400 && statusCode < 500 && statusCode !== clientGone && (statusCode !== 404 || request.is404)
    const refusals = request.refusals > 0 ? request.refusals : isRefused ? 1 : 0
    const held = refusals === 0 ? undefined : refusalDelay.hold(originOf(request), refusals)
    if (held === undefined) {
      leave()
      return
    }
    request.body = undefined // what was refused is not needed any more, and may be long
    void held.then(leave)
  })
  app.addHook('onResponse', ({ method, routeOptions, consumer, log }, { statusCode, elapsedTime }, done) => {
    log.info(
      {
        method,
        route: routeOptions.url ?? 'unknown',
        status: statusCode,
        ms: Math.round(elapsedTime),
        consumer: (consumer as Consumer | undefined)?.name
      },
      'answered'
    )
    done()
  })
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler(() => {
    throw new GatewayError('NOT_FOUND', 'Nothing stands at this address.')
  })
}
