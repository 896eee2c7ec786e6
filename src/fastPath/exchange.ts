import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CostBalance } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Rate } from '../access/limits.ts'
import type { Head } from './head.ts'
import type { AnswerCache } from './answerCache.ts'
import { nameOf } from './requestName.ts'
import type { Learned } from './templates.ts'

/** A request that the listener may answer. */
export type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly consumer: Consumer
  readonly head: Head
  readonly requestId: string
  /** identifies the request, including everything that determines the head of the answer */
  readonly name: string
  readonly body: Buffer | undefined
  /** is there a span for it? */
  isFollowed: boolean
}

/** The template of the answer, and the remaining limits and budget after this request. */
export type Booking = {
  readonly template: Learned
  readonly rate: Rate
  readonly balance: CostBalance
}

type Dependencies = {
  answerCache: Pick<AnswerCache, 'scopesOf'>
  requestIdOf: (header: string | undefined) => string
  /** the origins whose answers have separate headers */
  corsOrigins: readonly string[]
}

/** Creates exchanges. Method, scopes, allowed origin and Accept determine the head of the answer. */
export const createExchanges =
  ({ answerCache, requestIdOf, corsOrigins }: Dependencies) =>
  (request: IncomingMessage, response: ServerResponse, consumer: Consumer, head: Head, body?: Buffer): Exchange => {
    const { accept, origin, requestId } = head
    const allowed = origin !== undefined && corsOrigins.includes(origin) ? origin : ''
    const accepted = accept === undefined ? '' : ` ${accept}`
    const audience = `${request.method ?? ''} ${answerCache.scopesOf(consumer)} ${allowed}${accepted}`
    const name = nameOf(request.url ?? '', audience, body)
    return { request, response, consumer, head, requestId: requestIdOf(requestId), name, body, isFollowed: false }
  }

export type ExchangeOf = ReturnType<typeof createExchanges>
