import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { GatewayError } from '../errors.ts'
import type { Consumer, Consumers } from './consumers.ts'
import { doelOf } from './doel.ts'
import { isToken } from './tokens.ts'
import type { Tokens } from './tokens.ts'

const maxKeyLength = 512
const bearer = /^Bearer +(\S+) *$/i

type Request = Pick<IncomingMessage, 'headers' | 'rawHeaders'>
type Known = {
  consumers: Consumers
  /** absent where tokens are not taken */
  tokens?: Tokens | undefined
}

/** What stands in each Authorization header: Node keeps the first and drops the rest, which a proxy before us may have checked. */
const bearers = ({ rawHeaders }: Request): string[] =>
  rawHeaders.flatMap((name, index) => (index % 2 === 0 && name.toLowerCase() === 'authorization' ? bearer.exec(rawHeaders[index + 1] ?? '')?.[1] ?? [] : []))

/** The places that are for keys alone: ours, and the one that VDAB's clients use. */
const keysOnly = ({ headers }: Request): string[] => [headers['x-api-key'], headers['x-ibm-client-id']].flatMap((value) => value ?? []).filter((key) => key !== '')

/**
 * The consumer whose key, or whose token, a request shows. Throws UNAUTHENTICATED when there is none, a wrong one, or two
 * different ones; with status 503 for a token that cannot be checked at the moment.
 */
export const authenticate = async (request: Request, { consumers, tokens }: Known): Promise<Consumer> => {
  const forKeys = keysOnly(request)
  const shown = [...new Set([...forKeys, ...bearers(request)])]
  const [key] = shown
  if (key === undefined) throw new GatewayError('UNAUTHENTICATED', 'No key: show yours in x-api-key, in Authorization: Bearer, or in X-IBM-Client-Id.')
  if (shown.length > 1) throw new GatewayError('UNAUTHENTICATED', 'Two different keys in one request.')
  if (tokens && isToken(key)) {
    if (forKeys.length > 0) throw new GatewayError('UNAUTHENTICATED', 'A token is shown in Authorization: Bearer, and nowhere else.')
    return tokens.verify(key)
  }
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
