import t from 'tap'
import { build, logged as allLogged } from '../helper.ts'
import { until } from '../workers/workers.ts'
import { scrape } from './scrape.ts'

const known = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const world = { vacatures: 60, kandidaten: 20 }
const query = `{ vacature(id: "${known}") { id versie aantalJobs } }`

/** A gateway with a clock that a test moves, and the findings of its watcher. */
const buildWatched = async (t: Parameters<typeof build>[0], env: Record<string, string>) => {
  const clock = { now: Date.now() }
  const gateway = await build(t, { env: { WATCH_SHARE: '10', ...env }, simulator: world, now: () => clock.now })
  const found = async () => {
    const { sum } = await scrape(gateway.url)
    const of = (result: string) => sum('watched_answers_total', { result })
    return { same: of('same'), changed: of('changed_since'), stale: of('stale'), total: sum('watched_answers_total') }
  }
  const details = async () => (await gateway.simulator.calls()).perEndpoint['GET /vacatures/{id}'] ?? 0
  /** Moves the clock by this time, and sends a request. */
  const ask = async (afterMs: number) => {
    clock.now += afterMs
    return gateway.query(query)
  }
  return { ...gateway, clock, found, details, ask, logged: () => allLogged }
}

for (const fastPath of ['on', 'off']) {
  t.test(`with FAST_PATH=${fastPath} the watcher finds an answer that VDAB changed long before`, async (t) => {
    const { url, ask, found, simulator, details } = await buildWatched(t, {
      FAST_PATH: fastPath,
      FEED_INTERVAL_MS: '0'
    })
    await ask(0)
    t.equal(await details(), 1)
    await simulator.patch(`vacatures/${known}`, { aantalJobs: 77 })
    await ask(60_000)
    await until('the answer is compared', async () => (await details()) === 2)
    t.match(await found(), { total: 0 }, 'a recent change does not count as stale yet')
    await ask(500)
    t.match(await found(), { total: 0 })
    await until('the stale answer is found', async () => {
      await ask(2000)
      return (await found()).stale === 1
    })
    const { sum } = await scrape(url)
    t.equal(sum('stale_answers_total', { endpoint: 'vacature' }), 1)
    const seconds = sum('stale_answer_age_seconds_sum')
    t.ok(seconds > 1 && seconds < 60, `${seconds} s`)
    t.notMatch((await ask(0)).data, { vacature: { aantalJobs: 77 } }, 'the watcher only reports')
  })
}

t.test('with the feed no answer counts as stale, and comparisons stay within their share of the calls', async (t) => {
  const { clock, ask, found, simulator, poll, details, logged } = await buildWatched(t, {
    FEED_INTERVAL_MS: '60000',
    WATCH_SHARE: '1',
    VDAB_CALLS_PER_MINUTE: '600'
  })
  await poll()
  for (let second = 0; second < 240; second += 1) {
    await ask(1000)
    if (second % 50 === 20) await simulator.patch(`vacatures/${known}`, { aantalJobs: second })
    if (second % 60 === 59) await poll()
  }
  await until('the last comparison has ended', async () => (await found()).total > 0)
  const { same, stale, total } = await found()
  t.equal(stale, 0)
  t.ok(same > 0)
  t.ok(total <= 4 * 6, `${total} comparisons in four minutes; six per minute are allowed`)
  t.ok((await details()) >= total)
  t.notMatch(logged().join(''), new RegExp(`watch.*${known}`))
  t.ok(clock.now > Date.now())
})

t.test('no comparison is made with WATCH_SHARE=0, or for answers without a vacancy', async (t) => {
  const off = await buildWatched(t, { WATCH_SHARE: '0' })
  for (let index = 0; index < 10; index += 1) await off.ask(10_000)
  t.equal(await off.details(), 1)
  const on = await buildWatched(t, {})
  for (let index = 0; index < 10; index += 1) {
    on.clock.now += 10_000
    await on.query('{ referenties(lijst: JOBDOMEINEN) { code } }')
    await on.query('{ kandidaten(first: 2) { nodes { id gewensteJob { extraInfo } } } }', undefined, 'demo-cv')
  }
  t.match(await on.found(), { total: 0 })
  t.equal(await on.details(), 0)
})

t.test('a failure of VDAB is not reported as stale, and a vacancy that VDAB removed is', async (t) => {
  const { ask, found, simulator, details } = await buildWatched(t, { FEED_INTERVAL_MS: '0', VDAB_RETRIES: '0' })
  await ask(0)
  await simulator.faults({ endpoint: 'GET /vacatures/{id}', status: 503 })
  await ask(60_000)
  await until('a comparison was tried', async () => (await details()) === 2)
  await simulator.heal()
  t.match(await found(), { total: 0 })
  await simulator.remove(`vacatures/${known}`)
  await ask(60_000)
  await until('a comparison was tried again', async () => (await details()) === 3)
  await until('the stale answer is found', async () => {
    await ask(2000)
    return (await found()).stale === 1
  })
})
