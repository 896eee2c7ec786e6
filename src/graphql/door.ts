import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify'
import type { RequestContext } from '../access/requestContext.ts'
import type { Standing } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Plan } from '../fastPath/plan.ts'
import type { Shortcut } from '../fastPath/shortcut.ts'
import { sizeOf } from '../cache/size.ts'
import { badInput, GatewayError } from '../errors.ts'
import { toBuffer } from '../fastPath/byteChunks.ts'
import type { ByteChunks } from '../fastPath/byteChunks.ts'
import { extensionsFor } from './pipeline.ts'
import type { Pipeline, PipelineOptions, Payload } from './pipeline.ts'
import type { Priced, Result } from './engine.ts'
import { isRefused } from './failures.ts'
import type { createEventStream } from './eventStream.ts'
import { tailOf } from '../fastPath/coalescing.ts'
import type { Ready } from '../fastPath/coalescing.ts'
import { mediaTypes, negotiate, preferred, prefersEvents } from './media.ts'
import type { MediaType } from './media.ts'
import { kindOf, readPlain, readBody, readQuery } from './parameters.ts'
import type { Asked } from './parameters.ts'
import type { createSocket } from './socket.ts'

type Options = {
  asking: Pipeline
  socket: ReturnType<typeof createSocket>
  eventStream: ReturnType<typeof createEventStream>
  /** the way past this door for what was asked before; absent where there is none */
  shortcut?: Shortcut | undefined
  /** must each document that is asked be looked at, as where the log is to name it? */
  looksAtEach: boolean
  maxBodyBytes: number
  maxBatch: number
  toGatewayError: PipelineOptions['toGatewayError']
}

const statusOf = ({ data }: Result, mediaType: MediaType) =>
  data === undefined && mediaType === mediaTypes.current ? 400 : 200

// What a document has no name for is nothing to remember.
const onlyNamed = (asked: Asked, names: readonly string[]): Asked => {
  const given = Object.entries(asked.variables ?? {})
  const named = given.filter(([name]) => names.includes(name))
  return named.length === given.length ? asked : { ...asked, variables: Object.fromEntries(named) }
}

// The variables are held as they came and as the schema has them.
const bytesOf = ({ query, documentId, operationName, variables }: Asked) =>
  sizeOf([query, documentId, operationName, variables, variables]) + 500

/**
 * `/graphql`: GraphQL over HTTP (POST and GET, both media types, lists of operations), with mercurius behind it.
 * Its own route fails the specification's audit; this one is the specification as a thin skin over `engine`.
 */
export const registerGraphql = (
  app: FastifyInstance,
  { asking, socket, eventStream, shortcut, looksAtEach, maxBodyBytes, maxBatch, toGatewayError }: Options
) => {
  const begin = (reply: FastifyReply, mediaType: MediaType) =>
    reply
      .header('vary', [reply.getHeader('vary') ?? [], 'accept, accept-encoding'].flat().join(', '))
      .type(`${mediaType}; charset=utf-8`)

  const send = (reply: FastifyReply, mediaType: MediaType, status: number, body: unknown) =>
    begin(reply, mediaType).code(status).send(JSON.stringify(body))

  const written = ({ body, ...rest }: Payload): ByteChunks =>
    body ?? { text: Buffer.from(JSON.stringify(rest)).toString('latin1'), parts: [] }

  /** How the same question is answered from now on; `read` is what is known of it in this very turn. */
  const planOf = (
    requestContext: RequestContext,
    mediaType: MediaType,
    asked: Asked,
    { price, what, read }: { price: number; what: string; read?: () => Priced | undefined }
  ): Plan => ({
    key: asking.keeping?.keyOf(requestContext, what),
    price,
    route: '/graphql',
    tail: tailOf(requestContext.consumer, price),
    bytes: bytesOf(asked),
    compute: (leavingTo, standing) => {
      const leaving = (one: Payload | Ready) =>
        'kept' in one
          ? one
          : {
              status: one.body === undefined ? statusOf(one, mediaType) : 200,
              pieces: written(one),
              isRefused: isRefused(one)
            }
      const one = asking.again(leavingTo, asked, standing, read?.())
      return one instanceof Promise ? one.then(leaving) : leaving(one)
    }
  })

  if (!looksAtEach) {
    shortcut?.readBy((request, body) => {
      const asked = readPlain(request.url ?? '', body)
      const kind = asked && kindOf(asked)
      return asked === undefined || kind === undefined
        ? undefined
        : {
            kind,
            plan(requestContext, type) {
              let operation = asking.price(requestContext, asked)
              if (operation === undefined) return undefined
              const { problems, price, key, variables = [] } = operation
              // It is answered at once, or not out of this; a document that came for the first time is not held any longer.
              queueMicrotask(() => {
                operation = undefined
              })
              return problems || key === undefined
                ? undefined
                : planOf(
                    requestContext,
                    type.startsWith(mediaTypes.current) ? mediaTypes.current : mediaTypes.legacy,
                    onlyNamed(asked, variables),
                    { price, what: key, read: () => operation }
                  )
            }
          }
    })
  }

  /** Answers one operation, out of bytes or text where there are some. */
  const answerOne = async (
    request: FastifyRequest,
    reply: FastifyReply,
    asked: Asked,
    { operation, standing, mediaType }: { operation: Priced; standing: Standing; mediaType: MediaType }
  ) => {
    const { price, key: what, variables = [] } = operation
    void begin(reply, mediaType)
    // Before there is an answer: who asks the same while it is being computed waits for it past the framework. A document that
    // comes with its hash is registered anew each time.
    const isRemembered = what !== undefined && !looksAtEach && (asked.query === undefined || asked.hash === undefined)
    const settle = isRemembered
      ? shortcut?.learn(request, reply, {
          ...planOf(request, mediaType, onlyNamed(asked, variables), { price, what }),
          kind: kindOf(asked)
        })
      : undefined
    let isText = false
    let one: Payload | Ready
    try {
      one = await asking.forPresent(request, () => asking.answer(request, operation, standing))
      isText = 'kept' in one || one.body !== undefined
    } finally {
      settle?.(isText)
    }
    if (!('kept' in one) && isRefused(one)) request.refusals = 1
    if (!('kept' in one)) return reply.code(isText ? 200 : statusOf(one, mediaType)).send(toBuffer(written(one)))
    const tail = tailOf(request.consumer, price)(standing)
    const { bytes, end, encoding } = asking.keeping?.answers.bytesFor(
      one.key,
      one.kept,
      request.headers['accept-encoding'],
      tail
    ) ?? { bytes: one.kept.bytes, end: tail }
    if (encoding !== undefined) void reply.header('content-encoding', encoding)
    return reply.send(Buffer.concat([bytes, Buffer.from(end, 'latin1')]))
  }

  const answer = async (request: FastifyRequest, reply: FastifyReply, asked: readonly Asked[], isBatch: boolean) => {
    const [only] = asked
    if (only && prefersEvents(request)) {
      // The framework reads the answer to a HEAD to its end, and this one may have none.
      if (request.method === 'HEAD')
        return reply.type('text/event-stream; charset=utf-8').header('vary', 'accept').send()
      if (isBatch) throw badInput('body', 'must be one operation where events are asked')
      return eventStream(request, reply, only)
    }
    const mediaType = negotiate(request)
    const { operations, standing } = await asking.book(request, reply, asked)
    const [operation] = operations
    if (!isBatch && operation && only) return answerOne(request, reply, only, { operation, standing, mediaType })
    // One operation of a list that may not leave costs that operation only.
    const runAll = () =>
      Promise.all(
        operations.map((one) =>
          asking.run(request, one, standing).catch((error: unknown) => asking.refused(error, request))
        )
      )
    const results = await asking.forPresent(request, runAll)
    request.refusals = results.filter(isRefused).length
    return send(reply, mediaType, 200, results)
  }

  void app.register((door, _, done) => {
    door.setErrorHandler((error, request, reply) => {
      const failure = toGatewayError(error, request)
      const mediaType = preferred(request) ?? mediaTypes.legacy
      if (failure.retryAfter !== undefined) void reply.header('retry-after', failure.retryAfter)
      const consumer = request.consumer as Consumer | undefined // there is none when the key was the failure
      return send(reply, mediaType, failure.statusCode, {
        errors: [{ message: failure.message, extensions: failure.extensions }],
        ...(consumer ? extensionsFor(consumer, 0) : {})
      })
    })
    door.route({
      method: 'GET',
      url: '/graphql',
      config: { isLive: true },
      handler: (request, reply) => answer(request, reply, [readQuery(request.query)], false),
      wsHandler: socket
    })
    // The shortcut has read the body by the time that it leaves a request to us.
    const preParsing = (
      request: FastifyRequest,
      _: FastifyReply,
      payload: RequestPayload,
      next: (error: null, payload: RequestPayload) => void
    ) => {
      next(null, shortcut?.bodyOf(request.raw) ?? payload)
    }
    door.post('/graphql', { bodyLimit: maxBodyBytes, preParsing }, (request, reply) => {
      const { operations, isBatch } = readBody(request.body, { maxBatch })
      return answer(request, reply, operations, isBatch)
    })
    door.route({
      method: ['PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: '/graphql',
      handler: (_request, reply) => {
        void reply.header('allow', 'GET, HEAD, POST')
        throw new GatewayError('BAD_USER_INPUT', 'GraphQL is asked by POST or GET.', {
          field: 'method',
          allowed: ['GET', 'POST'],
          status: 405
        })
      }
    })
    done()
  })
}
