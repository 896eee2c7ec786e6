import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { RequestContext } from '../access/requestContext.ts'
import type { Budget, Standing } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import { lengthOf } from './byteChunks.ts'
import { createHeadReader } from './head.ts'
import type { Head } from './head.ts'
import type { Answers } from './kept.ts'
import { nameOf } from './requestName.ts'
import type { ComputedResponse, Ready, Template } from './template.ts'
import { createTemplates } from './templates.ts'
import type { Learned } from './templates.ts'
import type { Cache } from '../cache/requestCache.ts'
import { isUnmodified } from './unmodified.ts'
import { httpDate, leaveUnread, readableOf, sendText, sendTogether, sendWaiting, sendWhole, takeBody } from './wire.ts'

/** Who asks, and what the head of the request says. */
type Asked = { readonly consumer: Consumer; readonly head: Head }
type Booked = { readonly rate: { limit: number; remaining: number; reset: number }; readonly standing: Standing }
type Leaving = { response: ServerResponse; template: Learned; head: Head; standing: Standing; mine: string }

const maxBodyBytes = 64 * 1024

type Dependencies = {
  answers: Answers
  templateCache: Cache<Learned>
  /** the consumer of the key that a connection shows, where that can be told at once */
  whose: (socket: Socket, key: string) => Consumer | undefined
  limits: Pick<Limits, 'tryTake'>
  budget: Pick<Budget, 'fits' | 'take'>
  requestIdOf: (given: string | undefined) => string
  /** how long a connection stays, as a Keep-Alive header says it */
  keepAliveHint: string
  /** an asker with this request id, for what is computed */
  requestContextOf: (id: string, consumer: Consumer, socket: Socket) => RequestContext
  /** until when the answer of a consumer that is refused is held; undefined when it may leave at once */
  hold: (consumer: Consumer) => Promise<void> | undefined
  isStopping: () => boolean
  /** origins whose pages may read answers: each has headers of its own */
  corsOrigins: readonly string[]
  /** may this consumer ask for a fresher answer by Cache-Control? For others that header changes nothing. */
  mayAskFresher: (consumer: Consumer) => boolean
  /** told of each request that is answered here */
  leave: (socket: Socket) => void
  note: (line: {
    requestId: string
    method: string
    route: string
    status: number
    ms: number
    consumer: string
  }) => void
}

const isJson = (type: string | undefined) =>
  type !== undefined && (type === 'application/json' || type.startsWith('application/json;'))

/**
 * The way of a question that was answered before, past the framework: the same key check,
 * limits, budget, headers and log line, and bytes that are ready or computed at once. Whatever is unusual about a
 * request goes the framework's way, where everything is decided; here nothing is refused.
 */
export const createListener = ({
  answers,
  templateCache,
  whose,
  limits,
  budget,
  requestIdOf,
  keepAliveHint,
  requestContextOf,
  hold,
  isStopping,
  corsOrigins,
  mayAskFresher,
  leave,
  note
}: Dependencies) => {
  const templates = createTemplates(templateCache)
  const readHead = createHeadReader()
  const left = new WeakMap<IncomingMessage, { name: string; consumer: Consumer; body?: Buffer }>()
  const keepAlive = `Connection: keep-alive\r\nKeep-Alive: ${keepAliveHint}\r\n\r\n`
  // What was begun before the server stops ends after that.
  const isOpen = () => !isStopping()
  const connection = () => (isOpen() ? keepAlive : 'Connection: close\r\n\r\n')

  /** Books the question; undefined where it does not fit, which the framework's way has words for. */
  const book = (consumer: Consumer, price: number): Booked | undefined => {
    const rate = budget.fits(consumer, price) ? limits.tryTake(consumer) : undefined
    return rate && { rate, standing: budget.take(consumer, price) }
  }

  const sendKept = (
    { response, template, head: { ifNoneMatch, acceptEncoding }, standing, mine }: Leaving,
    { kept, key }: Ready
  ): number => {
    const { tail, lines } = template
    const end = `${lines ? lines(kept) : ''}${kept.etag === undefined ? '' : `etag: ${kept.etag}\r\n`}${mine}`
    if (isUnmodified(ifNoneMatch, kept.etag)) {
      sendText(response, template.headUnmodified + end)
      return 304
    }
    const bytes = answers.bytesFor(key, kept, acceptEncoding, tail?.(standing))
    const encoding = bytes.encoding === undefined ? '' : `content-encoding: ${bytes.encoding}\r\n`
    sendWhole(response, `${template.head}${encoding}content-length: ${bytes.length}\r\n${end}`, bytes)
    return 200
  }

  const sendComputed = (
    { response, template, mine }: Leaving,
    { status, pieces, lines = '' }: ComputedResponse
  ): number => {
    const head = `${template.head}content-length: ${lengthOf(pieces)}\r\n${lines}${mine}`
    sendTogether(
      response,
      status === 200 ? head : head.replace('200 OK', `${status} ${STATUS_CODES[status] ?? ''}`),
      pieces
    )
    return status
  }

  /**
   * Answers a question whose plan is known, unless nothing is kept or computed for it, or it does not fit. What was
   * computed for a consumer who has changed meanwhile does not leave: `again` has it computed anew.
   */
  const answer = (
    request: IncomingMessage,
    response: ServerResponse,
    { consumer, head }: Asked,
    id: string,
    template: Learned,
    again: () => void
  ): boolean => {
    const { key, price, route, compute } = template
    const kept = key === undefined ? undefined : answers.find(key)
    if (kept === undefined && compute === undefined) return false
    const booked = book(consumer, price)
    if (booked === undefined) return false
    const { rate, standing } = booked
    leave(request.socket)
    if (request.method === 'GET') leaveUnread(request)
    const mine = () =>
      `x-request-id: ${id}\r\nratelimit-limit: ${rate.limit}\r\nratelimit-remaining: ${rate.remaining}\r\n` +
      `ratelimit-reset: ${rate.reset}\r\nx-cost: ${price}\r\nx-cost-remaining: ${standing.remaining}\r\n` +
      `x-cost-limit: ${standing.limit}\r\nDate: ${httpDate()}\r\n${connection()}`
    const say = (status: number, ms: number) => {
      note({ requestId: id, method: request.method ?? '', route, status, ms, consumer: consumer.name })
    }
    if (kept !== undefined && key !== undefined)
      say(sendKept({ response, template, head, standing, mine: mine() }, { kept, key }), 0)
    else if (compute) {
      const startedAt = performance.now()
      const send = (made: ComputedResponse | Ready) => {
        const leaving = { response, template, head, standing, mine: mine() }
        // Node reads no head that it did not write, and would keep the connection, which would keep the server.
        if (!isOpen())
          response.once('finish', () => {
            request.socket.destroySoon()
          })
        say(
          'kept' in made ? sendKept(leaving, made) : sendComputed(leaving, made),
          Math.round(performance.now() - startedAt)
        )
      }
      const finish = (made: ComputedResponse | Ready) => {
        const held = 'isRefused' in made && made.isRefused ? hold(consumer) : undefined
        if (held)
          void held.then(() => {
            send(made)
          })
        else send(made)
      }
      const made = compute(requestContextOf(id, consumer, request.socket), standing)
      if (made instanceof Promise)
        void made.then((one) => {
          if (whose(request.socket, head.key) === consumer) finish(one)
          else again()
        })
      else finish(made)
    }
    return true
  }

  /** Answers, or leaves it to the framework. */
  const go = (
    request: IncomingMessage,
    response: ServerResponse,
    asked: Asked,
    framework: RequestListener,
    body?: Buffer
  ) => {
    const {
      consumer,
      head: { key, accept, requestId, origin }
    } = asked
    const id = requestIdOf(requestId)
    const allowed = origin !== undefined && corsOrigins.includes(origin) ? origin : ''
    const accepted = accept === undefined ? '' : ` ${accept}`
    const who = `${request.method ?? ''} ${answers.scopesOf(consumer)} ${allowed}${accepted}`
    const name = nameOf(request.url ?? '', who, body)
    // While its body was on its way, the consumer may have come to see more, or less.
    const isSame = body === undefined || whose(request.socket, key) === consumer
    const template = isOpen() && isSame ? templates.find(name) : undefined
    const leaveIt = () => {
      left.set(request, { name, consumer, ...(body ? { body } : {}) })
      framework(request, response)
    }
    if (!template || !answer(request, response, asked, id, template, leaveIt)) leaveIt()
  }

  const askedOf = (request: IncomingMessage, response: ServerResponse): Asked | undefined => {
    const { method, url } = request
    if (
      (method !== 'GET' && !(method === 'POST' && url === '/graphql')) ||
      !response.shouldKeepAlive ||
      request.httpVersionMinor !== 1
    )
      return undefined
    const head = readHead(request)
    if (
      head === undefined ||
      (method === 'GET' ? head.length !== 0 : !isJson(head.type) || !(head.length > 0 && head.length <= maxBodyBytes))
    )
      return undefined
    const consumer = whose(request.socket, head.key)
    if (consumer === undefined || (head.cacheControl !== undefined && mayAskFresher(consumer))) return undefined
    return { consumer, head }
  }

  const before =
    (framework: RequestListener): RequestListener =>
    (request, response) => {
      const asked = isOpen() ? askedOf(request, response) : undefined
      if (asked === undefined) framework(request, response)
      else if (request.method === 'GET') go(request, response, asked, framework)
      else
        takeBody(request, (body) => {
          go(request, response, asked, framework, body)
        })
    }

  return {
    /** Puts itself in front of fastify's own listener; fastify is handed the bodies that were read here. */
    stand(app: FastifyInstance) {
      const { server } = app
      // fastify put it there when it made the server
      const framework = server.listeners('request')[0] as RequestListener
      server.removeListener('request', framework)
      server.on(
        'request',
        before((request, response) => {
          sendWaiting()
          framework(request, response)
        })
      )
      app.addHook('preParsing', ({ raw }, _reply, payload, done) => {
        const body = left.get(raw)?.body
        done(null, body ? readableOf(body) : payload)
      })
    },
    /**
     * Remembers how the framework's way answers this question: with the headers that it has by now, but for those of
     * one answer alone. Returns a function that forgets it; does nothing for a question that would not come this
     * way.
     */
    learn({ raw, consumer }: FastifyRequest, reply: FastifyReply, template: Template): (() => void) | undefined {
      const question = left.get(raw)
      // While its body was on its way, the consumer may have come to see more: the name tells what it saw before.
      return question?.consumer === consumer ? templates.learn(question.name, template, reply) : undefined
    }
  }
}

export type Listener = ReturnType<typeof createListener>
