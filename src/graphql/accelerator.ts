import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CostBalance } from '../access/budget.ts'
import type { Priced } from './engine.ts'
import type { MediaType } from './media.ts'
import type { Asked } from './parameters.ts'

/** One operation of a request over HTTP: validated, priced and booked; `isStorable` = sent over GET. */
export type BookedOperation = {
  asked: Asked
  operation: Priced
  balance: CostBalance
  mediaType: MediaType
  isStorable: boolean
}

export type KeptAnswer = { readonly ageMs: number; readonly leftMs: number }

/** Runs operations in place of the pipeline: the same responses, in less time. */
export type OperationAccelerator = {
  /** Sends the response; `reply` already has its headers. Rejects if `pipeline.run` does. */
  answerOperation: (request: FastifyRequest, reply: FastifyReply, booked: BookedOperation) => Promise<FastifyReply>
  /** The age and the remaining fresh time of the cached whole response, in ms; undefined if there is none. */
  keptAnswer: (request: FastifyRequest, booked: BookedOperation) => KeptAnswer | undefined
}
