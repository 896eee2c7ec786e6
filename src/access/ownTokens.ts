import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { GatewayError } from '../errors.ts'
import type { Consumer, Consumers } from './consumers.ts'

/** The lifetime of a token, in s, equal to that of VDAB's tokens (upstream.md §1.6) [strong]. */
export const tokenSeconds = 900
const issuer = 'vdab-gateway'
const maxLength = 2048

type Claims = { iss: string; sub: string; key: string; iat: number; exp: number }
type Dependencies = {
  consumers: Consumers
  /** signs the tokens; all processes of one gateway share it */
  secret: string
  /** ms */
  now: () => number
}

/** A secret for the tokens of one run of the gateway. */
export const randomTokenSecret = () => randomBytes(32).toString('base64url')

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
const header = encoded({ alg: 'HS256', typ: 'JWT' })

const isClaims = (value: unknown): value is Claims => {
  if (typeof value !== 'object' || value === null) return false
  const { iss, sub, key, exp } = value as Partial<Record<keyof Claims, unknown>> // each is checked
  return iss === issuer && typeof sub === 'string' && typeof key === 'string' && typeof exp === 'number'
}

/** The claims of a token that names this gateway as its issuer; its signature is not verified. */
const claimsOf = (token: string): Claims | undefined => {
  const [first, payload = '', ...rest] = token.split('.')
  if (first !== header || rest.length !== 1 || token.length > maxLength) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return isClaims(claims) ? claims : undefined
  } catch {
    return undefined
  }
}

const invalid = (message: string) => new GatewayError('UNAUTHENTICATED', message)

/**
 * Short-lived tokens for consumers with a key, as JWTs (HS256, RFC 7515). A token is bound to the key with which it was
 * obtained, by an HMAC of the hash of the key, so it becomes invalid with that key. Verification is synchronous, since
 * the sessions of open connections check their consumer synchronously; jose has no synchronous functions.
 */
export const createOwnTokens = ({ consumers, secret, now }: Dependencies) => {
  const hmac = (text: string) => createHmac('sha256', secret).update(text).digest()
  const bindingOf = (keyHash: string) => hmac(`key ${keyHash}`).subarray(0, 16).toString('base64url')
  const signatureOf = (head: string, payload: string) => hmac(`${head}.${payload}`)

  /** The consumer of a token of ours, with the end of its access. Throws UNAUTHENTICATED with the reason. */
  const verify = (token: string): Consumer => {
    const claims = claimsOf(token)
    const [, payload = '', signature = ''] = token.split('.')
    const given = Buffer.from(signature, 'base64url')
    const expected = signatureOf(header, payload)
    if (!claims || given.length !== expected.length || !timingSafeEqual(given, expected))
      throw invalid('This token is not one of this gateway, or was made before its last start.')
    if (now() >= claims.exp * 1000) throw invalid('This token has expired.')
    const known = consumers.named(claims.sub)
    if (!known?.hashes.some((hash) => bindingOf(hash) === claims.key))
      throw invalid('The key with which this token was obtained is no longer valid here.')
    return { ...known.consumer, until: claims.exp * 1000 }
  }

  return {
    /** Does this text name this gateway as its issuer? Its signature is not verified. */
    isOwn: (text: string): boolean => text.startsWith(`${header}.`) && claimsOf(text) !== undefined,
    verify,
    /**
     * A token for the consumer with this key and name; undefined without such a consumer. The key may replace the name.
     */
    issue: (clientId: string, key: string): string | undefined => {
      const consumer = key.length <= 512 ? consumers.find(key) : undefined
      if (!consumer || (clientId !== consumer.name && clientId !== key)) return undefined
      const seconds = Math.floor(now() / 1000)
      const payload = encoded({
        iss: issuer,
        sub: consumer.name,
        key: bindingOf(consumers.hashOf(key)),
        iat: seconds,
        exp: seconds + tokenSeconds
      } satisfies Claims)
      return `${header}.${payload}.${signatureOf(header, payload).toString('base64url')}`
    }
  }
}

export type OwnTokens = ReturnType<typeof createOwnTokens>
