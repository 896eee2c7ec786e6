const version0 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/
const later = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/
const zeros = /^0+$/

/** The trace id of a `traceparent` header (W3C Trace Context, 3.2); undefined for none or an invalid one. */
export const traceIdOf = (header: string | string[] | undefined): string | undefined => {
  if (typeof header !== 'string') return undefined
  const [, traceId = '', parentId = ''] = version0.exec(header) ?? later.exec(header) ?? []
  return zeros.test(traceId) || zeros.test(parentId) || traceId === '' ? undefined : traceId
}
