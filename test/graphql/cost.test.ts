import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { getIntrospectionQuery } from 'graphql'
import t from 'tap'
import { sha256 } from '../../src/access/consumers.ts'
import { build, buildBefore } from '../helper.ts'
import type { Built } from '../helper.ts'

const date = '2026-02-13'
const documented = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const cv = '30dbfef1-59df-4521-a111-964bf0208e68'
const current = 'application/graphql-response+json'
const span = `van: "${date}T00:00:00Z", tot: "${date}T23:59:59Z"`

type Cost = { price: number; remaining: number; limit: number }
type Answer = {
  data?: unknown
  errors?: { message: string; extensions: { code: string } }[]
  extensions?: { cost?: Cost; upstreamCalls?: number }
}

const { post, simulator } = await build(t, {
  simulator: { date, vacatures: 60, kandidaten: 60 },
  env: { REQUESTS_PER_MINUTE: '100000', COST_PER_MINUTE: '10000000' }
})

const asked = async (gateway: Pick<Built, 'post'>, body: unknown, key = 'demo-hr') => {
  const response = await gateway.post(body, { key, headers: { accept: current } })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer }
}
const priceOf = async (query: string, variables?: unknown) =>
  Number((await asked({ post }, { query, variables })).headers.get('x-cost'))

/** Sends an operation that must be refused before execution, and returns the message. */
const refused = async (
  query: string,
  variables?: unknown,
  gateway: Pick<Built, 'post' | 'simulator'> = { post, simulator }
) => {
  await gateway.simulator.reset()
  const { status, body } = await asked(gateway, { query, variables })
  const { total } = await gateway.simulator.calls()
  return [status, body.data, body.errors?.map(({ message, extensions }) => [extensions.code, message]), total]
}
const refusal = (message: string, code = 'QUERY_TOO_COSTLY') => [400, undefined, [[code, message]], 0]

t.test(
  'the cost of an operation is the maximum number of VDAB calls of its answer plus the work of the gateway',
  async (t) => {
    for (const [query, price, variables] of [
      ['{ __typename }', 1],
      [`{ vacature(id: "${documented}") { id } }`, 2],
      [`{ kandidaat(id: "${cv}") { id } }`, 2],
      [`{ node(id: "Kandidaat:${cv}") { id } }`, 2],
      ['{ vacatures { totaal } }', 3],
      ['{ vacatures(first: 100) { nodes { id } } }', 153],
      ['{ vacatures { nodes { id } } }', 33],
      ['{ vacatures(first: null) { nodes { id } } }', 33],
      ['{ vacatures(last: 10) { nodes { id } } }', 21],
      ['query($n: Int) { vacatures(first: $n) { nodes { id } } }', 33],
      ['query($n: Int = 2) { vacatures(first: $n) { nodes { id } } }', 6],
      ['query($n: Int = 2) { vacatures(first: $n) { nodes { id } } }', 153, { n: 100 }],
      ['{ vacatures(first: 100) { nodes { id } edges { node { id } } } }', 304],
      ['{ kandidaten(first: 100) { nodes { id } } }', 102],
      [`{ vacaturesOpId(ids: ["${documented}", "x", "y", "z"]) { id } }`, 7],
      [
        'query($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id } }',
        151,
        { ids: Array.from({ length: 100 }, () => documented) }
      ],
      [`{ vacatureWijzigingen(${span}, first: 100) { nodes { status } } }`, 3],
      [`{ kandidaatWijzigingen(${span}, first: 100) { nodes { kandidaat { id } } } }`, 103],
      ['{ vacatures(filter: { jobdomein: ["NEW"] }) { totaal } }', 4],
      ['{ referentie(lijst: TALEN, code: "N") { label } }', 2],
      ['{ vacatures(first: 1) { nodes { functie { jobdomeinen { code } } } } }', 4],
      ['{ vacatures(first: 1) { nodes { functie { jobdomeinen { label } beroepsprofiel { label } } } } }', 6]
    ] as const)
      t.equal(await priceOf(query, variables), price, query)
  }
)

t.test('aliases, fragments, variables, @skip and @include cannot lower the cost below the calls made', async (t) => {
  const marked = (directive: string) => `vacatures(first: 100) ${directive} { nodes { id } }`
  const one = marked('')
  for (const [query, price, variables] of [
    [`{ a: ${one} b: ${one} }`, 305],
    [`{ ${one} ${one} }`, 153],
    [`{ ...F } fragment F on Query { ...G } fragment G on Query { ${one} ... on Query { b: ${one} } }`, 305],
    [`query($no: Boolean!) { a: ${marked('@include(if: $no)')} b: ${marked('@skip(if: $no)')} }`, 153, { no: false }],
    [
      `query($no: Boolean!) { a: ${marked('@skip(if: $no)')} ...F @skip(if: $no) } fragment F on Query { b: ${one} }`,
      305,
      { no: false }
    ],
    [`query($no: Boolean = true) { a: ${marked('@skip(if: $no)')} b: __typename }`, 1]
  ] as const)
    t.equal(await priceOf(query, variables), price, query)
  const two = { query: `query A { ${one} } query B { __typename }` }
  t.equal(
    (await asked({ post }, { ...two, operationName: 'A' })).body.extensions?.cost?.price,
    153,
    'the operation that runs is the one that is priced'
  )
  t.equal((await asked({ post }, { ...two, operationName: 'B' })).body.extensions?.cost?.price, 1)
})

t.test('both documented queries with 200 items and the introspection of GraphiQL fit the default limits', async (t) => {
  const vacatures =
    '{ vacatures(first: 200, filter: { jobdomein: ["JOBCAT01"], postcode: ["1930"] }) { totaal nodes { vacatureReferentie { interneReferentie vdabReferentie } functie { functieTitel jobdomeinen { code label } } leverancier { naam type } publicatieDatum vrijeVereiste(formaat: TEKST) } } }'
  const kandidaten =
    '{ kandidaten(first: 200, filter: { studies: ["MAE5AHH"], gewensteRegios: ["BE231A"] }) { totaal nodes { cvId wijzigingsDatum opleidingen { naam { code label } behaaldIn } gewensteJob { regios { code label } functies { titel ervaring { code label } } } } } }'
  for (const [query, price] of [
    [vacatures, 330],
    [kandidaten, 246],
    [getIntrospectionQuery(), 596]
  ] as const) {
    const { status, body } = await asked({ post }, { query })
    t.strictSame([status, body.errors], [200, undefined])
    t.ok(
      Math.abs((body.extensions?.cost?.price ?? 0) - price) < 20,
      `about ${price}: ${body.extensions?.cost?.price ?? 0}`
    )
  }
})

t.test(
  'an operation above the maximum cost is refused before any call to VDAB; one at the maximum is accepted',
  async (t) => {
    t.strictSame(
      await refused(
        '{ a: vacatures(first: 200) { nodes { id } } b: vacatures(first: 200) { nodes { id } } c: vacatures(first: 200) { nodes { id } } d: vacatures(first: 100) { nodes { id } } }'
      ),
      refusal('The operation costs 1059; the maximum is 1000.')
    )
    t.strictSame(
      await refused('query($n: Int) { vacatures(first: $n) { nodes { id } } }', { n: 2_000_000_000 }),
      refusal('The operation costs 3002000003; the maximum is 1000.')
    )
    t.strictSame(
      await refused('query($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id } }', {
        ids: Array.from({ length: 1000 }, () => 'x')
      }),
      refusal('The operation costs 1501; the maximum is 1000.')
    )
    const types = Array.from(
      { length: 20 },
      (_, index) =>
        `a${index}: __schema { types { fields { args { type { name } } type { ofType { ofType { name } } } } } }`
    )
    t.match(await refused(`{ ${types.join(' ')} }`), [
      400,
      undefined,
      [['QUERY_TOO_COSTLY', /^The operation costs \d+; the maximum is 1000\.$/]],
      0
    ])
    const edge = await build(t, { simulator: { date, vacatures: 20, kandidaten: 20 }, env: { MAX_COST: '153' } })
    t.equal((await asked(edge, { query: '{ vacatures(first: 100) { nodes { id } } }' })).status, 200)
    t.strictSame(
      await refused('{ vacatures(first: 101) { nodes { id } } }', {}, edge),
      refusal('The operation costs 154; the maximum is 153.')
    )
  }
)

t.test('depth, aliases, root fields and directives each have a maximum, counted with fragments expanded', async (t) => {
  const small = await build(t, {
    simulator: { date, vacatures: 20, kandidaten: 20 },
    env: { MAX_DEPTH: '3', MAX_ALIASES: '2', MAX_ROOT_FIELDS: '3', MAX_DIRECTIVES: '2' }
  })
  const many = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index)).join(' ')
  for (const [within, beyond, message] of [
    [
      '{ vacatures { nodes { id } } }',
      '{ vacatures { ...F } } fragment F on VacatureConnection { nodes { ... on Vacature { functie { functieTitel } } } }',
      '4 levels of fields; the maximum is 3'
    ],
    [
      '{ vacature(id: "x") { a: id b: id } }',
      '{ vacature(id: "x") { ...F a: id } } fragment F on Vacature { b: id ... { c: status @skip(if: true) } }',
      '3 aliases; the maximum is 2'
    ],
    [
      '{ __typename a: __typename b: __typename }',
      '{ __typename a: __typename ...F } fragment F on Query { b: __typename __type(name: "Vacature") { name } }',
      '4 root fields; the maximum is 3'
    ],
    [
      '{ __typename @skip(if: false) @include(if: true) }',
      'query { ...F @skip(if: true) } fragment F on Query { __typename @skip(if: false) @include(if: true) }',
      '3 directives; the maximum is 2'
    ]
  ] as const) {
    t.equal((await asked(small, { query: within })).status, 200, within)
    t.strictSame(await refused(beyond, {}, small), refusal(`The operation has ${message}.`))
  }
  t.strictSame(
    await refused(`{ kandidaat(id: "${cv}") { natuurlijkPersoon { ${many(1000, (index) => `a${index}: email`)} } } }`),
    refusal('The operation has 1000 aliases; the maximum is 100.')
  )
  t.strictSame(
    await refused(`{ ${many(21, () => '__typename')} }`),
    refusal('The operation has 21 root fields; the maximum is 20.')
  )
})

t.test('a hostile document gets one clear error and causes no call to VDAB', async (t) => {
  t.strictSame(
    await refused('{a'.repeat(4900) + '}'.repeat(4900)),
    refusal('The document is nested more than 100 deep.')
  )
  t.strictSame(await refused(`{ ${'a '.repeat(10_001)} }`), refusal('The document holds more than 10000 tokens.'))
  t.strictSame(
    await refused('{ ...A } fragment A on Query { ...B vacatures { totaal } } fragment B on Query { ...A }'),
    refusal('Cannot spread fragment "A" within itself via "B".', 'BAD_USER_INPUT')
  )
  const startedAt = performance.now()
  const deep = await post(`{"query":"${'{ vacatures '.repeat(10_000)}"}`, { headers: { accept: current } })
  t.strictSame([deep.status, ((await deep.json()) as Answer).errors?.[0]?.extensions.code], [400, 'QUERY_TOO_COSTLY'])
  const batch = await post(Array.from({ length: 2000 }, () => ({ query: '{ __typename }' })))
  t.strictSame([batch.status, ((await batch.json()) as Answer).errors?.[0]?.extensions.code], [400, 'BAD_USER_INPUT'])
  t.equal(
    (
      await post(
        '{"query":"query($f: VacatureFilter) { vacatures(filter: $f) { totaal } }","variables":{"f":{"__proto__":{"x":1}}}}'
      )
    ).status,
    400
  )
  t.ok(performance.now() - startedAt < 10_000)
})

t.test('each answer states its cost and what is left of the minute, in headers and extensions', async (t) => {
  const consumers = [
    { name: 'small', sha256: sha256('small-key'), scopes: ['vacatures'], limits: { costPerMinute: 10 } },
    { name: 'other', sha256: sha256('other-key'), scopes: ['vacatures', 'beheer'] }
  ]
  const file = join(t.testdir(), 'consumers.json')
  writeFileSync(file, JSON.stringify(consumers))
  let time = Date.parse(`${date}T12:00:00Z`)
  const gateway = await build(t, {
    simulator: { vacatures: 20, kandidaten: 20 },
    now: () => time,
    env: { CONSUMERS_FILE: file, COST_PER_MINUTE: '50' }
  })
  const inHeaders = (headers: Headers) =>
    ['x-cost', 'x-cost-remaining', 'x-cost-limit'].map((name) => headers.get(name))
  const search = { query: '{ vacatures { totaal } }' }

  const first = await asked(gateway, search, 'small-key')
  t.strictSame(
    [first.status, inHeaders(first.headers), first.body.extensions],
    [200, ['3', '7', '10'], { cost: { price: 3, remaining: 7, limit: 10 } }]
  )
  t.strictSame((await asked(gateway, search, 'other-key')).body.extensions, {
    upstreamCalls: 0,
    cost: { price: 3, remaining: 47, limit: 50 }
  })
  const wrong = await asked(gateway, { query: '{ banen }' }, 'small-key')
  t.strictSame(
    [wrong.status, inHeaders(wrong.headers), wrong.body.extensions],
    [400, ['1', '6', '10'], { cost: { price: 1, remaining: 6, limit: 10 } }],
    'an invalid operation costs the work of its validation'
  )
  const batch = await asked(gateway, [search, { query: '{ __typename }' }], 'small-key')
  t.strictSame(
    [inHeaders(batch.headers), batch.body],
    [
      ['4', '2', '10'],
      [
        { data: { vacatures: { totaal: 17 } }, extensions: { cost: { price: 3, remaining: 2, limit: 10 } } },
        { data: { __typename: 'Query' }, extensions: { cost: { price: 1, remaining: 2, limit: 10 } } }
      ]
    ]
  )

  await gateway.simulator.reset()
  time += 20_000
  const over = await asked(gateway, [search, search], 'small-key')
  t.strictSame(
    [over.status, inHeaders(over.headers), over.headers.get('retry-after'), over.body.errors],
    [
      429,
      ['6', '2', '10'],
      '40',
      [
        {
          message: 'This costs 6, and 2 of the 10 of this minute are left; ask again in 40 s.',
          extensions: { code: 'RATE_LIMITED', retryAfter: 40 }
        }
      ]
    ]
  )
  const never = await asked(gateway, { query: '{ vacatures(first: 7) { nodes { id } } }' }, 'small-key')
  t.strictSame(
    [never.status, never.body.errors],
    [
      400,
      [{ message: 'This costs 13; your maximum for a whole minute is 10.', extensions: { code: 'QUERY_TOO_COSTLY' } }]
    ]
  )
  for (const left of ['1', '0'])
    t.equal(
      (await asked(gateway, { query: '{ __typename }' }, 'small-key')).headers.get('x-cost-remaining'),
      left,
      'refused operations were not charged'
    )
  t.equal((await asked(gateway, { query: '{ __typename }' }, 'small-key')).status, 429)
  t.equal(
    (await gateway.get('/services/openservices/v1/talen', { key: 'small-key' })).status,
    429,
    'both doors share one budget'
  )
  const ids = Array.from({ length: 6 }, (_, index) => `${documented.slice(0, -1)}${index}`)
  const posted = await fetch(`${gateway.url}/services/openservices/v2/vacatures`, {
    method: 'POST',
    headers: { 'x-api-key': 'other-key', 'content-type': 'application/json' },
    body: JSON.stringify({ vacatureIds: ids })
  })
  t.strictSame(inHeaders(posted.headers), ['9', '38', '50'])
  time += 40_000
  t.equal(
    (await asked(gateway, { query: '{ __typename }' }, 'small-key')).headers.get('x-cost-remaining'),
    '9',
    'the next minute has a new budget'
  )
})

t.test(
  'a variable that leaves an argument without its value does not lower the cost: the operation is refused every time',
  async (t) => {
    const gateway = await build(t, { simulator: { vacatures: 20, kandidaten: 20, date } })
    await gateway.simulator.reset()
    for (const [query, variables] of [
      [
        'query($x: String = "MAE5AHH") { kandidaten(first: 200, filter: { studies: ["MAE5ABK", $x] }) { nodes { cvId status } } }',
        { x: null }
      ],
      ['query($x: ID = "a") { vacaturesOpId(ids: ["b", $x]) { status } }', { x: null }],
      ['query($n: Int = 5) { vacatures(first: $n, filter: { beroep: [$b] }) { totaal } }', {}]
    ] as const) {
      for (const round of ['first', 'second', 'third']) {
        const { body } = await asked(gateway, { query, variables }, 'demo-beheer')
        t.match([body.data, body.errors?.[0]?.extensions['code']], [undefined, 'BAD_USER_INPUT'], `${round} ${query}`)
      }
    }
    t.equal((await gateway.simulator.calls()).total, 0)
  }
)

t.test('items beyond the requested number cause no calls that were not charged', async (t) => {
  let calls = 0
  const items = Array.from({ length: 150 }, (_, index) => ({
    cvId: `bbbbbbbb-0000-4000-8000-${String(index).padStart(12, '0')}`,
    vacatureReferentie: { interneReferentie: `aaaaaaaa-0000-4000-8000-${String(index).padStart(12, '0')}` }
  }))
  const { query } = await buildBefore(t, (request, response) => {
    calls += 1
    const id = /0000-4000-8000-0*(\d+)$/.exec(request.url ?? '')?.[1]
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(id === undefined ? { aantal: 150, resultaten: items } : items[Number(id)]))
  })
  await query('{ kandidaten(first: 1) { nodes { status } } }')
  t.equal(calls, 2)
  await query('{ vacatures(first: 1) { nodes { functie { functieTitel } } } }')
  t.equal(calls, 4)
})

t.test('the cost of a document includes its parsing and execution, even without calls to VDAB', async (t) => {
  const gateway = await build(t, { simulator: { vacatures: 20, kandidaten: 20, date } })
  const priceOf = async (query: string, operationName?: string) => {
    const { body } = await asked(gateway, { query, operationName }, 'demo-beheer')
    return [(body.extensions?.['cost'] as { price: number }).price, body.errors?.[0]?.extensions['code']]
  }
  const many = Array.from(
    { length: 90 },
    (_, index) =>
      `a${index}: natuurlijkPersoon { email gsm voornaam achternaam roepnaam website geslacht nationaliteit geboortedatum }`
  ).join(' ')
  t.strictSame(await priceOf(`{ kandidaat(id: "${cv}") { ${many} } }`), [91, undefined])
  t.strictSame(await priceOf(`{ __typename } # ${'x'.repeat(9_980)}`), [20, undefined])
  const operations = Array.from({ length: 101 }, (_, index) => `query a${index} { __typename }`).join(' ')
  t.strictSame((await priceOf(operations, 'a7'))[1], 'QUERY_TOO_COSTLY')
})

t.test('a refused document is charged for its validation, and is validated once', async (t) => {
  const gateway = await build(t, { simulator: { vacatures: 20, kandidaten: 20, date } })
  const fields = Array.from({ length: 20 }, () => `vacature(id: "x") { ${'status '.repeat(90)} }`).join(' ')
  const query = `{ ${fields} }`
  const first = await asked(gateway, { query }, 'demo-beheer')
  t.match(first.body.errors, [
    { message: /selects the same names too often|levels|root fields/, extensions: { code: 'QUERY_TOO_COSTLY' } }
  ])
  t.equal(Number(first.headers.get('x-cost')), Math.ceil(query.length / 100))
  t.strictSame((await asked(gateway, { query }, 'demo-beheer')).body.errors, first.body.errors)
})

/** Selections below a vacancy, a CV and a status, from cheap ones to those that make calls. */
const below = {
  Vacature: [
    'id',
    '__typename',
    'status',
    'vacatureReferentie { vdabReferentie }',
    'leverancier { naam }',
    'tewerkstellingsadres { gemeente regioCode { label } }',
    'functie { functieTitel jobdomeinen { code label } beroepsprofiel { label ervaring { label } } }',
    'profiel { vereisten { label diplomaNiveau { label } } }',
    'arbeidsovereenkomst { arbeidsContract { label } arbeidsRegime { label } arbeidsStelsel { label } }',
    'beroep { rome { code } }',
    'passendeKandidaten(first: 2) { dekking { totaal } items { talen { gedeeld { label } } kandidaat { status } } }',
    'tewerkstellingsadres { regioCode { vacatures { totaal } } } functie { beroepsprofiel { ervaring { vacatures(last: 1) { nodes { status } } } } }'
  ],
  Kandidaat: [
    'id',
    'cvId',
    'status',
    'opleidingen { naam { label } }',
    'attesteringen { label }',
    'competenties { label }',
    'gewensteJob { regios { label } functies { beroepsprofiel { label } } arbeidsRegimes { label } }',
    'passendeVacatures(first: 3) { items { vacature { status } beroep { ontbrekend { label } } } }'
  ]
}
const some = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 }).map((chosen) => chosen.join(' '))
const vacature = some(below.Vacature)
const kandidaat = some(below.Kandidaat)
const size = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map((count) => `first: ${count}`),
  fc.integer({ min: 1, max: 12 }).map((count) => `last: ${count}`),
  fc.constant('first: $n'),
  fc.constant('first: null')
)
const ids = fc.array(
  fc.constantFrom(
    documented,
    '9d86dbb5-3cba-4ef5-9172-38c0e6782746',
    '23fa5224-15f6-4934-98ab-829587a7420e',
    '00000000-0000-4000-8000-00000000dead',
    '00000000-0000-4000-8000-00000000beef',
    'x'
  ),
  { minLength: 1, maxLength: 6 }
)
const page = (item: fc.Arbitrary<string>) =>
  fc.oneof(
    item.map((text) => `nodes { ${text} }`),
    item.map((text) => `edges { cursor node { ${text} } }`),
    item.map((text) => `totaal nodes { ...on Node { id } ${text} } edges { node { ${text} } }`),
    fc.constant('totaal')
  )
const root = fc.oneof(
  fc
    .tuple(
      size,
      page(vacature),
      fc.constantFrom(
        '',
        ', filter: { jobdomein: ["JOBCAT01"] }',
        ', filter: { jobdomein: ["JOBCAT99"] }',
        ', sorteerveld: PUBLICATIE_DATUM'
      )
    )
    .map(([args, set, filter]) => `vacatures(${args}${filter}) { ${set} }`),
  fc.tuple(size, page(kandidaat)).map(([args, set]) => `kandidaten(${args}) { ${set} }`),
  fc.tuple(ids, vacature).map(([list, set]) => `vacaturesOpId(ids: ${JSON.stringify(list)}) { ${set} }`),
  vacature.map((set) => `vacature(id: "${documented}") { ${set} }`),
  kandidaat.map((set) => `node(id: "Kandidaat:${cv}") { ... on Kandidaat { ${set} } ... on Vacature { status } }`),
  fc
    .tuple(size, vacature)
    .map(([args, set]) => `vacatureWijzigingen(${span}, ${args}) { nodes { status vacature { ${set} } } }`),
  fc
    .tuple(size, kandidaat)
    .map(([args, set]) => `kandidaatWijzigingen(${span}, ${args}) { edges { node { kandidaat { ${set} } } } }`),
  fc
    .constantFrom('TALEN', 'DIPLOMAS', 'REGIOS', 'SOFTSKILLS')
    .map((lijst) => `referenties(lijst: ${lijst}, trefwoord: "a") { code label }`)
)
const wrapped = fc.tuple(root, fc.constantFrom('plain', 'skipped', 'included', 'inline', 'fragment'))
const operation = fc
  .tuple(fc.array(wrapped, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 9 }))
  .map(([roots, n]) => {
    const written = roots.map(([text, how], index) => {
      const field = `r${index}: ${text}`
      if (how === 'skipped' || how === 'included')
        return { field: field.replace(') {', `) @${how === 'skipped' ? 'skip' : 'include'}(if: $yes) {`) }
      if (how === 'inline') return { field: `... @include(if: $yes) { ${field} }` }
      return how === 'fragment'
        ? { field: `...F${index}`, fragment: `fragment F${index} on Query { ${field} }` }
        : { field }
    })
    return {
      query: `query($n: Int = 3, $yes: Boolean!) { ${written.map(({ field }) => field).join(' ')} always: __typename @include(if: $yes) size: vacatures(first: $n) { totaal } } ${written.map(({ fragment = '' }) => fragment).join(' ')}`,
      variables: { n, yes: n % 2 === 0 }
    }
  })

t.test('the cost of an operation is never below the number of VDAB calls that it makes', async (t) => {
  const settings = fc.constantFrom<Record<string, string>>(
    {},
    { BATCH_MAX: '1' },
    { BATCH_MAX: '2' },
    { VDAB_POST_FIELD: 'anders' },
    { VDAB_MAX_VELDEN: '0' },
    { VDAB_VELDEN: 'status,onbekend' },
    { BATCH_WINDOW_MS: '0' }
  )
  let most = 0
  await fc.assert(
    fc.asyncProperty(operation, settings, async (body, env) => {
      const gateway = await build(t, {
        simulator: { date, vacatures: 15, kandidaten: 15 },
        env: { MAX_COST: '100000', ...env }
      })
      await gateway.simulator.reset()
      const { headers, body: answer } = await asked(gateway, body)
      const { total } = await gateway.simulator.calls()
      const price = Number(headers.get('x-cost'))
      await gateway.app.close()
      most = Math.max(most, total / price)
      return answer.data !== undefined && total <= price
    }),
    { numRuns: 40 }
  )
  t.ok(
    most > 0.3,
    `the cost is not far above the calls: the closest made ${Math.round(most * 100)} calls for each 100 of its price`
  )
})
