import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RequestContext } from '../access/requestContext.ts'
import type { Consumer } from '../access/consumers.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import type { Reference } from './references.ts'

/** A parsed request for records: the id in its path, its parameters, the references in its body. */
export type AskedRecords = {
  readonly id: string
  readonly parameters: Readonly<Record<string, readonly string[]>>
  readonly references: readonly Reference[]
  /** the media type of the response, if the client chooses it */
  readonly accept?: string
}

/** A response that may be sent. */
export type RecordsAnswer = {
  /** Age, Cache-Control and Cache-Status */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** the cache entries that it was made from; undefined when it contains personal data or an entry is not fresh */
  readonly versions: () => ReturnType<VdabForRequest['versheid']['versions']>
}

/** A request whose price is booked, with the function that computes its response. */
export type BookedRecords = {
  /** identifies the response among consumers with the same scopes: the path and the parameters in one spelling */
  readonly key: () => string
  /** the pattern of its whole path */
  readonly url: string
  readonly price: number
  /** the longest time, in ms, that a client may cache the response */
  readonly longestMs: number
  /** may the client of this consumer cache the response? */
  readonly mayBeKept: (consumer: Consumer) => boolean
  /** may later requests compute the response again, if it must not be stored? Its errors have its media type. */
  readonly isComputedAnew: (consumer: Consumer) => boolean
  /** computes the response; resolves after its audit records were written */
  readonly compute: (requestContext: RequestContext) => Promise<RecordsAnswer>
  /** the response for an error; `retryAfter` in seconds */
  readonly failureOf: (
    error: unknown,
    requestContext: Pick<FastifyRequest, 'log' | 'id'>
  ) => { readonly statusCode: number; readonly retryAfter: number | undefined; readonly body: object }
}

/** Answers requests for records in place of the route handlers: the same responses, in less time. */
export type RecordsAccelerator = {
  /** Sends the response; `reply` has all headers except those of `compute`. Rejects if `compute` does. */
  answerRecords: (request: FastifyRequest, reply: FastifyReply, booked: BookedRecords) => Promise<FastifyReply>
}
