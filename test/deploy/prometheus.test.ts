import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { build } from '../helper.ts'
import { secret } from '../sharing/gateways.ts'
import { startRedis } from '../sharing/redis.ts'
import { deploy, freePort, needs, programEnvironment } from './tools.ts'

type Target = { readonly expr: string }
type Panel = { readonly title: string; readonly type: string; readonly targets?: readonly Target[] }
const dashboard = JSON.parse(readFileSync(join(deploy, 'grafana/vdab-gateway.json'), 'utf8')) as {
  panels: readonly Panel[]
} // deploy.test.ts checks its shape
const queries = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })))
const scrapeSeconds = 1
const maxWaitMs = 60_000

/** Runs Prometheus with the files of deploy/ on one target, scraped each second. Resolves to its HTTP API. */
const startPrometheus = async (t: Test, target: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'))
  cpSync(join(deploy, 'prometheus'), folder, { recursive: true })
  const file = join(folder, 'prometheus.yml')
  const shipped = readFileSync(file, 'utf8')
  const here = shipped.replace('gateway:9464', target).replaceAll('interval: 15s', `interval: ${scrapeSeconds}s`)
  writeFileSync(file, here)
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error'
    ],
    { env: programEnvironment, stdio: ['ignore', 'inherit', 'inherit'] }
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  t.teardown(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const api = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://${address}/api/v1/${path}`)
    return ((await response.json()) as { data: unknown }).data // by its API
  }
  const isReady = () =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false
    )
  for (const since = performance.now(); !(await isReady());) {
    if (performance.now() - since > maxWaitMs) throw new Error('Prometheus does not start')
    await delay(100)
  }
  return api
}

type Series = { readonly value: readonly [number, string] }
/** Does a query, as Grafana would send it, return a number? */
const hasData = async (api: Awaited<ReturnType<typeof startPrometheus>>, expr: string): Promise<boolean> => {
  const query = expr.replaceAll('$__rate_interval', `${10 * scrapeSeconds}s`)
  const { result } = (await api(`query?query=${encodeURIComponent(query)}`)) as { result: readonly Series[] } // its API
  return result.some(({ value: [, number] }) => Number.isFinite(Number(number)))
}

/** Sends valid and invalid requests for vacancies and people to every door. */
const traffic = async ({ get, post, url }: Awaited<ReturnType<typeof build>>) => {
  const vacature = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
  const drain = async (responses: readonly Promise<Response>[]) => {
    for (const response of await Promise.all(responses)) await response.arrayBuffer()
  }
  await drain([
    post({ query: '{ vacatures(first: 5) { nodes { id functie { functieTitel } } } }' }),
    post({ query: '{ kandidaten(first: 2) { nodes { id status } } }' }),
    post({ query: '{ nothing }' }),
    get(`/services/openservices/v2/vacatures/${vacature}`),
    get('/services/openservices/v2/vacatures?nothing=1'),
    get('/api/vacatures?details=true'),
    get('/api/vacatures/wijzigingen'),
    get('/'),
    get('/health/ready')
  ])
  const stop = new AbortController()
  const headers = { 'x-api-key': 'demo-beheer', accept: 'text/event-stream' }
  const stream = await fetch(`${url}/api/vacatures/wijzigingen`, { headers, signal: stop.signal })
  stop.abort()
  await stream.text().catch(() => undefined) // it was aborted
}

/** The gateway's own metrics in a response of /metrics, each with its type. */
const ownMetricsIn = (text: string) =>
  [...text.matchAll(/^# TYPE (vdab_gateway_\w+) (\w+)$/gm)].map(([, name = '', type]) => ({ name, type }))

t.test('each query of the dashboard returns data, and each metric of the gateway is in a query', async (t) => {
  if (!needs(t, 'prometheus') || !needs(t, 'redis-server')) return
  const redis = await startRedis(t)
  const gateway = await build(t, {
    // Vacancies are never fresh, so every request causes calls and batches.
    env: {
      REDIS_URL: redis.url,
      REDIS_SECRET: secret,
      REDIS_MEMBERS: '1',
      FEED_INTERVAL_MS: '500',
      VDAB_PROFILE: 'v4',
      FRESH_VACATURE_S: '0',
      FRESH_VACATURE_FEED_S: '0'
    },
    simulator: { vacatures: 50, kandidaten: 20 }
  })
  await traffic(gateway)
  const scraped = await gateway.get('/metrics')
  t.equal(scraped.status, 200)
  const own = ownMetricsIn(await scraped.text())
  t.ok(own.length > 20)
  for (const { name, type } of own)
    t.ok(
      queries.some(({ expr }) => new RegExp(`${name}${type === 'histogram' ? '_bucket' : ''}\\b`).test(expr)),
      `${name} is in a panel`
    )
  const api = await startPrometheus(t, new URL(gateway.url).host)
  let left = queries
  for (const since = performance.now(); left.length > 0 && performance.now() - since < maxWaitMs;) {
    await traffic(gateway)
    const found = await Promise.all(left.map(({ expr }) => hasData(api, expr)))
    left = left.filter((_, index) => !found[index])
    await delay(scrapeSeconds * 500)
  }
  t.strictSame(left, [], 'every query returns data')

  type Rules = { groups: readonly { rules: readonly { name: string; health: string; lastError?: string }[] }[] }
  const { groups } = (await api('rules')) as Rules // its API
  const rules = groups.flatMap((group) => group.rules)
  t.ok(rules.length >= 12)
  t.strictSame(
    rules.filter(({ health }) => health === 'err'),
    [],
    'no rule fails on the metrics of the gateway'
  )
})
