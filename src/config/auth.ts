import { loopback } from './address.ts'
import type { Reader } from './reader.ts'

/** Signatures that a published key can check. Never `none`, and never HS*: whoever can check those can make them. */
const signatureAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519'
]

const readJwksUrl = (given: string, problems: string[]): URL | undefined => {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (
    url &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))) &&
    !url.username &&
    !url.password &&
    !url.hash
  )
    return url
  problems.push(
    'AUTH_JWKS_URL must be an https:// address without credentials or a fragment; ' +
      'http:// is only for this machine itself (loopback)'
  )
  return undefined
}

/** How the JWTs of an issuer are checked; undefined = no JWTs. */
export const readAuth = (read: Reader, problems: string[]) => {
  const given = read.text('AUTH_JWKS_URL')
  const issuer = read.text('AUTH_ISSUER')
  const audience = read.text('AUTH_AUDIENCE')
  const algorithms = read.list('AUTH_ALGORITHMS', '')
  const consumerClaim = read.text('AUTH_CONSUMER_CLAIM')
  const rules = {
    algorithms: algorithms.length > 0 ? algorithms : ['RS256', 'PS256', 'ES256', 'EdDSA'],
    scopeClaim: read.text('AUTH_SCOPE_CLAIM') ?? 'scope',
    consumerClaims: consumerClaim === undefined ? ['client_id', 'azp', 'sub'] : [consumerClaim],
    clockToleranceSeconds: read.integer('AUTH_CLOCK_TOLERANCE_S', 5, { min: 0, max: 300 })
  }
  if (algorithms.some((name) => !signatureAlgorithms.includes(name)))
    problems.push(`AUTH_ALGORITHMS may name only: ${signatureAlgorithms.join(', ')}`)
  if (given === undefined) {
    for (const [name, value] of Object.entries({ AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience }))
      if (value !== undefined) problems.push(`${name} needs AUTH_JWKS_URL, which is missing`)
    return undefined
  }
  const jwksUrl = readJwksUrl(given, problems)
  if (issuer === undefined) problems.push('AUTH_ISSUER is missing: with AUTH_JWKS_URL it says whose tokens are taken')
  if (audience === undefined)
    problems.push('AUTH_AUDIENCE is missing: with AUTH_JWKS_URL it says which tokens are for this gateway')
  return jwksUrl && issuer !== undefined && audience !== undefined ? { ...rules, jwksUrl, issuer, audience } : undefined
}
