import t from 'tap'
import { build } from '../helper.ts'

const documented = [
  '0f263a0e-cd00-4325-8ce3-4163740c101d',
  'e67fe67c-1e06-4bfb-aa13-4c7532938100',
  '9cd21b39-92e5-451e-990d-58029ece4e67',
  '30966b99-ed6d-40d3-be16-053c6d040327',
  '0d3c13b1-b7f8-4dc1-9728-339d555a9048',
  'cb60cf85-1380-4a5a-adae-0b7bc6160661',
  'd2e6e03f-1acd-4d03-a44a-5b735343eb9b'
]

void t.test("VDAB's documented search returns the seven documented CVs", async (t) => {
  const { query, simulator } = await build(t)
  const { data, errors } = await query(
    '{ kandidaten(filter: { studies: ["MAE5AHH"], gewensteRegios: ["BE231A"] }) { totaal nodes { cvId } } }',
    {},
    'demo-hr'
  )
  t.equal(errors, undefined)
  t.same(data, { kandidaten: { totaal: 7, nodes: documented.map((cvId) => ({ cvId })) } })
  t.same((await simulator.calls()).perEndpoint, { 'GET /kandidaten': 1 }, 'a list of ids fetches no CV')
})

void t.test("VDAB's complete example has labels for its codes", async (t) => {
  const { query } = await build(t)
  const { data, errors } = await query(
    `{ kandidaat(id: "30dbfef1-59df-4521-a111-964bf0208e68") { id status wijzigingsDatum iklId persoonlijkeInteresse
    opleidingen { type info behaaldOp behaaldIn diploma naam { code label } } attesteringen { type code label eigenWagen }
    competenties { type code label niveau { code label } score { code } naam beschrijving }
    gewensteJob { arbeidsRegimes { code label } arbeidsStelsels { code label } regios { code label } functies { titel ervaring { code label } beroepsprofiel { code label } } } } }`,
    {},
    'demo-hr'
  )
  t.equal(errors, undefined)
  const { competenties, gewensteJob, ...rest } = (
    data as { kandidaat: { competenties: Record<string, unknown>[]; gewensteJob: Record<string, unknown[]> } }
  ).kandidaat
  t.same(rest, {
    id: 'Kandidaat:30dbfef1-59df-4521-a111-964bf0208e68',
    status: 'OPEN',
    wijzigingsDatum: '2022-08-03',
    iklId: 11116485,
    persoonlijkeInteresse: {},
    opleidingen: [
      {
        type: 'studie',
        info: null,
        behaaldOp: '2002-01-01',
        behaaldIn: 2002,
        diploma: true,
        naam: { code: 'MAN1NOO', label: null }
      },
      {
        type: 'studie',
        info: 'Omzetting van Handelsingenieur (UEH5AHH) dd. 01/07/2011',
        behaaldOp: '1999-01-01',
        behaaldIn: 1999,
        diploma: true,
        naam: { code: 'MAE5AHH', label: 'Master TEW: Handelsingenieur' }
      }
    ],
    attesteringen: [{ type: 'rijbewijs', code: 'B', label: "Auto's <. 3,5t en max. 8 plaatsen", eigenWagen: true }]
  })
  t.same(competenties[0], {
    type: 'talen',
    code: 'D',
    label: 'Duits',
    niveau: { code: '1', label: null },
    score: null,
    naam: null,
    beschrijving: null
  })
  t.same(
    competenties.find(({ code }) => code === '11721'),
    { ...competenties.find(({ code }) => code === '11721'), type: 'technischeCompetentie', score: { code: '43' } }
  )
  t.equal(competenties.filter(({ type }) => type === null).length, 2, 'empty objects stay in their place')
  t.same(gewensteJob['arbeidsRegimes'], [{ code: 'V', label: 'voltijds' }])
  t.same(gewensteJob['arbeidsStelsels'], [{ code: 'D', label: 'Dagwerk' }])
  t.same(gewensteJob['regios'], [
    { code: 'BE1', label: 'Brussels Hoofdstedelijk Gewest' },
    { code: 'BE231A', label: 'Regio Aalst' },
    ...['BE231B', 'BE234B', 'BE241A', 'BE241B'].map((code) => ({ code, label: null }))
  ])
  t.same(gewensteJob['functies']?.[0], {
    titel: 'Adviseur bedrijfsorganisatie en management',
    ervaring: { code: '4', label: 'Minstens 5 jaar ervaring' },
    beroepsprofiel: { code: 'M140201-1', label: 'Adviseur bedrijfsorganisatie en management' }
  })
})

void t.test('every generated CV can be read in full, with any fields missing', async (t) => {
  const { query, simulator } = await build(t, {
    env: { REQUESTS_PER_MINUTE: '100000' },
    simulator: { vacatures: 20, kandidaten: 300 }
  })
  await simulator.put('limits', { callsPerMinute: 100_000 })
  const seen: unknown[] = []
  for (let after: string | null = null; ;) {
    const { data, errors } = await query(
      `query ($after: String) { kandidaten(first: 100, after: $after) { totaal pageInfo { hasNextPage endCursor } nodes { id natuurlijkPersoon { gsm voornaam geboortedatum officieelAdres { postcode gemeente land } } ervaringen { functieTitel van tot werkgever { naam } } opleidingen { naam { code } behaaldIn } attesteringen { code eigenWagen } competenties { type code niveau { code } } gewensteJob { functies { titel beroepsprofiel { code } } } } } }`,
      { after }
    )
    t.equal(errors, undefined)
    const { totaal, nodes, pageInfo } = (
      data as {
        kandidaten: { totaal: number; nodes: unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string } }
      }
    ).kandidaten
    seen.push(...nodes)
    if (!pageInfo.hasNextPage) {
      t.equal(seen.length, totaal)
      break
    }
    after = pageInfo.endCursor
  }
  t.ok(seen.length > 200)
  t.notOk(seen.includes(null))
})

void t.test('the error for bad input names the field', async (t) => {
  const { query } = await build(t)
  const fieldOf = async (text: string) => (await query(text)).errors?.[0]?.extensions['field']
  t.equal(await fieldOf('{ kandidaten(filter: { gewensteRegios: ["Aalst"] }) { totaal } }'), 'gewensteRegios')
  t.equal(await fieldOf('{ kandidaten(first: 201) { totaal } }'), 'first')
  t.equal(await fieldOf('{ kandidaat(id: "Vacature:1") { id } }'), 'id')
})
