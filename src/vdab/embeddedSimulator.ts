import { setTimeout as wait } from 'node:timers/promises'
import { request } from 'undici'
import type { Config } from '../config/index.ts'
import { ConfigError } from '../errors.ts'
import { createSimulator } from '../simulator/server.ts'
import { tokenPath } from '../simulator/token-endpoint.ts'

type Settings = Config['vdab']

/** Starts the simulator in this process, on a free port, for the profile and the client of the settings. */
export const startSimulator = async ({ profile, token }: Pick<Settings, 'profile' | 'token'>) => {
  const simulator = createSimulator({
    profile,
    ...(token ? { clients: [{ clientId: token.clientId, clientSecret: token.clientSecret.value.reveal() }] } : {})
  })
  return { url: await simulator.listen(), close: simulator.close }
}

const maxTries = 20
const retryMs = 250

const answersAsSimulator = async (url: URL): Promise<boolean | undefined> => {
  try {
    const { headers, body } = await request(new URL('/_simulator/calls', url), {
      headersTimeout: 1000,
      bodyTimeout: 1000
    })
    await body.dump()
    return headers['x-vdab-simulator'] === 'true'
  } catch {
    return undefined
  }
}

/**
 * Is there a simulator at this address? Only an http:// address, which is loopback, is tried. The demo consumers exist
 * on the simulator only, so without a consumers file the address must be a simulator (`mustBe`): after 5 s without a
 * response this throws ConfigError. Another server on loopback, such as a TLS proxy to the real VDAB, never accepts the
 * demo consumers.
 */
const isSimulator = async (url: URL, { mustBe }: { mustBe: boolean }): Promise<boolean> => {
  if (url.protocol !== 'http:') return false
  for (let triesLeft = mustBe ? maxTries : 1; triesLeft > 0; triesLeft -= 1) {
    const answer = await answersAsSimulator(url)
    if (answer ?? !mustBe) return answer === true
    if (answer === false) break
    await wait(retryMs)
  }
  if (!mustBe) return false
  throw new ConfigError([
    'CONSUMERS_FILE is missing: the demo consumers exist on the simulator only, and no simulator answers at VDAB_URL'
  ])
}

/** The settings with the address of VDAB, or of the simulator that runs at `simulatorUrl`. */
export const settingsFor = (settings: Settings, simulatorUrl: string | undefined) => {
  const { token } = settings
  const url = settings.url ?? new URL(simulatorUrl ?? '')
  return { ...settings, url, token: token && { ...token, url: token.url ?? new URL(tokenPath, url) } }
}

/**
 * Uses VDAB, or without VDAB_URL the simulator: the one at `simulatorUrl`, or one in this process. It accepts any key.
 */
export const reachVdab = async (
  { vdab, consumersFile }: Pick<Config, 'vdab' | 'consumersFile'>,
  simulatorUrl?: string
) => {
  const given = simulatorUrl === undefined ? undefined : { url: simulatorUrl, close: () => Promise.resolve() }
  const embedded = vdab.url ? undefined : (given ?? (await startSimulator(vdab)))
  const settings = settingsFor(vdab, embedded?.url)
  const onSimulator =
    embedded !== undefined || (await isSimulator(settings.url, { mustBe: consumersFile === undefined }))
  return { settings, onSimulator, embedded }
}
