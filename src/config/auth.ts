import { secretOf, type Secret } from './secret.ts'
import { isLoopback, type Settings } from './settings.ts'

/** The signature algorithms with a public key. Not `none`, and not HS*, whose verification key can also sign. */
const signatureAlgorithms = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')

const parseJwksUrl = (given: string): URL | undefined => {
  const url = URL.canParse(given) ? new URL(given) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))
  return url && isSafe && !url.username && !url.password && !url.hash ? url : undefined
}

/** How JWTs are verified; undefined = no JWTs. */
export const readAuth = ({ text, list, integer, refuse }: Settings) => {
  const given = text('AUTH_JWKS_URL')
  const issuer = text('AUTH_ISSUER')
  const audience = text('AUTH_AUDIENCE')
  const algorithms = list('AUTH_ALGORITHMS')
  const consumerClaim = text('AUTH_CONSUMER_CLAIM')
  const rules = {
    algorithms: algorithms.length > 0 ? algorithms : ['RS256', 'PS256', 'ES256', 'EdDSA'],
    scopeClaim: text('AUTH_SCOPE_CLAIM') ?? 'scope',
    consumerClaims: consumerClaim === undefined ? ['client_id', 'azp', 'sub'] : [consumerClaim],
    clockToleranceSeconds: integer('AUTH_CLOCK_TOLERANCE_S', 5, 0, 300)
  }
  if (algorithms.some((name) => !signatureAlgorithms.includes(name)))
    refuse(`AUTH_ALGORITHMS may name only: ${signatureAlgorithms.join(', ')}`)
  if (given === undefined) {
    for (const [name, value] of Object.entries({ AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience }))
      if (value !== undefined) refuse(`${name} needs AUTH_JWKS_URL, which is missing`)
    return undefined
  }
  const jwksUrl = parseJwksUrl(given)
  if (!jwksUrl)
    refuse(
      'AUTH_JWKS_URL must be an https:// address without credentials or a fragment; ' +
        'http:// is only for this machine itself (loopback)'
    )
  if (issuer === undefined) refuse('AUTH_ISSUER is missing: AUTH_JWKS_URL needs the issuer of the tokens')
  if (audience === undefined) refuse('AUTH_AUDIENCE is missing: AUTH_JWKS_URL needs the audience of the tokens')
  return jwksUrl && issuer !== undefined && audience !== undefined ? { ...rules, jwksUrl, issuer, audience } : undefined
}

const minSecretLength = 32
/** The secret of the gateway's own tokens; undefined = a random one for each start. */
export const readTokenSecret = ({ secretText, refuse }: Settings): Secret | undefined => {
  const given = secretText('TOKEN_SECRET')
  if (given === undefined) return undefined
  if (given.length < minSecretLength) refuse(`TOKEN_SECRET must have at least ${minSecretLength} characters`)
  return secretOf(given)
}
