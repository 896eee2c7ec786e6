import type { IncomingHttpHeaders } from 'node:http'
import { GatewayError } from '../errors.ts'
import type { Consumer, Consumers } from './consumers.ts'
import { doelOf } from './doel.ts'
import type { OwnTokens } from './ownTokens.ts'
import type { Shown } from './sessions.ts'
import { isToken, type Tokens } from './tokens.ts'

const maxKeyLength = 512
const bearer = /^Bearer +(\S+) *$/i

/** The credential of an Authorization header with the scheme Bearer (RFC 6750, 2.1); '' for any other. */
export const bearerOf = (header: string): string => bearer.exec(header)?.[1] ?? ''

type Known = {
  consumers: Consumers
  /** absent if tokens are not accepted */
  tokens?: Tokens | undefined
  /** the gateway's own tokens, for clients of VDAB's v4 */
  ownTokens: OwnTokens
}

type Credentials = {
  /** the distinct credentials of the request */
  readonly keys: readonly string[]
  /** was the key in a header for keys only: x-api-key or X-IBM-Client-Id? */
  readonly hasKeyHeader: boolean
  /** one key header and one Bearer token, if the request has no other credential */
  readonly pair?: Pair | undefined
}
type Pair = { readonly header: string; readonly key: string; readonly bearer: string }

const readers: Readonly<Record<string, (value: string) => string>> = {
  'x-api-key': (value) => value.trim(),
  'x-ibm-client-id': (value) => value.trim(),
  authorization: bearerOf
}

// Node keeps only the first Authorization header, and a proxy may have checked another one, so all are read.
const readCredentials = ({ rawHeaders }: Shown): Credentials => {
  const found = rawHeaders.flatMap((name, index) => {
    const header = name.toLowerCase()
    const read = index % 2 === 0 && Object.hasOwn(readers, header) ? readers[header] : undefined
    const key = read?.(rawHeaders[index + 1] ?? '') ?? ''
    return key === '' ? [] : [{ header, key }]
  })
  const forKeys = found.filter(({ header }) => header !== 'authorization')
  // A key header that occurs twice is invalid, even with equal values.
  const repeated = forKeys
    .filter(({ header }, index) => forKeys.findIndex((other) => other.header === header) < index)
    .map(({ key }) => `${key}, ${key}`)
  const keys = [...new Set([...found.map(({ key }) => key), ...repeated])]
  const bearer = found.find(({ header }) => header === 'authorization')?.key
  const [shown] = forKeys
  const isPair = found.length === 2 && keys.length === 2 && shown !== undefined && bearer !== undefined
  return { keys, hasKeyHeader: forKeys.length > 0, pair: isPair ? { ...shown, bearer } : undefined }
}

/** The consumer with this key; undefined for an unknown key. Tokens are not looked up here. */
export const consumerOf = (key: string, consumers: Consumers): Consumer | undefined =>
  key.length <= maxKeyLength ? consumers.find(key) : undefined

const twoKeys = () => new GatewayError('UNAUTHENTICATED', 'Two different keys in one request.')

/**
 * A client of VDAB's v4 sends its key in X-IBM-Client-Id, and a token in Authorization. A token of ours must belong to
 * the same consumer. VDAB's own token is ignored, and only the key counts. A Bearer that is a key, or a token of the
 * issuer, is a second consumer and is refused.
 */
const ofPair = ({ header, key, bearer }: Pair, { consumers, tokens, ownTokens }: Known): Consumer => {
  const consumer = consumerOf(key, consumers)
  if (consumer && ownTokens.isOwn(bearer)) {
    const ofToken = ownTokens.verify(bearer)
    if (ofToken.name !== consumer.name) throw twoKeys()
    return ofToken
  }
  if (!consumer || header !== 'x-ibm-client-id' || consumerOf(bearer, consumers)) throw twoKeys()
  if (tokens?.isOurs(bearer))
    throw new GatewayError('UNAUTHENTICATED', 'A key and a token in one request: they are two consumers.')
  return consumer
}

/** The credentials of a request: the one of a header for keys and the one of Authorization: Bearer; '' for none. */
export type Credential = { readonly key: string; readonly bearer: string }

/**
 * The consumer of a key, of a token of ours, or of both, synchronously. Undefined if `authenticate` must decide: for a
 * token of the issuer, another pair, and everything that it refuses.
 */
export const consumerAtOnce = (
  { key, bearer }: Credential,
  { consumers, tokens, ownTokens }: Known
): Consumer | undefined => {
  const isForeign = (text: string) => tokens !== undefined && isToken(text)
  if (bearer === '') return ownTokens.isOwn(key) || isForeign(key) ? undefined : consumerOf(key, consumers)
  if (!ownTokens.isOwn(bearer)) return key !== '' || isForeign(bearer) ? undefined : consumerOf(bearer, consumers)
  try {
    const consumer = ownTokens.verify(bearer)
    return key === '' || consumerOf(key, consumers)?.name === consumer.name ? consumer : undefined
  } catch {
    return undefined
  }
}

/**
 * The consumer of the key or token in a request. Throws UNAUTHENTICATED if it is missing, wrong, or one of two
 * different ones. For a token of the issuer it returns a promise, which rejects with status 503 when the token cannot
 * be checked now.
 */
export const authenticate = (request: Shown, known: Known): Consumer | Promise<Consumer> => {
  const { consumers, tokens, ownTokens } = known
  const { keys, hasKeyHeader, pair } = readCredentials(request)
  const [key] = keys
  if (pair) return ofPair(pair, known)
  if (key === undefined)
    throw new GatewayError(
      'UNAUTHENTICATED',
      'No key: show yours in x-api-key, in Authorization: Bearer, or in X-IBM-Client-Id.'
    )
  if (keys.length > 1) throw twoKeys()
  const isOwn = ownTokens.isOwn(key)
  if (isOwn || (tokens && isToken(key))) {
    if (!hasKeyHeader) return isOwn || !tokens ? ownTokens.verify(key) : tokens.verify(key)
    throw new GatewayError('UNAUTHENTICATED', 'Send a token in Authorization: Bearer, and in no other header.')
  }
  const consumer = consumerOf(key, consumers)
  if (!consumer) throw new GatewayError('UNAUTHENTICATED', 'This key is not known here.')
  return consumer
}

/** Throws FORBIDDEN, with the name of the scope, when the consumer lacks it. */
export const requireScope = (consumer: Consumer, scope: string) => {
  if (!consumer.scopes.has(scope))
    throw new GatewayError('FORBIDDEN', `This needs the scope "${scope}", which your key does not have.`)
}

type Access = { consumer: Consumer; headers: IncomingHttpHeaders }

/** Throws FORBIDDEN when the consumer of a request lacks the scope, or reads CVs without a purpose. */
export const requireAccess = ({ consumer, headers }: Access, scope: string) => {
  requireScope(consumer, scope)
  if (scope === 'kandidaten') doelOf(consumer, headers)
}
