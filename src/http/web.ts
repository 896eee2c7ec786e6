import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isClosed } from '../access/requestContext.ts'
import type { Consumer } from '../access/consumers.ts'
import { originOf, type RefusalDelay } from '../access/refusalDelay.ts'
import type { Sessions } from '../access/sessions.ts'
import { badInput, clientGone, GatewayError } from '../errors.ts'
import { registerAccessLog } from './accessLog.ts'
import { configureConnections } from './connections.ts'
import { answerProblem } from './errorAnswers.ts'
import { hasTooManyHeaders, maxHeaders } from './headers.ts'
import { checkNegotiation, refuseEncodedBody } from './negotiation.ts'
import { isNavigation } from './pages/accept.ts'
import { isGraphqlNavigation, leadToGraphiql } from './pages/graphqlNavigation.ts'
import { registerRepresentation } from './representation.ts'
import { keepAliveHint } from './serverOptions.ts'
import { isVdabPath } from './vdabPaths.ts'
import { notStored, vary } from './versheid.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** needs no key */
    isPublic?: boolean
    /** accepts WebSockets, and checks their keys itself, since a browser cannot send one in a header */
    isLive?: boolean
  }
  interface FastifyRequest {
    /** the number of refused operations in a request, regardless of the status of its response */
    refusals: number
  }
}

type Options = {
  onSimulator: boolean
  /** throws for an invalid key; returns a promise for a token */
  authenticate: (request: FastifyRequest) => Consumer | Promise<Consumer>
  visitOf: Sessions['visitOf']
  refusalDelay: RefusalDelay
  /** the id of the trace of a request; that of its `traceparent` when absent */
  traceIdOf?: ((request: FastifyRequest) => string | undefined) | undefined
}

// Node would join two values into one purpose that the client did not send.
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
  // A browser sends no key.
  if (request.is404 && isNavigation(request)) throw new GatewayError('NOT_FOUND', 'There is nothing at this address.')
  return true
}

/** A response depends on the key. Without a key, CORS may have set `origin`. */
const varyOf = ({ routeOptions: { config } }: FastifyRequest, reply: FastifyReply): string =>
  config.isPublic ? [reply.getHeader('vary') ?? [], 'accept-encoding'].flat().join(', ') : vary

/** The challenge of a 401 (RFC 6750, 3). It contains `error` if the request has a Bearer, since that one was wrong. */
const challengeOf = ({ headers: { authorization } }: FastifyRequest): string =>
  `Bearer realm="vdab-gateway"${/^Bearer /i.test(authorization ?? '') ? ', error="invalid_token"' : ''}`

/** The number of refusals that a response counts as. An unknown id (404) is not one, but an unknown path is. */
const refusalsOf = ({ refusals, is404 }: FastifyRequest, { statusCode }: FastifyReply): number => {
  const isClientError = statusCode >= 400 && statusCode < 500 && statusCode !== clientGone
  return refusals > 0 ? refusals : isClientError && (statusCode !== 404 || is404) ? 1 : 0
}

/** Registers the hooks of all routes: authentication, request ids, simulator header, error responses, access log. */
export const registerWeb = (
  app: FastifyInstance,
  { onSimulator, authenticate, visitOf, refusalDelay, traceIdOf }: Options
) => {
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
      if (!request.ws) refuseEncodedBody(request, reply)
      done()
      return
    }
    // A response that may be stored sets its own header.
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
  // A connection that a response keeps alive during the stop would delay it.
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
  registerAccessLog(app, traceIdOf)
  registerRepresentation(app)
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler(() => {
    throw new GatewayError('NOT_FOUND', 'There is nothing at this address.')
  })
}
