import { connect } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { createBatcher } from '../../src/upstream/batcher.ts'
import { build, buildBefore, readJson } from '../helper.ts'
import type { Built } from '../helper.ts'

const leaves = 'id functie { omschrijving(formaat: RUW) } aantalJobs'
const idsOf = async ({ query }: Built, first: number): Promise<string[]> => {
  const { data } = await query(`{ vacatures(first: ${first}) { nodes { id } } }`)
  return (data as { vacatures: { nodes: { id: string }[] } }).vacatures.nodes.map(({ id }) =>
    id.replace('Vacature:', '')
  )
}
const detailCalls = ({ perEndpoint }: { perEndpoint: Record<string, number> }) => ({
  post: perEndpoint['POST /vacatures'] ?? 0,
  get: perEndpoint['GET /vacatures/{id}'] ?? 0
})

void t.test('a search of 50 with details costs one search and one POST, and no call when repeated', async (t) => {
  const { query, simulator } = await build(t)
  const ask = () => query(`{ vacatures(first: 50) { totaal nodes { ${leaves} } } }`)
  const first = await ask()
  t.equal(first.errors, undefined)
  t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1, 'POST /vacatures': 1 })
  t.same(await ask(), { ...first, extensions: { upstreamCalls: 0 } })
  t.equal((await simulator.calls()).total, 2)
})

void t.test('labels cost one call per list on first use, not one per code', async (t) => {
  const { query, simulator } = await build(t)
  const ask = () =>
    query(
      '{ vacatures(first: 50) { nodes { functie { jobdomeinen { code label } } arbeidsovereenkomst { arbeidsContract { code label } } } } }'
    )
  await ask()
  t.same((await simulator.calls()).perEndpoint, {
    'GET /vacatures': 1,
    'POST /vacatures': 1,
    'GET /jobdomeinen': 1,
    'GET /arbeidscontracten': 1
  })
  await ask()
  t.equal((await simulator.calls()).total, 4)
})

void t.test(
  'fields that search items include need no details: leverancier, status and municipality cost one call',
  async (t) => {
    const { query, simulator } = await build(t)
    const { data, extensions } = await query(
      '{ vacatures(first: 50) { nodes { id leverancier { naam } status tewerkstellingsadres { gemeente } } } }'
    )
    t.equal((data as { vacatures: { nodes: unknown[] } }).vacatures.nodes.length, 50)
    t.same(extensions, { upstreamCalls: 1 })
    t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1 })
  }
)

void t.test(
  'the occupation of search items needs no details: its code comes from the search and its label from the list',
  async (t) => {
    const { query, simulator } = await build(t)
    const { data, errors } = await query(
      '{ vacatures(first: 50) { nodes { __typename functie { __typename beroepsprofiel { __typename code label lijst } } } } }'
    )
    t.equal(errors, undefined)
    t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1, 'GET /sjablonen': 1 })
    const full = await query(
      '{ vacatures(first: 50) { nodes { __typename aantalJobs functie { __typename beroepsprofiel { __typename code label lijst } } } } }'
    )
    const occupations = (answer: unknown) =>
      (answer as { vacatures: { nodes: { functie: { beroepsprofiel: unknown } | null }[] } }).vacatures.nodes.map(
        ({ functie }) => functie?.beroepsprofiel ?? null
      )
    t.same(occupations(data), occupations(full.data))
    const lists = await query('{ vacatures(first: 50) { nodes { functie { beroepsprofiel { lijst } } } } }')
    t.same(
      occupations(lists.data),
      occupations(full.data).map((occupation) =>
        occupation === null ? null : { lijst: (occupation as { lijst: unknown }).lijst }
      )
    )
  }
)

void t.test('a selection of only __typename shows whether an object exists in the whole record', async (t) => {
  const { query } = await build(t)
  const ask = async (more: string) =>
    (
      (
        await query(
          `{ vacatures(first: 50) { nodes { ${more} leverancier { __typename } tewerkstellingsadres { __typename } } } }`
        )
      ).data as { vacatures: { nodes: { leverancier: unknown; tewerkstellingsadres: unknown }[] } }
    ).vacatures.nodes.map(({ leverancier, tewerkstellingsadres }) => [leverancier, tewerkstellingsadres])
  t.same(await ask(''), await ask('aantalJobs'))
})

void t.test('a skipped field needs no details, and an included one does', async (t) => {
  const { query, simulator } = await build(t)
  const ask = (whole: boolean) =>
    query(
      `query ($whole: Boolean!) { vacatures(first: 5) { nodes { status ...More @include(if: $whole) } } } fragment More on Vacature { aantalJobs }`,
      { whole }
    )
  await ask(false)
  t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1 })
  await ask(true)
  t.equal(detailCalls(await simulator.calls()).post, 1)
})

void t.test('200 identical simultaneous queries on a cold gateway cost the calls of one', async (t) => {
  const { query, simulator } = await build(t, { env: { REQUESTS_PER_MINUTE: '1000' } })
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => query(`{ vacatures(first: 50) { nodes { ${leaves} } } }`))
  )
  const [{ data: expected } = {}] = answers
  for (const { data, errors } of answers) {
    t.equal(errors, undefined)
    t.same(data, expected)
  }
  t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1, 'POST /vacatures': 1 })
})

for (const round of [1, 2, 3, 4, 5])
  void t.test(`40 different simultaneous queries, each for one id, cost one POST, each time (${round})`, async (t) => {
    const built = await build(t)
    const ids = await idsOf(built, 40)
    await built.simulator.reset()
    const answers = await Promise.all(
      ids.map((id) => built.query(`query ($id: ID!) { vacature(id: $id) { ${leaves} } }`, { id }))
    )
    t.same(
      answers.map(({ data }) => (data as { vacature: { id: string } }).vacature.id),
      ids.map((id) => `Vacature:${id}`)
    )
    t.same((await built.simulator.calls()).perEndpoint, { 'POST /vacatures': 1 })
  })

void t.test('a GET by id, a POST of ids and GraphQL share their cached records', async (t) => {
  const built = await build(t)
  const ids = await idsOf(built, 10)
  await built.simulator.reset()
  await built.query(`{ vacaturesOpId(ids: ${JSON.stringify(ids)}) { aantalJobs } }`)
  const one = await built.get(`/services/openservices/v2/vacatures/${String(ids[0])}`)
  t.equal(one.status, 200)
  const many = await fetch(`${built.url}/services/openservices/v2/vacatures`, {
    method: 'POST',
    headers: { 'x-ibm-client-id': 'demo-frontend', 'content-type': 'application/json' },
    body: JSON.stringify({ vacatureIds: ids })
  })
  t.equal(((await many.json()) as { aantal: number }).aantal, 10)
  t.equal((await built.simulator.calls()).total, 1)
})

void t.test('a batch has at most the maximum number of ids', async (t) => {
  const { query, simulator } = await build(t, { env: { BATCH_MAX: '20' } })
  await query(`{ vacatures(first: 50) { nodes { ${leaves} } } }`)
  t.same(detailCalls(await simulator.calls()), { post: 3, get: 0 })
})

void t.test('a single id is requested by GET, once for any number of waiting requests', async (t) => {
  const built = await build(t)
  const [id] = await idsOf(built, 1)
  await built.simulator.reset()
  await Promise.all(
    Array.from({ length: 20 }, () => built.query('query ($id: ID!) { vacature(id: $id) { aantalJobs } }', { id }))
  )
  t.same((await built.simulator.calls()).perEndpoint, { 'GET /vacatures/{id}': 1 })
})

for (const status of [400, 404, 405, 415]) {
  void t.test(`a POST refused with ${status} is replaced by GETs, and returns every record`, async (t) => {
    const { query, simulator } = await build(t)
    await simulator.faults({ endpoint: 'POST /vacatures', status })
    const { data, errors } = await query(`{ vacatures(first: 30) { nodes { ${leaves} } } }`)
    t.equal(errors, undefined)
    t.equal(
      (data as { vacatures: { nodes: ({ id: string } | null)[] } }).vacatures.nodes.filter((node) => node !== null)
        .length,
      30
    )
    t.same(detailCalls(await simulator.calls()), { post: 1, get: 30 })
    await query(`{ vacatures(first: 30, after: null, filter: { jobdomein: ["JOBCAT10"] }) { nodes { ${leaves} } } }`)
    t.equal(detailCalls(await simulator.calls()).post, 1, 'the POST is not retried at once')
  })
}

void t.test('there is no batch request for CVs: each id is fetched once, concurrently', async (t) => {
  const { query, simulator } = await build(t)
  const ask = () => query('{ kandidaten(first: 30) { nodes { cvId status gewensteJob { regios { code } } } } }')
  await Promise.all([ask(), ask(), ask()])
  t.same((await simulator.calls()).perEndpoint, { 'GET /kandidaten': 1, 'GET /kandidaten/{id}': 30 })
})

void t.test('unknown ids are null at their position, and cached as unknown for 30 s', async (t) => {
  let now = Date.parse('2026-03-02T10:00:00.000Z')
  const built = await build(t, { now: () => now })
  const [known] = await idsOf(built, 1)
  const unknown = '00000000-0000-4000-8000-000000000000'
  const ask = () =>
    built.query('query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id } }', { ids: [unknown, known, unknown] })
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

const windowMs = 1000
const longWindow = { BATCH_WINDOW_MS: String(windowMs) }
const oneById = 'query ($id: ID!) { vacature(id: $id) { id aantalJobs } }'
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate)
}
const msOf = async (work: () => Promise<unknown>) => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

void t.test(
  'a lone request is not delayed by the batch window: a detail, a page with details, more ids than fit a batch',
  async (t) => {
    const built = await build(t, { env: { ...longWindow, BATCH_MAX: '20' } })
    const [id] = await idsOf(built, 1)
    await built.simulator.reset()
    t.ok((await msOf(() => built.query(oneById, { id }))) < windowMs)
    t.ok((await msOf(() => built.query(`{ vacatures(first: 50) { nodes { ${leaves} } } }`))) < windowMs)
    t.same(detailCalls(await built.simulator.calls()), { get: 1, post: 3 })
  }
)

void t.test('an idle connection or an invalid request does not delay other requests', async (t) => {
  const built = await build(t, { env: longWindow })
  const [id, other] = await idsOf(built, 2)
  const silent = connect(Number(new URL(built.url).port), '127.0.0.1')
  t.teardown(async () => {
    silent.destroy()
  })
  await new Promise((resolve) => {
    silent.once('connect', resolve)
  })
  t.ok((await msOf(() => built.query(oneById, { id }))) < windowMs)
  const refused = Array.from({ length: 5 }, () => built.query(oneById, { id: other }, 'no-such-key'))
  t.ok((await msOf(() => built.query(oneById, { id: other }))) < windowMs)
  await Promise.all(refused)
})

void t.test(
  'while other requests wait for VDAB a batch is held for their ids, and is sent once they have their answers',
  async (t) => {
    const posted: unknown[] = []
    let release = () => {}
    let isHeld = false
    const { query } = await buildBefore(
      t,
      async (request, response) => {
        const json = (body: unknown) =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
        if (request.method === 'POST') {
          const { vacatureIds } = (await readJson(request)) as { vacatureIds: string[] }
          posted.push(vacatureIds)
          return json(vacatureIds.map((interneReferentie) => ({ vacatureReferentie: { interneReferentie } })))
        }
        isHeld = true
        await new Promise<void>((resolve) => {
          release = resolve
        })
        return json({ aantal: 0, resultaten: [] })
      },
      longWindow
    )
    const [one, two] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
    const searching = query('{ vacatures { totaal } }')
    while (!isHeld) await turns(1)
    const first = query(oneById, { id: one })
    await turns(50)
    const second = query(oneById, { id: two })
    await turns(50)
    t.same(posted, [])
    const waited = await msOf(async () => {
      release()
      await Promise.all([searching, first, second])
    })
    t.same(posted, [[one, two]])
    t.ok(waited < windowMs, `${waited} ms`)
  }
)

void t.test(
  'for any arrival times, waiting ids share a batch, none waits longer than the window, and a lone id does not wait',
  async () => {
    const windowMs = 10
    const turnMs = 0.1
    const comes = fc.record({ at: fc.integer({ min: 0, max: 60 }), id: fc.integer({ min: 1, max: 12 }) })
    const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 30 })), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(comes, { minLength: 1, maxLength: 30 }),
        spans,
        fc.integer({ min: 1, max: 8 }),
        async (asked, expected, max) => {
          let time = 0
          const due: { at: number; next: () => void }[] = []
          const at = (when: number, next: () => void) => {
            due.push({ at: when, next })
          }
          const isRequestedByOthers = () => expected.some(([from, length]) => time >= from && time < from + length)
          const left: { ids: readonly string[]; at: number }[] = []
          const batcher = createBatcher({
            windowMs,
            max,
            isRequestedByOthers,
            clock: {
              now: () => time,
              later: (ms, next) => {
                at(time + ms, next)
              },
              afterInput: (next) => {
                at(time + turnMs, next)
              }
            },
            fetch: (ids) => {
              left.push({ ids, at: time })
              return Promise.resolve(new Map(ids.map((id) => [id, { id }])))
            }
          })
          const waits: { id: string; at: number; answer: Promise<unknown> }[] = []
          for (const { at: when, id } of asked)
            at(when, () => {
              waits.push({ id: String(id), at: time, answer: batcher.load(String(id), { upstreamCalls: 0 }) })
            })
          while (due.length > 0) {
            due.sort((a, b) => a.at - b.at)
            const [{ at: when, next } = { at: 0, next: () => {} }] = due.splice(0, 1)
            time = when
            next()
          }
          for (const { id, at: since, answer } of waits) {
            if (((await answer) as { id: string }).id !== id) throw new Error(`${id} was answered with another`)
            const batch = left.find(({ ids, at: when }) => ids.includes(id) && when >= since)
            if (!batch) throw new Error(`${id} was never fetched`)
            if (batch.at - since > windowMs + 2 + 2 * turnMs) throw new Error(`${id} waited ${batch.at - since} ms`)
            const isLone =
              !waits.some((other) => other.id !== id && Math.abs(other.at - since) <= windowMs + 5) &&
              !expected.some(([from, length]) => since + windowMs + 5 >= from && since - windowMs <= from + length)
            if (isLone && batch.at - since > turnMs * 1.5) throw new Error(`${id} waited ${batch.at - since} ms, alone`)
          }
          if (left.some(({ ids }) => ids.length > max || new Set(ids).size < ids.length))
            throw new Error('a batch too large, or with an id twice')
        }
      )
    )
  }
)
