import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'

/** The media types of a response. A client without an Accept header gets the legacy one. */
export const mediaTypes = {
  legacy: 'application/json',
  current: 'application/graphql-response+json',
  events: 'text/event-stream'
} as const
export type MediaType = (typeof mediaTypes)['legacy' | 'current']

const { legacy, current } = mediaTypes
const utf8 = ';charset=utf-8'
const offers = new Map<string, MediaType>([
  [legacy, legacy],
  [legacy + utf8, legacy],
  [current, current],
  [current + utf8, current]
])

/** The media type that the client prefers, with or without a charset; undefined when it accepts neither. */
export const preferred = (request: FastifyRequest): MediaType | undefined => {
  const chosen = request.accepts().type([...offers.keys()])
  return typeof chosen === 'string' ? offers.get(chosen) : undefined
}

/** Does the client prefer server-sent events? It must name the type: a wildcard gets a single response. */
export const prefersEvents = (request: FastifyRequest): boolean =>
  request.accepts().type([...offers.keys(), mediaTypes.events]) === mediaTypes.events

/** The media type of the response (GraphQL over HTTP, "Accept"). Throws 406 when the client accepts neither. */
export const negotiate = (request: FastifyRequest): MediaType => {
  const chosen = preferred(request)
  if (chosen) return chosen
  throw new GatewayError('BAD_USER_INPUT', `Accept must allow ${mediaTypes.current} or ${mediaTypes.legacy}.`, {
    field: 'accept',
    allowed: [mediaTypes.legacy, mediaTypes.current],
    status: 406
  })
}

/** The status of a response: the current media type has 400 for a request that is wrong as a whole. */
export const statusOf = ({ data }: { data?: unknown }, mediaType: MediaType): 200 | 400 =>
  data === undefined && mediaType === mediaTypes.current ? 400 : 200
