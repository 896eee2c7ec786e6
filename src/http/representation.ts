import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { choiceOf, compress, minBytes } from './contentCoding.ts'
import { etagOf, isUnmodified, tagOf } from './etag.ts'

type Done = (error: Error | null, payload?: unknown) => void

const compressible = /json|xml|^text\/|javascript|yaml|graphql/
/** Headers that describe a body, and must be absent from a response without one. */
const ofBody = ['content-type', 'content-length', 'content-encoding'] as const

/** Only a response that may be stored has a tag. */
const isTagged = ({ method }: FastifyRequest, reply: FastifyReply): boolean =>
  reply.statusCode === 200 &&
  (method === 'GET' || method === 'HEAD') &&
  !String(reply.getHeader('cache-control')).includes('no-store')

const onSend = (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) => {
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) {
    done(null, payload)
    return
  }
  const isEncoded = reply.hasHeader('content-encoding')
  const { encoding, allowsIdentity } = choiceOf(request.headers['accept-encoding'])
  const isLong = Buffer.byteLength(payload) >= minBytes || !allowsIdentity
  const isCompressed =
    encoding !== undefined && !isEncoded && isLong && compressible.test(String(reply.getHeader('content-type')))
  if (isTagged(request, reply)) {
    const tag = tagOf(payload)
    void reply.header('etag', etagOf(tag, isCompressed ? encoding : undefined))
    if (isUnmodified(request.headers['if-none-match'], tag)) {
      for (const name of ofBody) void reply.removeHeader(name)
      void reply.code(304)
      done(null, null)
      return
    }
  }
  if (!isCompressed) {
    done(null, payload)
    return
  }
  compress(encoding, Buffer.from(payload), false, (error, bytes) => {
    if (!error) void reply.header('content-encoding', encoding).removeHeader('content-length')
    done(error, bytes)
  })
}

/**
 * Encodes every complete body by Accept-Encoding, sets its strong ETag, and answers If-None-Match with 304. Streams are
 * sent unchanged, and responses that must not be stored have no tag.
 */
export const registerRepresentation = (app: FastifyInstance) => {
  app.addHook('onSend', onSend)
}
