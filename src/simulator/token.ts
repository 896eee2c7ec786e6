import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { Refusal } from './errors.ts'

/** VDAB's own lifetime of a token, in seconds. */
const standardSeconds = 900

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * The issued access tokens, and when they expire on the clock `now` (ms). A token is a JWT signed with a secret of this
 * simulator, so it refuses a token of another simulator in the same way as an invented one.
 */
export const createTokens = (now: () => number, seconds = standardSeconds) => {
  const secret = randomBytes(32)
  const expiries = new Map<string, number>()

  /** A new token and its lifetime in seconds. */
  const issue = (clientId: string, scope: string | undefined) => {
    for (const [token, expiry] of expiries) if (expiry <= now()) expiries.delete(token)
    const iat = Math.floor(now() / 1000)
    const claims = { iss: 'https://op-derden.invalid', sub: clientId, iat, exp: iat + seconds, jti: randomUUID() }
    const payload = scope === undefined ? claims : { ...claims, scope }
    const content = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(payload)}`
    const token = `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`
    expiries.set(token, now() + seconds * 1000)
    return { token, seconds }
  }

  /** Checks an Authorization header. Throws a 401 Refusal unless it has a token that is still valid. */
  const admit = (authorization: string) => {
    const [, token = ''] = /^Bearer +(\S+)$/i.exec(authorization.trim()) ?? []
    if (now() >= (expiries.get(token) ?? -Infinity)) throw new Refusal(401)
  }

  /** Revokes every token before its expiry; returns their number. */
  const revoke = () => {
    const revoked = expiries.size
    expiries.clear()
    return revoked
  }

  return { issue, admit, revoke }
}

export type Tokens = ReturnType<typeof createTokens>
