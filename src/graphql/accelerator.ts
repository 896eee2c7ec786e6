import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Standing } from '../access/budget.ts'
import type { Priced } from './engine.ts'
import type { MediaType } from './media.ts'
import type { Asked } from './parameters.ts'

/** One operation of a request over HTTP, read, priced and booked. */
export type BookedOperation = { asked: Asked; operation: Priced; standing: Standing; mediaType: MediaType }

/** Answers operations in place of the GraphQL door: the same answers, sooner. */
export type OperationAccelerator = {
  /** Sends the answer; `reply` has its headers. Rejects where `pipeline.run` does. */
  answerOperation: (request: FastifyRequest, reply: FastifyReply, booked: BookedOperation) => Promise<FastifyReply>
}
