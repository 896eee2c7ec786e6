import t from 'tap'
import { build, hasLabels } from '../helper.ts'
import type { Built } from '../helper.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const cvId = '30dbfef1-59df-4521-a111-964bf0208e68'
const base = '/services/openservices'
const dead = { kind: 'reset' }

const withClock = async (t: Parameters<typeof build>[0], env: Record<string, string> = {}) => {
  const clock = { now: Date.parse('2026-03-02T10:00:00.000Z') }
  const built = await build(t, { now: () => clock.now, env: { REQUESTS_PER_MINUTE: '100000', ...env } })
  return { ...built, clock }
}
const titleOf = async ({ query }: Pick<Built, 'query'>) => {
  const { data, errors, extensions } = await query(`{ vacature(id: "${id}") { functie { functieTitel } } }`)
  return {
    title: (data as { vacature: { functie: { functieTitel: string } } | null } | null)?.vacature?.functie.functieTitel,
    code: errors?.[0]?.extensions['code'],
    versheid: extensions?.['versheid']
  }
}
const rename = ({ simulator }: Pick<Built, 'simulator'>, functieTitel: string) =>
  simulator.patch(`vacatures/${id}`, { functie: { functieTitel } })

void t.test(
  'while VDAB is down, vacancies, searches and codes are served stale within their limits, and marked as stale',
  async (t) => {
    const { query, simulator, clock } = await withClock(t)
    const asks = {
      vacature: `{ nu: vacature(id: "${id}") { id } }`,
      zoek: '{ vacatures(first: 3) { nodes { id } } }',
      details: '{ vacatures(first: 3) { nodes { id aantalJobs } } }',
      lijst: '{ referenties(lijst: TALEN) { code label } }',
      label: `{ vacature(id: "${id}") { functie { jobdomeinen { label } } } }`
    }
    const before: Record<string, unknown> = {}
    for (const [name, text] of Object.entries(asks)) before[name] = (await query(text)).data
    await simulator.faults(dead)
    clock.now += 30 * minute
    const at = async (name: keyof typeof asks) => {
      const { data, errors, extensions } = await query(asks[name])
      t.equal(errors, undefined, name)
      t.same(data, before[name], name)
      return extensions?.['versheid']
    }
    const half = { ouderdomMs: 30 * minute, reden: 'VDAB_FOUT' }
    t.same(await at('vacature'), [{ pad: 'nu', ...half }])
    t.same(await at('zoek'), [{ pad: 'vacatures', ...half }])
    t.same(await at('details'), [{ pad: 'vacatures', ...half }])
    t.same(await at('lijst'), undefined, 'a list is still fresh')
    t.same(await at('label'), [{ pad: 'vacature', ...half }])
    clock.now += hour
    t.equal(
      (await query(asks.zoek)).errors?.[0]?.extensions['code'],
      'UPSTREAM_UNAVAILABLE',
      'a stale search is served for an hour'
    )
    t.same(await at('vacature'), [{ pad: 'nu', ouderdomMs: 90 * minute, reden: 'VDAB_FOUT' }])
    clock.now += day
    t.equal(
      (await query(asks.vacature)).errors?.[0]?.extensions['code'],
      'UPSTREAM_UNAVAILABLE',
      'a stale vacancy is served for a day'
    )
    t.match(await at('lijst'), [{ pad: 'referenties', reden: /VERNIEUWING|VDAB_FOUT/ }])
    clock.now += 30 * day
    t.equal(
      (await query(asks.lijst)).errors?.[0]?.extensions['code'],
      'UPSTREAM_UNAVAILABLE',
      'a stale list is served for 30 days'
    )
  }
)

void t.test('a CV is never served stale: while VDAB is down it is UPSTREAM_UNAVAILABLE', async (t) => {
  const { query, get, simulator, clock } = await withClock(t)
  const ask = () => query(`{ kandidaat(id: "${cvId}") { status } kandidaten(first: 2) { totaal } }`)
  t.equal((await ask()).errors, undefined)
  await simulator.faults(dead)
  clock.now += minute
  const { data, errors = [], extensions } = await ask()
  t.same(
    [data, errors.map(({ extensions: { code } }) => code), extensions?.['versheid']],
    [null, ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'], undefined]
  )
  const answer = await get(`${base}/v1/kandidaten/${cvId}`)
  t.same([answer.status, answer.headers.get('cache-control')], [502, 'private, no-store'])
})

void t.test('a rate limit of VDAB counts as a failure too', async (t) => {
  const built = await withClock(t)
  await titleOf(built)
  await built.simulator.faults({ status: 429, retryAfter: 60 })
  built.clock.now += 20 * minute
  t.match(await titleOf(built), {
    title: String,
    code: undefined,
    versheid: [{ pad: 'vacature', ouderdomMs: 20 * minute, reden: 'VDAB_FOUT' }]
  })
})

void t.test('a request that VDAB refuses is not served stale', async (t) => {
  const built = await withClock(t)
  await titleOf(built)
  await built.simulator.faults({ status: 401 })
  built.clock.now += 20 * minute
  t.match(await titleOf(built), { title: undefined, code: 'UPSTREAM_REFUSED' })
})

void t.test('once VDAB is back, answers are fresh half a second later and not marked as stale', async (t) => {
  const built = await withClock(t)
  const { title } = await titleOf(built)
  await built.simulator.faults(dead)
  built.clock.now += 20 * minute
  t.equal((await titleOf(built)).title, title)
  await built.simulator.heal()
  await rename(built, 'Opnieuw')
  t.equal((await titleOf(built)).title, title, 'for 0.5 s the gateway answers without waiting for VDAB')
  built.clock.now += 500
  t.same(await titleOf(built), { title: 'Opnieuw', code: undefined, versheid: undefined })
})

void t.test('a vacancy that VDAB no longer has is not served when VDAB fails later', async (t) => {
  const built = await withClock(t)
  await titleOf(built)
  await built.simulator.remove(`vacatures/${id}`)
  built.clock.now += 20 * minute
  t.equal((await titleOf(built)).title, undefined)
  await built.simulator.faults(dead)
  built.clock.now += minute
  t.match(await titleOf(built), { title: undefined, code: 'UPSTREAM_UNAVAILABLE' })
})

void t.test('while VDAB is down, the calls per second stay within the setting, for any requests', async (t) => {
  const { query, simulator, clock } = await withClock(t, { VDAB_CALLS_WHILE_FAILING: '3', VDAB_RETRIES: '0' })
  const { data } = await query('{ vacatures(first: 20) { nodes { id aantalJobs } } }')
  const ids = (data as { vacatures: { nodes: { id: string }[] } }).vacatures.nodes.map((node) => node.id)
  await simulator.faults(dead)
  clock.now += 20 * minute
  const storm = (round: number) =>
    Promise.all([
      ...ids.map((known) => query('query ($id: ID!) { vacature(id: $id) { aantalJobs } }', { id: known })),
      ...ids.map((_, index) =>
        query(`{ vacatures(first: 1, filter: { sinds: ${round * 100 + index + 1} }) { totaal } }`)
      ),
      ...ids.map((_, index) =>
        query(`{ kandidaat(id: "00000000-0000-4000-8000-0000000${10_000 + round * 100 + index}") { status } }`)
      )
    ])
  for (let round = 0; round < 4; round += 1) await storm(round)
  const counts: number[] = []
  for (let round = 4; round < 14; round += 1) {
    await simulator.reset()
    clock.now += 1000
    await storm(round)
    counts.push((await simulator.calls()).total)
  }
  t.ok(
    counts.every((count) => count <= 3),
    `calls in each of ten seconds: ${counts.join(' ')}`
  )
  t.ok(
    counts.some((count) => count > 0),
    'some calls are made, to detect the recovery of VDAB'
  )
  await simulator.heal()
  clock.now += hasLabels ? 4000 : 1000 // version 4 needs a token, whose service pauses for up to 4 s
  await storm(20)
  clock.now += 1000
  await storm(21)
  for (const { errors, extensions } of await storm(22))
    t.same([errors, extensions?.['versheid']], [undefined, undefined])
})

void t.test('a list older than a day is served at once and refreshed in the background', async (t) => {
  const { query, simulator, clock } = await withClock(t)
  const ask = () => query('{ talen: referenties(lijst: TALEN) { code } }')
  const { data } = await ask()
  clock.now += day + minute
  t.same(await ask(), {
    data,
    extensions: { upstreamCalls: 0, versheid: [{ pad: 'talen', ouderdomMs: day + minute, reden: 'VERNIEUWING' }] }
  })
  while ((await ask()).extensions?.['versheid'] !== undefined) await new Promise(setImmediate)
  t.equal((await simulator.calls()).perEndpoint['GET /talen'], 2)
})

void t.test(
  'a vacancy is cached for six hours while the feed is followed, and for ten minutes once it fails',
  async (t) => {
    const { get, simulator, clock } = await withClock(t, { FEED_INTERVAL_MS: '200' })
    const status = async (path = `/v2/vacatures/${id}`) => (await get(`${base}${path}`)).headers.get('cache-status')
    const feed = async () =>
      ((await (await get('/health/ready')).json()) as { feeds: { vacatures: { healthy: boolean } } }).feeds.vacatures
        .healthy
    const until = async (isHealthy: boolean) => {
      while ((await feed()) !== isHealthy) await new Promise(setImmediate)
    }
    await until(true)
    t.equal(await status(), 'vdab-gateway; fwd=miss; stored')
    clock.now += hour
    await until(true)
    t.equal(await status(), 'vdab-gateway; hit; ttl=18000')
    t.equal(await status('/v2/vacatures?aantal=2'), 'vdab-gateway; fwd=miss; stored')
    clock.now += 40_000
    await until(true)
    t.match(
      await status('/v2/vacatures?aantal=2'),
      /hit; ttl=-10; detail=VERNIEUWING/,
      'with the feed, a stale search is served while it is refreshed'
    )
    await simulator.faults({ status: 500, endpoint: 'GET /vacatures/bulk' })
    await until(false)
    t.equal(await status(), 'vdab-gateway; fwd=miss; stored', 'without the feed, an age of an hour is too old')
    clock.now += 11 * minute
    t.equal(await status(), 'vdab-gateway; fwd=miss; stored')
  }
)

void t.test("on VDAB's paths the age is in Age, Cache-Control and Cache-Status", async (t) => {
  const { get, simulator, clock } = await withClock(t)
  const at = async (path: string, headers: Record<string, string> = {}, key = 'demo-frontend') => {
    const { status, headers: sent } = await get(`${base}${path}`, { key, headers })
    return [status, sent.get('age'), sent.get('cache-control'), sent.get('cache-status')]
  }
  const path = `/v2/vacatures/${id}`
  t.same(await at(path), [200, null, 'public, max-age=30', 'vdab-gateway; fwd=miss; stored'])
  clock.now += 5 * minute
  t.same(await at(path), [200, '300', 'public, max-age=330', 'vdab-gateway; hit; ttl=300'])
  t.same(
    await at(path, {}, 'demo-hr'),
    [200, '300', 'private, no-store', 'vdab-gateway; hit; ttl=300'],
    'with a contact person the response is not storable'
  )
  t.same(await at('/v2/vacatures?aantal=1'), [200, null, 'public, max-age=30', 'vdab-gateway; fwd=miss; stored'])
  t.same(await at('/v1/talen'), [200, null, 'public, max-age=86400, s-maxage=30', 'vdab-gateway; fwd=miss; stored'])
  t.same(await at('/v2/vacatures/bulk?van=2026-02-13T12:00:00.000Z&tot=2026-02-14T12:00:00.000Z'), [
    200,
    null,
    'private, no-store',
    'vdab-gateway; fwd=miss'
  ])
  t.same(await at(`/v1/kandidaten/${cvId}`, {}, 'demo-cv'), [
    200,
    null,
    'private, no-store',
    'vdab-gateway; fwd=miss; stored'
  ])
  await simulator.faults(dead)
  clock.now += 10 * minute
  t.same(await at(path), [200, '900', 'no-cache', 'vdab-gateway; fwd=stale; ttl=-300; detail=VDAB_FOUT'])
  t.same(await at(path), [200, '900', 'no-cache', 'vdab-gateway; hit; ttl=-300; detail=VDAB_FOUT'])
  t.same(await at('/v1/talen'), [200, '600', 'public, max-age=86400, s-maxage=630', 'vdab-gateway; hit; ttl=85800'])
})

void t.test(
  'a consumer with the scope beheer may request fresher data at both doors; the same request of others is ignored',
  async (t) => {
    const { get, post, simulator, clock } = await withClock(t)
    const built = { simulator }
    const rest = async (cacheControl: string, key = 'demo-beheer') => {
      const answer = await get(`${base}/v2/vacatures/${id}`, { key, headers: { 'cache-control': cacheControl } })
      const body = (await answer.json()) as { functie?: { functieTitel: string }; code?: string }
      return [body.functie?.functieTitel ?? body.code, answer.headers.get('cache-status')]
    }
    const graphql = async (cacheControl: string) => {
      const answer = await post(
        { query: `{ vacature(id: "${id}") { functie { functieTitel } } }` },
        { headers: { 'cache-control': cacheControl } }
      )
      return ((await answer.json()) as { data: { vacature: { functie: { functieTitel: string } } } }).data.vacature
        .functie.functieTitel
    }
    const fetched = 'vdab-gateway; fwd=request; stored'
    const [first] = await rest('')
    await rename(built, 'Twee')
    clock.now += minute
    for (const ignored of [
      'max-age',
      'max-age=',
      'max-age=-1',
      'max-age=1.5',
      'max-age=0x1',
      'max-age=een',
      'no-cache=',
      'no-cache="x"',
      'x="no-cache, max-age=0"',
      'private, no-store',
      'only-if-cached, max-stale',
      '"',
      '=',
      ',,'
    ]) {
      t.same(await rest(ignored), [first, 'vdab-gateway; hit; ttl=540'], ignored)
    }
    t.same(await rest('no-cache', 'demo-frontend'), [first, 'vdab-gateway; hit; ttl=540'])
    t.same(await rest('max-age=60'), [first, 'vdab-gateway; hit; ttl=540'])
    t.same(await rest('max-age=59'), ['Twee', fetched])
    await rename(built, 'Drie')
    clock.now += 1000
    t.equal(await graphql('MAX-AGE="100"'), 'Twee')
    t.equal(await graphql('foo="a,b", No-Cache, max-age=100'), 'Drie')
    clock.now += 1000
    await simulator.faults(dead)
    t.same(
      await rest('no-cache'),
      ['UPSTREAM_UNAVAILABLE', null],
      'a request for fresh data is not answered with stale data'
    )
    t.same(await rest('max-age=5'), ['Drie', 'vdab-gateway; hit; ttl=599'])
  }
)

void t.test('requesting fresher data costs one call per entity, however often the query selects it', async (t) => {
  const { post, query, simulator, clock } = await withClock(t)
  const text = '{ vacatures(first: 50) { nodes { aantalJobs functie { jobdomeinen { label } } } } }'
  await query(text)
  clock.now += 1000
  await simulator.reset()
  await post({ query: text }, { headers: { 'cache-control': 'no-cache' } })
  t.same((await simulator.calls()).perEndpoint, {
    'GET /vacatures': 1,
    'POST /vacatures': 1,
    ...(hasLabels ? {} : { 'GET /jobdomeinen': 1 })
  })
})

void t.test('the lifetimes are settings', async (t) => {
  const built = await withClock(t, { FRESH_VACATURE_S: '5', STALE_VACATURE_S: '0' })
  const { title } = await titleOf(built)
  await rename(built, 'Anders')
  built.clock.now += 4999
  t.equal((await titleOf(built)).title, title)
  built.clock.now += 1
  t.equal((await titleOf(built)).title, 'Anders')
  await built.simulator.faults(dead)
  built.clock.now += 5000
  t.match(await titleOf(built), { title: undefined, code: 'UPSTREAM_UNAVAILABLE' })
})
