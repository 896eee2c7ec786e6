import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Budget, Standing } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
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
export const registerGraphql = (app: FastifyInstance, { engine, limits, budget, maxBodyBytes, maxBatch, contextOf, toGatewayError }: Options) => {
  const send = (reply: FastifyReply, mediaType: MediaType, status: number, body: unknown) =>
    reply.code(status).type(`${mediaType}; charset=utf-8`).send(JSON.stringify(body))

  const extensionsFor = ({ scopes }: Consumer, upstreamCalls: number, cost?: Standing & { price: number }) => {
    const extensions = { ...(scopes.has('beheer') ? { upstreamCalls } : {}), ...(cost ? { cost } : {}) }
    return Object.keys(extensions).length > 0 ? { extensions } : {}
  }

  const run = async (request: FastifyRequest, { price, run: ask }: Priced, { remaining, limit }: Standing) => {
    const context = contextOf(request)
    const result = await ask(context)
    return { ...result, ...extensionsFor(context.consumer, context.vdab.cause.upstreamCalls, { price, remaining, limit }) }
  }

  const answer = async (request: FastifyRequest, reply: FastifyReply, asked: readonly Asked[], isBatch: boolean) => {
    const mediaType = negotiate(request)
    await limits(request, reply, asked.length)
    const operations = asked.map((one) => engine(one, request))
    const standing = budget(request, reply, operations.reduce((sum, { price }) => sum + price, 0))
    const results = await Promise.all(operations.map((operation) => run(request, operation, standing)))
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
