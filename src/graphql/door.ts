import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Budget, Standing } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import type { Recorder } from '../access/record.ts'
import type { Context } from '../context.ts'
import { GatewayError } from '../errors.ts'
import type { Engine, Priced, Result } from './engine.ts'
import { mediaTypes, negotiate, preferred } from './media.ts'
import type { MediaType } from './media.ts'
import { readBody, readQuery } from './parameters.ts'
import type { Asked } from './parameters.ts'

type Options = {
  engine: Engine
  limits: Limits
  record: Recorder
  budget: Budget
  maxBodyBytes: number
  maxBatch: number
  contextOf: (request: FastifyRequest) => Context
  toGatewayError: (error: unknown, request: FastifyRequest) => GatewayError
}

const statusOf = ({ data }: Result, mediaType: MediaType) => (data === undefined && mediaType === mediaTypes.current ? 400 : 200)

/**
 * `/graphql`: GraphQL over HTTP (POST and GET, both media types, lists of operations), with mercurius behind it.
 * Its own route fails the specification's audit; this one is the specification as a thin skin over `engine`.
 */
export const registerGraphql = (app: FastifyInstance, { engine, limits, budget, record, maxBodyBytes, maxBatch, contextOf, toGatewayError }: Options) => {
  const send = (reply: FastifyReply, mediaType: MediaType, status: number, body: unknown) =>
    reply.code(status).header('vary', 'accept').type(`${mediaType}; charset=utf-8`).send(JSON.stringify(body))

  const extensionsFor = ({ scopes }: Consumer, upstreamCalls: number, cost?: Standing & { price: number }, verborgen: readonly string[] = [], versheid: readonly unknown[] = []) => {
    const extensions = { ...(scopes.has('beheer') ? { upstreamCalls } : {}), ...(cost ? { cost } : {}), ...(verborgen.length > 0 ? { verborgen } : {}), ...(versheid.length > 0 ? { versheid } : {}) }
    return Object.keys(extensions).length > 0 ? { extensions } : {}
  }

  /** One operation of a list that may not leave costs that operation only. */
  const refused = (error: unknown, request: FastifyRequest) => {
    const { message, extensions } = toGatewayError(error, request)
    return { errors: [{ message, extensions }] }
  }

  const run = async (request: FastifyRequest, { price, name, run: ask }: Priced, { remaining, limit }: Standing) => {
    const context = contextOf(request)
    const { consumer, personal, vdab } = context
    const result = await ask(context)
    await record({ consumer, headers: request.headers, personal, requestId: request.id, deur: `GraphQL ${(name ?? '(anonymous)').slice(0, 100)}` })
    return { ...result, ...extensionsFor(consumer, vdab.cause.upstreamCalls, { price, remaining, limit }, personal.hidden(), vdab.versheid.stale()) }
  }

  const answer = async (request: FastifyRequest, reply: FastifyReply, asked: readonly Asked[], isBatch: boolean) => {
    const mediaType = negotiate(request)
    await limits(request, reply, asked.length)
    const operations = asked.map((one) => engine(one, request))
    const standing = budget(request, reply, operations.reduce((sum, { price }) => sum + price, 0))
    const runOne = (operation: Priced) => run(request, operation, standing)
    const results = await Promise.all(operations.map((operation) => (isBatch ? runOne(operation).catch((error: unknown) => refused(error, request)) : runOne(operation))))
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
    door.get('/graphql', (request, reply) => answer(request, reply, [readQuery(request.query)], false))
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
