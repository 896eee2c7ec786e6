import type { Dispatcher } from 'undici'
import { GatewayError } from '../../errors.ts'
import { createCredentials, type ReachedVdab } from '../../upstream/credentials/index.ts'
import { createDispatcher } from '../../upstream/dispatcher.ts'
import { createTargets } from '../../upstream/profiles.ts'
import { createRequests } from '../../upstream/requests.ts'
import { findingsOf, type DoctorFinding } from './findings.ts'

const key = findingsOf('key')
const token = findingsOf('token')
const profile = findingsOf('profile')
const clock = findingsOf('clock')
const maxSkewMs = 30_000

type Seen = {
  readonly status: number
  /** VDAB's clock minus the clock of this machine, in ms; undefined if VDAB sent no time */
  readonly skewMs: number | undefined
}
type Endpoint = 'jobdomeinen' | 'vacatures'
type Ask = (name: Endpoint, settings?: ReachedVdab) => Promise<Seen | GatewayError>

const noAnswer = (reason: unknown, isLate: boolean) =>
  reason instanceof GatewayError
    ? reason
    : new GatewayError(
        isLate ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE',
        isLate ? 'VDAB does not answer in time' : 'VDAB breaks the connection off',
        { cause: reason }
      )

const createAsk =
  (settings: ReachedVdab, { dispatcher, show, timeoutMs }: Parts): Ask =>
  async (name, other = settings) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const since = Date.now()
    try {
      const request = createRequests(other)(name, name === 'vacatures' ? { parameters: { aantal: ['1'] } } : {})
      const { needsToken } = createTargets(other)(name)
      const shown = await show(needsToken && settings.token !== undefined)
      const { statusCode, headers, body } = await dispatcher.request({
        ...request,
        headers: { ...request.headers, ...shown.headers },
        signal
      })
      const now = (since + Date.now()) / 2
      await body.dump()
      const date = typeof headers['date'] === 'string' ? Date.parse(headers['date']) : NaN
      return { status: statusCode, skewMs: Number.isNaN(date) ? undefined : date - now }
    } catch (reason) {
      return noAnswer(reason, signal.aborted)
    }
  }
type Parts = {
  dispatcher: Dispatcher
  show: ReturnType<typeof createCredentials>['show']
  timeoutMs: number
}

const clockOf = ({ skewMs }: Seen): readonly DoctorFinding[] => {
  if (skewMs === undefined) return []
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  if (Math.abs(skewMs) <= maxSkewMs) return [clock.ok('the clocks of this machine and of VDAB agree within 30 s')]
  const way = skewMs > 0 ? 'behind' : 'ahead of'
  return [
    clock.warning(
      `the clock of this machine is ${seconds} s ${way} that of VDAB`,
      'Synchronise it (NTP): change feeds and tokens depend on it.'
    )
  ]
}

const keyOf = (seen: Seen | GatewayError, { key: { name } }: ReachedVdab): DoctorFinding => {
  if (seen instanceof GatewayError)
    return key.error(seen.message, 'Try again; if it stays, look at the status of VDAB and at HTTPS_PROXY.')
  const { status } = seen
  if (status < 300) return key.ok('VDAB accepts the key')
  if (status === 401)
    return key.error(
      `VDAB refuses the key (status 401): it does not know the key in ${name}`,
      `Copy the client id of your application from VDAB's developer portal into ${name}, without spaces.`
    )
  if (status === 403)
    return key.warning(
      'VDAB knows the key, but not for the reference lists (status 403)',
      "Subscribe your application to the Referentie API in VDAB's developer portal."
    )
  if (status === 429)
    return key.warning('VDAB limits the calls of this key at the moment (status 429)', 'Try again in a minute.')
  return key.error(`VDAB fails (status ${status})`, 'Look at VDAB_URL; if it is right, wait for VDAB.')
}

const tokenOf = (reason: GatewayError | undefined): DoctorFinding => {
  if (!reason) return token.ok("VDAB's token service gave a token")
  const todo =
    reason.code === 'UPSTREAM_REFUSED'
      ? "Copy client id and secret from VDAB's developer portal into VDAB_CLIENT_ID and VDAB_CLIENT_SECRET; if they " +
        'are right, try VDAB_TOKEN_AUTH=basic.'
      : 'Check VDAB_TOKEN_URL, and whether this machine may reach it.'
  return token.error(reason.message, todo)
}

/** Does VDAB have the Vacature API of this profile at this address? If not, the other profile is tried. */
const profileOf = async (settings: ReachedVdab, ask: Ask): Promise<readonly DoctorFinding[]> => {
  const { profile: version } = settings
  const seen = await ask('vacatures')
  if (seen instanceof GatewayError) return [profile.error(seen.message, 'Try again.')]
  if (seen.status < 300) return [profile.ok(`VDAB has the Vacature API of ${version}`)]
  if (seen.status === 403)
    return [
      profile.error(
        `the key is not subscribed to the Vacature API of ${version} (status 403)`,
        "Subscribe your application to it in VDAB's developer portal, or set the other VDAB_PROFILE."
      )
    ]
  if (seen.status !== 404)
    return [
      profile.error(`the Vacature API of ${version} answers with status ${seen.status}`, 'Run vdab-gateway check.')
    ]
  const other = version === 'v2' ? 'v4' : 'v2'
  const found = await ask('vacatures', { ...settings, profile: other })
  const isOther = !(found instanceof GatewayError) && found.status !== 404
  return [
    profile.error(
      `VDAB has no Vacature API of ${version} at VDAB_URL (status 404)`,
      isOther
        ? `It has the one of ${other}: set VDAB_PROFILE=${other}; see docs/how-to/switch-from-v2-to-v4.md.`
        : 'VDAB_URL must end with /services, as in https://api.vdab.be/services.'
    )
  ]
}

/**
 * Requests a token (with v4), one reference list and one vacancy from VDAB, in three or four calls, each of at most
 * `timeoutMs`.
 */
export const examineVdab = async (settings: ReachedVdab, timeoutMs: number): Promise<readonly DoctorFinding[]> => {
  const limits = { headersTimeoutMs: Math.min(timeoutMs, settings.headersTimeoutMs), spareConnections: 0 }
  const bounded = { ...settings, ...limits }
  const credentials = createCredentials({ settings: bounded })
  const { dispatcher } = createDispatcher(bounded)
  const ask = createAsk(bounded, { dispatcher, show: credentials.show, timeoutMs })
  try {
    const list = await ask('jobdomeinen')
    const findings = [keyOf(list, settings), ...(list instanceof GatewayError ? [] : clockOf(list))]
    const noToken = settings.token
      ? await credentials.show(true).then(
          () => undefined,
          (reason: unknown) => noAnswer(reason, false)
        )
      : undefined
    if (settings.token) findings.push(tokenOf(noToken))
    const isRefused = list instanceof GatewayError || list.status === 401 || list.status >= 429
    if (!isRefused && noToken === undefined) findings.push(...(await profileOf(bounded, ask)))
    return findings
  } finally {
    await credentials.close()
    await dispatcher.destroy()
  }
}
