import t from 'tap'
import { markIn } from '../canary.ts'
import { build, consumersFile } from '../helper.ts'

const ids = ['a3e007c0-68d3-4fb7-aa35-c36e96ede172', '9d86dbb5-3cba-4ef5-9172-38c0e6782746'] as const
const cv = 'bbbbbbbb-0000-4000-8000-000000000001'
const detail = (id: string) => `{ vacature(id: "${id}") { id functie { functieTitel } } }`
const search =
  '{ vacatures(first: 3) { totaal nodes { id functie { functieTitel } functie { jobdomeinen { code label } } } } }'

type Call = { number: number; endpoint: string; ids?: number; sharedWith: number; isOwn: boolean; retry?: number }
type LookUp = { pad: string; endpoint?: string; layer?: string; state: string; count: number; calls?: number[] }
type Explained = {
  steps: Record<string, unknown>
  keptAnswer: { ageMs: number; freshForMs: number } | null
  lookUps: LookUp[]
  calls: Call[]
  hidden: { pad: string; reason: string; scope?: string }[]
  failed: { pad: string; code: string }[]
  cost: { price: number; parts: { pad: string; price: number }[] }
}
type Answer = { data: unknown; errors?: unknown; extensions: { explain: Explained; upstreamCalls: number } }
const headers = { 'x-explain': '1' }

const built = async (t: Parameters<typeof build>[0], options: Parameters<typeof build>[1] = {}) => {
  const gateway = await build(t, options)
  const ask = async (query: string, more: Record<string, string> = headers, key = 'demo-beheer') =>
    (await (await gateway.post({ query }, { headers: more, key })).json()) as Answer
  const explain = async (query: string, key?: string) => (await ask(query, headers, key)).extensions.explain
  return { ...gateway, ask, explain }
}

t.test('an explanation shows the source of each look-up and the call it waited for', async (t) => {
  const clock = { now: Date.parse('2026-03-02T10:00:00.000Z') }
  const { ask, explain, simulator } = await built(t, { now: () => clock.now })
  const { extensions } = await ask(detail(ids[0]))
  t.match(extensions.explain, {
    keptAnswer: null,
    lookUps: [
      { pad: 'vacature', endpoint: 'vacature', layer: 'record', state: 'miss', count: 1, oldestMs: 0, calls: [1] }
    ],
    calls: [{ number: 1, endpoint: 'vacature', method: 'GET', status: 200, sharedWith: 0, isOwn: true }],
    hidden: [],
    failed: [],
    cost: { price: 2 }
  })
  t.equal(extensions.upstreamCalls, 1)
  t.match(extensions.explain.steps, { isKnownDocument: false, readMs: Number, executeMs: Number, auditMs: Number })
  clock.now += 5000
  const again = await explain(detail(ids[0]))
  t.match(again.lookUps, [{ state: 'hit', oldestMs: 5000, freshForMs: 595_000 }])
  t.same(again.calls, [])
  t.match(again.steps, { isKnownDocument: true })

  clock.now += 610_000
  await simulator.faults({ status: 503 })
  t.match((await explain(detail(ids[0]))).lookUps, [{ state: 'stale', oldestMs: 615_000, freshForMs: 0 }])
})

t.test('its figures equal extensions.upstreamCalls and the calls that VDAB counted', async (t) => {
  const { ask, simulator } = await built(t)
  for (const query of [
    search,
    search,
    detail(ids[0]),
    `{ vacaturesOpId(ids: ["${ids.join('","')}"]) { id status } }`
  ]) {
    await simulator.reset()
    const { extensions, errors } = await ask(query)
    t.equal(errors, undefined)
    const { calls, lookUps } = extensions.explain
    const { total } = await simulator.calls()
    t.equal(calls.filter(({ isOwn }) => isOwn).length, total, query)
    t.equal(extensions.upstreamCalls, total)
    t.same(
      calls.map(({ number }) => number),
      calls.map((_, index) => index + 1)
    )
    const named = new Set(lookUps.flatMap((lookUp) => lookUp.calls ?? []))
    t.same(
      [...named].sort(),
      calls.map(({ number }) => number),
      'each call belongs to a look-up'
    )
  }
})

t.test('a batch for two requests and a joined fetch are in both explanations, and count once', async (t) => {
  const { ask, simulator, explain } = await built(t, { env: { BATCH_WINDOW_MS: '500' } })
  const [one, other] = await Promise.all(ids.map((id) => ask(detail(id))))
  const calls = [one, other].flatMap((answer) => answer?.extensions.explain.calls ?? [])
  t.match(calls, [
    { endpoint: 'vacaturesOpId', ids: 2, sharedWith: 1 },
    { endpoint: 'vacaturesOpId', ids: 2, sharedWith: 1 }
  ])
  t.same(calls.map(({ isOwn }) => isOwn).sort(), [false, true])
  t.equal((await simulator.calls()).total, 1)

  const third = 'aaaaaaaa-0000-4000-8000-000000000001'
  await simulator.faults({ latencyMs: 100 })
  const both = await Promise.all([explain(detail(third)), explain(`{ vacature(id: "${third}") { status } }`)])
  t.same(both.flatMap(({ lookUps }) => lookUps.map(({ state }) => state)).sort(), ['coalesced', 'miss'])
  for (const { calls: made } of both) t.match(made, [{ endpoint: 'vacature', sharedWith: 1 }])
})

t.test('retries and failures have their codes', async (t) => {
  const { ask, simulator } = await built(t)
  await simulator.faults({ status: 503, endpoint: 'GET /vacatures/{id}' })
  const { extensions } = await ask(detail(ids[0]))
  const { calls, failed } = extensions.explain
  t.ok(calls.length > 1)
  t.match(calls.at(-1), { status: 503, retry: calls.length - 1 })
  t.equal(extensions.upstreamCalls, calls.length)
  t.same(failed, [{ pad: 'vacature', code: 'UPSTREAM_UNAVAILABLE' }])
})

t.test('an explanation has the scopes of hidden fields, the parts of the price and a mark if cached', async (t) => {
  const { ask, post, explain } = await built(t, { env: { CONSUMERS_FILE: consumersFile() } })
  const query = `{ kandidaat(id: "${cv}") { cvId natuurlijkPersoon { voornaam email } } }`
  const { data, extensions } = await ask(query, headers, 'team-key')
  t.match(data, { kandidaat: { natuurlijkPersoon: { voornaam: null, email: null } } })
  t.same(extensions.explain.hidden, [
    { pad: 'kandidaat.natuurlijkPersoon.voornaam', reason: 'SCOPE', scope: 'kandidaten:identiteit' },
    { pad: 'kandidaat.natuurlijkPersoon.email', reason: 'SCOPE', scope: 'kandidaten:contact' }
  ])
  t.notOk(JSON.stringify(extensions.explain).includes(cv))

  for (let time = 0; time < 3; time += 1) await (await post({ query: search }, { key: 'team-key' })).text()
  const { keptAnswer, cost, lookUps } = await explain(search, 'team-key')
  if (process.env['FAST_PATH'] === 'off') t.equal(keptAnswer, null)
  else t.match(keptAnswer, { ageMs: Number, freshForMs: Number })
  t.ok(lookUps.every(({ state }) => state === 'hit'))
  const [first, second] = cost.parts
  t.match([first?.pad, second?.pad], ['vacatures', 'vacatures.nodes'])
  t.ok(Math.ceil((first?.price ?? 0) - 0.001) <= cost.price, 'no part costs more than the whole')
})

t.test('the data of an explained answer is that of the same answer without explanation', async (t) => {
  const { ask, get, simulator } = await built(t, { simulator: { vacatures: 40, kandidaten: 20 } })
  const person = '{ cvId natuurlijkPersoon { voornaam geboortedatum } gewensteJob { functies { titel } } }'
  const queries = [
    search,
    detail(ids[0]),
    `{ kandidaten(first: 5) { totaal nodes ${person} } }`,
    `{ kandidaat(id: "${cv}") ${person} a: vacature(id: "geen-id") { id } }`,
    '{ referenties(lijst: RIJBEWIJZEN) { code label } }',
    '{ vacatures(filter: { postcode: ["geheim"] }) { totaal } }',
    '{ nergens }',
    '{ __typename }'
  ]
  for (const query of queries) {
    const [explained, plain] = [await ask(query), await ask(query, {})]
    t.same(explained.data, plain.data, query)
    t.equal(JSON.stringify(explained.errors), JSON.stringify(plain.errors))
    t.equal(plain.extensions.explain, undefined, 'an answer with an explanation is not cached')
    if (plain.data !== undefined) t.ok(explained.extensions.explain)
    t.equal(markIn(JSON.stringify(explained.extensions)), undefined)
  }
  await simulator.heal()
  const path = `/graphql?query=${encodeURIComponent(search)}`
  const overGet = await get(path, { headers })
  t.match(overGet.headers.get('cache-control'), /no-store/)
  t.ok(((await overGet.json()) as Answer).extensions.explain)
  for (let time = 0; time < 3; time += 1) t.notMatch(await (await get(path)).text(), 'explain')
})

t.test('under /api the explanation is next to the data', async (t) => {
  const { get } = await built(t)
  const path = `/api/vacatures/${ids[0]}`
  for (let time = 0; time < 3; time += 1) await (await get(path)).text()
  const response = await get(path, { headers })
  t.match(response.headers.get('cache-control'), /no-store/)
  const { explain, ...data } = (await response.json()) as Record<string, unknown>
  t.match(explain, { lookUps: Array, calls: Array, cost: { price: Number } })
  t.same(data, await (await get(path)).json())
})

t.test('without the scope beheer an explanation is refused, and 0 requests none', async (t) => {
  const { post, get, ask } = await built(t)
  for (let time = 0; time < 3; time += 1) {
    const response = await post({ query: search }, { key: 'demo-hr', headers })
    t.equal(response.status, 403)
    t.match(await response.json(), { errors: [{ extensions: { code: 'FORBIDDEN' } }] })
    await (await post({ query: search }, { key: 'demo-hr' })).text()
  }
  t.equal((await get('/api/vacatures', { key: 'demo-hr', headers })).status, 403)
  t.equal(
    (await get('/services/openservices/v1/jobdomeinen', { key: 'demo-hr', headers })).status,
    200,
    'VDAB’s paths ignore the header'
  )
  t.equal((await ask(search, { 'x-explain': '0' })).extensions.explain, undefined)
})
