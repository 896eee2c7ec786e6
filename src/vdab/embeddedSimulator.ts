import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { request } from 'undici'
import type { Config } from '../config/index.ts'
import { ConfigError } from '../errors.ts'
import { createSimulator } from '../simulator/server.ts'

/** The simulator inside this process, on a port of its own. */
export const startSimulator = async () => {
  const simulator = createSimulator()
  return { url: await simulator.listen(), close: simulator.close }
}

const triesLeftAtStart = 20
const betweenTriesMs = 250

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
 * Does a simulator stand at this address? Only an http:// address, which is loopback, is asked. The demo consumers exist
 * on the simulator only, so without a consumers file it must be one (`mustBe`): it is given 5 s to come up, then the start
 * is refused with a ConfigError. Something else on loopback, such as a TLS proxy to the real VDAB, never opens to them.
 */
const isSimulator = async (url: URL, { mustBe }: { mustBe: boolean }): Promise<boolean> => {
  if (url.protocol !== 'http:') return false
  for (let triesLeft = mustBe ? triesLeftAtStart : 1; triesLeft > 0; triesLeft -= 1) {
    const answer = await answersAsSimulator(url)
    if (answer ?? !mustBe) return answer === true
    if (answer === false) break
    await wait(betweenTriesMs)
  }
  if (!mustBe) return false
  throw new ConfigError([
    'CONSUMERS_FILE is missing: the demo consumers exist on the simulator only, and no simulator answers at VDAB_URL'
  ])
}

/** Where VDAB is reached, and with which key; where none is set, the simulator at `simulatorUrl`, else in this process, which takes any. */
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
