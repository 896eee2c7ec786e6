import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { closeCodes, Closing } from './wire.ts'

/** Headers that `connection_init` may contain, since a browser cannot set headers on a WebSocket. */
const names = ['x-api-key', 'authorization', 'x-ibm-client-id', 'x-doel'] as const

/** Merges the payload into the headers. A key in both must be the same, as with two headers. */
export const connectionHeaders = (
  { raw: { headers, rawHeaders } }: FastifyRequest,
  payload: Readonly<Record<string, unknown>>
) => {
  const merged: IncomingHttpHeaders = { ...headers }
  delete merged['cache-control'] // browsers send it with every upgrade; it does not apply to operations
  const raw = [...rawHeaders]
  for (const name of names) {
    const value = Object.hasOwn(payload, name) ? payload[name] : undefined
    if (value == null) continue
    if (typeof value !== 'string') throw new Closing(closeCodes.badRequest, `${name} must be a string`)
    if (name === 'x-doel') merged[name] = value
    else if (headers[name] !== value) raw.push(name, value)
  }
  return { headers: merged, rawHeaders: raw }
}
