import fc from 'fast-check'
import t from 'tap'
import { build } from '../helper.ts'

const documented = [
  'a3e007c0-68d3-4fb7-aa35-c36e96ede172',
  '9d86dbb5-3cba-4ef5-9172-38c0e6782746',
  '23fa5224-15f6-4934-98ab-829587a7420e'
]

void t.test(
  "VDAB's documented search returns the three documented vacancies, with the documented fields of the first",
  async (t) => {
    const { query } = await build(t)
    const { data, errors } =
      await query(`{ vacatures(filter: { jobdomein: ["JOBCAT01"], postcode: ["1930"] }) { totaal nodes {
    id vacatureReferentie { interneReferentie vdabReferentie hrxmlReferentie externeReferentie } status aantalJobs bron
    leverancier { kboNummer naam prioriteit type } publicatieDatum startDatum versie internationaalOpengesteld vrijeVereiste(formaat: RUW) } } }`)
    t.equal(errors, undefined)
    const { totaal, nodes } = (data as { vacatures: { totaal: number; nodes: Record<string, unknown>[] } }).vacatures
    t.equal(totaal, 3)
    t.same(
      nodes.map(({ id }) => id),
      documented.map((id) => `Vacature:${id}`)
    )
    const { vrijeVereiste, ...first } = nodes[0] ?? {}
    t.same(first, {
      id: `Vacature:${documented[0]}`,
      vacatureReferentie: {
        interneReferentie: documented[0],
        vdabReferentie: 65866999,
        hrxmlReferentie: '479-1430-VDAB-BE-131212',
        externeReferentie: null
      },
      status: 'GEPUBLICEERD',
      aantalJobs: 1,
      bron: 'HRXML_2_4_POSITION_OPENING',
      leverancier: {
        kboNummer: '0404221962',
        naam: 'EXPERT CENTRE VLAANDEREN NOORD',
        prioriteit: 1,
        type: 'INTERMEDIAIREN'
      },
      publicatieDatum: '2022-12-13',
      startDatum: '2022-12-13',
      versie: 0,
      internationaalOpengesteld: false
    })
    t.match(
      vrijeVereiste,
      /^Are you, as an experience operational purchaser:\n<br\/> \n<ul><li>in possession of a Bachelor's/
    )
  }
)

void t.test('HTML is returned sanitised, as plain text, or as VDAB sent it', async (t) => {
  const { query, simulator } = await build(t)
  const id = documented[0]
  await simulator.patch(`vacatures/${id}`, {
    functie: {
      omschrijving:
        '\u0095 één<br>\u0095 twee &amp; drie<script>alert(1)</script><p onclick="x()">vier <a href="javascript:x()">vijf</a> <a href="https://proef.invalid/a">zes</a></p><img src=x onerror=alert(1)>'
    }
  })
  const { data } = await query(
    `{ vacature(id: "${id}") { functie { standaard: omschrijving html: omschrijving(formaat: HTML) tekst: omschrijving(formaat: TEKST) ruw: omschrijving(formaat: RUW) } } }`
  )
  const { functie } = (data as { vacature: { functie: Record<'standaard' | 'html' | 'tekst' | 'ruw', string> } })
    .vacature
  t.equal(
    functie.html,
    '• één<br />• twee &amp; drie<p>vier <a rel="noopener noreferrer nofollow">vijf</a> <a href="https://proef.invalid/a" rel="noopener noreferrer nofollow">zes</a></p>'
  )
  t.equal(functie.standaard, functie.html)
  t.equal(functie.tekst, '• één\n• twee & drie\n\nvier vijf zes (https://proef.invalid/a)')
  t.match(functie.ruw, /<script>alert\(1\)<\/script>/)
})

void t.test('an unknown contract code is returned with a null label', async (t) => {
  const { query, simulator } = await build(t)
  await simulator.patch(`vacatures/${documented[0]}`, { arbeidsovereenkomst: { arbeidsContract: 'NIEUW9' } })
  const { data, errors } = await query(
    `{ vacature(id: "${documented[0]}") { arbeidsovereenkomst { arbeidsContract { code label lijst } } } }`
  )
  t.equal(errors, undefined)
  t.same(data, {
    vacature: { arbeidsovereenkomst: { arbeidsContract: { code: 'NIEUW9', label: null, lijst: 'ARBEIDSCONTRACTEN' } } }
  })
})

void t.test('a vacancy can be requested by its global id, by its bare id in either case, and by node', async (t) => {
  const { query } = await build(t)
  const { data } = await query(
    `query ($bare: ID!, $upper: ID!, $global: ID!) { a: vacature(id: $bare) { id } b: vacature(id: $upper) { id } c: vacature(id: $global) { id } d: node(id: $global) { __typename id ... on Vacature { aantalJobs } } }`,
    { bare: documented[0], upper: documented[0]?.toUpperCase(), global: `Vacature:${documented[0]}` }
  )
  const id = `Vacature:${documented[0]}`
  t.same(data, { a: { id }, b: { id }, c: { id }, d: { __typename: 'Vacature', id, aantalJobs: 1 } })
})

void t.test('pages of any size, forward or backward, together give the whole list in order', async (t) => {
  const { query, simulator } = await build(t, {
    simulator: { vacatures: 60, kandidaten: 10 },
    env: { REQUESTS_PER_MINUTE: '100000' }
  })
  await simulator.put('limits', { callsPerMinute: 1_000_000 })
  type Page = {
    totaal: number
    edges: { cursor: string; node: { id: string } }[]
    nodes: { id: string }[]
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
  }
  const page = async (args: string): Promise<Page> =>
    (
      (
        await query(
          `{ vacatures(${args}) { totaal nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
        )
      ).data as { vacatures: Page }
    ).vacatures
  const whole = (await page('first: 200')).nodes.map(({ id }) => id)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 70 }), async (size) => {
      const ahead: string[] = []
      for (let after: string | null = null; ;) {
        const { nodes, edges, pageInfo } = await page(`first: ${size}${after === null ? '' : `, after: "${after}"`}`)
        if (
          JSON.stringify(nodes) !== JSON.stringify(edges.map(({ node }) => node)) ||
          pageInfo.endCursor !== edges.at(-1)?.cursor
        )
          throw new Error('nodes and edges differ')
        ahead.push(...nodes.map(({ id }) => id))
        if (!pageInfo.hasNextPage) break
        after = pageInfo.endCursor
      }
      const back: string[] = []
      for (let before: string | null = null; ;) {
        const { nodes, pageInfo } = await page(`last: ${size}${before === null ? '' : `, before: "${before}"`}`)
        back.unshift(...nodes.map(({ id }) => id))
        if (!pageInfo.hasPreviousPage) break
        before = pageInfo.startCursor
      }
      if (JSON.stringify(ahead) !== JSON.stringify(whole) || JSON.stringify(back) !== JSON.stringify(whole))
        throw new Error('pages do not make the list')
    }),
    { numRuns: 12 }
  )
  t.equal(new Set(whole).size, whole.length)
})

const wrong: { what: string; query: string; field: string; says: RegExp }[] = [
  {
    what: 'first: 0',
    query: '{ vacatures(first: 0) { totaal } }',
    field: 'first',
    says: /first must be a whole number from 1 to 200/
  },
  { what: 'first: 10000', query: '{ vacatures(first: 10000) { totaal } }', field: 'first', says: /from 1 to 200/ },
  { what: 'last: -1', query: '{ vacatures(last: -1) { totaal } }', field: 'last', says: /from 1 to 200/ },
  {
    what: 'first with last',
    query: '{ vacatures(first: 1, last: 1) { totaal } }',
    field: 'last',
    says: /exclude each other/
  },
  {
    what: 'a broken cursor',
    query: '{ vacatures(after: "x") { totaal } }',
    field: 'after',
    says: /not a cursor of this list/
  },
  {
    what: 'a cursor of another list',
    query: `{ vacatures(after: "${Buffer.from('kandidaten:3:').toString('base64url')}") { totaal } }`,
    field: 'after',
    says: /not a cursor of this list/
  },
  {
    what: 'a code unknown to its list',
    query: '{ vacatures(filter: { jobdomein: ["JOBCAT99"] }) { totaal } }',
    field: 'jobdomein',
    says: /JOBCAT99.*JOBCAT01/
  },
  {
    what: 'a malformed postcode',
    query: '{ vacatures(filter: { postcode: ["BE-1930"] }) { totaal } }',
    field: 'postcode',
    says: /four digits/
  },
  {
    what: 'an empty list',
    query: '{ vacatures(filter: { postcode: [] }) { totaal } }',
    field: 'postcode',
    says: /empty list/
  },
  { what: 'sinds: 0', query: '{ vacatures(filter: { sinds: 0 }) { totaal } }', field: 'sinds', says: /from 1/ },
  {
    what: 'an ervaring that is none',
    query: '{ vacatures(filter: { ervaring: ["9"] }) { totaal } }',
    field: 'ervaring',
    says: /one of 0, 1, 2, 3, 4/
  },
  {
    what: 'an id of another type',
    query: '{ vacature(id: "Kandidaat:30dbfef1-59df-4521-a111-964bf0208e68") { id } }',
    field: 'id',
    says: /an id of a Vacature/
  },
  {
    what: 'a global id of no type',
    query: '{ node(id: "Iets:1") { id } }',
    field: 'id',
    says: /Vacature:…, Kandidaat:…/
  },
  {
    what: 'a day that does not exist',
    query: '{ vacaturesInitieel(datum: "2026-02-30") { totaal } }',
    field: '',
    says: /a date like 2026-02-13/
  },
  {
    what: 'a window of eight days',
    query: '{ vacatureWijzigingen(van: "2026-02-01T00:00:00Z", tot: "2026-02-09T00:00:00Z") { totaal } }',
    field: 'van',
    says: /5 days/
  },
  {
    what: 'a window backwards',
    query: '{ vacatureWijzigingen(van: "2026-02-09T00:00:00Z", tot: "2026-02-08T00:00:00Z") { totaal } }',
    field: 'tot',
    says: /before van/
  }
]
void t.test(
  'bad input is BAD_USER_INPUT, names the field and the allowed values, and causes no call to VDAB',
  async (t) => {
    const { query, simulator } = await build(t)
    for (const { what, query: text, field, says } of wrong) {
      const { errors: [error] = [] } = await query(text)
      t.equal(error?.extensions['code'], 'BAD_USER_INPUT', what)
      if (field !== '') t.equal(error?.extensions['field'], field, what)
      t.match(error?.message, says, what)
    }
    t.same((await simulator.calls()).perEndpoint, { 'GET /jobdomeinen': 1 })
  }
)

void t.test('an id that VDAB cannot have is null at its position, without an error', async (t) => {
  const { query } = await build(t)
  const { data, errors } = await query('query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id } }', {
    ids: [documented[0], 'x', documented[1]]
  })
  t.same(data, { vacaturesOpId: [{ id: `Vacature:${documented[0]}` }, null, { id: `Vacature:${documented[1]}` }] })
  t.equal(errors, undefined)
})

void t.test('isDubbel is true when the parent is another vacancy', async (t) => {
  const { query } = await build(t)
  const [own, other] = documented
  const isDubbel = async () => (await query(`{ vacature(id: "${own}") { isDubbel dubbels { parentUuid } } }`)).data
  t.same(await isDubbel(), { vacature: { isDubbel: null, dubbels: null } })
  const answers = []
  for (const dubbels of [{ parentUuid: own }, { parentUuid: other }, { parentId: other }]) {
    const built = await build(t)
    await built.simulator.patch(`vacatures/${own}`, { dubbels })
    answers.push((await built.query(`{ vacature(id: "${own}") { isDubbel dubbels { parentUuid } } }`)).data)
  }
  t.same(answers, [
    { vacature: { isDubbel: false, dubbels: { parentUuid: own } } },
    { vacature: { isDubbel: true, dubbels: { parentUuid: other } } },
    { vacature: { isDubbel: true, dubbels: { parentUuid: other } } }
  ])
})
