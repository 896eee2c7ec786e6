import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { GatewayError } from '../errors.ts'
import type { Consumer, Consumers } from './consumers.ts'
import { doelOf } from './doel.ts'
import { isToken } from './tokens.ts'
import type { Tokens } from './tokens.ts'

const maxKeyLength = 512
const bearer = /^Bearer +(\S+) *$/i

/** What an Authorization header shows by the scheme Bearer (RFC 6750, 2.1); '' when it shows nothing so. */
export const bearerOf = (header: string): string => bearer.exec(header)?.[1] ?? ''

type Request = Pick<IncomingMessage, 'headers' | 'rawHeaders'>
type Known = {
  consumers: Consumers
  /** absent where tokens are not taken */
  tokens?: Tokens | undefined
}

type Shown = {
  /** each key that is shown, once */
  readonly keys: readonly string[]
  /** does one stand where keys alone belong: in our own header, or the one of VDAB's clients? */
  readonly asKey: boolean
  /** the key of a client of VDAB's, and the one Bearer beside it, where nothing else is shown */
  readonly pair?: { readonly key: string; readonly bearer: string } | undefined
}

const places: Readonly<Record<string, (value: string) => string>> = {
  'x-api-key': (value) => value.trim(),
  'x-ibm-client-id': (value) => value.trim(),
  authorization: bearerOf
}

// Node keeps the first Authorization header and drops the rest, which a proxy before us may have checked: all are read.
const readShown = ({ rawHeaders }: Request): Shown => {
  const shown = rawHeaders.flatMap((name, index) => {
    const place = name.toLowerCase()
    const key =
      index % 2 === 0 && Object.hasOwn(places, place) ? (places[place]?.(rawHeaders[index + 1] ?? '') ?? '') : ''
    return key === '' ? [] : [{ place, key }]
  })
  const forKeys = shown.filter(({ place }) => place !== 'authorization')
  // A place for one key that is there twice holds none, even if they are the same.
  const twice = forKeys
    .filter(({ place }, index) => forKeys.findIndex((other) => other.place === place) < index)
    .map(({ key }) => `${key}, ${key}`)
  const keys = [...new Set([...shown.map(({ key }) => key), ...twice])]
  const keyOf = (wanted: string) => shown.find(({ place }) => place === wanted)?.key
  const [key, bearer] = [keyOf('x-ibm-client-id'), keyOf('authorization')]
  const isPair = shown.length === 2 && keys.length === 2 && key !== undefined && bearer !== undefined
  return { keys, asKey: forKeys.length > 0, pair: isPair ? { key, bearer } : undefined }
}

/** The consumer of a key that stands alone in its request, where it is one of ours: neither a wrong one nor a token, which takes longer to check. */
export const consumerOf = (key: string, consumers: Consumers): Consumer | undefined =>
  key.length <= maxKeyLength ? consumers.find(key) : undefined

const twoKeys = () => new GatewayError('UNAUTHENTICATED', 'Two different keys in one request.')

/**
 * A client of VDAB's v4 shows its key in X-IBM-Client-Id and VDAB's OAuth token in Authorization. That token says nothing
 * here, so the key decides. A Bearer that would let somebody in by itself is another consumer, and so is one of the issuer's
 * tokens, whether it is valid or not.
 */
const ofPair = ({ key, bearer }: { key: string; bearer: string }, { consumers, tokens }: Known): Consumer => {
  const consumer = consumerOf(key, consumers)
  if (!consumer || consumerOf(bearer, consumers)) throw twoKeys()
  if (tokens?.isOurs(bearer))
    throw new GatewayError('UNAUTHENTICATED', 'A key and a token in one request: they are two consumers.')
  return consumer
}

/**
 * The consumer whose key, or whose token, a request shows. Throws UNAUTHENTICATED when there is none, a wrong one, or two
 * different ones. A token takes longer: of one that cannot be checked at the moment the promise rejects with status 503.
 */
export const authenticate = (request: Request, { consumers, tokens }: Known): Consumer | Promise<Consumer> => {
  const { keys: shown, asKey, pair } = readShown(request)
  const [key] = shown
  if (pair) return ofPair(pair, { consumers, tokens })
  if (key === undefined)
    throw new GatewayError(
      'UNAUTHENTICATED',
      'No key: show yours in x-api-key, in Authorization: Bearer, or in X-IBM-Client-Id.'
    )
  if (shown.length > 1) throw twoKeys()
  if (tokens && isToken(key)) {
    if (asKey) throw new GatewayError('UNAUTHENTICATED', 'A token is shown in Authorization: Bearer, and nowhere else.')
    return tokens.verify(key)
  }
  const consumer = consumerOf(key, consumers)
  if (!consumer) throw new GatewayError('UNAUTHENTICATED', 'This key is not known here.')
  return consumer
}

/** Throws FORBIDDEN, naming the scope, when the consumer lacks it. */
export const requireScope = (consumer: Consumer, scope: string) => {
  if (!consumer.scopes.has(scope))
    throw new GatewayError('FORBIDDEN', `This needs the scope "${scope}", which your key does not have.`)
}

/** The same for a request; one that reads CVs must also name its purpose. */
export const requireAccess = (
  { consumer, headers }: { consumer: Consumer; headers: IncomingHttpHeaders },
  scope: string
) => {
  requireScope(consumer, scope)
  if (scope === 'kandidaten') doelOf(consumer, headers)
}
