import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { sha256 } from '../../src/access/consumers.ts'
import { build } from '../helper.ts'

const minute = 60_000
const start = Date.parse('2026-03-02T10:00:20.000Z')

const consumersWith = (weights: Readonly<Record<string, number>>) => {
  const path = join(mkdtempSync(join(tmpdir(), 'quota-')), 'consumers.json')
  const entries = Object.entries(weights).map(([name, weight]) => ({
    name,
    sha256: sha256(name),
    scopes: ['vacatures', 'beheer'],
    limits: { requestsPerMinute: 100_000, weight }
  }))
  writeFileSync(path, JSON.stringify(entries))
  return path
}

void t.test(
  'heavy consumers and an export together never get a 429 from VDAB, and a light one is answered at once',
  async (t) => {
    const clock = { now: start }
    const { get, simulator } = await build(t, {
      env: {
        CONSUMERS_FILE: consumersWith({ 'greedy-1': 1, 'greedy-2': 1, 'greedy-3': 1, polite: 1 }),
        VDAB_CALLS_PER_MINUTE: '120'
      },
      now: () => clock.now
    })
    await simulator.put('limits', { callsPerMinute: 120 })
    let asked = 0
    const seen = new Map<string, number>()
    const ask = async (name: string) => {
      asked += 1
      const { status, headers } = await get(`/services/openservices/v2/vacatures?vanaf=${asked}&aantal=1`, {
        key: name
      })
      if (status === 503) t.ok(Number(headers.get('retry-after')) >= 1)
      seen.set(`${name} ${status}`, (seen.get(`${name} ${status}`) ?? 0) + 1)
      return status
    }
    const open: Promise<number>[] = []
    const politeStatuses: number[] = []
    let most = 0
    for (let second = 0; second < 180; second += 1) {
      for (const name of ['greedy-1', 'greedy-2', 'greedy-3']) open.push(ask(name), ask(name))
      // The clock does not move, so an answer proves that the call did not wait.
      if (second % 4 === 3) politeStatuses.push(await ask('polite'))
      clock.now += 1000
      await new Promise((resolve) => setTimeout(resolve, 60)) // waiting calls are checked every 50 ms
      if (second === 59) await simulator.reset()
      if (second === 119) {
        most = (await simulator.calls()).perEndpoint['GET /vacatures'] ?? 0
        await simulator.reset()
      }
    }
    const last = (await simulator.calls()).perEndpoint['GET /vacatures'] ?? 0
    t.same([...new Set(politeStatuses)], [200])
    t.ok(most <= 120 && last <= 120 && most + last >= 0.95 * 240, `${most} and ${last} calls in two minutes`)
    clock.now += 5 * minute
    await Promise.all(open)
    const health = (await (await get('/health/ready')).json()) as { quota: Record<string, { limit: number }> }
    t.equal(health.quota['vacatures']?.limit, 120)
    t.ok((seen.get('greedy-1 200') ?? 0) > 80, JSON.stringify([...seen]))
  }
)

void t.test("the limit in VDAB's headers and the use of the key by others are detected", async (t) => {
  const { get, simulator } = await build(t, { now: () => start })
  await simulator.put('limits', { callsPerMinute: 30 })
  const page = (index: number) => `/services/openservices/v2/vacatures?vanaf=${index}&aantal=1`
  for (let index = 0; index < 20; index += 1)
    await fetch(`${simulator.base}/openservices/v2/vacatures?vanaf=${index}&aantal=1`, {
      headers: { 'x-ibm-client-id': 'c0ffee00-5ec1-4e7a-b0a7-vdabkeycanary' }
    })
  const statuses: number[] = []
  for (let index = 0; index < 15; index += 1) statuses.push((await get(page(index))).status)
  t.ok(statuses.filter((status) => status === 200).length <= 10)
  t.ok((await simulator.calls()).total <= 30, 'no call gets a 429')
})

void t.test('a consumer with twice the weight gets twice the share', async (t) => {
  const clock = { now: start }
  const { get } = await build(t, {
    env: { CONSUMERS_FILE: consumersWith({ one: 1, two: 2 }), VDAB_CALLS_PER_MINUTE: '60' },
    now: () => clock.now
  })
  const count = { one: 0, two: 0 }
  const open: Promise<void>[] = []
  let asked = 0
  const ask = async (name: 'one' | 'two') => {
    asked += 1
    const { status } = await get(`/services/openservices/v2/vacatures?vanaf=${asked}&aantal=1`, { key: name })
    if (status === 200 && clock.now > start + minute) count[name] += 1
  }
  for (let second = 0; second < 180; second += 1) {
    open.push(ask('one'), ask('two'))
    clock.now += 1000
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
  clock.now += 5 * minute
  await Promise.all(open)
  t.ok(count.two >= 1.6 * count.one && count.two <= 2.4 * count.one, `${count.two} and ${count.one}`)
})
