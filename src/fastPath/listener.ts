import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Credential } from '../access/authenticate.ts'
import type { Budget } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import { doorOf, type AnswerLookup } from '../http/answered.ts'
import { choiceOf } from '../http/contentCoding.ts'
import type { Booking, Exchange, ExchangeOf } from './exchange.ts'
import { createHeadReader } from './head.ts'
import type { Head } from './head.ts'
import type { AnswerCache } from './answerCache.ts'
import { collectBody, skipBody, streamOf } from './requestBody.ts'
import type { Responses } from './responses.ts'
import type { Template } from './template.ts'
import { figuresOfCached, lookupOf, type Report } from './report.ts'
import { sendPending } from './wire.ts'
import type { Learned, Templates } from './templates.ts'
import type { ComputedAnswers } from './computedAnswers.ts'

const maxBodyBytes = 64 * 1024

type Dependencies = {
  answerCache: Pick<AnswerCache, 'get'>
  exchangeOf: ExchangeOf
  templates: Templates
  responses: Pick<Responses, 'sendCached'>
  answerComputed: ComputedAnswers
  /** the consumer of the key or token that a connection uses; undefined if fastify has to check it */
  consumerOf: (socket: IncomingMessage['socket'], credential: Credential) => Consumer | undefined
  limits: Pick<Limits, 'tryTake'>
  budget: Pick<Budget, 'fits' | 'take'>
  isStopping: () => boolean
  /** may this consumer request a fresher answer by Cache-Control? For other consumers that header has no effect. */
  mayWantFresher: (consumer: Consumer) => boolean
  /** called for each request that is answered here */
  leave: (socket: IncomingMessage['socket']) => void
  report: Report
  onLookup: (event: AnswerLookup) => void
  /** called before each request that is answered here */
  enter?: ((exchange: Exchange, template: Learned) => void) | undefined
}

const isJson = (type: string | undefined) =>
  type !== undefined && (type === 'application/json' || type.startsWith('application/json;'))

/** Can the listener read this request? A GET without a body, or a POST of a small JSON body to /graphql. */
const isReadable = (
  { method, url, httpVersionMinor }: IncomingMessage,
  { shouldKeepAlive }: ServerResponse,
  head: Head
) =>
  shouldKeepAlive &&
  httpVersionMinor === 1 &&
  choiceOf(head.acceptEncoding).allowsIdentity &&
  (method === 'GET'
    ? head.length === 0
    : method === 'POST' && url === '/graphql' && isJson(head.type) && head.length > 0 && head.length <= maxBodyBytes)

/**
 * Answers requests that fastify answered before: with the same key check, limits, budget, headers and log line, and
 * with a body that is stored or can be computed at once. Every other request goes to fastify. The listener itself
 * refuses nothing.
 */
export const createListener = ({
  answerCache,
  exchangeOf,
  templates,
  responses: { sendCached },
  answerComputed,
  consumerOf,
  limits,
  budget,
  isStopping,
  mayWantFresher,
  leave,
  report,
  onLookup,
  enter
}: Dependencies) => {
  const readHead = createHeadReader()
  /** the requests that were passed to fastify, whose answers become templates for the next ones */
  const forwarded = new WeakMap<IncomingMessage, Exchange>()

  /** Counts the request; undefined if it exceeds a limit, which fastify reports. */
  const book = (consumer: Consumer, template: Learned): Booking | undefined => {
    const rate = budget.fits(consumer, template.price) ? limits.tryTake(consumer) : undefined
    return rate && { template, rate, balance: budget.take(consumer, template.price) }
  }

  /** Passes the request to fastify, together with the body if it was read. */
  const forward = (framework: RequestListener, exchange: Exchange) => {
    forwarded.set(exchange.request, exchange)
    framework(exchange.request, exchange.response)
  }

  /**
   * Answers the request if its template is known, a cached answer or a way to compute one exists, and it fits in the
   * limits.
   */
  const tryAnswer = (exchange: Exchange, framework: RequestListener): boolean => {
    const { request, consumer, name } = exchange
    const template = templates.find(name)
    if (template === undefined) return false
    const { key, compute } = template
    const cached = key === undefined ? undefined : answerCache.get(key)
    if (cached === undefined && compute === undefined) return false
    const booking = book(consumer, template)
    if (booking === undefined) return false
    leave(request.socket)
    enter?.(exchange, template)
    if (request.method === 'GET') skipBody(request)
    if (cached !== undefined && key !== undefined) {
      onLookup(lookupOf(doorOf(template.route), 'hit'))
      const status = sendCached(exchange, booking, { cached, key })
      report(exchange, booking, { status, ms: 0, figures: figuresOfCached(cached) })
    } else if (compute !== undefined)
      answerComputed(exchange, booking, compute, () => {
        forward(framework, exchange)
      })
    return true
  }

  const answerOrForward = (framework: RequestListener, exchange: Exchange) => {
    // While the body arrived, the gateway may have started to stop, and the scopes of the consumer may have changed.
    const { request, consumer, head, body } = exchange
    const isCurrent = body === undefined || (!isStopping() && consumerOf(request.socket, head) === consumer)
    if (!isCurrent || !tryAnswer(exchange, framework)) forward(framework, exchange)
  }

  /** The consumer, if the listener may answer this request. */
  const consumerFor = ({ socket }: IncomingMessage, head: Head): Consumer | undefined => {
    const consumer = consumerOf(socket, head)
    return consumer === undefined || (head.cacheControl !== undefined && mayWantFresher(consumer))
      ? undefined
      : consumer
  }

  const inFrontOf =
    (framework: RequestListener): RequestListener =>
    (request, response) => {
      const head = isStopping() ? undefined : readHead(request)
      const consumer = head && isReadable(request, response, head) ? consumerFor(request, head) : undefined
      if (head === undefined || consumer === undefined) framework(request, response)
      else if (request.method === 'GET') answerOrForward(framework, exchangeOf(request, response, consumer, head))
      else
        collectBody(request, (body) => {
          answerOrForward(framework, exchangeOf(request, response, consumer, head, body))
        })
    }

  return {
    /** Replaces fastify's listener with one that calls it, and passes the bodies that were read here to fastify. */
    install(app: FastifyInstance) {
      const { server } = app
      const framework = server.listeners('request')[0] as RequestListener // fastify adds it when it creates the server
      server.removeListener('request', framework)
      server.on(
        'request',
        inFrontOf((request, response) => {
          sendPending()
          framework(request, response)
        })
      )
      app.addHook('preParsing', ({ raw }, _reply, payload, done) => {
        const body = forwarded.get(raw)?.body
        done(null, body ? streamOf(body) : payload)
      })
    },
    /**
     * Stores how fastify answers this request, with the current headers of the reply, except those of a single answer.
     * Returns a function that removes it; does nothing for a request that the listener could not read.
     */
    learn({ raw, consumer }: FastifyRequest, reply: FastifyReply, template: Template): (() => void) | undefined {
      const exchange = forwarded.get(raw)
      // The name contains the scopes that the consumer had before its body arrived.
      return exchange?.consumer === consumer ? templates.learn(exchange.name, template, reply) : undefined
    }
  }
}

export type Listener = ReturnType<typeof createListener>
