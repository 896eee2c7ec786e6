import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'

/** The media types of an answer. The legacy one is what a client gets that does not say what it takes. */
export const mediaTypes = {
  legacy: 'application/json',
  current: 'application/graphql-response+json',
  events: 'text/event-stream'
} as const
export type MediaType = (typeof mediaTypes)['legacy' | 'current']

const offers = new Map(
  [mediaTypes.legacy, mediaTypes.current].flatMap(
    (type) =>
      [
        [type as string, type],
        [`${type};charset=utf-8`, type]
      ] as const
  )
)

/** The media type that the client prefers, undefined when it takes neither; it may ask for either by its charset too. */
export const preferred = (request: FastifyRequest): MediaType | undefined => {
  const chosen = request.accepts().type([...offers.keys()])
  return typeof chosen === 'string' ? offers.get(chosen) : undefined
}

/** Does the client prefer server-sent events to one answer? It must say so: whoever takes anything gets an answer. */
export const prefersEvents = (request: FastifyRequest): boolean =>
  request.accepts().type([...offers.keys(), mediaTypes.events]) === mediaTypes.events

/** The media type to answer in (GraphQL over HTTP, "Accept"). Throws 406 when the client takes neither. */
export const negotiate = (request: FastifyRequest): MediaType => {
  const chosen = preferred(request)
  if (chosen) return chosen
  throw new GatewayError('BAD_USER_INPUT', `Accept must allow ${mediaTypes.current} or ${mediaTypes.legacy}.`, {
    field: 'accept',
    allowed: [mediaTypes.legacy, mediaTypes.current],
    status: 406
  })
}

/** The status of an answer: the current media type has 400 for a request that is wrong as a whole. */
export const statusOf = ({ data }: { data?: unknown }, mediaType: MediaType): 200 | 400 =>
  data === undefined && mediaType === mediaTypes.current ? 400 : 200
