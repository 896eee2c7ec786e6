import { randomBytes } from 'node:crypto'

const version0 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const later = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/
const zeros = /^0+$/
const sampled = 1

type Traceparent = { readonly traceId: string; readonly parentId: string; readonly flags: string }

/** The parts of a `traceparent` header (W3C Trace Context, 3.2); undefined for none or an invalid one. */
export const readTraceparent = (header: string | string[] | undefined): Traceparent | undefined => {
  if (typeof header !== 'string') return undefined
  const [, traceId = '', parentId = '', flags = ''] = version0.exec(header) ?? later.exec(header) ?? []
  return zeros.test(traceId) || zeros.test(parentId) || traceId === '' ? undefined : { traceId, parentId, flags }
}

/** The trace id of a `traceparent` header; undefined for none or an invalid one. */
export const traceIdOf = (header: string | string[] | undefined): string | undefined => readTraceparent(header)?.traceId

/**
 * Creates the `traceparent` of each call in the trace of a request, with a new parent id and the flag `sampled` of the
 * request; undefined without a valid `traceparent`.
 */
export const traceparentsOf = (header: string | string[] | undefined): (() => string) | undefined => {
  const trace = readTraceparent(header)
  if (trace === undefined) return undefined
  const flags = parseInt(trace.flags, 16) & sampled ? '01' : '00'
  return () => `00-${trace.traceId}-${randomBytes(8).toString('hex')}-${flags}`
}
