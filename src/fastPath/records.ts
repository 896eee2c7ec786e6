import type { FastifyReply, FastifyRequest } from 'fastify'
import { forPresent } from '../access/requestContext.ts'
import type { RequestContext } from '../access/requestContext.ts'
import { clientGone } from '../errors.ts'
import type { BookedRecords, RecordsAccelerator } from '../openservices/accelerator.ts'
import { headersOfKept, linesOfKept } from './cacheHeaders.ts'
import type { Answers, Kept } from './kept.ts'
import type { Listener } from './listener.ts'
import type { ComputedResponse } from './template.ts'
import { isUnmodified } from './unmodified.ts'
import { toBytes } from './writer/bytes.ts'

/** An answer; `body` is absent if it was stored before. */
type Made = {
  headers: Readonly<Record<string, string>>
  key: string
  body?: string
  kept?: Kept | undefined
}

type Dependencies = {
  answers: Answers
  /** are whole answers stored? */
  keepsWhole: boolean
  listener: Listener
  /** does this request ask for a fresher answer than others get? */
  asksFresher: (requestContext: RequestContext) => boolean
}

const type = 'application/json; charset=utf-8'

/** The key of an answer: its path and parameters in one spelling, and the scopes of the consumer. */
const keyOf = ({ route, asked: { id, parameters } }: BookedRecords, scopes: string): string => {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))
  return `rest ${scopes} ${route.url} ${id.toLowerCase()} ${JSON.stringify(sorted)}`
}

// 404 for an unknown id refuses nothing.
const isRefusedStatus = (status: number) => status >= 400 && status < 500 && status !== clientGone && status !== 404

const chunksOf = (body: string) => ({ text: toBytes(body), parts: [] })

/** Answers VDAB's own paths, and lets the listener answer the same requests from then on. */
export const createRecordAnswers = ({
  answers,
  keepsWhole,
  listener,
  asksFresher
}: Dependencies): RecordsAccelerator => {
  const find = async (booked: BookedRecords, request: FastifyRequest): Promise<Made> => {
    const { mayBeKept, compute, longestMs } = booked
    const { consumer } = request
    const isKept = keepsWhole && mayBeKept(consumer) && !asksFresher(request)
    const key = isKept ? keyOf(booked, answers.scopesOf(consumer)) : ''
    const known = isKept ? answers.find(key) : undefined
    if (known) return { headers: headersOfKept(known, longestMs), key, kept: known }
    const { headers, body, versions: versionsOf } = await compute(request)
    const versions = isKept ? versionsOf() : undefined
    const kept = versions && answers.keep(key, Buffer.from(body), { versions, isTagged: true })
    return { headers, key, body, kept }
  }

  /** Sends a stored answer, or 304 to a client that has it. */
  const sendKept = (request: FastifyRequest, reply: FastifyReply, key: string, kept: Kept) => {
    void reply.header('etag', kept.etag)
    if (isUnmodified(request.headers['if-none-match'], kept.etag)) return reply.code(304).send()
    const { bytes, encoding } = answers.bytesFor(key, kept, request.headers['accept-encoding'])
    if (encoding !== undefined) void reply.header('content-encoding', encoding)
    return reply.send(bytes)
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
    const { route, url, price, longestMs, mayBeKept } = booked
    const { headers, body, key, kept } = await forPresent(request, () => find(booked, request))
    void reply.type(type).headers(headers)
    if (kept) {
      if (body === undefined) listener.learn(request, reply, { key, price, route: url, lines: linesOfKept(longestMs) })
      return sendKept(request, reply, key, kept)
    }
    const isOfContact = route.kind === 'detail' && route.type === 'Vacature' && !mayBeKept(request.consumer)
    if (isOfContact) listener.learn(request, reply, { price, route: url, bytes: 1000, compute: computeAnew(booked) })
    return reply.send(body)
  }

  return { answerRecords }
}
