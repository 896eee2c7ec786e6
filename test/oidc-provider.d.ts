/** The part of oidc-provider that the tests use; the package has no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  type ResourceServer = {
    scope: string
    audience: string
    accessTokenTTL: number
    accessTokenFormat: 'jwt'
    jwt: { sign: { alg: string } }
  }
  type Client = {
    client_id: string
    client_secret: string
    grant_types: string[]
    redirect_uris: string[]
    response_types: string[]
    id_token_signed_response_alg: string
  }
  type Configuration = {
    clients: Client[]
    jwks: { keys: object[] }
    scopes: string[]
    features: {
      devInteractions: { enabled: boolean }
      clientCredentials: { enabled: boolean }
      resourceIndicators: {
        enabled: boolean
        getResourceServerInfo: (context: unknown, resource: string) => ResourceServer
      }
    }
  }

  export default class Provider {
    constructor(issuer: string, configuration: Configuration)
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
  }
}
