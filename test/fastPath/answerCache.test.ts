import fc from 'fast-check'
import { build } from '../helper.ts'
import type { Built } from '../helper.ts'
import { test } from './test.ts'

const second = 1000
const minute = 60 * second
const start = Date.parse('2026-03-02T10:00:00.000Z')
const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const other = '9d86dbb5-3cba-4ef5-9172-38c0e6782746'
const unknown = '00000000-0000-4000-8000-000000000000'
const cvId = '30dbfef1-59df-4521-a111-964bf0208e68'
const world = { date: '2026-02-13', vacatures: 40, kandidaten: 20 }
const plenty = { REQUESTS_PER_MINUTE: '1000000', COST_PER_MINUTE: '100000000', BATCH_WINDOW_MS: '0' }

const page =
  '{ vacatures(first: 20) { totaal nodes { id status aantalJobs functie { functieTitel } } pageInfo { endCursor } } }'
const detail = 'query ($id: ID!) { vacature(id: $id) { id versie aantalJobs functie { functieTitel } } }'
const search =
  'query ($f: VacatureFilter, $n: Int = 3) { vacatures(filter: $f, first: $n) { totaal nodes { id aantalJobs } } }'
const list = 'query ($l: Referentielijst!, $t: String) { referenties(lijst: $l, trefwoord: $t) { code label } }'
const chosen =
  'query A($met: Boolean = false) { vacature(id: "a3e007c0-68d3-4fb7-aa35-c36e96ede172") { aantalJobs functie @include(if: $met) { functieTitel } } } query B { vacature(id: "9d86dbb5-3cba-4ef5-9172-38c0e6782746") { aantalJobs } }'
const rest = '/services/openservices'
const inUrl = (members: Record<string, unknown>) =>
  `/graphql?${new URLSearchParams(Object.entries(members).map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : JSON.stringify(value)])).toString()}`

/** A request: a body to POST to /graphql, or a path to GET. */
const shapes: readonly (string | object)[] = [
  { query: page },
  { query: page.replace('{ vac', '{  vac') },
  ...[id, other, id.toUpperCase(), `Vacature:${id}`, unknown, 'niets', cvId].map((one) => ({
    query: detail,
    variables: { id: one }
  })),
  { query: detail, variables: { id, ...{ extra: 1 } } },
  { query: detail },
  { query: detail, variables: { id: null } },
  { query: detail, variables: { id: 1 } },
  ...[
    {},
    { n: 3 },
    { n: 3.0, f: null },
    { f: {}, n: 3 },
    { f: { sinds: 30 } },
    { n: 2, f: { sinds: 30 } },
    { f: { sinds: 30 }, n: 2 },
    { n: null },
    { n: 0 },
    { n: '3' },
    { n: 1.5 },
    { f: { jobdomein: 'JOBCAT01' } },
    { f: { jobdomein: ['JOBCAT01'] } },
    { f: { jobdomein: ['JOBCAT99'] } },
    { f: { postcode: ['2000', '9000'] } },
    { f: { postcode: ['9000', '2000'] } }
  ].map((variables) => ({ query: search, variables })),
  '{"query":"query($n: Int) { vacatures(first: $n) { totaal } }","variables":{"n":1}}',
  '{"query":"query($n: Int) { vacatures(first: $n) { totaal } }","variables":{"n":1.0}}',
  '{"query":"query($n: Int) { vacatures(first: $n) { totaal } }","variables":{"n":1e0}}',
  '{"query":"query($n: Int) { vacatures(first: $n) { totaal } }","variables":{"n":2,"n":1}}',
  { query: list, variables: { l: 'JOBDOMEINEN' } },
  { query: list, variables: { l: 'JOBDOMEINEN', t: null } },
  { query: list, variables: { l: 'DIPLOMAS', t: 'handelsingenieur' } },
  { query: list, variables: { l: 'ONZIN' } },
  { query: chosen, operationName: 'A' },
  { query: chosen, operationName: 'A', variables: { met: true } },
  { query: chosen, operationName: 'A', variables: { met: null } },
  { query: chosen, operationName: 'B' },
  { query: chosen },
  [{ query: page }, { query: detail, variables: { id } }],
  { query: '{ __typename }' },
  { query: '{ __schema { queryType { name } } }' },
  { query: `{ node(id: "Vacature:${id}") { id ... on Vacature { aantalJobs } } }` },
  { query: `{ node(id: "Vacature:${id}") { ... on Vacature { aantalJobs } ... on Kandidaat { status } } }` },
  { query: `{ node(id: "Kandidaat:${cvId}") { id ... on Kandidaat { status } } }` },
  { query: `{ kandidaat(id: "${cvId}") { status kandidaat { voornaam } } }` },
  { query: '{ kandidaten(first: 2) { totaal nodes { id } } vacatures(first: 1) { totaal } }' },
  { query: `{ vacature(id: "${id}") { aantalJobs sollicitatieprocedure { __typename } } }` },
  { query: `{ vacature(id: "${id}") { sollicitatieprocedure { contactpersoon { naam } } aantalJobs } }` },
  { query: `{ vacaturesOpId(ids: ["${id}", "${unknown}", "${other}"]) { id aantalJobs } }` },
  { query: '{ vacatures(first: 2) { nodes { id jobdomeinen { code label } } } }' },
  { query: '{ vacatureWijzigingen(van: "2026-03-02T09:00:00Z", first: 3) { totaal nodes { id } } }' },
  inUrl({ query: page }),
  inUrl({ query: detail, variables: { id } }),
  inUrl({ query: detail, variables: { id: other } }),
  ...[
    '/v2/vacatures?aantal=5',
    '/v2/vacatures?aantal=5&vanaf=5',
    '/v2/vacatures?vanaf=5&aantal=5',
    `/v2/vacatures/${id}`,
    `/v2/vacatures/${id.toUpperCase()}`,
    `/v2/vacatures/${other}`,
    `/v2/vacatures/${unknown}`,
    `/v2/vacatures/${id}?a=b`,
    '/v2/vacatures/initial?datum=2026-02-13',
    '/v1/jobdomeinen',
    '/v2/diplomas?trefwoord=handelsingenieur',
    '/v1/kandidaten',
    `/v1/kandidaten/${cvId}`
  ].map((path) => `${rest}${path}`)
]

/** The fields of a vacancy that a document may select, in any combination. */
const selectable = [
  'aantalJobs',
  'id',
  'functie { functieTitel }',
  'functie { omschrijving(formaat: TEKST) }',
  'functie { jobdomeinen { code label } }',
  'f: functie { beroepsprofiel { code label } }',
  'vrijeVereiste',
  'vrijeVereiste(formaat: TEKST)',
  'leverancier { naam type }',
  'arbeidsovereenkomst { arbeidsContract { code label } aantalUur }',
  'profiel { vereisten { type code label } }',
  'tewerkstellingsadres { gemeente locatie { latitude } }',
  'isDubbel',
  '__typename'
] as const
/** A document that selects these fields, with different variables for each number. */
const selecting = (fields: readonly string[], from: 'detail' | 'page', number: number) =>
  from === 'detail'
    ? {
        query: `query ($id: ID!) { vacature(id: $id) { status ${fields.join(' ')} } }`,
        variables: { id: number % 2 === 0 ? id : other }
      }
    : {
        query: `query ($n: Int!) { vacatures(first: $n) { nodes { status ${fields.join(' ')} } } }`,
        variables: { n: 1 + (number % 4) }
      }

type Step =
  | { do: 'select'; fields: string[]; from: 'detail' | 'page' }
  | { do: 'ask'; shape: number; key: string; headers: Record<string, string>; times: number }
  | { do: 'change' | 'remove'; id: string; aantal: number }
  | { do: 'poll' | 'break' | 'heal' | 'forget' }
  | { do: 'wait'; ms: number }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      shape: fc.nat(shapes.length - 1),
      times: fc.constantFrom(1, 1, 2, 3),
      key: fc.constantFrom('demo-frontend', 'demo-frontend', 'demo-hr', 'demo-cv', 'demo-beheer', 'wrong'),
      headers: fc.constantFrom<Record<string, string>>(
        {},
        {},
        {},
        { accept: 'application/graphql-response+json' },
        { accept: 'text/html' },
        { 'x-doel': 'a test' },
        { 'x-doel': 'a test' },
        { 'cache-control': 'no-cache' },
        { 'cache-control': 'max-age=5' },
        { 'if-none-match': '"a"' }
      )
    })
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('select' as const),
      fields: fc.subarray([...selectable], { maxLength: 2 }),
      from: fc.constantFrom('detail' as const, 'page' as const)
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('change' as const), id: fc.constantFrom(id, other), aantal: fc.nat(50) })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'poll' as const,
        'poll' as const,
        'poll' as const,
        'break' as const,
        'heal' as const,
        'heal' as const,
        'forget' as const
      )
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 1, 900, 5 * second, 31 * second, 2 * minute, 11 * minute, 7 * 60 * minute)
    })
  }
)

/** The values that belong to only one answer, or describe how it was produced. */
const ofOne = [
  'x-request-id',
  'date',
  'content-length',
  'content-encoding',
  'etag',
  'cache-status',
  'transfer-encoding',
  'ratelimit',
  'ratelimit-reset'
]
const whatCame = async (response: Response) => ({
  status: response.status,
  headers: Object.fromEntries([...response.headers].filter(([name]) => !ofOne.includes(name))),
  body: (await response.text())
    .replaceAll(response.headers.get('x-request-id') ?? '-', 'id')
    .replace(/"upstreamCalls":\d+,?/g, '')
})
const send = ({ url }: Pick<Built, 'url'>, shape: string | object, key: string, headers: Record<string, string>) =>
  typeof shape === 'string' && shape.startsWith('/')
    ? fetch(`${url}${shape}`, { headers: { 'x-api-key': key, ...headers } })
    : fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
        body: typeof shape === 'string' ? shape : JSON.stringify(shape)
      })

/** The number of stored answers. */
const keptAt = async ({ url }: Pick<Built, 'url'>) =>
  ((await (await fetch(`${url}/health/ready`)).json()) as { cache: { derived: { items: number } } }).cache.derived.items

void test('an answer from the cache equals the computed one, over random queries, consumers, changes, failures and times', async (t) => {
  const clock = { now: start }
  const now = () => clock.now
  const ready = await build(t, { now, simulator: world, env: { ...plenty, FEED_INTERVAL_MS: '60000' } })
  const plain = await build(t, {
    now,
    simulator: { ...world, vacatures: 1 },
    env: { ...plenty, FEED_INTERVAL_MS: '60000', CACHE_ANSWERS: 'off', VDAB_URL: ready.simulator.base }
  })
  const both = [ready, plain]
  const { simulator } = ready
  await simulator.put('limits', { callsPerMinute: 1_000_000 })
  const poll = async () => {
    for (const { changes } of both) await changes.poll()
  }
  await poll()
  const compare = async (shape: string | object, key: string, headers: Record<string, string>) => {
    const [mine, theirs] = await Promise.all(
      both.map(async (gateway) => whatCame(await send(gateway, shape, key, headers)))
    )
    if (JSON.stringify(mine) !== JSON.stringify(theirs))
      throw new Error(`${JSON.stringify(shape)} of ${key}: ${JSON.stringify(mine)} is not ${JSON.stringify(theirs)}`)
  }
  let selections = 0
  const take = async (one: Step): Promise<void> => {
    if (one.do === 'wait') clock.now += one.ms
    else if (one.do === 'change')
      await simulator.patch(`vacatures/${one.id}`, {
        aantalJobs: one.aantal,
        vrijeVereiste: `<p>${one.aantal} talen</p>`
      })
    else if (one.do === 'select') await compare(selecting(one.fields, one.from, (selections += 1)), 'demo-frontend', {})
    else if (one.do === 'poll') {
      clock.now += second
      await poll()
      // Background fetches must have ended, otherwise the two gateways would fetch at different moments.
      for (const gateway of both)
        for (const vacature of [id, other])
          await (await send(gateway, { query: detail, variables: { id: vacature } }, 'demo-frontend', {})).text()
    } else if (one.do === 'break') await simulator.faults({ status: 500, endpoint: 'GET /vacatures' })
    else if (one.do === 'heal') await simulator.heal()
    else if (one.do === 'forget') for (const { vdab } of both) vdab.forget('vacature', id)
    else if (one.do === 'ask') {
      const shape = shapes[one.shape] ?? ''
      for (let time = 0; time < one.times; time += 1) await compare(shape, one.key, one.headers)
    }
  }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      await simulator.heal()
      for (const one of steps) await take(one)
    }),
    { numRuns: 60, endOnFailure: true, interruptAfterTimeLimit: 40_000 }
  )
  t.ok((await keptAt(ready)) > 10)
  t.equal(await keptAt(plain), 0)
})

const buildFollowing = async (t: Parameters<typeof build>[0], env: Record<string, string> = {}) => {
  const clock = { now: start }
  const built = await build(t, {
    now: () => clock.now,
    simulator: world,
    env: { ...plenty, FEED_INTERVAL_MS: '60000', ...env }
  })
  await built.changes.poll()
  const calls = async () => {
    const { total } = await built.simulator.calls()
    await built.simulator.reset()
    return total
  }
  const read = async (shape: string | object, key = 'demo-frontend', headers: Record<string, string> = {}) =>
    whatCame(await send(built, shape, key, headers))
  await built.simulator.reset()
  return { ...built, clock, calls, read }
}

void test('answers to one document share the fragments of their vacancies, and a change drops the fragments that show it', async (t) => {
  const { read, simulator, changes, clock, url } = await buildFollowing(t, { CACHE_ANSWERS: 'fragments' })
  const query =
    'query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id vrijeVereiste(formaat: TEKST) functie { jobdomeinen { code label } } } }'
  const select = async (...ids: string[]) =>
    (await read({ query, variables: { ids } })).body.replace(/,"extensions":.*/, '')
  const first = await select(id, other)
  const before = await keptAt({ url })
  for (let time = 0; time < 3; time += 1) t.equal(await select(id, other), first)
  t.equal(await keptAt({ url }), before + 2, 'one fragment is stored for each vacancy')
  const turned = await select(other, id)
  t.equal(await keptAt({ url }), before + 2)
  t.match(turned, new RegExp(`^\\{"data":\\{"vacaturesOpId":\\[\\{"id":"Vacature:${other}"`))
  t.equal(turned.length, first.length)
  await simulator.patch(`vacatures/${id}`, { vrijeVereiste: '<p>twee talen</p>' })
  clock.now += minute
  await changes.poll()
  for (let time = 0; time < 3; time += 1) {
    const { data } = JSON.parse(`${await select(other, id)}}`) as {
      data: { vacaturesOpId: { id: string; vrijeVereiste: string | null }[] }
    }
    t.same([data.vacaturesOpId[1]?.id, data.vacaturesOpId[1]?.vrijeVereiste], [`Vacature:${id}`, 'twee talen'])
  }
})

void test('no answer with personal data is stored, on any door, for any consumer', async (t) => {
  const built = await buildFollowing(t)
  for (const shape of [
    { query: `{ kandidaat(id: "${cvId}") { status } }` },
    { query: '{ kandidaten(first: 2) { totaal } }' },
    { query: `{ node(id: "Kandidaat:${cvId}") { __typename } }` },
    { query: '{ vacatures(first: 5) { nodes { sollicitatieprocedure { contactpersoon { naam } } } } }' },
    `${rest}/v1/kandidaten`,
    `${rest}/v1/kandidaten/${cvId}`
  ]) {
    for (const key of ['demo-hr', 'demo-cv', 'demo-frontend', 'demo-beheer'])
      for (let time = 0; time < 3; time += 1) await built.read(shape, key, { 'x-doel': 'a test' })
  }
  for (let time = 0; time < 3; time += 1) await built.read(`${rest}/v2/vacatures/${id}`, 'demo-hr')
  t.equal(await keptAt(built), 0)
})

void test('a consumer without a purpose does not learn that a person exists, even after another consumer did', async (t) => {
  const { url } = await build(t, { simulator: world, env: plenty, now: () => start })
  const ask = async (...doel: [string] | []) => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'x-api-key': 'demo-cv',
        'content-type': 'application/json',
        ...(doel[0] === undefined ? {} : { 'x-doel': doel[0] })
      },
      body: JSON.stringify({
        query: 'query ($id: ID!) { node(id: $id) { ... on Vacature { status } } }',
        variables: { id: `Kandidaat:${cvId}` }
      })
    })
    return ((await answer.json()) as { data: unknown }).data
  }
  for (let again = 0; again < 3; again += 1) {
    t.strictSame(await ask(), { node: null })
    t.strictSame(await ask('bemiddeling'), { node: {} })
  }
})

void test('failed, stale and explicitly fresher answers are not stored; an absence is stored until VDAB reports the record', async (t) => {
  const built = await buildFollowing(t, { FEED_INTERVAL_MS: '0' })
  const { read, simulator, clock, calls } = built
  await simulator.faults({ status: 500 })
  await read({ query: detail, variables: { id: other } })
  await read({ query: '{ __typename vacatures(first: 0) { totaal } }' })
  await simulator.heal()
  clock.now += second
  await read({ query: page }, 'demo-beheer', { 'cache-control': 'no-cache' })
  t.equal(await keptAt(built), 0)
  const before = await read({ query: detail, variables: { id } })
  t.equal(await keptAt(built), 1)
  clock.now += 11 * minute
  await simulator.faults({ status: 500 })
  t.match(
    (await read({ query: detail, variables: { id } })).body,
    /"versheid"/,
    'a stale answer is marked as stale, and is not the stored answer'
  )
  await simulator.heal()
  clock.now += second
  await calls()
  t.equal(
    (await read({ query: detail, variables: { id } })).body.replace(/"remaining":\d+/, ''),
    before.body.replace(/"remaining":\d+/, '')
  )
  t.equal(await calls(), 1)

  for (let time = 0; time < 4; time += 1) await read({ query: detail, variables: { id: unknown } })
  t.equal(await calls(), 1)
  clock.now += 31 * second
  await read({ query: detail, variables: { id: unknown } })
  t.equal(await calls(), 1, 'an absence has its own lifetime')
})

void test('when the feed fails, the shorter lifetime applies at once to stored answers too', async (t) => {
  const { read, simulator, changes, clock, calls } = await buildFollowing(t)
  for (let time = 0; time < 3; time += 1) await read({ query: detail, variables: { id } })
  clock.now += 30 * minute
  await changes.poll()
  await calls()
  await read({ query: detail, variables: { id } })
  t.equal(await calls(), 0, 'with the feed, half an hour is fresh')
  await simulator.faults({ status: 500, endpoint: 'GET /vacatures/bulk' })
  await changes.poll()
  await calls()
  await read({ query: detail, variables: { id } })
  t.equal(await calls(), 1)
})

void test('200 identical requests at one moment cause the calls of one, and each answer states its own price', async (t) => {
  const { simulator, calls, read } = await buildFollowing(t)
  await simulator.faults({ latencyMs: 100 })
  const query = '{ vacatures(first: 10) { nodes { id functie { omschrijving } } } }'
  const answers = await Promise.all(Array.from({ length: 200 }, async () => read({ query })))
  t.equal(await calls(), 2)
  t.equal(new Set(answers.map(({ body }) => body.replace(/"remaining":\d+/, ''))).size, 1)
  t.equal(new Set(answers.map(({ body }) => /"remaining":\d+/.exec(body)?.[0])).size, 200)
})

void test('when the leading request of a coalesced group fails, the others fail too or are answered on their own', async (t) => {
  const { simulator, read, clock } = await buildFollowing(t)
  const query = '{ vacatures(first: 10) { nodes { id functie { omschrijving } } } }'
  await simulator.faults({ latencyMs: 100, status: 500 })
  const failing = Promise.all(Array.from({ length: 20 }, async () => read({ query })))
  for (const { body } of await failing) t.match(body, /UPSTREAM_/)
  await simulator.heal()
  clock.now += second // a failing VDAB gets a test call twice a second
  t.notMatch((await read({ query })).body, /UPSTREAM_/)
})

void test('a request that arrives after a known change does not join an answer that was begun before it', async (t) => {
  const { simulator, read, vdab, clock } = await buildFollowing(t)
  const query = `{ vacature(id: "${id}") { aantalJobs } }`
  await simulator.patch(`vacatures/${id}`, { aantalJobs: 3 })
  await simulator.faults({ latencyMs: 300 })
  const early = [read({ query }), read({ query })]
  while (
    ((await simulator.calls()).perEndpoint['GET /vacatures/{id}'] ?? 0) +
      ((await simulator.calls()).perEndpoint['POST /vacatures'] ?? 0) ===
    0
  )
    await new Promise((resolve) => setImmediate(resolve))
  await simulator.heal()
  await simulator.patch(`vacatures/${id}`, { aantalJobs: 4 })
  clock.now += second
  await vdab.changed('vacature', [id], clock.now)
  const late = await Promise.all([read({ query }), read({ query })])
  for (const { body } of late) t.match(body, /"aantalJobs":4/)
  await Promise.all(early)
  t.match((await read({ query })).body, /"aantalJobs":4/)
})

void test('consumers with the same scopes share stored answers; consumers with more scopes have their own', async (t) => {
  const built = await buildFollowing(t)
  const query = '{ vacatures(first: 3) { nodes { id } } }'
  for (const key of ['demo-frontend', 'demo-hr', 'demo-cv', 'demo-beheer'])
    for (let time = 0; time < 3; time += 1) {
      const response = await send(built, { query }, key, {})
      const { extensions } = (await response.json()) as { extensions: { upstreamCalls?: number } }
      t.equal('upstreamCalls' in extensions, key === 'demo-beheer')
    }
  t.equal(await keptAt(built), 4, 'there is one stored answer for each of four sets of scopes')
})

void test('any number of stored answers stays within the bound, and each stays correct', async (t) => {
  const built = await buildFollowing(t, { CACHE_MAX_MB: '1' })
  const bytesAt = async () =>
    ((await (await fetch(`${built.url}/health/ready`)).json()) as { cache: { derived: { bytes: number } } }).cache
      .derived.bytes
  for (let number = 0; number < 600; number += 1) {
    const { body } = await built.read({
      query: `{ a${number}: vacatures(first: ${1 + (number % 20)}) { nodes { id functie { functieTitel } } } }`
    })
    if (!body.startsWith(`{"data":{"a${number}":{"nodes":[`)) t.fail(body.slice(0, 100))
  }
  t.ok((await bytesAt()) <= 256 * 1024)
})

void test('with CACHE_ANSWERS=fragments or off no whole answer is stored', async (t) => {
  for (const CACHE_ANSWERS of ['off', 'fragments']) {
    const { read } = await buildFollowing(t, { CACHE_ANSWERS })
    for (let time = 0; time < 3; time += 1) t.match((await read({ query: page })).body, /^\{"data":\{"vacatures"/)
  }
})
