import type { IncomingHttpHeaders } from 'node:http'
import { GatewayError } from '../errors.ts'
import type { Consumer, Consumers } from './consumers.ts'
import { doelOf } from './doel.ts'

const maxKeyLength = 512
const bearer = /^Bearer +(\S+) *$/i

/** The places where a key may stand: ours, HTTP's own, and the one that VDAB's clients use. */
const shown = (headers: IncomingHttpHeaders): string[] => {
  const places = [headers['x-api-key'], bearer.exec(headers.authorization ?? '')?.[1], headers['x-ibm-client-id']]
  return [...new Set(places.flatMap((value) => value ?? []).filter((key) => key !== ''))]
}

/** The consumer whose key a request shows. Throws UNAUTHENTICATED when there is none, a wrong one, or two different ones. */
export const authenticate = (headers: IncomingHttpHeaders, consumers: Consumers): Consumer => {
  const keys = shown(headers)
  const [key] = keys
  if (key === undefined) throw new GatewayError('UNAUTHENTICATED', 'No key: show yours in x-api-key, in Authorization: Bearer, or in X-IBM-Client-Id.')
  if (keys.length > 1) throw new GatewayError('UNAUTHENTICATED', 'Two different keys in one request.')
  const consumer = key.length <= maxKeyLength ? consumers.find(key) : undefined
  if (!consumer) throw new GatewayError('UNAUTHENTICATED', 'This key is not known here.')
  return consumer
}

/** Throws FORBIDDEN, naming the scope, when the consumer lacks it. */
export const requireScope = (consumer: Consumer, scope: string) => {
  if (!consumer.scopes.has(scope)) throw new GatewayError('FORBIDDEN', `This needs the scope "${scope}", which your key does not have.`)
}

/** The same for a request; one that reads CVs must also name its purpose. */
export const requireAccess = ({ consumer, headers }: { consumer: Consumer; headers: IncomingHttpHeaders }, scope: string) => {
  requireScope(consumer, scope)
  if (scope === 'kandidaten') doelOf(consumer, headers)
}
