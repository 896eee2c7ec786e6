import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RequestContext } from '../access/requestContext.ts'
import type { Consumer } from '../access/consumers.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import type { Reference } from './references.ts'
import type { Route } from './routes.ts'

/** A request for records: the id in its path, its parameters, and the references in its body. */
export type AskedRecords = {
  readonly id: string
  readonly parameters: Readonly<Record<string, readonly string[]>>
  readonly references: readonly Reference[]
}

/** An answer that may leave. */
export type RecordsAnswer = {
  /** how old it is */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /**
   * the cache entries that it was made of; undefined where it tells of a person, or not all of it stands fresh in the
   * cache
   */
  readonly versions: () => ReturnType<VdabForRequest['versheid']['versions']>
}

/** A request that is booked, and how its answer is computed. */
export type BookedRecords = {
  readonly route: Route
  /** the whole pattern of its path */
  readonly url: string
  readonly asked: AskedRecords
  readonly price: number
  /** the longest time that a client may keep an answer, in ms */
  readonly longestMs: number
  /** may a client of this consumer keep the answer? */
  readonly mayBeKept: (consumer: Consumer) => boolean
  /** computes the answer; what it tells of people is on record once it resolves */
  readonly compute: (requestContext: RequestContext) => Promise<RecordsAnswer>
  /** an error as this door answers it; `retryAfter` in seconds */
  readonly failureOf: (
    error: unknown,
    requestContext: Pick<FastifyRequest, 'log' | 'id'>
  ) => { readonly statusCode: number; readonly retryAfter: number | undefined; readonly body: object }
}

/** Answers requests for records in place of this door: the same answers, sooner. */
export type RecordsAccelerator = {
  /** Sends the answer; `reply` has its headers, but for those of `compute`. Rejects where `compute` does. */
  answerRecords: (request: FastifyRequest, reply: FastifyReply, booked: BookedRecords) => Promise<FastifyReply>
}
