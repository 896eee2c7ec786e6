import type { FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'
import { choiceOf, encodings } from './contentCoding.ts'
import { isVdabPath } from './vdabPaths.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** the media types of the responses of a route below /api or /services; JSON if absent */
    produces?: readonly string[]
  }
}

const json = ['application/json', 'application/problem+json'] as const
/** Clients of Competent request HAL. */
const vdabJson = [...json, 'application/hal+json'] as const

const producedBy = ({ routeOptions: { config, url = '' } }: FastifyRequest): readonly string[] | undefined =>
  config.produces ?? (isVdabPath(url) ? vdabJson : url.startsWith('/api/') ? json : undefined)

const unacceptable = (header: string, field: string, allowed: readonly string[]) =>
  new GatewayError('BAD_USER_INPUT', `${header} must allow one of: ${allowed.join(', ')}.`, {
    field,
    allowed,
    status: 406
  })

/**
 * Throws 415 for an encoded body. The gateway reads no compressed bodies: a small one can expand to any size (RFC 9110,
 * 15.5.16).
 */
export const refuseEncodedBody = (
  { headers: { 'content-encoding': encoding } }: FastifyRequest,
  reply: FastifyReply
) => {
  if (encoding === undefined || encoding.trim().toLowerCase() === 'identity') return
  void reply.header('accept-encoding', 'identity')
  throw new GatewayError('BAD_USER_INPUT', 'The body must be sent without a Content-Encoding.', {
    field: 'content-encoding',
    allowed: ['identity'],
    status: 415
  })
}

/** Throws 406 if a request accepts nothing that its route sends (RFC 9110, 15.5.7), and 415 for an encoded body. */
export const checkNegotiation = (request: FastifyRequest, reply: FastifyReply) => {
  refuseEncodedBody(request, reply)
  const { accept, 'accept-encoding': acceptEncoding } = request.headers
  const { encoding, allowsIdentity } = choiceOf(acceptEncoding)
  if (encoding === undefined && !allowsIdentity)
    throw unacceptable('Accept-Encoding', 'accept-encoding', [...encodings, 'identity'])
  if (accept === undefined) return
  const produced = producedBy(request)
  if (produced && request.accepts().type([...produced]) === false) throw unacceptable('Accept', 'accept', produced)
}
