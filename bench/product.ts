import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cores, folder, freePort, startNode } from './processes.ts'
import type { Server } from './processes.ts'

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** The key of the consumer of the load, one of five. */
export const key = 'bench-key'
/** The key of a consumer with access to contact persons. */
export const contactKey = 'contact-key'

const writeConsumers = () => {
  const file = join(folder, 'consumers.json')
  const limits = { requestsPerMinute: 1_000_000_000, costPerMinute: 1_000_000_000 }
  const entry = (name: string, shown: string, ...scopes: string[]) => ({
    name,
    sha256: createHash('sha256').update(shown).digest('hex'),
    scopes: ['vacatures', ...scopes],
    limits
  })
  writeFileSync(
    file,
    JSON.stringify([
      ...['a', 'b', 'c', 'd'].map((name) => entry(name, `${name}-key`)),
      entry('bench', key),
      entry('contact', contactKey, 'vacatures:contact')
    ])
  )
  return file
}
const consumersFile = writeConsumers()

/** For the parts that count the calls of requests: the watcher calls VDAB too, a few times a minute. */
export const withoutWatcher = { WATCH_SHARE: '0' }

type Options = {
  vdab: string
  env?: Readonly<Record<string, string>>
  /** node options before the program */
  node?: readonly string[]
  /** runs bench/product-server.mjs, which reports its memory on request, instead of the command */
  isTold?: boolean
}

/**
 * The production gateway: the build, in its own process on the server core, with keys checked, high limits, logging at
 * info into a file, headers set, and VDAB's feed followed.
 */
export const startGateway = async ({
  vdab,
  env = {},
  node = [],
  isTold = false
}: Options): Promise<Server & { log: string }> => {
  const port = await freePort()
  const log = join(folder, `gateway-${port}.log`)
  const settings = {
    VDAB_URL: vdab,
    VDAB_API_KEY: 'bench',
    HOST: '127.0.0.1',
    PORT: String(port),
    CONSUMERS_FILE: consumersFile,
    LOG_LEVEL: 'info',
    AUDIT_FILE: join(folder, `audit-${port}.ndjson`),
    ...env
  }
  const program = at(isTold ? 'bench/product-server.mjs' : 'dist/cli.js')
  return {
    ...(await startNode({
      args: [...node, program],
      port,
      env: settings,
      out: log,
      ready: '/health/ready',
      withIpc: isTold
    })),
    log
  }
}

/** VDAB, or its replacement, on the core of the load. */
export type Vdab = Server & {
  /** the value of VDAB_URL */
  base: string
  /** sends it to the control API */
  tell: (method: string, path: string, body?: unknown) => Promise<unknown>
  /** calls since the last reading, without those of the feed and the health check */
  takeCalls: () => Promise<number>
  /** the first `count` published vacancies */
  ids: (count: number) => Promise<string[]>
}

const isForAnswers = (endpoint: string) => !/bulk|initial/.test(endpoint)

/** The production simulator, without VDAB's limit per minute. */
export const startVdab = async (vacatures: number, kandidaten = 0): Promise<Vdab> => {
  const port = await freePort()
  const server = await startNode({
    args: [
      at('dist/cli.js'),
      'simulate',
      '--port',
      String(port),
      '--vacatures',
      String(vacatures),
      '--kandidaten',
      String(kandidaten)
    ],
    port,
    core: cores.load,
    ready: '/_simulator/calls'
  })
  const tell = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${server.url}/_simulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${method} ${path}`)
    return answer.json()
  }
  await tell('PUT', 'limits', { callsPerMinute: 100_000_000 })
  const ids = async (count: number) => {
    const found: string[] = []
    const datum = new Date().toISOString().slice(0, 10)
    for (let total = 1; found.length < Math.min(total, count);) {
      const answer = await fetch(
        `${server.url}/services/openservices/v2/vacatures/initial?datum=${datum}&aantal=2000&vanaf=${found.length}`,
        { headers: { 'x-ibm-client-id': 'bench' } }
      )
      const { aantal, resultaten } = (await answer.json()) as {
        aantal: number
        resultaten: { vacatureReferentie: { interneReferentie: string } }[]
      } // the simulator's envelope
      found.push(...resultaten.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie))
      total = aantal
    }
    if (found.length < count) throw new Error(`the simulator has ${found.length} vacancies, not ${count}`)
    return found.slice(0, count)
  }
  const takeCalls = async () => {
    const { perEndpoint } = (await tell('GET', 'calls')) as { perEndpoint: Record<string, number> } // the simulator's report
    await tell('DELETE', 'calls')
    return Object.entries(perEndpoint).reduce((sum, [endpoint, calls]) => sum + (isForAnswers(endpoint) ? calls : 0), 0)
  }
  return { ...server, base: `${server.url}/services`, tell, takeCalls, ids }
}
