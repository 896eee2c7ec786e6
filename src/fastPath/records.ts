import type { FastifyReply, FastifyRequest } from 'fastify'
import { forPresent } from '../access/requestContext.ts'
import type { RequestContext } from '../access/requestContext.ts'
import { clientGone } from '../errors.ts'
import type { BookedRecords, RecordsAccelerator } from '../openservices/accelerator.ts'
import { doorOf, type AnswerLookup } from '../http/answered.ts'
import { headersOfCached, linesOfCached } from './cacheHeaders.ts'
import type { AnswerCache, CachedAnswer } from './answerCache.ts'
import type { Listener } from './listener.ts'
import { lookupOf, noteCached } from './report.ts'
import type { ComputedResponse } from './template.ts'
import { toBytes } from './writer/bytes.ts'

/** An answer; `body` is absent if it was stored before. */
type Made = {
  headers: Readonly<Record<string, string>>
  key: string
  body?: string
  cached?: CachedAnswer | undefined
}

type Dependencies = {
  answerCache: AnswerCache
  /** are whole answers stored? */
  cachesAnswers: boolean
  listener: Listener
  /** does this request ask for a fresher answer than other requests get? */
  wantsFresher: (requestContext: RequestContext) => boolean
  onLookup: (event: AnswerLookup) => void
}

const type = 'application/json; charset=utf-8'

// A 404 for an unknown id is not a refusal.
const isRefusedStatus = (status: number) => status >= 400 && status < 500 && status !== clientGone && status !== 404

const chunksOf = (body: string) => ({ text: toBytes(body), parts: [] })

/** Answers VDAB's own paths, and registers them so that the listener answers the same requests from then on. */
export const createRecordAnswers = ({
  answerCache,
  cachesAnswers,
  listener,
  wantsFresher,
  onLookup
}: Dependencies): RecordsAccelerator => {
  const find = async (booked: BookedRecords, request: FastifyRequest): Promise<Made> => {
    const { mayBeKept, compute, longestMs, url } = booked
    const { consumer } = request
    const isCacheable = cachesAnswers && mayBeKept(consumer) && !wantsFresher(request)
    const key = isCacheable ? `rest ${answerCache.scopesOf(consumer)} ${booked.key()}` : ''
    const known = isCacheable ? answerCache.get(key) : undefined
    if (isCacheable) onLookup(lookupOf(doorOf(url), known ? 'hit' : 'miss'))
    if (known) noteCached(request, known)
    if (known) return { headers: headersOfCached(known, longestMs), key, cached: known }
    const { headers, body, versions: versionsOf } = await compute(request)
    const versions = isCacheable ? versionsOf() : undefined
    const cached = versions && answerCache.set(key, Buffer.from(body), { versions })
    return { headers, key, body, cached }
  }

  /** Computes an answer that must not be stored: a vacancy with its contact person. */
  const computeAnew =
    ({ compute, failureOf }: BookedRecords) =>
    async (requestContext: RequestContext): Promise<ComputedResponse> => {
      try {
        const { headers, body } = await compute(requestContext)
        const lines = Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('')
        return { status: 200, pieces: chunksOf(body), lines }
      } catch (error) {
        const { statusCode, retryAfter, body } = failureOf(error, requestContext)
        return {
          status: statusCode,
          pieces: chunksOf(JSON.stringify(body)),
          lines: retryAfter === undefined ? '' : `retry-after: ${retryAfter}\r\n`,
          isRefused: isRefusedStatus(statusCode)
        }
      }
    }

  const answerRecords = async (
    request: FastifyRequest,
    reply: FastifyReply,
    booked: BookedRecords
  ): Promise<FastifyReply> => {
    const { url, price, longestMs, isComputedAnew } = booked
    const { headers, body, key, cached } = await forPresent(request, () => find(booked, request))
    void reply.type(type).headers(headers)
    if (cached) {
      if (body === undefined)
        listener.learn(request, reply, { key, price, route: url, lines: linesOfCached(longestMs) })
      return reply.send(cached.bytes)
    }
    if (isComputedAnew(request.consumer))
      listener.learn(request, reply, { price, route: url, bytes: 1000, compute: computeAnew(booked) })
    return reply.send(body)
  }

  return { answerRecords }
}
