import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { request } from 'undici'
import type { Config } from '../config/index.ts'
import { ConfigError } from '../errors.ts'
import { createSimulator } from '../simulator/server.ts'

/** Starts the simulator in this process, on a free port. */
export const startSimulator = async () => {
  const simulator = createSimulator()
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
 * on the simulator only, so without a consumers file the address must be one (`mustBe`): after 5 s without an answer
 * this throws ConfigError. Another server on loopback, such as a TLS proxy to the real VDAB, never accepts the demo
 * consumers.
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

/**
 * The address and key of VDAB. Without VDAB_URL: the simulator at `simulatorUrl`, or one in this process; it accepts
 * any key.
 */
export const reachVdab = async (
  { vdab, consumersFile }: Pick<Config, 'vdab' | 'consumersFile'>,
  simulatorUrl?: string
) => {
  const given = simulatorUrl === undefined ? undefined : { url: simulatorUrl, close: () => Promise.resolve() }
  const embedded = vdab.url ? undefined : (given ?? (await startSimulator()))
  const url = vdab.url ?? new URL(embedded?.url ?? '')
  const onSimulator = embedded !== undefined || (await isSimulator(url, { mustBe: consumersFile === undefined }))
  return { url, key: vdab.key ?? randomUUID(), onSimulator, embedded }
}
