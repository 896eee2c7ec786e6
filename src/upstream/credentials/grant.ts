import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  customFetch,
  OperationProcessingError,
  processClientCredentialsResponse
} from 'oauth4webapi'
import { fetch } from 'undici'
import type { Dispatcher } from 'undici'
import type { TokenSettings } from '../../config/profile.ts'
import type { Secret } from '../../config/secret.ts'
import { GatewayError } from '../../errors.ts'
import { isJsonObject } from '../../formats/exactJson.ts'
import type { Rotation } from './rotation.ts'
import { unreachable } from './tokens.ts'
import type { VdabToken } from './tokens.ts'

/** The lifetime of VDAB's tokens if the response does not state it (upstream.md §1.6) [strong]. */
const defaultSeconds = 900
const errorCodes = /^[a-z_]{1,40}$/

const unusable = (upstreamStatus: number, cause?: unknown) =>
  new GatewayError('UPSTREAM_UNAVAILABLE', "VDAB's token service answered with something that is no token.", {
    upstreamStatus,
    cause
  })

const failureOf = (status: number, code: unknown): GatewayError => {
  if (![400, 401, 403].includes(status))
    return new GatewayError('UPSTREAM_UNAVAILABLE', `VDAB's token service failed (status ${status}).`, {
      upstreamStatus: status
    })
  const why = typeof code === 'string' && errorCodes.test(code) ? `${code}, status ${status}` : `status ${status}`
  return new GatewayError(
    'UPSTREAM_REFUSED',
    `VDAB's token service refuses this gateway (${why}); ` +
      'its operator must look at VDAB_CLIENT_ID and VDAB_CLIENT_SECRET.',
    { upstreamStatus: status }
  )
}

/** A response of the token service, without members that the gateway does not use. `token_type` is a guess (§1.6). */
const readAnswer = (status: number, text: string): Response => {
  const parse = (): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  }
  const found = parse()
  if (status !== 200) throw failureOf(status, isJsonObject(found) ? found['error'] : undefined)
  if (!isJsonObject(found)) throw unusable(status)
  const { access_token, token_type = 'Bearer', expires_in = defaultSeconds } = found
  return Response.json({ access_token, token_type, expires_in })
}

type Dependencies = {
  settings: TokenSettings & { readonly url: URL }
  secret: Rotation
  dispatcher: Dispatcher
  /** the time for one call, in ms */
  timeoutMs: number
  now: () => number
}

/**
 * Gets tokens by OAuth2 client credentials (RFC 6749 §4.4), by form fields or HTTP Basic. After a refusal it tries
 * another secret if the file contains one. Throws UPSTREAM_REFUSED, UPSTREAM_UNAVAILABLE or UPSTREAM_TIMEOUT.
 */
export const createGrant = ({ settings, secret, dispatcher, timeoutMs, now }: Dependencies) => {
  const { url, clientId, auth, scope } = settings
  const server = { issuer: url.origin, token_endpoint: url.href }
  const client = { client_id: clientId }
  const authenticate = auth === 'basic' ? ClientSecretBasic : ClientSecretPost

  const send = async (value: Secret): Promise<VdabToken> => {
    const signal = AbortSignal.timeout(timeoutMs)
    const startedAt = now()
    try {
      const response = await clientCredentialsGrantRequest(
        server,
        client,
        authenticate(value.reveal()),
        scope === undefined ? {} : { scope },
        {
          signal,
          [allowInsecureRequests]: url.protocol === 'http:',
          [customFetch]: async (to, { method, headers, body }) => {
            const sent = { method, headers, body: body.toString(), redirect: 'manual', signal, dispatcher } as const
            const answer = await fetch(to, sent)
            return readAnswer(answer.status, await answer.text())
          }
        }
      )
      const { access_token, expires_in = defaultSeconds } = await processClientCredentialsResponse(
        server,
        client,
        response
      )
      return { value: access_token, endsAt: startedAt + expires_in * 1000 }
    } catch (error) {
      if (error instanceof GatewayError) throw error
      if (error instanceof OperationProcessingError) throw unusable(200, error)
      throw signal.aborted
        ? new GatewayError('UPSTREAM_TIMEOUT', "VDAB's token service took too long to answer.", { cause: error })
        : unreachable(error)
    }
  }

  return async (): Promise<VdabToken> => {
    const value = secret.current()
    try {
      return await send(value)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      const { code, upstreamStatus } = error
      // As with any other call, an idle connection may break when it is used.
      if (code === 'UPSTREAM_UNAVAILABLE' && upstreamStatus === undefined) return send(value)
      if (code !== 'UPSTREAM_REFUSED' || !secret.refused(value)) throw error
      return send(secret.current())
    }
  }
}
