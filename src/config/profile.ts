import { randomUUID } from 'node:crypto'
import { secretOf, type SecretSource } from './secret.ts'
import type { Settings } from './settings.ts'

const tokenHosts = { live: 'op-derden.vdab.be', test: 'op-derden-cbt.vdab.be' } as const
const tokenPath = '/isam/sps/oauth/oauth20/token'
const vdabHost = 'api.vdab.be'
const ofTokens = ['VDAB_CLIENT_ID', 'VDAB_CLIENT_SECRET', 'VDAB_TOKEN_URL', 'VDAB_TOKEN_SCOPE']

/** How the gateway gets tokens of VDAB (upstream.md §1.6). */
export type TokenSettings = {
  /** undefined = the embedded simulator's */
  readonly url: URL | undefined
  readonly clientId: string
  readonly clientSecret: SecretSource
  /** the client id and secret as form fields, or as HTTP Basic */
  readonly auth: 'form' | 'basic'
  /** undefined = no scope is sent */
  readonly scope: string | undefined
}

type Environment = keyof typeof tokenHosts

const readTokenUrl = ({ httpsUrl, isSet, refuse }: Settings, url: URL, environment: Environment) => {
  const known = `https://${tokenHosts[environment]}${tokenPath}`
  if (isSet('VDAB_TOKEN_URL')) return httpsUrl('VDAB_TOKEN_URL', `an https:// address such as ${known}`)
  if (url.hostname === vdabHost) return new URL(known)
  refuse(`VDAB_TOKEN_URL is missing: it is known only for ${vdabHost}, and VDAB_URL is another address`)
  return undefined
}

type Sending = Pick<TokenSettings, 'auth'> & { environment: Environment }

const readToken = (settings: Settings, url: URL, { environment, auth }: Sending): TokenSettings | undefined => {
  const { text, secret, refuse } = settings
  const clientId = text('VDAB_CLIENT_ID')
  const clientSecret = secret('VDAB_CLIENT_SECRET')
  const tokenUrl = readTokenUrl(settings, url, environment)
  if (clientId === undefined) refuse('VDAB_CLIENT_ID is missing: VDAB_PROFILE=v4 needs it')
  if (clientSecret === undefined)
    refuse('VDAB_CLIENT_SECRET (or VDAB_CLIENT_SECRET_FILE) is missing: VDAB_PROFILE=v4 needs it')
  return tokenUrl && clientId !== undefined && clientSecret !== undefined
    ? { url: tokenUrl, clientId, clientSecret, auth, scope: text('VDAB_TOKEN_SCOPE') }
    : undefined
}

/** The embedded simulator accepts only this client. */
const inventToken = (): TokenSettings => ({
  url: undefined,
  clientId: randomUUID(),
  clientSecret: { name: 'VDAB_CLIENT_SECRET', value: secretOf(randomUUID()) },
  auth: 'form',
  scope: undefined
})

/**
 * The version of VDAB's Vacature API, its environment, and the credentials of version 4 (upstream.md §1.1, §1.6, §1.7)
 * [strong]. `url` undefined = the embedded simulator.
 */
export const readProfile = (settings: Settings, url: URL | undefined) => {
  const { text, oneOf, refuse, isSet } = settings
  const profile = oneOf('VDAB_PROFILE', 'v2', ['v2', 'v4'])
  const environment = oneOf('VDAB_ENVIRONMENT', 'live', ['live', 'test'])
  const version = text('VDAB_VACATURE_VERSION') ?? 'v4'
  const auth = oneOf('VDAB_TOKEN_AUTH', 'form', ['form', 'basic'])
  const ofTokensSet = ofTokens.filter(isSet)
  if (!/^v4(\.\d{1,3}){0,2}$/.test(version)) refuse('VDAB_VACATURE_VERSION must be v4, or a version like v4.2.0')
  if (profile === 'v2') {
    if (environment === 'test')
      refuse('VDAB_ENVIRONMENT=test needs VDAB_PROFILE=v4: VDAB has no test environment for v2')
    const [unused] = ofTokensSet
    if (unused !== undefined) refuse(`${unused} needs VDAB_PROFILE=v4: v2 takes the key only`)
  }
  const token = profile === 'v2' ? undefined : url ? readToken(settings, url, { environment, auth }) : inventToken()
  return { profile, environment, version, token }
}
