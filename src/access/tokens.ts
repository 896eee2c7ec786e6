import { createRemoteJWKSet, customFetch, decodeJwt, errors, jwtVerify } from 'jose'
import type { FetchImplementation, JWTPayload, JWTVerifyGetKey } from 'jose'
import { GatewayError } from '../errors.ts'
import { scopes } from './consumers.ts'
import type { Consumer } from './consumers.ts'

type Settings = {
  jwksUrl: URL
  issuer: string
  audience: string
  algorithms: readonly string[]
  scopeClaim: string
  /** the claims that may name the consumer; the first that is there does */
  consumerClaims: readonly string[]
  clockToleranceSeconds: number
  /** ms; the clock that `exp` and `nbf` are held against */
  now?: () => number
}

/** All that fits in the headers of a request. */
const maxLength = 16 * 1024
/** The issuer's keys are read again after ten minutes, and for an unknown key id at most every 30 s. */
const keysMaxAgeMs = 600_000
const cooldownMs = 30_000
const keysTimeoutMs = 5000
/** So long an issuer that failed is not asked again, and so long a consumer is told to wait. */
const retrySeconds = 5

const threeParts = /^[\w-]+\.[\w-]*\.[\w-]*$/
const consumerNames = /^[\x21-\x7e]{1,128}$/
const tokenTypes = /^(application\/)?(at\+)?jwt$/i

/** What is wrong with a token, by the code of jose's error, or by the claim that it is about. */
const words: Readonly<Record<string, string>> = {
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
  const said =
    error instanceof errors.JWTClaimValidationFailed
      ? words[error.claim]
      : error instanceof errors.JOSEError
        ? words[error.code]
        : undefined
  return said === undefined ? refused('This token cannot be checked.', error) : refused(said)
}

/** Is this text made like a signed JWT: three parts in base64url, the first of which is a JSON object? */
export const isToken = (text: string): boolean => {
  if (!threeParts.test(text)) return false
  try {
    const header: unknown = JSON.parse(Buffer.from(text.slice(0, text.indexOf('.')), 'base64url').toString())
    return typeof header === 'object' && header !== null && !Array.isArray(header)
  } catch {
    return false
  }
}

/** The issuer's keys, read when first needed. A token at fault throws jose's error; keys that cannot be read, a 503. */
const createKeys = ({ jwksUrl, now }: { jwksUrl: URL; now: () => number }): JWTVerifyGetKey => {
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
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported
      )
        throw error
      const cause = error instanceof Error ? (error.cause ?? error) : error // fetch says what happened in its cause
      throw new GatewayError(
        'UNAUTHENTICATED',
        `Tokens cannot be checked at the moment: their issuer's keys cannot be read. Ask again in ${retrySeconds} s.`,
        { status: 503, retryAfter: retrySeconds, cause }
      )
    }
  }
}

/** The scopes in a claim, as OAuth writes them (one text, spaces between) or as a list. What is not a scope of ours does not count. */
const scopesIn = (claim: unknown): ReadonlySet<string> => {
  const given: readonly unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  return new Set(scopes.filter((scope) => given.includes(scope)))
}

/** Makes consumers of the JWTs of one issuer. */
export const createTokens = ({
  jwksUrl,
  issuer,
  audience,
  algorithms,
  scopeClaim,
  consumerClaims,
  clockToleranceSeconds,
  now = Date.now
}: Settings) => {
  const keys = createKeys({ jwksUrl, now })

  const nameIn = (payload: JWTPayload): string => {
    const claim = consumerClaims.find((one) => payload[one] !== undefined) ?? ''
    const name = payload[claim]
    if (typeof name !== 'string' || !consumerNames.test(name))
      throw refused(`This token does not say whose it is (${consumerClaims.join(', ')}).`)
    // No consumer with a key can be called so, and a client cannot take a person's name (`client_id`, `sub`).
    return `jwt:${claim}:${name}`
  }

  return {
    /** Does this text say that it is a token of the issuer? It is not checked whether it is. */
    isOurs(text: string): boolean {
      try {
        return isToken(text) && decodeJwt(text).iss === issuer
      } catch {
        return false
      }
    },
    /** The consumer that a token names. Throws UNAUTHENTICATED, saying what is wrong with it; with status 503 when the issuer's keys cannot be read. */
    async verify(token: string): Promise<Consumer> {
      if (token.length > maxLength) throw refused('This token is too long.')
      const checks = {
        issuer,
        audience,
        algorithms: [...algorithms],
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
        until: ((payload.exp ?? 0) + clockToleranceSeconds) * 1000
      }
    }
  }
}

export type Tokens = ReturnType<typeof createTokens>
