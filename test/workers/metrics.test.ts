import t from 'tap'
import { samplesIn, type Sample } from '../telemetry/scrape.ts'
import { runWorkers, until, type Connection } from './workers.ts'

const path = '/services/openservices/v2/vacatures?aantal=2'

const read = async ({ ask }: Connection) => {
  const { status, text } = await ask('/metrics')
  if (status !== 200) throw new Error(`${status} ${text}`)
  return samplesIn(text)
}
const sum = (samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}) =>
  samples
    .filter((one) => one.name === `vdab_gateway_${name}`)
    .filter((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))
    .reduce((total, { value }) => total + value, 0)

void t.test('each worker reports the sum of all workers, and no counter falls when a worker is killed', async (t) => {
  const gateway = await runWorkers(t, { WARM_START: 'off', WATCH_SHARE: '0', FEED_INTERVAL_MS: '3600000' })
  const [one, two] = await gateway.each()
  if (!one || !two) throw new Error('there are two workers')
  for (let index = 0; index < 5; index += 1) await one.ask(path)
  for (let index = 0; index < 3; index += 1) await two.ask(path)
  const asked = { door: 'openservices', status: '200' }
  await until('all are counted', async () => sum(await read(one), 'requests_total', asked) === 8)
  const samples = await read(two)
  t.equal(sum(samples, 'requests_total', asked), 8, 'the other worker reports the same')
  t.equal(sum(samples, 'request_duration_seconds_count', { door: 'openservices' }), 8)
  t.equal(sum(samples, 'workers'), 2)
  t.equal(sum(samples, 'upstream_up'), 1)
  const calls = Object.values(await gateway.simulator.calls()).reduce((total, count) => total + count, 0)
  t.equal(sum(samples, 'upstream_calls_total'), calls, 'the calls of the primary for the feeds are included')
  t.equal(sum(samples, 'quota_limit', { endpoint: 'vacatures' }), 2000, 'the shared quota is counted once')
  const parts = ['records', 'answers', 'requests']
  const limits = parts.map((part) => sum(samples, 'cache_limit_bytes', { part }))
  t.equal(
    limits.reduce((total, bytes) => total + bytes, 0),
    2 * 256 * 1024 * 1024
  )
  const enrichment = sum(samples, 'cache_limit_bytes', { part: 'enrichment' })
  t.equal(enrichment, 2 * 300_000 * (420 + 480), 'no worker stores the lifecycle of vacancies')
  t.match(JSON.parse((await one.ask('/status')).text), {
    status: 'ok',
    workers: 2,
    activity: { requests: { 'demo-beheer': { hour: 8 } } },
    quota: { vacatures: { limit: 2000 } }
  })

  const [pid] = gateway.pids()
  if (pid !== undefined) process.kill(pid, 'SIGKILL')
  await until('the worker is replaced', () => gateway.lines.some((line) => line.includes('is replaced')))
  const [left] = await gateway.each()
  if (!left) throw new Error('there are two workers again')
  await left.ask(path)
  await until('the new answer is counted', async () => sum(await read(left), 'requests_total', asked) === 9)
  const after = await read(left)
  const fallen = samples.filter(({ name, labels, value }) => {
    if (!/^vdab_gateway_.*_(total|count|sum|bucket)$/.test(name)) return false
    const same = after.find((one) => one.name === name && JSON.stringify(one.labels) === JSON.stringify(labels))
    return (same?.value ?? 0) < value
  })
  t.same(fallen, [], 'no counter has fallen')
})

void t.test('with METRICS_PORT the primary listens on that port', async (t) => {
  const gateway = await runWorkers(t, { WARM_START: 'off', METRICS_PORT: '0' })
  const addressIn = () =>
    gateway.lines.map((line) => /metrics and status are on ([^" ]+)/.exec(line)?.[1]).find((one) => one !== undefined)
  await until('it listens', () => addressIn() !== undefined)
  const response = await fetch(`${addressIn() ?? ''}/metrics`)
  t.equal(sum(samplesIn(await response.text()), 'workers'), 2)
  const [one] = await gateway.each()
  t.equal((await one?.ask('/metrics'))?.status, 404)
})
