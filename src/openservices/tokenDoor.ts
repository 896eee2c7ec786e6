import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { tokenSeconds, type OwnTokens } from '../access/ownTokens.ts'
import { GatewayError, toIbm } from '../errors.ts'

type Options = {
  ownTokens: OwnTokens
  toGatewayError: (error: unknown, request: Pick<FastifyRequest, 'log' | 'id'>) => GatewayError
}
type Client = { readonly id: string; readonly secret: string }

const path = '/isam/sps/oauth/oauth20/token'
const maxBytes = 8 * 1024
const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** An error of RFC 6749, section 5.2, together with the members of IBM's format. */
class TokenError extends GatewayError {
  readonly error: string
  constructor(error: string, message: string, status = 400) {
    super(status === 401 ? 'UNAUTHENTICATED' : 'BAD_USER_INPUT', message, { status })
    this.error = error
  }
}
const invalidRequest = (message: string) => new TokenError('invalid_request', message)
const wrongType = () => invalidRequest('The body must be application/x-www-form-urlencoded.')
const invalidClient = () => new TokenError('invalid_client', 'Unknown client, or wrong secret.', 401)

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** RFC 6749, section 2.3.1, encodes both parts before base64; many clients do not. */
const clientsOfBasic = (authorization: string): Client[] => {
  const [, given = ''] = /^Basic +([\w+/=-]+) *$/i.exec(authorization) ?? []
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(given, 'base64').toString()) ?? []
  if (id === undefined || secret === undefined) return []
  return [
    { id, secret },
    { id: decoded(id), secret: decoded(secret) }
  ]
}

const readForm = ({ headers, body }: FastifyRequest): URLSearchParams => {
  if (!/^application\/x-www-form-urlencoded *(;|$)/i.test(headers['content-type'] ?? '')) throw wrongType()
  const form = new URLSearchParams(typeof body === 'string' ? body : '')
  const names = [...form.keys()]
  if (new Set(names).size < names.length) throw invalidRequest('A parameter must not be repeated.')
  return form
}

const clientsOf = (form: URLSearchParams, authorization: string | undefined): readonly Client[] => {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')]
  if (authorization === undefined) return id === null || secret === null ? [] : [{ id, secret }]
  if (secret !== null) throw invalidRequest('Only one method of client authentication may be used.')
  return clientsOfBasic(authorization)
}

/**
 * `POST /isam/sps/oauth/oauth20/token`: the token service of VDAB's version 4, for a consumer's name and key as form
 * fields or as HTTP Basic (RFC 6749, sections 2.3.1 and 4.4). A `scope` has no effect. Throws `invalid_request`,
 * `invalid_client` and `unsupported_grant_type`, also in IBM's format.
 */
export const registerTokenDoor = (app: FastifyInstance, { ownTokens, toGatewayError }: Options) => {
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    const form = readForm(request)
    const grant = form.get('grant_type')
    if (grant === null || grant === '') throw invalidRequest('grant_type is missing.')
    if (grant !== 'client_credentials')
      throw new TokenError('unsupported_grant_type', 'grant_type must be client_credentials.')
    const [token] = clientsOf(form, request.headers.authorization).flatMap(
      ({ id, secret }) => ownTokens.issue(id, secret) ?? []
    )
    if (token === undefined) throw invalidClient()
    return reply.headers(noStore).send({ access_token: token, token_type: 'Bearer', expires_in: tokenSeconds })
  }
  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const found = toGatewayError(error, request)
    // Fastify itself refuses a header that is not a media type.
    const failure = found.extensions['field'] === 'content-type' ? wrongType() : found
    const code =
      failure instanceof TokenError ? failure.error : failure.statusCode < 500 ? 'invalid_request' : 'server_error'
    if (failure.statusCode === 401) void reply.header('www-authenticate', 'Basic realm="token"')
    return reply
      .code(failure.statusCode)
      .headers(noStore)
      .send({ error: code, error_description: failure.message, ...toIbm(failure, request.id) })
  }
  void app.register((door, _, done) => {
    door.setErrorHandler(fail)
    door.removeAllContentTypeParsers()
    door.addContentTypeParser('*', { parseAs: 'string', bodyLimit: maxBytes }, (_request, body, done) =>
      done(null, body)
    )
    door.post(path, { config: { isPublic: true }, handler: answer })
    done()
  })
}
