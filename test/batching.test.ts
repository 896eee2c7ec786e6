import t from 'tap'
import { build } from './helper.ts'
import type { Built } from './helper.ts'

const leaves = 'id functie { omschrijving(formaat: RUW) } aantalJobs'
const idsOf = async ({ query }: Built, first: number): Promise<string[]> => {
  const { data } = await query(`{ vacatures(first: ${first}) { nodes { id } } }`)
  return (data as { vacatures: { nodes: { id: string }[] } }).vacatures.nodes.map(({ id }) => id.replace('Vacature:', ''))
}
const detailCalls = ({ perEndpoint }: { perEndpoint: Record<string, number> }) => ({ post: perEndpoint['POST /vacatures'] ?? 0, get: perEndpoint['GET /vacatures/{id}'] ?? 0 })

void t.test('a search of 50 with details costs one search and one POST, and nothing when asked again', async (t) => {
  const { query, simulator } = await build(t)
  const ask = () => query(`{ vacatures(first: 50) { totaal nodes { ${leaves} } } }`)
  const first = await ask()
  t.equal(first.errors, undefined)
  t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1, 'POST /vacatures': 1 })
  t.same(await ask(), { ...first, extensions: { upstreamCalls: 0 } })
  t.equal((await simulator.calls()).total, 2)
})

void t.test('labels cost one call per list on first use, never one per code', async (t) => {
  const { query, simulator } = await build(t)
  const ask = () => query('{ vacatures(first: 50) { nodes { functie { jobdomeinen { code label } } arbeidsovereenkomst { arbeidsContract { code label } } } } }')
  await ask()
  t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1, 'POST /vacatures': 1, 'GET /jobdomeinen': 1, 'GET /arbeidscontracten': 1 })
  await ask()
  t.equal((await simulator.calls()).total, 4)
})

void t.test('what search items carry needs no details: leverancier, status and municipality cost one call', async (t) => {
  const { query, simulator } = await build(t)
  const { data, extensions } = await query('{ vacatures(first: 50) { nodes { id leverancier { naam } status tewerkstellingsadres { gemeente } } } }')
  t.equal((data as { vacatures: { nodes: unknown[] } }).vacatures.nodes.length, 50)
  t.same(extensions, { upstreamCalls: 1 })
  t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1 })
})

void t.test('the occupation of search items needs no details either: its label comes from the list, and it has its list', async (t) => {
  const { query, simulator } = await build(t)
  const { data, errors } = await query('{ vacatures(first: 50) { nodes { __typename functie { __typename beroepsprofiel { __typename code label lijst } } } } }')
  t.equal(errors, undefined)
  t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1, 'GET /sjablonen': 1 })
  const full = await query('{ vacatures(first: 50) { nodes { __typename aantalJobs functie { __typename beroepsprofiel { __typename code label lijst } } } } }')
  const occupations = (answer: unknown) => (answer as { vacatures: { nodes: { functie: { beroepsprofiel: unknown } | null }[] } }).vacatures.nodes.map(({ functie }) => functie?.beroepsprofiel ?? null)
  t.same(occupations(data), occupations(full.data))
  const lists = await query('{ vacatures(first: 50) { nodes { functie { beroepsprofiel { lijst } } } } }')
  t.same(occupations(lists.data), occupations(full.data).map((occupation) => (occupation === null ? null : { lijst: (occupation as { lijst: unknown }).lijst })))
})

void t.test('a lone __typename tells whether an object is there, as the whole record has it', async (t) => {
  const { query } = await build(t)
  const ask = async (more: string) => ((await query(`{ vacatures(first: 50) { nodes { ${more} leverancier { __typename } tewerkstellingsadres { __typename } } } }`)).data as { vacatures: { nodes: { leverancier: unknown; tewerkstellingsadres: unknown }[] } }).vacatures.nodes.map(({ leverancier, tewerkstellingsadres }) => [leverancier, tewerkstellingsadres])
  t.same(await ask(''), await ask('aantalJobs'))
})

void t.test('a skipped field needs no details, and the same field included does', async (t) => {
  const { query, simulator } = await build(t)
  const ask = (whole: boolean) => query(`query ($whole: Boolean!) { vacatures(first: 5) { nodes { status ...More @include(if: $whole) } } } fragment More on Vacature { aantalJobs }`, { whole })
  await ask(false)
  t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1 })
  await ask(true)
  t.equal(detailCalls(await simulator.calls()).post, 1)
})

void t.test('200 identical questions at once on a cold gateway cost what one costs', async (t) => {
  const { query, simulator } = await build(t, { env: { REQUESTS_PER_MINUTE: '1000' } })
  const answers = await Promise.all(Array.from({ length: 200 }, () => query(`{ vacatures(first: 50) { nodes { ${leaves} } } }`)))
  const [{ data: expected } = {}] = answers
  for (const { data, errors } of answers) {
    t.equal(errors, undefined)
    t.same(data, expected)
  }
  t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1, 'POST /vacatures': 1 })
})

void t.test('40 different questions at once, each for one id, cost one POST', async (t) => {
  const built = await build(t)
  const ids = await idsOf(built, 40)
  await built.simulator.reset()
  const answers = await Promise.all(ids.map((id) => built.query(`query ($id: ID!) { vacature(id: $id) { ${leaves} } }`, { id })))
  t.same(answers.map(({ data }) => (data as { vacature: { id: string } }).vacature.id), ids.map((id) => `Vacature:${id}`))
  t.same((await built.simulator.calls()).perEndpoint, { 'POST /vacatures': 1 })
})

void t.test('a GET by id, a POST of ids and GraphQL share what they fetched', async (t) => {
  const built = await build(t)
  const ids = await idsOf(built, 10)
  await built.simulator.reset()
  await built.query(`{ vacaturesOpId(ids: ${JSON.stringify(ids)}) { aantalJobs } }`)
  const one = await built.get(`/services/openservices/v2/vacatures/${String(ids[0])}`)
  t.equal(one.status, 200)
  const many = await fetch(`${built.url}/services/openservices/v2/vacatures`, { method: 'POST', headers: { 'x-ibm-client-id': 'demo-frontend', 'content-type': 'application/json' }, body: JSON.stringify({ vacatureIds: ids }) })
  t.equal(((await many.json()) as { aantal: number }).aantal, 10)
  t.equal((await built.simulator.calls()).total, 1)
})

void t.test('a batch holds no more than its maximum', async (t) => {
  const { query, simulator } = await build(t, { env: { BATCH_MAX: '20' } })
  await query(`{ vacatures(first: 50) { nodes { ${leaves} } } }`)
  t.same(detailCalls(await simulator.calls()), { post: 3, get: 0 })
})

void t.test('one id is asked by GET, which is certain, and only once for any number who want it', async (t) => {
  const built = await build(t)
  const [id] = await idsOf(built, 1)
  await built.simulator.reset()
  await Promise.all(Array.from({ length: 20 }, () => built.query('query ($id: ID!) { vacature(id: $id) { aantalJobs } }', { id })))
  t.same((await built.simulator.calls()).perEndpoint, { 'GET /vacatures/{id}': 1 })
})

for (const status of [400, 404, 405, 415]) {
  void t.test(`a POST refused with ${status} is replaced by GETs, with every record there`, async (t) => {
    const { query, simulator } = await build(t)
    await simulator.faults({ endpoint: 'POST /vacatures', status })
    const { data, errors } = await query(`{ vacatures(first: 30) { nodes { ${leaves} } } }`)
    t.equal(errors, undefined)
    t.equal((data as { vacatures: { nodes: ({ id: string } | null)[] } }).vacatures.nodes.filter((node) => node !== null).length, 30)
    t.same(detailCalls(await simulator.calls()), { post: 1, get: 30 })
    await query(`{ vacatures(first: 30, after: null, filter: { jobdomein: ["JOBCAT10"] }) { nodes { ${leaves} } } }`)
    t.equal(detailCalls(await simulator.calls()).post, 1, 'it is not tried again at once')
  })
}

void t.test('a kandidaat has no batch: each id is fetched once, side by side', async (t) => {
  const { query, simulator } = await build(t)
  const ask = () => query('{ kandidaten(first: 30) { nodes { cvId status gewensteJob { regios { code } } } } }')
  await Promise.all([ask(), ask(), ask()])
  t.same((await simulator.calls()).perEndpoint, { 'GET /kandidaten': 1, 'GET /kandidaten/{id}': 30 })
})

void t.test('unknown ids are null in their place, and remembered as unknown for 30 s', async (t) => {
  let now = Date.now()
  const built = await build(t, { now: () => now })
  const [known] = await idsOf(built, 1)
  const unknown = '00000000-0000-4000-8000-000000000000'
  const ask = () => built.query('query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id } }', { ids: [unknown, known, unknown] })
  const expected = { vacaturesOpId: [null, { id: `Vacature:${String(known)}` }, null] }
  await built.simulator.reset()
  t.same((await ask()).data, expected)
  const { total } = await built.simulator.calls()
  t.same((await ask()).data, expected)
  t.equal((await built.simulator.calls()).total, total)
  now += 30_001
  t.same((await ask()).data, expected)
  t.ok((await built.simulator.calls()).total > total)
})
