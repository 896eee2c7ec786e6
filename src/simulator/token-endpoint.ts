import type { Client, Credentials } from './credentials.ts'
import type { Answer } from './delivery.ts'
import type { createLimits } from './limits.ts'
import type { Tokens } from './token.ts'

/** The path of the token endpoint, on the same port as `/services`. */
export const tokenPath = '/isam/sps/oauth/oauth20/token'

/** The name of the token endpoint in counts, faults and limits. */
export const tokenName = `POST ${tokenPath}`

/** A call of the token endpoint, with the two relevant headers; empty for a missing header. */
export type TokenCall = { verb: string; contentType: string; authorization: string; body: string }

type Deps = { credentials: Credentials; tokens: Tokens; limits: ReturnType<typeof createLimits> }

/** An error of RFC 6749, section 5.2. */
class TokenRefusal extends Error {
  readonly status: number
  readonly code: string
  readonly headers: { readonly [name: string]: string }

  constructor(status: number, code: string, description: string, headers: { readonly [name: string]: string } = {}) {
    super(description)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

const standardHeaders = {
  'content-type': 'application/json;charset=UTF-8',
  'Cache-Control': 'no-store',
  Pragma: 'no-cache'
}

const errorBody = (code: string, description: string) => JSON.stringify({ error: code, error_description: description })

const invalidRequest = (description: string) => new TokenRefusal(400, 'invalid_request', description)

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

// RFC 6749 encodes the two parts before base64, and many clients do not.
const readBasic = (authorization: string): Client[] => {
  const [, encoded = ''] = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization.trim()) ?? []
  const [, clientId, clientSecret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  if (clientId === undefined || clientSecret === undefined) return []
  return [
    { clientId, clientSecret },
    { clientId: decoded(clientId), clientSecret: decoded(clientSecret) }
  ]
}

const readForm = ({ contentType, body }: TokenCall) => {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType))
    throw invalidRequest('The body must be application/x-www-form-urlencoded')
  const form = new URLSearchParams(body)
  const repeated = [...form.keys()].find((name) => form.getAll(name).length > 1)
  if (repeated !== undefined) throw invalidRequest(`${repeated} must not be repeated`)
  return form
}

const candidatesIn = (form: URLSearchParams, authorization: string): Client[] => {
  const [clientId, clientSecret] = [form.get('client_id'), form.get('client_secret')]
  if (authorization === '') return clientId === null || clientSecret === null ? [] : [{ clientId, clientSecret }]
  if (clientSecret !== null) throw invalidRequest('Only one method of client authentication may be used')
  return readBasic(authorization)
}

/**
 * `POST /isam/sps/oauth/oauth20/token`: the OAuth2 client credentials grant, with the credentials as form fields or as
 * HTTP Basic.
 */
export const createTokenEndpoint = ({ credentials, tokens, limits }: Deps) => {
  const grant = (call: TokenCall): string => {
    if (call.verb !== 'POST') throw new TokenRefusal(405, 'invalid_request', 'The verb must be POST', { Allow: 'POST' })
    const form = readForm(call)
    const grantType = form.get('grant_type')
    if (grantType === null || grantType === '') throw invalidRequest('grant_type is missing')
    if (grantType !== 'client_credentials')
      throw new TokenRefusal(400, 'unsupported_grant_type', 'grant_type must be client_credentials')
    const candidates = candidatesIn(form, call.authorization)
    const { remaining, retryAfter } = limits.take(candidates[0]?.clientId ?? '', tokenName, Infinity)
    if (remaining < 0)
      throw new TokenRefusal(
        429,
        'temporarily_unavailable',
        'Too many requests',
        retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }
      )
    const client = candidates.find(credentials.isClient)
    if (client === undefined)
      throw new TokenRefusal(401, 'invalid_client', 'Unknown client, or wrong secret', {
        'WWW-Authenticate': 'Basic realm="token"'
      })
    const scope = form.get('scope') ?? undefined
    const { token, seconds } = tokens.issue(client.clientId, scope)
    return JSON.stringify({
      access_token: token,
      token_type: 'Bearer',
      expires_in: seconds,
      ...(scope === undefined ? {} : { scope })
    })
  }

  const answer = (call: TokenCall): Answer => {
    try {
      return { status: 200, headers: standardHeaders, body: grant(call) }
    } catch (error) {
      if (!(error instanceof TokenRefusal)) throw error
      const { status, code, message, headers } = error
      return { status, headers: { ...standardHeaders, ...headers }, body: errorBody(code, message) }
    }
  }

  /** An intended error response. */
  const failure = (status: number, headers: { [name: string]: string } = {}): Answer => {
    const isRefusal = status === 401 || status === 403
    const code = isRefusal ? 'invalid_client' : status < 500 && status !== 429 ? 'invalid_request' : 'server_error'
    const hasNoBody = status === 204 || status === 304
    return {
      status,
      headers: { ...standardHeaders, ...headers },
      body: hasNoBody ? '' : errorBody(code, 'An error was injected')
    }
  }

  return { answer, failure }
}
