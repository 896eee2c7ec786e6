import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'

/** The media types of an answer. The legacy one is what a client gets that does not say what it takes. */
export const mediaTypes = { legacy: 'application/json', current: 'application/graphql-response+json' } as const
export type MediaType = (typeof mediaTypes)[keyof typeof mediaTypes]

const offers = new Map([mediaTypes.legacy, mediaTypes.current].flatMap((type) => [[type as string, type], [`${type};charset=utf-8`, type]] as const))

/** The media type that the client prefers, undefined when it takes neither; it may ask for either by its charset too. */
export const preferred = (request: FastifyRequest): MediaType | undefined => {
  const chosen = request.accepts().type([...offers.keys()])
  return typeof chosen === 'string' ? offers.get(chosen) : undefined
}

/** The media type to answer in (GraphQL over HTTP, "Accept"). Throws 406 when the client takes neither. */
export const negotiate = (request: FastifyRequest): MediaType => {
  const chosen = preferred(request)
  if (chosen) return chosen
  throw new GatewayError('BAD_USER_INPUT', `Accept must allow ${mediaTypes.current} or ${mediaTypes.legacy}.`, { field: 'accept', allowed: Object.values(mediaTypes), status: 406 })
}
