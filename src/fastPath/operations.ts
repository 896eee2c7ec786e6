import type { FastifyReply, FastifyRequest } from 'fastify'
import { noteCode } from '../access/account.ts'
import type { RequestContext } from '../access/requestContext.ts'
import type { CostBalance } from '../access/budget.ts'
import { sizeOf } from '../cache/size.ts'
import type { BookedOperation, OperationAccelerator } from '../graphql/accelerator.ts'
import type { Priced } from '../graphql/engine.ts'
import { isRefused } from '../graphql/failures.ts'
import { statusOf } from '../graphql/media.ts'
import type { MediaType } from '../graphql/media.ts'
import type { Asked } from '../graphql/parameters.ts'
import type { Pipeline } from '../graphql/pipeline.ts'
import { shortMs } from '../http/versheid.ts'
import { toBuffer } from './byteChunks.ts'
import type { ByteChunks } from './byteChunks.ts'
import { headersOfCached, linesOfCached } from './cacheHeaders.ts'
import { tailOf } from './coalescing.ts'
import type { Coalescing } from './coalescing.ts'
import type { Answer, Compute, KnownOperation } from './compute.ts'
import type { AnswerCache } from './answerCache.ts'
import type { Listener } from './listener.ts'
import { noteCached } from './report.ts'
import type { CacheHit, Template } from './template.ts'

type Dependencies = {
  pipeline: Pipeline
  compute: Compute
  answerCache: AnswerCache
  /** absent if no whole answers are stored */
  coalescing: Coalescing | undefined
  listener: Listener
  /** must every operation go through the engine? */
  logsUnknownDocuments: boolean
}

// Variables are stored twice: as sent, and coerced.
const bytesOf = ({ query, documentId, operationName, variables }: Asked) =>
  sizeOf([query, documentId, operationName, variables, variables]) + 500

const chunksOf = (answer: Answer): ByteChunks =>
  answer.body ?? { text: Buffer.from(JSON.stringify({ ...answer, headers: undefined })).toString('latin1'), parts: [] }

/** Answers operations over HTTP, and registers them so that the listener answers the same operations from then on. */
export const createOperationAnswers = ({
  pipeline,
  compute: { known, compute, withErrors },
  answerCache,
  coalescing,
  listener,
  logsUnknownDocuments
}: Dependencies): OperationAccelerator => {
  const answer = (
    requestContext: RequestContext,
    operation: KnownOperation,
    balance: CostBalance | undefined,
    read?: Priced
  ): Answer | CacheHit | Promise<Answer | CacheHit> => {
    if (coalescing)
      return coalescing.answer(requestContext, operation, {
        compute: (waiting) => compute(requestContext, operation, balance, { read, waiting }),
        withErrors: (result) => {
          for (const { extensions } of result.errors ?? []) noteCode(requestContext, extensions['code'])
          return withErrors(requestContext, operation.price, balance, result)
        }
      })
    const computed = compute(requestContext, operation, balance, { read })
    return computed instanceof Promise ? computed.then(({ payload }) => payload) : computed.payload
  }

  /** The same, with an error as an answer. */
  const answerOrRefuse = (...given: Parameters<typeof answer>): ReturnType<typeof answer> => {
    const [requestContext] = given
    try {
      const one = answer(...given)
      return one instanceof Promise ? one.catch((error: unknown) => pipeline.refused(error, requestContext)) : one
    } catch (error) {
      return pipeline.refused(error, requestContext)
    }
  }

  /** The template of an operation whose answer may be stored. */
  const templateOf = (
    requestContext: RequestContext,
    mediaType: MediaType,
    operation: KnownOperation & { key: string }
  ): Template => ({
    key: coalescing?.keyOf(requestContext, operation.key),
    price: operation.price,
    route: '/graphql',
    tail: tailOf(requestContext.consumer, operation.price),
    bytes: bytesOf(operation.asked),
    compute: (caller, balance) => {
      const responseOf = (one: Answer | CacheHit) =>
        'cached' in one
          ? one
          : {
              status: one.body === undefined ? statusOf(one, mediaType) : 200,
              pieces: chunksOf(one),
              isRefused: isRefused(one)
            }
      const one = answerOrRefuse(caller, operation, balance)
      return one instanceof Promise ? one.then(responseOf) : responseOf(one)
    }
  })

  const isCacheable = (operation: KnownOperation | undefined): operation is KnownOperation & { key: string } =>
    operation?.key !== undefined

  /** The same over GET. The listener sends only stored answers: other answers need their own headers. */
  const storedTemplateOf = (requestContext: RequestContext, operation: KnownOperation & { key: string }): Template => ({
    key: coalescing?.keyOf(requestContext, operation.key),
    price: operation.price,
    route: '/graphql',
    tail: () => tailOf(requestContext.consumer, operation.price)(undefined),
    lines: linesOfCached(shortMs)
  })

  const sendCached = (
    request: FastifyRequest,
    reply: FastifyReply,
    { cached, key }: CacheHit,
    { tail, isStorable }: { tail: string; isStorable: boolean }
  ) => {
    if (isStorable) {
      void reply.headers(headersOfCached(cached, shortMs))
      return reply.send(Buffer.concat([cached.bytes, Buffer.from(tail, 'latin1')]))
    }
    const acceptEncoding = request.headers['accept-encoding']
    const { bytes, end, encoding } = answerCache.bytesFor(key, cached, acceptEncoding, { tail, isFixed: false })
    if (encoding !== undefined) void reply.header('content-encoding', encoding)
    return reply.send(Buffer.concat([bytes, Buffer.from(end, 'latin1')]))
  }

  const answerOperation = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { asked, operation: priced, balance: booked, mediaType, isStorable }: BookedOperation
  ): Promise<FastifyReply> => {
    const operation = known(asked, priced)
    const balance = isStorable ? undefined : booked
    // A document that is sent with its hash is registered each time.
    const isLearned = !logsUnknownDocuments && (asked.query === undefined || asked.hash === undefined)
    // Learned before the answer is computed, so that identical requests in between do not go through fastify.
    const forget =
      isLearned && isCacheable(operation)
        ? listener.learn(
            request,
            reply,
            isStorable ? storedTemplateOf(request, operation) : templateOf(request, mediaType, operation)
          )
        : undefined
    let isText = false
    let one: Answer | CacheHit
    try {
      one = await pipeline.forPresent<Answer | CacheHit>(request, () =>
        operation ? answer(request, operation, balance, priced) : pipeline.run(request, priced, balance)
      )
      isText = 'cached' in one || one.body !== undefined
    } finally {
      if (!isText) forget?.()
    }
    if ('cached' in one) {
      noteCached(request, one.cached)
      const tail = tailOf(request.consumer, priced.price)(balance)
      return sendCached(request, reply, one, { tail, isStorable })
    }
    if (isRefused(one)) request.refusals = 1
    if (one.headers) void reply.headers(one.headers)
    return reply.code(isText ? 200 : statusOf(one, mediaType)).send(toBuffer(chunksOf(one)))
  }

  const keptAnswer: OperationAccelerator['keptAnswer'] = (request, { asked, operation: priced }) => {
    const { key } = known(asked, priced) ?? {}
    const cached = key === undefined || !coalescing ? undefined : answerCache.get(coalescing.keyOf(request, key))
    return cached && { ageMs: cached.ageMs, leftMs: cached.leftMs }
  }

  return { answerOperation, keptAnswer }
}
