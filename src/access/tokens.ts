import { createRemoteJWKSet, customFetch, decodeJwt, errors, jwtVerify } from 'jose'
import type { FetchImplementation, JWTPayload, JWTVerifyGetKey } from 'jose'
import { GatewayError } from '../errors.ts'
import { scopes, type Consumer } from './consumers.ts'

type Settings = {
  jwksUrl: URL
  issuer: string
  audience: string
  algorithms: readonly string[]
  scopeClaim: string
  /** the claims that can name the consumer; the first one in the token counts */
  consumerClaims: readonly string[]
  clockToleranceSeconds: number
  /** ms; the clock for `exp` and `nbf` */
  now?: () => number
}

/** The size limit of the headers of a request. */
const maxLength = 16 * 1024
/** The cache time of the issuer's keys, and the minimum time between two reads for unknown key ids. */
const keysMaxAgeMs = 600_000
const cooldownMs = 30_000
const keysTimeoutMs = 5000
/** The time until the next read after a failed one, and the Retry-After of requests in between. */
const retrySeconds = 5

const threeParts = /^[\w-]+\.[\w-]*\.[\w-]*$/
const consumerNames = /^[\x21-\x7e]{1,128}$/
const tokenTypes = /^(application\/)?(at\+)?jwt$/i

/** Error texts by jose's error code, or by the claim that failed. */
const messages: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'This token has expired.',
  ERR_JOSE_ALG_NOT_ALLOWED: 'This token is signed with an algorithm that is not allowed here.',
  ERR_JOSE_NOT_SUPPORTED: 'This token asks for something that this gateway does not support.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'This token has a bad signature.',
  ERR_JWKS_NO_MATCHING_KEY: 'This token is signed with a key that its issuer does not publish.',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'This token does not say with which key of its issuer it is signed (kid).',
  ERR_JWS_INVALID: 'This token is malformed.',
  ERR_JWT_INVALID: 'This token is malformed.',
  aud: 'This token has the wrong audience: it is not for this gateway.',
  iss: 'This token has the wrong issuer.',
  nbf: 'This token is not valid yet.',
  exp: 'This token does not say when it expires (exp).'
}
const refused = (message: string, cause?: unknown) =>
  new GatewayError('UNAUTHENTICATED', message, cause === undefined ? {} : { cause })

const toRefusal = (error: unknown): GatewayError => {
  if (error instanceof GatewayError) return error
  const code =
    error instanceof errors.JWTClaimValidationFailed ? error.claim : error instanceof errors.JOSEError ? error.code : ''
  const message = messages[code]
  return message === undefined ? refused('This token cannot be checked.', error) : refused(message)
}

/** Does this text look like a signed JWT: three parts in base64url, the first of them a JSON object? */
export const isToken = (text: string): boolean => {
  if (!threeParts.test(text)) return false
  try {
    const header: unknown = JSON.parse(Buffer.from(text.slice(0, text.indexOf('.')), 'base64url').toString())
    return typeof header === 'object' && header !== null && !Array.isArray(header)
  } catch {
    return false
  }
}

/** Reads the issuer's keys on demand. Throws jose's error for an invalid token, and 503 when they cannot be read. */
const createKeys = (jwksUrl: URL, now: () => number): JWTVerifyGetKey => {
  let failure: { at: number; error: Error } | undefined
  const fetchOnce: FetchImplementation = async (url, options) => {
    if (failure && now() - failure.at < retrySeconds * 1000) throw failure.error
    try {
      const response = await fetch(url, options)
      if (response.status !== 200) throw Object.assign(new Error('not 200'), { code: `STATUS_${response.status}` })
      return Response.json(await response.json())
    } catch (error) {
      failure = { at: now(), error: error instanceof Error ? error : new Error('no answer') }
      throw failure.error
    }
  }
  const keys = createRemoteJWKSet(jwksUrl, {
    cacheMaxAge: keysMaxAgeMs,
    cooldownDuration: cooldownMs,
    timeoutDuration: keysTimeoutMs,
    [customFetch]: fetchOnce
  })
  const ofToken = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported]
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (ofToken.some((kind) => error instanceof kind)) throw error
      const cause = error instanceof Error ? (error.cause ?? error) : error // fetch stores the reason in `cause`
      throw new GatewayError(
        'UNAUTHENTICATED',
        `Tokens cannot be checked at the moment: their issuer's keys cannot be read. Ask again in ${retrySeconds} s.`,
        { status: 503, retryAfter: retrySeconds, cause }
      )
    }
  }
}

/** The scopes in a claim, which is a text with spaces, as in OAuth, or a list. Unknown scopes are ignored. */
const scopesIn = (claim: unknown): ReadonlySet<string> => {
  const given: readonly unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  return new Set(scopes.filter((scope) => given.includes(scope)))
}

/** Verifies the JWTs of one issuer, and creates consumers from them. */
export const createTokens = (settings: Settings) => {
  const { jwksUrl, issuer, audience, scopeClaim, consumerClaims, clockToleranceSeconds, now = Date.now } = settings
  const keys = createKeys(jwksUrl, now)
  const algorithms = [...settings.algorithms]

  const nameIn = (payload: JWTPayload): string => {
    const claim = consumerClaims.find((one) => payload[one] !== undefined) ?? ''
    const name = payload[claim]
    if (typeof name !== 'string' || !consumerNames.test(name))
      throw refused(`This token does not say whose it is (${consumerClaims.join(', ')}).`)
    // The prefix separates these names from those in CONSUMERS_FILE, and a client (`client_id`) from a person (`sub`).
    return `jwt:${claim}:${name}`
  }

  return {
    /** Does this token name the issuer? Its signature is not verified. */
    isOurs(text: string): boolean {
      try {
        return isToken(text) && decodeJwt(text).iss === issuer
      } catch {
        return false
      }
    },
    /** The consumer of a token. Throws UNAUTHENTICATED with the reason, and 503 when the keys cannot be read. */
    async verify(token: string): Promise<Consumer> {
      if (token.length > maxLength) throw refused('This token is too long.')
      const checks = {
        issuer,
        audience,
        algorithms,
        requiredClaims: ['exp'],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now())
      }
      const { payload, protectedHeader } = await jwtVerify(token, keys, checks).catch((error: unknown) => {
        throw toRefusal(error)
      })
      if (!tokenTypes.test(protectedHeader.typ ?? 'JWT')) throw refused('This token is not an access token (typ).')
      return {
        name: nameIn(payload),
        scopes: scopesIn(payload[scopeClaim]),
        limits: {},
        webhooks: [],
        until: ((payload.exp ?? 0) + clockToleranceSeconds) * 1000
      }
    }
  }
}

export type Tokens = ReturnType<typeof createTokens>
