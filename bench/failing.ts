import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import { tokenEndpoint } from '../test/upstream/doors.ts'
import type { Door } from '../test/upstream/doors.ts'
import { cores, folder, freePort, startNode } from './processes.ts'
import { startGateway } from './product.ts'

export type Profile = 'v2' | 'v4'
const key = 'faults-key'
const date = '2026-03-02'
/** The timeout of a request at the gateway, in ms; short, so that hangs end soon. */
export const totalMs = 800
/** The number of connections, and the fresh time of a cached answer, in ms. */
export const [connections, freshMs] = [50, 1000]

const consumersFile = () => {
  const file = join(folder, 'faults.json')
  const limits = { requestsPerMinute: 1_000_000_000, costPerMinute: 1_000_000_000, cvsPerDay: 1_000_000_000 }
  const sha256 = createHash('sha256').update(key).digest('hex')
  const consumer = { name: 'faults', sha256, scopes: ['vacatures', 'kandidaten', 'beheer'], doel: 'benchmark', limits }
  writeFileSync(file, JSON.stringify([consumer]))
  return file
}

/** A simulator with faults, and a gateway of this version in front of it, each in its own process. */
export const startFailing = async (profile: Profile) => {
  const port = await freePort()
  const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
  const size = ['--vacatures', '2000', '--kandidaten', '100', '--date', date]
  const vdab = await startNode({
    args: [cli, 'simulate', '--port', String(port), '--profile', 'both', ...size],
    port,
    core: cores.load,
    ready: '/_simulator/calls'
  })
  const tell = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const answer = await fetch(`${vdab.url}/_simulator/${path}`, { method, ...sent })
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${method} ${path}`)
    return answer.json()
  }
  await tell('PUT', 'limits', { callsPerMinute: 100_000_000 })
  const token = {
    VDAB_PROFILE: 'v4',
    VDAB_CLIENT_ID: 'demo-client',
    VDAB_CLIENT_SECRET: 'demo-client-secret',
    VDAB_TOKEN_URL: `${vdab.url}${tokenEndpoint.slice('POST '.length)}`
  }
  // A cell must not find state of an earlier cell.
  const [freshS, staleS] = [String(freshMs / 1000), '2']
  const gateway = await startGateway({
    vdab: `${vdab.url}/services`,
    isTold: true,
    env: {
      CONSUMERS_FILE: consumersFile(),
      VDAB_TIMEOUT_MS: String(totalMs),
      VDAB_HEADERS_TIMEOUT_MS: String(0.75 * totalMs),
      VDAB_BODY_TIMEOUT_MS: String(0.75 * totalMs),
      FEED_INTERVAL_MS: '0',
      STALE_VACATURE_S: staleS,
      STALE_SEARCH_S: staleS,
      STALE_LIST_S: staleS,
      FRESH_VACATURE_S: freshS,
      FRESH_SEARCH_S: freshS,
      FRESH_LIST_S: freshS,
      FRESH_KANDIDAAT_S: freshS,
      ...(profile === 'v4' ? token : {})
    }
  })
  const pool = new Pool(gateway.url, { connections })
  /** The data calls since the last reading. */
  const takeCalls = async () => {
    const { perEndpoint } = (await tell('GET', 'calls')) as { perEndpoint: Record<string, number> } // its report
    await tell('DELETE', 'calls')
    return Object.entries(perEndpoint).reduce((sum, [name, calls]) => sum + (name === tokenEndpoint ? 0 : calls), 0)
  }
  return { gateway, tell, takeCalls, pool, close: () => pool.close() }
}

export type Failing = Awaited<ReturnType<typeof startFailing>>

/** One answer: its data as text where there is no error, its codes, and whether it is marked as stale. */
export type Seen = { data: string; codes: readonly string[]; isStale: boolean; ms: number }

type Body = {
  code?: string
  data?: unknown
  errors?: { extensions: { code: string } }[]
  extensions?: { versheid?: unknown }
}

/** Sends a request, on VDAB's path or by GraphQL. */
export const askAt = async (pool: Pool, { path, ids, query }: Door, isRest: boolean): Promise<Seen> => {
  const startedAt = performance.now()
  const headers = { 'x-api-key': key, 'content-type': 'application/json' }
  const body = isRest ? ids && JSON.stringify(ids) : JSON.stringify({ query })
  const request: Dispatcher.RequestOptions = {
    path: isRest ? `/services/openservices/${path}` : '/graphql',
    method: body === undefined ? 'GET' : 'POST',
    headers,
    ...(body === undefined ? {} : { body })
  }
  const answer = await pool.request(request)
  const text = await answer.body.text()
  const ms = performance.now() - startedAt
  const isStale = String(answer.headers['cache-status']).includes('detail=')
  if (isRest && answer.statusCode === 200) return { data: text, codes: [], isStale, ms }
  const { code, data, errors = [], extensions } = JSON.parse(text) as Body // both interfaces return this form
  const codes = isRest ? [String(code)] : errors.map((error) => error.extensions.code)
  return { data: JSON.stringify(data), codes, isStale: extensions?.versheid !== undefined, ms }
}
