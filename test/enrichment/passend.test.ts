import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { auditFile, build, type Built } from '../helper.ts'

const vacature = 'aaaaaaaa-0000-4000-8000-000000000001'
const kandidaat = 'bbbbbbbb-0000-4000-8000-000000000001'
const world = { vacatures: 60, kandidaten: 60, date: '2026-02-13' }
const delen = ['beroep', 'competenties', 'talen', 'studies', 'rijbewijzen', 'regio'] as const
const both = '{ gedeeld { code lijst } ontbrekend { code lijst } }'
const parts = delen.map((deel) => `${deel} ${both}`).join(' ')

type Code = { code: string; lijst: string }
type Overlap = Record<(typeof delen)[number], { gedeeld: Code[]; ontbrekend: Code[] } | null>
type Dekking = { vergeleken: number; totaal: number }
type Kandidaten = { items: (Overlap & { kandidaat: { cvId: string } })[]; dekking: Dekking }
type Vacatures = { items: (Overlap & { vacature: { id: string } })[]; dekking: Dekking }

const kandidatenOf = (first = 10, id = vacature) =>
  `{ vacature(id: "${id}") { passendeKandidaten(first: ${first}) { items { kandidaat { cvId } ${parts} } dekking { vergeleken totaal } } } }`
const vacaturesOf = (first = 10, id = kandidaat) =>
  `{ kandidaat(id: "${id}") { passendeVacatures(first: ${first}) { items { vacature { id } ${parts} } dekking { vergeleken totaal } } } }`
const askKandidaten = async ({ query }: Built, text = kandidatenOf(), key = 'demo-cv') =>
  ((await query(text, {}, key)).data as { vacature: { passendeKandidaten: Kandidaten } }).vacature.passendeKandidaten
const askVacatures = async ({ query }: Built, text = vacaturesOf(), key = 'demo-cv') =>
  ((await query(text, {}, key)).data as { kandidaat: { passendeVacatures: Vacatures } }).kandidaat.passendeVacatures
const sharedIn = (overlap: Overlap) => delen.filter((deel) => (overlap[deel]?.gedeeld.length ?? 0) > 0).length
const codesIn = (list: readonly Code[] | undefined) => list?.map(({ code }) => code)

/** A vacancy with requirements in every part, and two CVs: `all` meets all of them, `some` meets some. */
const demanding = {
  functie: { beroepsprofiel: { code: 'M140201-1' } },
  tewerkstellingsadres: { regioCode: 'BE231A', landCode: 'BE' },
  profiel: {
    vereisten: [
      { type: 'technischecompetentie', code: '11721' },
      { type: 'softskill', code: '8' },
      { type: 'talen', code: 'N' },
      { type: 'talen', code: 'F' },
      { type: 'studie', code: 'MAE5AHH' },
      { type: 'rijbewijs', code: 'B' },
      { type: 'onbekend', code: 'X' }
    ]
  }
}
const studie = [{ type: 'studie', naam: 'MAE5AHH' }]
const cvs = {
  all: {
    opleidingen: studie,
    attesteringen: [{ type: 'rijbewijs', code: 'B' }],
    competenties: [
      {},
      { type: 'technischeCompetentie', code: '11721' },
      { type: 'softSkill', code: '8' },
      { type: 'talen', code: 'N' },
      { type: 'talen', code: 'F' }
    ],
    gewensteJob: { regios: ['BE23'], functies: [{ titel: 'x', beroepsprofiel: { code: 'M140201-1' } }] }
  },
  some: {
    opleidingen: studie,
    attesteringen: [{ type: 'rijbewijs', code: 'BE' }],
    // the code of the soft skill, but as a technical competence
    competenties: [
      { type: 'technischeCompetentie', code: '8' },
      { type: 'talen', code: 'N' }
    ],
    gewensteJob: { regios: ['BE231A'], functies: [{ titel: 'x' }] }
  }
}

/** Leaves two candidates for the vacancy: `some`, which VDAB lists first, and `all`. */
const prepare = async (gateway: Built) => {
  const { data } = (await gateway.query('{ kandidaten(first: 60) { nodes { cvId } } }')) as {
    data: { kandidaten: { nodes: { cvId: string }[] } }
  }
  const ids = data.kandidaten.nodes.map(({ cvId }) => cvId)
  for (const id of ids) await gateway.simulator.patch(`kandidaten/${id}`, { gewensteJob: { regios: ['BE3'] } })
  const [some = '', all = ''] = ids
  await gateway.simulator.patch(`kandidaten/${some}`, cvs.some)
  await gateway.simulator.patch(`kandidaten/${all}`, cvs.all)
  await gateway.simulator.patch(`vacatures/${vacature}`, demanding)
  return { some, all }
}

test('the candidates for a vacancy are ordered by what they share with it, part by part', async (t) => {
  const gateway = await build(t, { simulator: world })
  const { some, all } = await prepare(gateway)
  const { items, dekking } = await askKandidaten(gateway)
  t.strictSame(dekking, { vergeleken: 2, totaal: 2 })
  t.strictSame(
    items.map(({ kandidaat: { cvId } }) => cvId),
    [all, some],
    'a candidate that shares something in more parts comes first'
  )
  const [first, second] = items
  t.strictSame(
    delen.map((deel) => [codesIn(first?.[deel]?.gedeeld), codesIn(first?.[deel]?.ontbrekend)]),
    [
      [['M140201-1'], []],
      [['11721', '8'], []],
      [['N', 'F'], []],
      [['MAE5AHH'], []],
      [['B'], []],
      [['BE231A'], []]
    ]
  )
  t.strictSame(
    delen.map((deel) => [codesIn(second?.[deel]?.gedeeld), codesIn(second?.[deel]?.ontbrekend)]),
    [
      [[], ['M140201-1']],
      [[], ['11721', '8']],
      [['N'], ['F']],
      [['MAE5AHH'], []],
      [[], ['B']],
      [['BE231A'], []]
    ]
  )
  t.strictSame(first?.competenties?.gedeeld, [
    { code: '11721', lijst: 'COMPETENTIES' },
    { code: '8', lijst: 'SOFTSKILLS' }
  ])
  const labels = await gateway.query(
    `{ vacature(id: "${vacature}") { passendeKandidaten { items { talen { gedeeld { label } } } } } }`
  )
  t.match(labels.data, {
    vacature: { passendeKandidaten: { items: [{ talen: { gedeeld: [{ label: 'Nederlands' }, { label: 'Frans' }] } }] } }
  })
})

test('the vacancies for a candidate share at least an occupation, and are in the documented order', async (t) => {
  const gateway = await build(t, { simulator: world })
  await prepare(gateway)
  await gateway.simulator.patch(`kandidaten/${kandidaat}`, cvs.all)
  const { items, dekking } = await askVacatures(gateway, vacaturesOf(50))
  t.ok(dekking.totaal >= items.length && items.length > 0)
  t.equal(dekking.vergeleken, items.length)
  for (const item of items) t.strictSame(codesIn(item.beroep?.gedeeld), ['M140201-1'])
  t.equal(items[0]?.vacature.id, `Vacature:${vacature}`)
  const counts = items.map(sharedIn)
  t.strictSame(
    counts,
    [...counts].sort((one, other) => other - one)
  )
})

test('a comparison makes one search and fetches the compared records, within its price', async (t) => {
  const gateway = await build(t, { simulator: world })
  const cost = async (text: string) => {
    await gateway.simulator.reset()
    const response = await gateway.post({ query: text }, { key: 'demo-cv' })
    const { perEndpoint, total } = await gateway.simulator.calls()
    t.ok(total <= Number(response.headers.get('x-cost')), `${total} calls of ${response.headers.get('x-cost')}`)
    return perEndpoint
  }
  const toPeople = await cost(kandidatenOf(3))
  t.equal(toPeople['GET /kandidaten'], 1)
  t.ok((toPeople['GET /kandidaten/{id}'] ?? 0) <= 3)
  const toVacatures = await cost(vacaturesOf(20))
  t.equal(toVacatures['GET /vacatures'], 1)
  const { 'POST /vacatures': batches = 0, 'GET /vacatures/{id}': single = 0 } = toVacatures
  t.ok(batches + single <= 1, 'the details are fetched in one batch')
  const counted = await cost(`{ vacature(id: "${vacature}") { passendeKandidaten { dekking { vergeleken } } } }`)
  t.notOk(counted['GET /kandidaten/{id}'], 'no CV is read when none is selected')
  const dear = await gateway.query(
    '{ vacatures(first: 200) { nodes { passendeKandidaten(first: 50) { items { talen { gedeeld { code } } } } } } }'
  )
  t.match(dear.errors, [{ extensions: { code: 'QUERY_TOO_COSTLY' } }])
  for (const text of [kandidatenOf(0), kandidatenOf(51), vacaturesOf(101)])
    t.match((await gateway.query(text)).errors, [{ extensions: { code: 'BAD_USER_INPUT', field: 'first' } }])
})

test('every compared CV is audited and counted as a CV that was read', async (t) => {
  const AUDIT_FILE = auditFile()
  const gateway = await build(t, { simulator: world, env: { AUDIT_FILE } })
  const { some, all } = await prepare(gateway)
  const records = () =>
    readFileSync(AUDIT_FILE, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"cvId"'))
      .map((line) => JSON.parse(line) as { cvId: string; consumer: string; groepen: string[] })
      .filter(({ consumer }) => consumer === 'demo-cv')
  await gateway.query(`{ vacature(id: "${vacature}") { passendeKandidaten { items { __typename } } } }`, {}, 'demo-cv')
  t.strictSame(
    records().map(({ cvId, groepen }) => [cvId, groepen]),
    [
      [some, ['kandidaten']],
      [all, ['kandidaten']]
    ],
    'CVs are audited even if no field of them is selected, because their order reveals something'
  )
  await gateway.query(`{ kandidaat(id: "${kandidaat}") { passendeVacatures { dekking { totaal } } } }`, {}, 'demo-cv')
  t.equal(records().at(-1)?.cvId, kandidaat, 'the CV whose wishes are searched is audited too')
  const over = await build(t, { simulator: world, env: { CVS_PER_DAY: '1' } })
  await over.simulator.patch(`vacatures/${vacature}`, { tewerkstellingsadres: { regioCode: 'BE231A' }, profiel: null })
  t.match(await over.query(kandidatenOf(10), {}, 'demo-cv'), { errors: [{ extensions: { code: 'RATE_LIMITED' } }] })
})

test('a comparison with CVs is refused without the scope or without a purpose', async (t) => {
  const gateway = await build(t, { simulator: world })
  await prepare(gateway)
  const { data, errors } = await gateway.query(kandidatenOf(), {}, 'demo-frontend')
  t.strictSame(data, { vacature: { passendeKandidaten: null } })
  t.match(errors, [{ path: ['vacature', 'passendeKandidaten'], extensions: { code: 'FORBIDDEN' } }])
  await gateway.simulator.reset()
  await gateway.query(kandidatenOf(), {}, 'demo-frontend')
  t.equal((await gateway.simulator.calls()).total, 0, 'a refused comparison makes no calls')
  const purposeless = await gateway.post({ query: kandidatenOf() }, { key: 'demo-cv', headers: { 'x-doel': '' } })
  t.match(await purposeless.json(), { errors: [{ extensions: { code: 'FORBIDDEN' } }] })
})

test('a record in a comparison shows a consumer the same as the record itself, and is audited as itself', async (t) => {
  const AUDIT_FILE = auditFile()
  const gateway = await build(t, { simulator: world, env: { AUDIT_FILE } })
  await prepare(gateway)
  await gateway.simulator.patch(`kandidaten/${kandidaat}`, cvs.all)
  const person = `{ id cvId iklId natuurlijkPersoon { gsm email achternaam geslacht officieelAdres { straat postcode } } opleidingen { info } }`
  const contact = `{ id sollicitatieprocedure { cvGewenst sollicitatieAdres { straat } contactpersoon { naam email } sollicitatieVia { telefoon } } }`
  const comparison = {
    toPeople: `{ vacature(id: "${vacature}") { passendeKandidaten { items { kandidaat ${person} } } } }`,
    toVacatures: `{ kandidaat(id: "${kandidaat}") { passendeVacatures { items { vacature ${contact} } } } }`
  }
  const direct = async (id: string, key: string) =>
    ((await gateway.query(`{ node(id: "${id}") { ... on Kandidaat ${person} ... on Vacature ${contact} } }`, {}, key))
      .data as { node: unknown }) ?? {}
  for (const key of ['demo-hr', 'demo-cv', 'demo-beheer']) {
    const people = (await gateway.query(comparison.toPeople, {}, key)) as {
      data: { vacature: { passendeKandidaten: { items: { kandidaat: { id: string } }[] } } }
      extensions?: { verborgen?: string[] }
    }
    const places = (await gateway.query(comparison.toVacatures, {}, key)) as {
      data: { kandidaat: { passendeVacatures: { items: { vacature: { id: string } }[] } } }
    }
    const shown = [
      ...people.data.vacature.passendeKandidaten.items.map((item) => item.kandidaat),
      ...places.data.kandidaat.passendeVacatures.items.map((item) => item.vacature)
    ]
    t.ok(shown.length > 2, key)
    for (const record of shown) t.strictSame((await direct(record.id, key)).node, record, `${key} ${record.id}`)
    const hidden = people.extensions?.verborgen ?? []
    t.equal(hidden.includes('vacature.passendeKandidaten.items.kandidaat.natuurlijkPersoon.email'), key === 'demo-cv')
  }
  const before = readFileSync(AUDIT_FILE, 'utf8')
  t.match(await direct(`Vacature:${vacature}`, 'demo-hr'), { node: { sollicitatieprocedure: { contactpersoon: {} } } })
  t.equal(readFileSync(AUDIT_FILE, 'utf8'), before, 'the vacancy is not audited as part of the CV')
})

test('a CV that VDAB fails to return is an error at its own path, and the rest of the answer stays', async (t) => {
  const gateway = await build(t, { simulator: world, env: { VDAB_RETRIES: '0' } })
  await prepare(gateway)
  await gateway.simulator.faults({ endpoint: 'GET /kandidaten/{id}', status: 500 })
  const { data, errors } = await gateway.query(kandidatenOf(), {}, 'demo-cv')
  t.match(data, { vacature: { passendeKandidaten: { items: [null, null], dekking: { vergeleken: 0, totaal: 2 } } } })
  t.match(errors, [{ path: ['vacature', 'passendeKandidaten', 'items', 0], extensions: { code: /^UPSTREAM_/ } }, {}])
  await gateway.simulator.heal()
})

test('an answer about people is never stored, by the gateway or by an HTTP cache', async (t) => {
  const gateway = await build(t, { simulator: world })
  await prepare(gateway)
  const nobody = 'aaaaaaaa-0000-4000-8000-000000000002'
  for (const text of [kandidatenOf(), vacaturesOf(), kandidatenOf(10, nobody)])
    for (let turn = 0; turn < 3; turn += 1) {
      const response = await gateway.get(`/graphql?query=${encodeURIComponent(text)}`, { key: 'demo-cv' })
      t.equal(response.headers.get('cache-control'), 'private, no-store', text.slice(0, 60))
    }
})

test('a code has vacancies if VDAB’s search has a filter for its list', async (t) => {
  const { query, get } = await build(t, { simulator: world })
  const all = (await query(
    `{ a: referentie(lijst: JOBDOMEINEN, code: "JOBCAT01") { vacatures(first: 3) { totaal nodes { functie { jobdomeinen { code } } } pageInfo { hasNextPage } } }
       b: vacatures(first: 3, filter: { jobdomein: ["JOBCAT01"] }) { totaal nodes { functie { jobdomeinen { code } } } pageInfo { hasNextPage } }
       c: referentie(lijst: TALEN, code: "N") { label vacatures { totaal } }
       d: vacature(id: "${vacature}") { functie { beroepsprofiel { code ervaring { vacatures { totaal } } } } }
       e: referentie(lijst: ERVARING, code: "4") { vacatures(last: 1) { totaal nodes { id } } } }`
  )) as { data: Record<string, Record<string, unknown>>; errors?: unknown }
  t.equal(all.errors, undefined)
  const { a, b, c, d, e } = all.data
  t.strictSame(a?.['vacatures'], b)
  t.match(b, { nodes: [{ functie: {} }] })
  t.strictSame(c, { label: 'Nederlands', vacatures: null })
  t.match(d, { functie: { beroepsprofiel: { ervaring: { vacatures: { totaal: Number } } } } })
  t.match(e, { vacatures: { nodes: [{ id: /^Vacature:/ }] } })
  const list = (await (await get('/api/referenties/JOBDOMEINEN')).json()) as { nodes: object[] }
  t.notOk(
    list.nodes.some((node) => 'vacatures' in node),
    'a list over REST has no vacancies'
  )
})

test('over REST a record has comparisons, and makes calls for them, only if velden names them', async (t) => {
  const { get, simulator } = await build(t, { simulator: world })
  await simulator.reset()
  const plain = (await (await get(`/api/vacatures/${vacature}`, { key: 'demo-frontend' })).json()) as object
  t.notOk('passendeKandidaten' in plain || 'problemen' in plain)
  t.ok('beroep' in plain)
  const { perEndpoint } = await simulator.calls()
  t.notOk(Object.keys(perEndpoint).some((name) => name.includes('kandidaten')))
  t.notOk('passendeVacatures' in ((await (await get(`/api/kandidaten/${kandidaat}`)).json()) as object))
  const named = await get(`/api/vacatures/${vacature}?velden=id,passendeKandidaten`, { key: 'demo-cv' })
  t.match(await named.json(), { passendeKandidaten: { items: Array, dekking: { totaal: Number } } })
  const denied = await get(`/api/vacatures/${vacature}?velden=id,passendeKandidaten`, { key: 'demo-frontend' })
  t.match(await denied.json(), { passendeKandidaten: null, problemen: [{ code: 'FORBIDDEN' }] })
  const below = await get(`/api/kandidaten/${kandidaat}?velden=passendeVacatures.items.vacature.functie.functieTitel`)
  t.match(await below.json(), { passendeVacatures: { items: Array } })
})

test('ENRICH_PASSEND=off: there are no comparisons, and nothing is searched', async (t) => {
  const { query, simulator } = await build(t, { simulator: world, env: { ENRICH_PASSEND: 'off' } })
  t.strictSame((await query(kandidatenOf())).data, { vacature: { passendeKandidaten: null } })
  t.strictSame((await query(vacaturesOf())).data, { kandidaat: { passendeVacatures: null } })
  t.strictSame((await query('{ referentie(lijst: ERVARING, code: "4") { vacatures { totaal } } }')).data, {
    referentie: { vacatures: null }
  })
  t.notOk((await simulator.calls()).perEndpoint['GET /kandidaten'])
})
