import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Consumer } from '../access/consumers.ts'
import { isExplained } from '../access/explain.ts'
import { badInput } from '../errors.ts'
import type { BookedOperation, OperationAccelerator } from './accelerator.ts'
import { extensionsFor, type Pipeline, type PipelineOptions } from './pipeline.ts'
import { isRefused } from './failures.ts'
import type { createEventStream } from './eventStream.ts'
import { mediaTypes, negotiate, preferred, prefersEvents, statusOf, type MediaType } from './media.ts'
import { readBody, readQuery, type Asked } from './parameters.ts'
import { storableHeaders } from './storable.ts'
import type { createSocket } from './socket.ts'

type Options = {
  pipeline: Pipeline
  socket: ReturnType<typeof createSocket>
  eventStream: ReturnType<typeof createEventStream>
  accelerator?: OperationAccelerator | undefined
  maxBodyBytes: number
  maxBatch: number
  toGatewayError: PipelineOptions['toGatewayError']
}

/**
 * The route `/graphql`: GraphQL over HTTP (POST and GET, both media types, batches), WebSocket and server-sent events.
 * The route of mercurius fails the audit of the GraphQL over HTTP specification.
 */
export const registerGraphql = (
  app: FastifyInstance,
  { pipeline, socket, eventStream, accelerator, maxBodyBytes, maxBatch, toGatewayError }: Options
) => {
  const begin = (reply: FastifyReply, mediaType: MediaType) => reply.type(`${mediaType}; charset=utf-8`)

  const send = (reply: FastifyReply, mediaType: MediaType, status: number, body: unknown) =>
    begin(reply, mediaType).code(status).send(JSON.stringify(body))

  const answerOne = async (request: FastifyRequest, reply: FastifyReply, booked: BookedOperation) => {
    const { operation, balance, mediaType } = booked
    const wantsExplanation = isExplained(request)
    if (accelerator && !wantsExplanation) return accelerator.answerOperation(request, begin(reply, mediaType), booked)
    const isStorable = booked.isStorable && !wantsExplanation
    const { payload, headers } = await pipeline.forPresent(request, async () => {
      const context = pipeline.contextOf(request)
      context.vdab.explanation?.noteKept(accelerator?.keptAnswer(request, booked))
      const payload = await pipeline.run(request, operation, isStorable ? undefined : balance, context)
      return { payload, headers: isStorable ? storableHeaders(context, payload) : {} }
    })
    if (isRefused(payload)) request.refusals = 1
    return send(reply.headers(headers), mediaType, statusOf(payload, mediaType), payload)
  }

  const answer = async (request: FastifyRequest, reply: FastifyReply, asked: readonly Asked[], isBatch: boolean) => {
    const [only] = asked
    if (only && prefersEvents(request)) {
      // Fastify reads the response to a HEAD request to its end, and an event stream may be endless.
      if (request.method === 'HEAD') return reply.type('text/event-stream; charset=utf-8').send()
      if (isBatch) throw badInput('body', 'must be one operation where events are asked')
      return eventStream(request, reply, only)
    }
    const mediaType = negotiate(request)
    const { operations, balance } = await pipeline.book(request, reply, asked)
    const [operation] = operations
    const isStorable = request.method !== 'POST'
    if (!isBatch && operation && only)
      return answerOne(request, reply, { asked: only, operation, balance, mediaType, isStorable })
    // When the response to one operation must not be sent, the other operations of the batch still get theirs.
    const runAll = () =>
      Promise.all(
        operations.map((one) =>
          pipeline.run(request, one, balance).catch((error: unknown) => pipeline.refused(error, request))
        )
      )
    const results = await pipeline.forPresent(request, runAll)
    request.refusals = results.filter(isRefused).length
    return send(reply, mediaType, 200, results)
  }

  void app.register((door, _, done) => {
    door.setErrorHandler((error, request, reply) => {
      const failure = toGatewayError(error, request)
      const mediaType = preferred(request) ?? mediaTypes.legacy
      if (failure.retryAfter !== undefined) void reply.header('retry-after', failure.retryAfter)
      const consumer = request.consumer as Consumer | undefined // absent when the key is invalid
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
    door.post('/graphql', { bodyLimit: maxBodyBytes }, (request, reply) => {
      const { operations, isBatch } = readBody(request.body, { maxBatch })
      return answer(request, reply, operations, isBatch)
    })
    done()
  })
}
