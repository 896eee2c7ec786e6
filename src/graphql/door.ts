import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Consumer } from '../access/consumers.ts'
import { badInput, GatewayError } from '../errors.ts'
import { extensionsFor } from './asking.ts'
import type { Asking, AskingOptions } from './asking.ts'
import type { Result } from './engine.ts'
import type { createEventStream } from './eventStream.ts'
import { mediaTypes, negotiate, preferred, prefersEvents } from './media.ts'
import type { MediaType } from './media.ts'
import { readBody, readQuery } from './parameters.ts'
import type { Asked } from './parameters.ts'
import type { createSocket } from './socket.ts'

type Options = {
  asking: Asking
  socket: ReturnType<typeof createSocket>
  eventStream: ReturnType<typeof createEventStream>
  maxBodyBytes: number
  maxBatch: number
  toGatewayError: AskingOptions['toGatewayError']
}

const statusOf = ({ data }: Result, mediaType: MediaType) => (data === undefined && mediaType === mediaTypes.current ? 400 : 200)

/**
 * `/graphql`: GraphQL over HTTP (POST and GET, both media types, lists of operations), with mercurius behind it.
 * Its own route fails the specification's audit; this one is the specification as a thin skin over `engine`.
 */
export const registerGraphql = (app: FastifyInstance, { asking, socket, eventStream, maxBodyBytes, maxBatch, toGatewayError }: Options) => {
  const send = (reply: FastifyReply, mediaType: MediaType, status: number, body: unknown) =>
    reply.code(status).header('vary', 'accept').type(`${mediaType}; charset=utf-8`).send(JSON.stringify(body))

  const answer = async (request: FastifyRequest, reply: FastifyReply, asked: readonly Asked[], isBatch: boolean) => {
    const [only] = asked
    if (only && prefersEvents(request)) {
      // The framework reads the answer to a HEAD to its end, and this one may have none.
      if (request.method === 'HEAD') return reply.type('text/event-stream; charset=utf-8').header('vary', 'accept').send()
      if (isBatch) throw badInput('body', 'must be one operation where events are asked')
      return eventStream(request, reply, only)
    }
    const mediaType = negotiate(request)
    const { operations, standing } = await asking.book(request, reply, asked)
    // One operation of a list that may not leave costs that operation only.
    const results = await Promise.all(operations.map((operation) => {
      const result = asking.run(request, operation, standing)
      return isBatch ? result.catch((error: unknown) => asking.refused(error, request)) : result
    }))
    const [first = {}] = results
    return isBatch ? send(reply, mediaType, 200, results) : send(reply, mediaType, statusOf(first, mediaType), first)
  }

  void app.register((door, _, done) => {
    door.setErrorHandler((error, request, reply) => {
      const failure = toGatewayError(error, request)
      const mediaType = preferred(request) ?? mediaTypes.legacy
      if (failure.retryAfter !== undefined) void reply.header('retry-after', failure.retryAfter)
      const consumer = request.consumer as Consumer | undefined // there is none when the key was the failure
      return send(reply, mediaType, failure.statusCode, { errors: [{ message: failure.message, extensions: failure.extensions }], ...(consumer ? extensionsFor(consumer, 0) : {}) })
    })
    door.route({
      method: 'GET',
      url: '/graphql',
      config: { isLive: true },
      handler: (request, reply) => answer(request, reply, [readQuery(request.query)], false),
      wsHandler: socket
    })
    door.post('/graphql', { bodyLimit: maxBodyBytes }, (request, reply) => {
      const { operations, isBatch } = readBody(request.body, { maxBatch })
      return answer(request, reply, operations, isBatch)
    })
    door.route({
      method: ['PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: '/graphql',
      handler: (_request, reply) => {
        void reply.header('allow', 'GET, HEAD, POST')
        throw new GatewayError('BAD_USER_INPUT', 'GraphQL is asked by POST or GET.', { field: 'method', allowed: ['GET', 'POST'], status: 405 })
      }
    })
    done()
  })
}
