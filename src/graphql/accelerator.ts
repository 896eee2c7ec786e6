import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CostBalance } from '../access/budget.ts'
import type { Priced } from './engine.ts'
import type { MediaType } from './media.ts'
import type { Asked } from './parameters.ts'

/** One operation of a request over HTTP: validated, priced and booked; `isStorable` = over GET. */
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
  /** Sends the response; `reply` already has its headers. Rejects where `pipeline.run` does. */
  answerOperation: (request: FastifyRequest, reply: FastifyReply, booked: BookedOperation) => Promise<FastifyReply>
  /** The age and the rest of the fresh time of the whole answer that is kept, in ms; undefined for none. */
  keptAnswer: (request: FastifyRequest, booked: BookedOperation) => KeptAnswer | undefined
}
