import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'

/** The media types of an answer. The legacy one is what a client gets that does not say what it takes. */
export const mediaTypes = { legacy: 'application/json', current: 'application/graphql-response+json' } as const
export type MediaType = (typeof mediaTypes)[keyof typeof mediaTypes]

/** The media type to answer in (GraphQL over HTTP, "Accept"). Throws 406 when the client takes neither. */
export const negotiate = (request: FastifyRequest): MediaType => {
  const chosen = request.accepts().type([mediaTypes.legacy, mediaTypes.current])
  if (chosen === mediaTypes.legacy || chosen === mediaTypes.current) return chosen
  throw new GatewayError('BAD_USER_INPUT', `Accept must allow ${mediaTypes.current} or ${mediaTypes.legacy}.`, { field: 'accept', allowed: Object.values(mediaTypes), status: 406 })
}
