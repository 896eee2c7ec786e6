import t from 'tap'
import { build, withoutCost, hasLabels } from '../helper.ts'
import type { Built } from '../helper.ts'
import { connect, listen } from '../live/live.ts'

const date = '2026-02-13'
const documented = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const second = '9d86dbb5-3cba-4ef5-9172-38c0e6782746'
const unknown = '00000000-0000-4000-8000-00000000dead'
const cv = '30dbfef1-59df-4521-a111-964bf0208e68'

type Error = { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }
type Answer = { data?: unknown; errors?: Error[] }
type Asked = {
  name: string
  query: string
  variables?: unknown
  operationName?: string
  faults?: unknown
  errors?: [path: string, code: string][]
}

/**
 * The queries; `errors` says which requests fail where: "field.0" is the first item of a list, "request" fails as a
 * whole. The failing ones run first, before anything is cached.
 */
const questions: Asked[] = [
  {
    name: 'an item that fails in a list in a list',
    query: '{ vacatures(first: 2) { nodes { id functie { jobdomeinen { code label } } } } }',
    faults: { endpoint: 'GET /jobdomeinen', status: 500 },
    errors: hasLabels
      ? []
      : [
          ['vacatures.nodes.0.functie.jobdomeinen.0.label', 'UPSTREAM_UNAVAILABLE'],
          ['vacatures.nodes.1.functie.jobdomeinen.0.label', 'UPSTREAM_UNAVAILABLE']
        ]
  },
  {
    name: 'items that all fail',
    query: '{ kandidaten(first: 2) { totaal edges { node { id iklId } } nodes { id iklId } } }',
    faults: { endpoint: 'GET /kandidaten/{id}', kind: 'garbage' },
    errors: ['edges.0.node', 'edges.1.node', 'nodes.0', 'nodes.1'].map((place) => [
      `kandidaten.${place}`,
      'UPSTREAM_UNAVAILABLE'
    ])
  },
  {
    name: 'a list that fails as a whole, next to one that does not',
    query: '{ vacatures(first: 1) { totaal } __typename }',
    faults: { endpoint: 'GET /vacatures', status: 503 },
    errors: [['vacatures', 'UPSTREAM_UNAVAILABLE']]
  },
  {
    name: 'a connection with its cursors',
    query:
      '{ vacatures(first: 3) { totaal nodes { id status publicatieDatum } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }'
  },
  {
    name: 'fragments, nested and inline',
    query: `query Zoek($first: Int!) { vacatures(first: $first, filter: { jobdomein: "JOBCAT10" }) { nodes { ...Kort ...on Node { id } ...on Vacature { versie } } } }
      fragment Kort on Vacature { ...Naam functie { ...Job } } fragment Naam on Vacature { vacatureReferentie { interneReferentie vdabReferentie } }
      fragment Job on Functie { functieTitel jobdomeinen { code label lijst } }`,
    variables: { first: 4 }
  },
  {
    name: 'aliases with names that every object has',
    query: `{ constructor: vacature(id: "${documented}") { toString: id valueOf: status hasOwnProperty: functie { functieTitel } } a: __typename b: __typename }`
  },
  {
    name: '@include and @skip that leave everything',
    query: `query($with: Boolean!, $without: Boolean!) { vacatures(first: 2) { totaal @skip(if: $without) nodes @include(if: $with) { id functie @skip(if: $without) { functieTitel } ...Rest @include(if: $with) } } }
      fragment Rest on Vacature { status }`,
    variables: { with: true, without: false }
  },
  {
    name: '@include and @skip that leave little',
    query: `query($with: Boolean!, $without: Boolean!) { vacatures(first: 2) { totaal @skip(if: $without) nodes @include(if: $with) { id functie @skip(if: $without) { functieTitel } ...Rest @include(if: $with) } pageInfo { hasNextPage } } }
      fragment Rest on Vacature { status }`,
    variables: { with: false, without: true }
  },
  {
    name: 'one field under several conditions, some with a default',
    query: `query($a: Boolean = true, $b: Boolean! = false, $c: Boolean!) { v: vacature(id: "${documented}") { status @include(if: $a) status @include(if: $b) versie @include(if: $b) versie @skip(if: $c) ...F @skip(if: $b) ...F @include(if: $c) functie @skip(if: $c) @include(if: $a) { functieTitel } functie @include(if: $b) { omschrijving } } }
      fragment F on Vacature { bron @include(if: $c) aantalJobs @skip(if: $a) ...on Node @include(if: $a) { id } }`,
    variables: { c: true }
  },
  {
    name: 'variables inside a list and inside a filter, with values that a literal cannot have',
    query:
      'query($a: ID!, $b: ID! = "9d86dbb5-3cba-4ef5-9172-38c0e6782746", $p: [String!], $s: Int, $t: String) { vacaturesOpId(ids: [$a, $b, $a]) { id } vacatures(first: 1, filter: { postcode: $p, sinds: $s, ervaring: ["1", "2"] }) { totaal } referenties(lijst: DIPLOMAS, trefwoord: $t) { code } }',
    variables: { a: documented, p: ['2000', '9000'], s: null, t: '\'"`${1}\\\u2028</script>' }
  },
  {
    name: 'strings and comments with special characters',
    query:
      '# "a comment" }\n{ referenties(lijst: DIPLOMAS, trefwoord: "\\"\\\\ \\u2028 `${1}` //") { code } block: referentie(lijst: TALEN, code: """N""") { label } }'
  },
  {
    name: 'variables left out, null, and with a default',
    query: `query($first: Int, $last: Int = null, $formaat: TekstFormaat = TEKST, $filter: VacatureFilter = { sinds: 3000 }) {
      vacatures(first: $first, last: $last, filter: $filter) { totaal nodes { id functie { omschrijving(formaat: $formaat) } } } }`,
    variables: { last: null }
  },
  {
    name: 'the last page, by a variable next to a default',
    query:
      'query($last: Int!, $none: Int) { vacatures(first: $none, last: $last) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } }',
    variables: { last: 2 }
  },
  {
    name: 'first and last together',
    query: 'query($first: Int, $last: Int) { vacatures(first: $first, last: $last) { totaal } }',
    variables: { first: 2, last: 2 },
    errors: [['vacatures', 'BAD_USER_INPUT']]
  },
  {
    name: 'one value where a list is taken',
    query:
      'query($jobdomein: [String!], $postcode: [String!]) { vacatures(first: 2, filter: { jobdomein: $jobdomein, postcode: $postcode }) { totaal nodes { id } } }',
    variables: { jobdomein: 'JOBCAT10' }
  },
  {
    name: 'HTML in its three formats',
    query: `{ vacature(id: "${documented}") { html: vrijeVereiste raw: vrijeVereiste(formaat: RUW) functie { text: omschrijving(formaat: TEKST) html: omschrijving } } }`
  },
  {
    name: 'ids of which some are unknown, double or no ids',
    query: 'query($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id status functie { functieTitel } } }',
    variables: { ids: [documented, unknown, 'nonsense', `Vacature:${second}`, documented, 'Kandidaat:1'] },
    errors: [['vacaturesOpId.5', 'BAD_USER_INPUT']]
  },
  {
    name: 'node: a vacancy, a CV, nothing, and no id',
    query: `{ job: node(id: "Vacature:${documented}") { __typename id ...on Vacature { status } ...on Kandidaat { cvId } }
      person: node(id: "Kandidaat:${cv}") { __typename id ...on Vacature { status } ...on Kandidaat { cvId gewensteJob { regios { code label } } } }
      nothing: node(id: "Vacature:${unknown}") { id } wrong: node(id: "Functie:1") { id } }`,
    errors: [['wrong', 'BAD_USER_INPUT']]
  },
  {
    name: 'reference lists, whole, searched and by code',
    query:
      'query($lijst: Referentielijst!, $code: String!) { referenties(lijst: $lijst) { code label lijst } found: referenties(lijst: DIPLOMAS, trefwoord: "ingenieur") { code } referentie(lijst: $lijst, code: $code) { label } none: referentie(lijst: TALEN, code: "0") { label } }',
    variables: { lijst: 'TALEN', code: 'N' }
  },
  {
    name: 'a change list with its records',
    query: `{ vacatureWijzigingen(van: "${date}T00:00:00Z", tot: "${date}T23:59:59Z", first: 5) { totaal nodes { status vacatureReferentie { interneReferentie } vacature { id } } } vacaturesInitieel(datum: "2022-12-13", first: 3) { edges { cursor node { status } } } }`
  },
  {
    name: 'CVs with their lists and scales',
    query:
      '{ kandidaten(first: 4) { totaal nodes { id status competenties { type code label lijst niveau { code } score { code } } opleidingen { naam { code label } behaaldIn } attesteringen { label } } } }'
  },
  {
    name: 'names with a special meaning in JavaScript',
    query: `query __proto__($__proto__: String = "N", $constructor: Boolean!) { __proto__: referentie(lijst: TALEN, code: $__proto__) { __proto__: code toString: label } ...__proto__ @include(if: $constructor) }
      fragment __proto__ on Query { vacature(id: "${documented}") { constructor: status __proto__: functie { __proto__: functieTitel } } }`,
    variables: { constructor: true }
  },
  {
    name: 'the schema itself',
    query:
      '{ __schema { queryType { name } directives { name } } __type(name: "Referentie") { kind fields { name type { kind ofType { name } } } } }'
  },
  {
    name: 'an argument out of range',
    query: '{ vacatures(first: 0) { totaal } other: vacatures(first: 1) { totaal } }',
    errors: [['vacatures', 'BAD_USER_INPUT']]
  },
  {
    name: 'a variable of the wrong type',
    query: 'query($first: Int) { vacatures(first: $first) { totaal } }',
    variables: { first: 'two' },
    errors: [['request', 'BAD_USER_INPUT']]
  },
  {
    name: 'a variable with a member too many',
    query: 'query($filter: VacatureFilter) { vacatures(filter: $filter) { totaal } }',
    variables: { filter: { stad: 'Gent' } },
    errors: [['request', 'BAD_USER_INPUT']]
  },
  {
    name: 'a required variable that is missing',
    query: 'query($id: ID!) { vacature(id: $id) { id } }',
    errors: [['request', 'BAD_USER_INPUT']]
  },
  {
    name: 'a list with a null in it',
    query: 'query($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id } }',
    variables: { ids: ['x', null] },
    errors: [['request', 'BAD_USER_INPUT']]
  },
  {
    name: 'a value that is no member of its enum',
    query: 'query($lijst: Referentielijst!) { referenties(lijst: $lijst) { code } }',
    variables: { lijst: 'STEDEN' },
    errors: [['request', 'BAD_USER_INPUT']]
  },
  {
    name: 'a date that does not exist',
    query: 'query($datum: Date!) { vacaturesInitieel(datum: $datum) { totaal } }',
    variables: { datum: '2026-02-30' },
    errors: [['request', 'BAD_USER_INPUT']]
  }
]

/** The answer without its cost and its number of calls. */
const withoutUpstream = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(withoutCost(answer)).replace(/,"extensions":\{"upstreamCalls":\d+\}/g, ''))

const ask = async ({ post }: Built, { query, variables, operationName }: Asked) =>
  JSON.stringify(
    withoutCost(
      await (
        await post({ query, variables, operationName }, { key: 'demo-hr', headers: { 'x-request-id': 'the-same' } })
      ).json()
    )
  )

t.test('an answer is the same the first, second and third time, executed or written, cached or not', async (t) => {
  const executed = await build(t, { simulator: { date }, env: { FAST_PATH: 'off', VDAB_RETRIES: '0' } })
  const written = await build(t, { simulator: { date }, env: { VDAB_RETRIES: '0' } })
  for (const { faults, errors = [], ...asked } of questions) {
    await t.test(asked.name, async (t) => {
      for (const { simulator } of [executed, written])
        if (faults === undefined) await simulator.heal()
        else await simulator.faults(faults)
      const expected = await ask(executed, asked)
      const answer = JSON.parse(expected) as Answer
      const places = (answer.errors ?? []).map(({ path = ['request'], extensions }) => [
        path.join('.'),
        extensions['code']
      ])
      t.strictSame(places.sort(), errors)
      const steps = (answer.errors ?? []).flatMap(({ path = [] }) => path)
      t.strictSame(
        steps.filter((step) => typeof step === 'string' && /^\d/.test(step)),
        [],
        'list indexes are numbers'
      )
      if (errors.length === 0) t.ok(answer.data)
      for (const time of ['second', 'third'])
        t.equal(await ask(executed, asked), expected, `executed, the ${time} time`)
      for (const time of ['first', 'second', 'third'])
        t.equal(await ask(written, asked), expected, `written, the ${time} time`)
    })
  }
})

t.test('a repeated document uses the variables and the consumer of the current request', async (t) => {
  const { post } = await build(t, { simulator: { date }, env: { FAST_PATH: 'off', VDAB_RETRIES: '0' } })
  const query =
    'query($id: ID!, $with: Boolean!) { vacature(id: $id) { id status @include(if: $with) } kandidaat(id: $id) { id } }'
  const asked = async (id: string, isWith: boolean, key: string) =>
    withoutCost((await (await post({ query, variables: { id, with: isWith } }, { key })).json()) as Answer)
  const refused = [
    {
      message: 'This needs the scope "kandidaten", which your key does not have.',
      locations: [{ line: 1, column: 88 }],
      path: ['kandidaat'],
      extensions: { code: 'FORBIDDEN' }
    }
  ]
  for (let time = 0; time < 3; time += 1) {
    t.strictSame(await asked(documented, true, 'demo-hr'), {
      data: { vacature: { id: `Vacature:${documented}`, status: 'GEPUBLICEERD' }, kandidaat: null }
    })
    t.strictSame(await asked(cv, false, 'demo-cv'), { data: { vacature: null, kandidaat: { id: `Kandidaat:${cv}` } } })
    t.strictSame(await asked(second, false, 'demo-frontend'), {
      data: { vacature: { id: `Vacature:${second}` }, kandidaat: null },
      errors: refused
    })
  }
})

t.test('many simultaneous requests with one document each get their own answer', async (t) => {
  const { query } = await build(t, { simulator: { date }, env: { FAST_PATH: 'off', VDAB_RETRIES: '0' } })
  const asked = [documented, second, unknown]
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      query('query($id: ID!) { vacature(id: $id) { id } }', { id: asked[index % 3] }, 'demo-hr')
    )
  )
  t.strictSame(
    answers,
    Array.from({ length: 30 }, (_, index) => ({
      data: { vacature: index % 3 === 2 ? null : { id: `Vacature:${asked[index % 3] ?? ''}` } }
    }))
  )
})

const nothing = 'query($a: Boolean!) { vacature(id: "x") @include(if: $a) { id } }'
const empties: Asked[] = [
  { name: 'a condition by a variable at the root', query: nothing, variables: { a: false } },
  {
    name: 'a condition that is written out, on a fragment',
    query: '{ ...F @skip(if: true) } fragment F on Query { __typename }'
  },
  {
    name: 'a person under a condition',
    query: `{ kandidaat(id: "${cv}") @skip(if: true) { natuurlijkPersoon { email } } }`
  },
  { name: 'the schema under a condition', query: '{ __schema @include(if: false) { queryType { name } } }' }
]

for (const CACHE_ANSWERS of ['all', 'fragments', 'off']) {
  t.test(
    `a query whose @skip and @include leave no field returns an empty object at every door (CACHE_ANSWERS=${CACHE_ANSWERS})`,
    async (t) => {
      const gateway = await build(t, { simulator: { date, vacatures: 5, kandidaten: 5 }, env: { CACHE_ANSWERS } })
      const { post, get, query } = gateway
      const socket = await connect(gateway)
      const data = async (response: Promise<Response>) => withoutUpstream(await (await response).json())
      const expected = { data: {} }
      for (const { name, query: text, variables } of empties) {
        for (const time of ['first', 'second', 'third']) {
          t.strictSame(await data(post({ query: text, variables })), expected, `${name}, ${time}`)
          t.strictSame(
            await data(
              get(
                `/graphql?${new URLSearchParams({ query: text, variables: JSON.stringify(variables ?? {}) }).toString()}`
              )
            ),
            expected,
            `${name}, by GET, ${time}`
          )
          t.strictSame(await data(post([{ query: text, variables }])), [expected], `${name}, in a list, ${time}`)
          t.strictSame(
            withoutUpstream((await socket.ask(text, { variables })).payload),
            expected,
            `${name}, by WebSocket, ${time}`
          )
          t.match(await socket.next(), { type: 'complete' })
          const events = await listen(gateway, { query: text, variables })
          t.strictSame(withoutUpstream(await events.payload()), expected, `${name}, by events, ${time}`)
        }
      }
      // Selections that are empty at a deeper level, and a query that selects nothing.
      for (const time of ['first', 'second', 'third']) {
        t.strictSame(
          await query(
            `{ vacature(id: "${documented}") { id @skip(if: true) functie { functieTitel @include(if: false) } } vacaturesOpId(ids: []) { id } }`,
            {},
            'demo-hr'
          ),
          { data: { vacature: { functie: {} }, vacaturesOpId: [] } },
          time
        )
        t.strictSame(
          await query(
            '{ vacatures(first: 1, filter: { postcode: ["0000"] }) { totaal nodes { id } edges { cursor } pageInfo { endCursor } } }',
            {},
            'demo-hr'
          ),
          { data: { vacatures: { totaal: 0, nodes: [], edges: [], pageInfo: { endCursor: null } } } },
          time
        )
      }
    }
  )
}

t.test('a subscription whose @skip and @include leave no field is refused with a reason', async (t) => {
  const socket = await connect(
    await build(t, { simulator: { date, vacatures: 5, kandidaten: 5 }, env: { FEED_INTERVAL_MS: '60000' } })
  )
  for (const condition of ['@skip(if: true)', '@include(if: false)']) {
    for (let time = 0; time < 2; time += 1) {
      const { type, payload } = await socket.ask(`subscription { vacatureGewijzigd ${condition} { id } }`)
      t.strictSame(
        { type, payload },
        {
          type: 'error',
          payload: [
            {
              message: 'A subscription must select one field, and the conditions of this one leave none.',
              extensions: { code: 'BAD_USER_INPUT' }
            }
          ]
        }
      )
    }
  }
})

t.test('an answer lists hidden paths and errors in document order, for any content of the cache', async (t) => {
  const gateway = await build(t, { simulator: { date }, env: { VDAB_RETRIES: '0' } })
  await gateway.simulator.patch(`vacatures/${documented}`, { aantalJobs: 'many' })
  const shown = async (query: string) => {
    const { data, errors = [], extensions } = await gateway.query(query, {}, 'demo-cv')
    return [data, errors.map(({ path = [] }) => path.join('.')), extensions]
  }
  const hidden = `{ a: vacatures(first: 1) { nodes { sollicitatieprocedure { contactpersoon { telefoonNummer: naam naam } } } } vacature(id: "${documented}") { sollicitatieprocedure { contactpersoon { naam } } } }`
  const places = [
    'a.nodes.sollicitatieprocedure.contactpersoon.telefoonNummer',
    'a.nodes.sollicitatieprocedure.contactpersoon.naam',
    'vacature.sollicitatieprocedure.contactpersoon.naam'
  ]
  const wrong = `{ ids: vacaturesOpId(ids: ["Kandidaat:x", "${second}", "Kandidaat:y"]) { id } one: vacature(id: "Kandidaat:x") { id } b: vacature(id: "${documented}") { aantalJobs } }`
  // A non-null page that fails makes the whole answer null; a record in the same query has an error too.
  const emptied = `{ b: vacature(id: "${documented}") { aantalJobs } vacatures(first: 0) { totaal } c: vacature(id: "Kandidaat:x") { id } }`
  for (const time of ['first', 'second', 'third']) {
    t.match(await shown(hidden), [{ a: {}, vacature: {} }, [], { verborgen: places }], time)
    t.match(
      await shown(wrong),
      [
        { ids: [null, { id: `Vacature:${second}` }, null], one: null, b: { aantalJobs: null } },
        ['ids.0', 'ids.2', 'one', 'b.aantalJobs'],
        undefined
      ],
      time
    )
  }
  await gateway.vdab.changed('vacature', [documented], Infinity)
  for (const time of ['first', 'second', 'third'])
    t.strictSame(await shown(emptied), [null, ['b.aantalJobs', 'c', 'vacatures'], undefined], time)
})

for (const CACHE_ANSWERS of ['all', 'fragments', 'off']) {
  t.test(
    `conditions of repeated fields and fragments are merged as GraphQL specifies (CACHE_ANSWERS=${CACHE_ANSWERS})`,
    async (t) => {
      const { query, simulator } = await build(t, { simulator: { date }, env: { CACHE_ANSWERS } })
      await simulator.patch(`vacatures/${second}`, { dubbels: { parentId: documented, dubbelIds: [1, null, 3] } })
      const person = (selection: string) =>
        `{ kandidaat(id: "${cv}") { ${selection} } } fragment F on NatuurlijkPersoon { email gsm }`
      const vacancies = (selection: string) =>
        `query($a: Boolean!) { vacaturesOpId(ids: ["${documented}"]) { ${selection} } } fragment F on Vacature { id status }${selection.includes('...G') ? ' fragment G on Vacature { ...F @include(if: $a) versie }' : ''}`
      const [id, status, versie] = [`Vacature:${documented}`, 'GEPUBLICEERD', 0]
      for (const [text, a, expected] of [
        [
          person('natuurlijkPersoon @skip(if: true) { ...F } natuurlijkPersoon { geslacht }'),
          false,
          '{"kandidaat":{"natuurlijkPersoon":{"geslacht":"M"}}}'
        ],
        [
          person('natuurlijkPersoon { geslacht } natuurlijkPersoon @include(if: false) { ...F }'),
          false,
          '{"kandidaat":{"natuurlijkPersoon":{"geslacht":"M"}}}'
        ],
        [
          person('natuurlijkPersoon { geslacht ...F @skip(if: true) }'),
          false,
          '{"kandidaat":{"natuurlijkPersoon":{"geslacht":"M"}}}'
        ],
        [vacancies('...F @include(if: $a) ...F'), false, JSON.stringify({ vacaturesOpId: [{ id, status }] })],
        [vacancies('...F ...F @include(if: $a)'), false, JSON.stringify({ vacaturesOpId: [{ id, status }] })],
        [vacancies('...F @include(if: $a) ...G'), false, JSON.stringify({ vacaturesOpId: [{ versie }] })],
        [vacancies('...G ...F'), true, JSON.stringify({ vacaturesOpId: [{ id, status, versie }] })],
        [vacancies('...G ...F'), false, JSON.stringify({ vacaturesOpId: [{ versie, id, status }] })],
        [
          vacancies('status @skip(if: $a) id ... @include(if: $a) { versie status } ...G'),
          true,
          JSON.stringify({ vacaturesOpId: [{ id, versie, status }] })
        ],
        [
          vacancies('status @skip(if: $a) id ... @include(if: $a) { versie status } ...G'),
          false,
          JSON.stringify({ vacaturesOpId: [{ status, id, versie }] })
        ],
        [
          `{ vacature(id: "${second}") { dubbels { dubbelIds } } }`,
          false,
          '{"vacature":{"dubbels":{"dubbelIds":null}}}'
        ]
      ] as const) {
        for (const time of ['first', 'second', 'third'])
          t.equal(
            JSON.stringify((await query(text, text.includes('$a') ? { a } : {}, 'demo-hr')).data),
            expected,
            `${time}: ${text}`
          )
      }
    }
  )
}
