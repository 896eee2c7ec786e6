import { STATUS_CODES } from 'node:http'
import { etagOf, isUnmodified } from '../http/etag.ts'
import { lengthOf } from './byteChunks.ts'
import { ibmRateLines } from '../openservices/rates.ts'
import type { Booking, Exchange } from './exchange.ts'
import type { AnswerCache } from './answerCache.ts'
import type { ComputedResponse, CacheHit } from './template.ts'
import { sendBytes, sendChunks, sendText } from './wire.ts'

type Dependencies = {
  answerCache: Pick<AnswerCache, 'bytesFor' | 'tagOf'>
  /** the value of the Keep-Alive header */
  keepAliveHint: string
  isStopping: () => boolean
}

let second = 0
let date = ''
/** The value of the Date header (RFC 9110, 6.6.1), formatted once per second. */
const httpDate = (): string => {
  const now = Math.floor(Date.now() / 1000)
  if (now !== second) {
    second = now
    date = new Date(now * 1000).toUTCString()
  }
  return date
}

/** Sends the answers of the listener: the head from the template, the headers of this one answer, and the body. */
export const createResponses = ({ answerCache, keepAliveHint, isStopping }: Dependencies) => {
  const keepAlive = `Connection: keep-alive\r\nKeep-Alive: ${keepAliveHint}\r\n\r\n`

  const ownHeaders = ({ requestId }: Exchange, { template, rate, balance }: Booking): string =>
    `x-request-id: ${requestId}\r\nratelimit-limit: ${rate.limit}\r\nratelimit-remaining: ${rate.remaining}\r\n` +
    `ratelimit-reset: ${rate.reset}\r\nratelimit-policy: "default";q=${rate.limit};w=60\r\n` +
    `ratelimit: "default";r=${rate.remaining};t=${rate.reset}\r\nx-cost: ${template.price}\r\n` +
    `x-cost-remaining: ${balance.remaining}\r\n` +
    `x-cost-limit: ${balance.limit}\r\n${ibmRateLines(template.route, rate)}Date: ${httpDate()}\r\n` +
    (isStopping() ? 'Connection: close\r\n\r\n' : keepAlive)

  return {
    /** Sends a cached answer, or 304 to a client that has it. Returns the status. */
    sendCached(exchange: Exchange, booking: Booking, { cached, key }: CacheHit): number {
      const { response, head } = exchange
      const { template, balance } = booking
      const tail = template.tail?.(balance)
      const isStorable = template.lines !== undefined
      const bytes = answerCache.bytesFor(key, cached, head.acceptEncoding, { tail, isFixed: isStorable })
      let lines = ''
      if (template.lines) {
        const tag = answerCache.tagOf(cached, tail)
        lines = `${template.lines(cached)}etag: ${etagOf(tag, bytes.encoding)}\r\n`
        if (isUnmodified(head.ifNoneMatch, tag)) {
          sendText(response, template.headUnmodified + lines + ownHeaders(exchange, booking))
          return 304
        }
      }
      const encoding = bytes.encoding === undefined ? '' : `content-encoding: ${bytes.encoding}\r\n`
      const headers = `${lines}${ownHeaders(exchange, booking)}`
      sendBytes(response, `${template.head}${encoding}content-length: ${bytes.length}\r\n${headers}`, bytes)
      return 200
    },
    /** Sends a computed answer. Returns the status. */
    sendComputed(exchange: Exchange, booking: Booking, { status, pieces, lines = '' }: ComputedResponse): number {
      const length = `content-length: ${lengthOf(pieces)}\r\n`
      const ok = `${booking.template.head}${length}${lines}${ownHeaders(exchange, booking)}`
      const head = status === 200 ? ok : ok.replace('200 OK', `${status} ${STATUS_CODES[status] ?? ''}`)
      sendChunks(exchange.response, head, pieces)
      return status
    }
  }
}

export type Responses = ReturnType<typeof createResponses>
