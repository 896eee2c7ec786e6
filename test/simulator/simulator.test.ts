import { request as rawRequest } from 'node:http'
import t, { type Test } from 'tap'
import { createSimulator, type SimulatorOptions } from '../../src/simulator/server.ts'

const date = '2026-03-01'
const now = () => Date.parse('2026-03-01T12:00:00.000Z')
const key = { 'x-ibm-client-id': 'any-key' }

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Item = { vacatureReferentie: { interneReferentie: string }; status?: string }
type Found = { aantal: number; resultaten: Item[] }
type People = { aantal: number; resultaten: { cvId: string; status?: string }[] }
type Detail = {
  vacatureReferentie: { interneReferentie: string; vdabReferentie?: number }
  status: string
  publicatieDatum?: string
  leverancier?: { naam: string }
  functie?: {
    functieTitel?: string
    omschrijving?: string
    jobdomeinen?: string[]
    beroepsprofiel?: { code?: string; ervaring?: string }
  }
  profiel?: { vereisten: { type: string; code: string }[] }
  arbeidsovereenkomst?: { arbeidsContract?: string; minimumBrutoLoon?: number }
  tewerkstellingsadres?: { postcode?: string; gemeente?: string; landCode?: string; locatie?: object }
  sollicitatieprocedure?: { contactpersoon?: { [name: string]: string } }
  dubbels?: { parentUuid: string }
}

// fetch has no type for a body, so the one cast is here.
const read = async <Body = Json>(answer: Response | Promise<Response>) => (await (await answer).json()) as Body

// Starts a world of a fixed date behind a real socket.
const start = async (test: Test, options: SimulatorOptions = {}) => {
  const simulator = createSimulator({ date, now, ...options })
  test.teardown(() => simulator.close())
  const base = await simulator.listen()
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${base}/openservices/${path}`, { headers: key, ...init })
  const get = async <Body = Json>(path: string): Promise<Body> => read(call(path))
  const post = (body: unknown, contentType = 'application/json') =>
    call('v2/vacatures', {
      method: 'POST',
      headers: { ...key, 'content-type': contentType },
      body: typeof body === 'string' ? body : JSON.stringify(body)
    })
  const door = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(new URL(`/_simulator/${path}`, base), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return { status: answer.status, body: await read(answer) }
  }
  const idsOf = async (query: string) => {
    const ids: string[] = []
    for (;;) {
      const { aantal, resultaten } = await get<Found>(`v2/vacatures?${query}&aantal=200&vanaf=${ids.length}`)
      ids.push(...resultaten.map((item) => item.vacatureReferentie.interneReferentie))
      if (ids.length >= aantal) return ids
    }
  }
  const detailsOf = async (ids: string[]) => {
    const found: Detail[] = []
    for (let at = 0; at < ids.length; at += 200) {
      const { resultaten } = await read<{ resultaten: Detail[] }>(post({ ids: ids.slice(at, at + 200) }))
      found.push(...resultaten)
    }
    return found
  }
  return { base, call, get, post, door, idsOf, detailsOf }
}

const refusal = async (answer: Response | Promise<Response>): Promise<[number, Json]> => {
  const response = await answer
  return [response.status, await read(response)]
}
const ibm = (status: number, httpMessage: string, moreInformation: string): [number, Json] => [
  status,
  { httpCode: String(status), httpMessage, moreInformation }
]
const bad = (moreInformation: string) => ibm(400, 'Bad Request', moreInformation)
const sorted = (list: Iterable<string>) => [...list].sort()

t.test("the documented search for buyers in Zaventem returns VDAB's three vacancies, in VDAB's order", async (t) => {
  const { get } = await start(t)
  t.strictSame(await get('v2/vacatures?jobdomein=JOBCAT01&postcode=1930'), {
    aantal: 3,
    resultaten: [
      { vacatureReferentie: { interneReferentie: 'a3e007c0-68d3-4fb7-aa35-c36e96ede172' } },
      { vacatureReferentie: { interneReferentie: '9d86dbb5-3cba-4ef5-9172-38c0e6782746' } },
      { vacatureReferentie: { interneReferentie: '23fa5224-15f6-4934-98ab-829587a7420e' } }
    ]
  })
})

t.test('the documented vacancy starts exactly as VDAB prints it', async (t) => {
  const { call } = await start(t)
  const text = await (await call('v2/vacatures/a3e007c0-68d3-4fb7-aa35-c36e96ede172')).text()
  const printed = {
    vacatureReferentie: {
      interneReferentie: 'a3e007c0-68d3-4fb7-aa35-c36e96ede172',
      vdabReferentie: 65866999,
      hrxmlReferentie: '479-1430-VDAB-BE-131212'
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
    vrijeVereiste:
      "Are you, as an experience operational purchaser:\n<br/> \n<ul><li>in possession of a Bachelor's or Master's degree or have at least 7-8 years of work experience in the field of sourcing raw materials </li><li>very strong in communication </li><li>understanding the market and know what Supply and Demand is about </li><li>perfectly bilingual: EN-NL or EN-FR </li><li>are an advanced Excel user </li><li>understanding of how ERP (preferably SAP) works<br/><br/>then do not doubt to read further </li>\n</ul>",
    internationaalOpengesteld: false
  }
  t.equal(text.slice(0, JSON.stringify(printed).length - 1), JSON.stringify(printed).slice(0, -1))
})

t.test("the documented search for CVs returns VDAB's seven, in VDAB's order", async (t) => {
  const { get } = await start(t, { kandidaten: 5000 })
  t.strictSame(await get('v1/kandidaten?studies=MAE5AHH&gewensteRegios=BE231A'), {
    aantal: 7,
    resultaten: [
      { cvId: '0f263a0e-cd00-4325-8ce3-4163740c101d' },
      { cvId: 'e67fe67c-1e06-4bfb-aa13-4c7532938100' },
      { cvId: '9cd21b39-92e5-451e-990d-58029ece4e67' },
      { cvId: '30966b99-ed6d-40d3-be16-053c6d040327' },
      { cvId: '0d3c13b1-b7f8-4dc1-9728-339d555a9048' },
      { cvId: 'cb60cf85-1380-4a5a-adae-0b7bc6160661' },
      { cvId: 'd2e6e03f-1acd-4d03-a44a-5b735343eb9b' }
    ]
  })
})

t.test("the documented CVs have VDAB's fields, with invented values for those that VDAB masked", async (t) => {
  const { get } = await start(t)
  const adres = {
    straat: 'Proefstraat',
    huisnummer: '9',
    busnummer: 'D001',
    postcode: 'BE-2800',
    gemeente: '2800-MECHELEN',
    land: 'BE'
  }
  t.match(await get('v1/kandidaten/cb60cf85-1380-4a5a-adae-0b7bc6160661'), {
    cvId: 'cb60cf85-1380-4a5a-adae-0b7bc6160661',
    status: 'OPEN',
    wijzigingsDatum: '2022-07-27',
    persoonlijkeInteresse: {},
    natuurlijkPersoon: { gsm: '+32477000012', officieelAdres: adres, contactAdres: adres }
  })
  const full = await get<{ [name: string]: Json }>('v1/kandidaten/30dbfef1-59df-4521-a111-964bf0208e68')
  t.strictSame(Object.keys(full), [
    'cvId',
    'status',
    'wijzigingsDatum',
    'iklId',
    'persoonlijkeInteresse',
    'natuurlijkPersoon',
    'ervaringen',
    'opleidingen',
    'attesteringen',
    'competenties',
    'gewensteJob'
  ])
  t.equal(full['iklId'], 11116485)
  t.strictSame(full['opleidingen'], [
    { type: 'studie', behaaldOp: '2002-01-01', behaaldIn: 2002, diploma: true, naam: 'MAN1NOO' },
    {
      type: 'studie',
      info: 'Omzetting van Handelsingenieur (UEH5AHH) dd. 01/07/2011',
      behaaldOp: '1999-01-01',
      behaaldIn: 1999,
      diploma: true,
      naam: 'MAE5AHH'
    }
  ])
  t.strictSame(
    Object.values(full['competenties'] ?? []).map((skill) => JSON.stringify(skill).length === 2),
    [
      ...Array.from({ length: 9 }, () => false),
      true,
      ...Array.from({ length: 7 }, () => false),
      true,
      ...Array.from({ length: 5 }, () => false)
    ]
  )
})

t.test('paging over all results returns every vacancy once', async (t) => {
  const { get, idsOf } = await start(t)
  const { aantal } = await get<Found>('v2/vacatures?aantal=0')
  const ids = await idsOf('')
  t.equal(ids.length, aantal)
  t.equal(new Set(ids).size, aantal)
  t.strictSame(sorted(await idsOf('sorteerveld=PUBLICATIE_DATUM')), sorted(ids))
  t.equal((await get<Found>('v2/vacatures')).resultaten.length, 20, 'a page has 20 items by default')
  t.strictSame(
    (await get<Found>('v2/vacatures?offset=20')).resultaten,
    (await get<Found>('v2/vacatures')).resultaten,
    'offset is not a parameter'
  )
  t.strictSame(await get(`v2/vacatures?vanaf=${aantal}`), { aantal, resultaten: [] })
})

t.test('a search matches the details: OR within a filter, AND between filters', async (t) => {
  const { idsOf, detailsOf } = await start(t)
  const all = await detailsOf(await idsOf(''))
  const expected = (meets: (detail: Detail) => boolean) =>
    sorted(all.filter(meets).map((detail) => detail.vacatureReferentie.interneReferentie))
  const domains = (detail: Detail) => detail.functie?.jobdomeinen ?? []
  const postcode = (detail: Detail) => detail.tewerkstellingsadres?.postcode ?? ''
  const ervaring = (detail: Detail) => detail.functie?.beroepsprofiel?.ervaring ?? ''
  const skill = (detail: Detail) =>
    detail.profiel?.vereisten.filter(({ type }) => type === 'technischecompetentie').map(({ code }) => code) ?? []
  const promises: [string, (detail: Detail) => boolean][] = [
    ['jobdomein=JOBCAT10', (detail) => domains(detail).includes('JOBCAT10')],
    [
      'jobdomein=JOBCAT10&jobdomein=JOBCAT13',
      (detail) => domains(detail).some((code) => code === 'JOBCAT10' || code === 'JOBCAT13')
    ],
    ['postcode=9000&postcode=2000', (detail) => ['9000', '2000'].includes(postcode(detail))],
    [
      'jobdomein=JOBCAT10&jobdomein=JOBCAT01&postcode=9000&postcode=2000&postcode=3000',
      (detail) =>
        domains(detail).some((code) => code === 'JOBCAT10' || code === 'JOBCAT01') &&
        ['9000', '2000', '3000'].includes(postcode(detail))
    ],
    ['ervaring=1&ervaring=2', (detail) => ['1', '2'].includes(ervaring(detail))],
    [
      'beroep=eccbc68a-353d-40a7-85aa-6577457b3218',
      (detail) => detail.functie?.beroepsprofiel?.code === 'eccbc68a-353d-40a7-85aa-6577457b3218'
    ],
    ['competentie=11721', (detail) => skill(detail).includes('11721')],
    ['sinds=7', (detail) => (detail.publicatieDatum ?? '') >= '2026-02-22'],
    [
      'filterDubbels=true',
      ({ dubbels, vacatureReferentie }) =>
        dubbels === undefined || dubbels.parentUuid === vacatureReferentie.interneReferentie
    ],
    ['postcode=', () => true]
  ]
  for (const [query, meets] of promises) {
    const wanted = expected(meets)
    const page = query.startsWith('filterDubbels') ? `${query}&sorteerveld=PUBLICATIE_DATUM` : query
    t.ok(wanted.length > 0, `a vacancy meets ${query}`)
    // Minimal vacancies have no date, so the date of the feed may find them too.
    const found = sorted(await idsOf(page))
    const bare = new Set(
      all
        .filter((detail) => detail.publicatieDatum === undefined)
        .map((detail) => detail.vacatureReferentie.interneReferentie)
    )
    t.strictSame(query === 'sinds=7' ? found.filter((id) => !bare.has(id)) : found, wanted, query)
  }
  t.strictSame(await idsOf('jobdomein=ONBEKEND'), [])
  t.strictSame(await idsOf('postcode=9000,2000'), [], 'a list with commas is one unknown postcode')
})

t.test('a search for CVs matches the CVs, and omits closed and unlisted ones', async (t) => {
  const { get } = await start(t)
  type Cv = { cvId: string; status: string; opleidingen?: { naam: string }[]; gewensteJob?: { regios: string[] } }
  const find = async (query: string) => {
    const ids: string[] = []
    for (;;) {
      const { aantal, resultaten } = await get<People>(`v1/kandidaten?${query}&aantal=200&vanaf=${ids.length}`)
      ids.push(...resultaten.map(({ cvId }) => cvId))
      if (ids.length >= aantal) return ids
    }
  }
  const all = await Promise.all((await find('')).map((id) => get<Cv>(`v1/kandidaten/${id}`)))
  t.strictSame(new Set(all.map(({ status }) => status)), new Set(['OPEN']))
  t.notOk(
    all.some(({ cvId }) => cvId === '30dbfef1-59df-4521-a111-964bf0208e68'),
    'the CV that VDAB shows in full is not in its search index'
  )
  const studied = ({ opleidingen = [] }: Cv, ...codes: string[]) => opleidingen.some(({ naam }) => codes.includes(naam))
  const wants = ({ gewensteJob }: Cv, ...codes: string[]) =>
    gewensteJob?.regios.some((code) => codes.includes(code)) === true
  const promises: [string, (cv: Cv) => boolean][] = [
    ['studies=MAE5AHH', (cv) => studied(cv, 'MAE5AHH')],
    ['studies=MAN1NOO&studies=MAE5AHH', (cv) => studied(cv, 'MAN1NOO', 'MAE5AHH')],
    [
      'studies=MAN1NOO&studies=MAE5AHH&gewensteRegios=BE1&gewensteRegios=BE231A',
      (cv) => studied(cv, 'MAN1NOO', 'MAE5AHH') && wants(cv, 'BE1', 'BE231A')
    ]
  ]
  for (const [query, meets] of promises) {
    const wanted = all.filter(meets).map(({ cvId }) => cvId)
    t.ok(wanted.length > 0, `a CV meets ${query}`)
    t.strictSame(await find(query), wanted, query)
  }
})

t.test('afstand extends a postcode by a radius in kilometres', async (t) => {
  const { idsOf, detailsOf } = await start(t)
  const alone = await idsOf('postcode=9300')
  const near = await detailsOf(await idsOf('postcode=9300&afstand=15'))
  const towns = new Set(near.map((detail) => detail.tewerkstellingsadres?.postcode))
  t.strictSame([...towns].sort(), ['1730', '1740', '1770', '9200', '9300', '9400'])
  t.ok(near.length > alone.length)
})

t.test('a sorted search returns the newest first', async (t) => {
  const { idsOf, get } = await start(t)
  const dates: string[] = []
  for (const id of (await idsOf('sorteerveld=PUBLICATIE_DATUM')).slice(0, 40)) {
    const { publicatieDatum } = await get<Detail>(`v2/vacatures/${id}`)
    if (publicatieDatum !== undefined) dates.push(publicatieDatum)
  }
  t.strictSame(dates, [...dates].sort().reverse())
})

t.test('velden adds branches to the items: at most five, known ones only', async (t) => {
  const { get, call } = await start(t)
  const query = 'v2/vacatures?jobdomein=JOBCAT01&postcode=1930&aantal=1'
  t.strictSame(
    await get(
      `${query}&velden=status&velden=vdabreferentie&velden=leverancier&velden=tewerkstellingsgemeente&velden=beroep`
    ),
    {
      aantal: 3,
      resultaten: [
        {
          vacatureReferentie: { interneReferentie: 'a3e007c0-68d3-4fb7-aa35-c36e96ede172', vdabReferentie: 65866999 },
          status: 'GEPUBLICEERD',
          leverancier: { kboNummer: '0404221962', naam: 'EXPERT CENTRE VLAANDEREN NOORD', type: 'INTERMEDIAIREN' },
          tewerkstellingsadres: { postcode: '1930', gemeente: 'ZAVENTEM', landCode: 'BE' },
          functie: { beroepsprofiel: { code: 'eccbc68a-353d-40a7-85aa-6577457b3218' } }
        }
      ]
    }
  )
  t.strictSame(await get(`${query}&velden=competentie`), {
    aantal: 3,
    resultaten: [
      {
        vacatureReferentie: { interneReferentie: 'a3e007c0-68d3-4fb7-aa35-c36e96ede172' },
        profiel: {
          vereisten: [
            { type: 'talen', code: 'E', score: '3' },
            { type: 'talen', code: 'N', score: '3' }
          ]
        }
      }
    ]
  })
  t.strictSame(
    await refusal(call(`${query}${'&velden=status'.repeat(6)}`)),
    bad('Parameter velden takes at most 5 values')
  )
  t.strictSame(
    await refusal(call(`${query}&velden=loon`)),
    bad(
      'Parameter velden must be one of vdabreferentie, status, leverancier, tewerkstellingsgemeente, beroep, competentie'
    )
  )
  t.strictSame(
    await get('v1/kandidaten?studies=MAE5AHH&gewensteRegios=BE231A&aantal=1&velden=status&velden=wijzigingsDatum'),
    {
      aantal: 7,
      resultaten: [{ cvId: '0f263a0e-cd00-4325-8ce3-4163740c101d', status: 'OPEN', wijzigingsDatum: '2022-07-20' }]
    }
  )
})

t.test('a query that VDAB cannot read is refused with 400, never corrected', async (t) => {
  const { call } = await start(t)
  const refused: [string, string][] = [
    ['v2/vacatures?aantal=201', 'Parameter aantal must not exceed 200'],
    ['v1/kandidaten?aantal=201', 'Parameter aantal must not exceed 200'],
    ['v2/vacatures?aantal=-1', 'Parameter aantal must be a whole number of 0 or more'],
    ['v2/vacatures?vanaf=1.5', 'Parameter vanaf must be a whole number of 0 or more'],
    ['v2/vacatures?sinds=gisteren', 'Parameter sinds must be a whole number of 0 or more'],
    ['v2/vacatures?filterDubbels=ja', 'Parameter filterDubbels must be true or false'],
    [
      'v2/vacatures?filterDubbels=true&vanaf=1900&aantal=101',
      'With filterDubbels only the first 2000 results can be reached'
    ],
    ['v2/vacatures?sorteerveld=LOON', 'Parameter sorteerveld must be one of PUBLICATIE_DATUM, WIJZIGINGS_DATUM'],
    ['v2/vacatures/initial', 'Parameter datum must be a date such as 2022-12-20'],
    ['v2/vacatures/initial?datum=2026-02-30', 'Parameter datum must be a date such as 2022-12-20'],
    ['v2/vacatures/initial?datum=2026-02-01&aantal=2001', 'Parameter aantal must not exceed 2000'],
    ['v2/vacatures/bulk?tot=2026-02-01T00:00:00Z', 'Parameter van must be a time such as 2020-05-11T10:00:00.000Z'],
    [
      'v2/vacatures/bulk?van=2026-02-01&tot=2026-02-02',
      'Parameter van must be a time such as 2020-05-11T10:00:00.000Z'
    ],
    [
      'v1/kandidaten/bulk?van=2026-02-02T00:00:00Z&tot=2026-02-01T00:00:00Z',
      'Parameter van must not be later than tot'
    ],
    [
      'v2/vacatures/bulk?van=2026-02-01T00:00:00.000Z&tot=2026-02-06T00:00:00.001Z',
      'The time between van and tot must not exceed 5 days'
    ],
    ['v2/vacatures/12345', 'Invalid string syntax'],
    ['v1/kandidaten/%E0%A4%A', 'Invalid string syntax']
  ]
  for (const [path, text] of refused) t.strictSame(await refusal(call(path)), bad(text), path)
})

t.test("an unknown id is 404 with VDAB's own text, and an unknown path or method gets IBM's", async (t) => {
  const { base, call } = await start(t)
  const id = '11111111-2222-4333-8444-555555555555'
  t.strictSame(await refusal(call(`v2/vacatures/${id}`)), ibm(404, 'Not Found', `${id} is geen bestaande vacature`))
  t.strictSame(await refusal(call(`v1/kandidaten/${id}`)), ibm(404, 'Not Found', `${id} is geen bestaande kandidaat`))
  const lost = ibm(404, 'Not Found', 'No resources match requested URI')
  for (const path of [
    'v2/onbekend',
    'v1/vacatures',
    'v2/vacatures/',
    `v2/vacatures/${id}/extra`,
    'v1/jobdomeinen/JOBCAT01'
  ]) {
    t.strictSame(await refusal(call(path)), lost, path)
  }
  t.strictSame(await refusal(fetch(`${base}/elders`)), lost)
  const verbs = ibm(405, 'Method Not Allowed', 'The method is not allowed for the requested URL')
  t.strictSame(await refusal(call('v2/vacatures', { method: 'PUT' })), verbs)
  t.strictSame(await refusal(call('v1/kandidaten', { method: 'POST', body: '{}' })), verbs)
})

t.test('the key is checked before the query', async (t) => {
  const { call } = await start(t)
  const unknown = ibm(401, 'Unauthorized', 'Invalid client id or secret.')
  t.strictSame(await refusal(call('v2/vacatures?aantal=999', { headers: {} })), unknown)
  t.strictSame(await refusal(call('v2/vacatures', { headers: { 'x-ibm-client-id': '' } })), unknown)
  t.strictSame(await refusal(call('v2/vacatures', { headers: { 'x-ibm-client-id': 'wrong-key' } })), unknown)
  t.strictSame(
    await refusal(call('v2/vacatures', { headers: { 'x-ibm-client-id': 'unsubscribed-key' } })),
    ibm(403, 'Forbidden', 'Not registered to plan')
  )
  const own = await start(t, { key: 'only-this' })
  t.strictSame(await refusal(own.call('v1/talen')), unknown)
  t.equal((await own.call('v1/talen', { headers: { 'x-ibm-client-id': 'only-this' } })).status, 200)
})

t.test("a key over its limit gets IBM's 429 on that endpoint, until the next minute", async (t) => {
  const { call, door } = await start(t)
  t.strictSame(await door('PUT', 'limits', { callsPerMinute: 2 }), { status: 200, body: { callsPerMinute: 2 } })
  const first = await call('v1/talen')
  t.strictSame(
    [first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')],
    ['name=default,2;', 'name=default,1;']
  )
  t.match(first.headers.get('x-global-transaction-id'), /^[0-9a-f]{24}$/)
  t.equal((await call('v1/talen')).headers.get('x-ratelimit-remaining'), 'name=default,0;')
  t.strictSame(await refusal(call('v1/talen')), ibm(429, 'Too Many Requests', 'Rate Limit exceeded'))
  t.equal((await call('v1/attesten')).status, 200, 'another endpoint has its own limit')
  t.equal(
    (await call('v1/talen', { headers: { 'x-ibm-client-id': 'another' } })).status,
    200,
    'another key has its own limit'
  )
  await door('PUT', 'clock', { now: '2026-03-01T12:01:00Z' })
  t.equal((await call('v1/talen')).status, 200)
})

t.test('every answer states that it comes from the simulator', async (t) => {
  const { base, call, door } = await start(t)
  const answers = [
    call('v1/talen'),
    call('v2/nergens'),
    call('v1/talen', { headers: {} }),
    fetch(`${base}/`),
    fetch(`${base}/%zz`),
    fetch(new URL('/_simulator/calls', base)),
    fetch(new URL('/_simulator/nergens', base)),
    fetch(new URL('/_simulator/clock', base), { method: 'PUT' })
  ]
  for (const answer of await Promise.all(answers))
    t.equal(answer.headers.get('x-vdab-simulator'), 'true', `${answer.status} ${answer.url}`)
  await door('PUT', 'faults', { kind: 'slow-body', latencyMs: 1 })
  t.equal((await call('v1/talen')).headers.get('x-vdab-simulator'), 'true')
})

t.test('POST returns the known ones of the requested vacancies, in another order', async (t) => {
  const { post, get, idsOf } = await start(t)
  const ids = (await idsOf('sinds=30')).slice(0, 5)
  const wanted = await Promise.all(ids.map((id) => get<Detail>(`v2/vacatures/${id}`)))
  const byId = (list: Detail[]) =>
    Object.fromEntries(list.map((detail) => [detail.vacatureReferentie.interneReferentie, detail]))
  for (const body of [{ vacatureIds: ids }, { hoeDanOok: ids, aantal: 5 }, ids]) {
    const answer = await read<{ aantal: number; resultaten: Detail[] }>(post(body))
    t.equal(answer.aantal, 5)
    t.strictSame(byId(answer.resultaten), byId(wanted))
    t.notSame(
      answer.resultaten.map((detail) => detail.vacatureReferentie.interneReferentie),
      ids
    )
  }
  const mixed = await read<{ aantal: number; resultaten: Detail[] }>(
    post({
      nummers: [
        65866999,
        '65866999',
        'a3e007c0-68d3-4fb7-aa35-c36e96ede172',
        '11111111-2222-4333-8444-555555555555',
        'onzin',
        3
      ]
    })
  )
  t.strictSame(
    [mixed.aantal, mixed.resultaten.map((detail) => detail.vacatureReferentie.vdabReferentie)],
    [1, [65866999]]
  )
})

t.test('POST refuses a body of another shape', async (t) => {
  const { post, call } = await start(t)
  const shape = bad('The body must hold exactly one list of vacancy references')
  for (const body of [{}, { a: [], b: [] }, { ids: [null] }, { ids: [{}] }, 'null', '12', { ids: 'a3e007c0' }])
    t.strictSame(await refusal(post(body)), shape)
  t.strictSame(await refusal(post('{"ids":')), bad('The body is not valid JSON'))
  t.strictSame(
    await refusal(post({ ids: Array.from({ length: 201 }, () => 'x') })),
    bad('At most 200 vacancies can be asked for at once')
  )
  const media = ibm(415, 'Unsupported Media Type', 'Content-Type must be application/json')
  t.strictSame(await refusal(post({ ids: [] }, 'text/plain')), media)
  t.strictSame(await refusal(call('v2/vacatures', { method: 'POST' })), media)
  t.equal((await post({ ids: [] }, 'application/json; charset=utf-8')).status, 200)
})

t.test('initial lists the vacancies that were published on a day', async (t) => {
  const { get, idsOf } = await start(t)
  const today = await get<Found>('v2/vacatures/initial?datum=2026-03-01&aantal=2000')
  t.equal(today.aantal, today.resultaten.length)
  t.strictSame(
    today.resultaten.map((item) => item.vacatureReferentie.interneReferentie),
    await idsOf(''),
    'today it contains the same vacancies as a search'
  )
  t.strictSame(new Set(today.resultaten.map(({ status }) => status)), new Set(['GEPUBLICEERD']))
  t.strictSame(await get('v2/vacatures/initial?datum=2022-12-16'), {
    aantal: 2,
    resultaten: ['a3e007c0-68d3-4fb7-aa35-c36e96ede172', '9d86dbb5-3cba-4ef5-9172-38c0e6782746'].map(
      (interneReferentie) => ({ vacatureReferentie: { interneReferentie }, status: 'GEPUBLICEERD' })
    )
  })
  t.strictSame(
    await get('v2/vacatures/initial?datum=2022-12-16T08:00:00.000Z'),
    await get('v2/vacatures/initial?datum=2022-12-16')
  )
})

t.test('bulk returns every change, unordered and with repetitions', async (t) => {
  const { get } = await start(t)
  const rows: Item[] = []
  const day = 86_400_000
  for (let van = now() - 200 * day; van < now(); van += 5 * day) {
    const window = `van=${new Date(van).toISOString()}&tot=${new Date(van + 5 * day - 1).toISOString()}`
    const first = await get<Found>(`v2/vacatures/bulk?${window}&aantal=2000`)
    t.equal(first.resultaten.length, first.aantal)
    const [half, rest] = await Promise.all(
      [0, 50].map((vanaf) => get<Found>(`v2/vacatures/bulk?${window}&aantal=50&vanaf=${vanaf}`))
    )
    t.strictSame(
      [...(half?.resultaten ?? []), ...(rest?.resultaten ?? [])],
      first.resultaten.slice(0, 100),
      'pages follow each other'
    )
    rows.push(...first.resultaten)
  }
  const ids = rows.map((item) => item.vacatureReferentie.interneReferentie)
  const real = ids.filter((id) => !id.includes('NOT_FOUND'))
  t.equal(new Set(real).size, 1997, 'every vacancy but the documented three, which are older')
  t.ok(real.length > 2500, 'many vacancies occur more than once')
  t.ok(real.length < ids.length, 'some ids are lost')
  t.strictSame(new Set(rows.map(({ status }) => status)), new Set(['GEPUBLICEERD', 'NIET_GEPUBLICEERD', 'AFGESLOTEN']))
  for (const {
    vacatureReferentie: { interneReferentie },
    status = ''
  } of rows.filter((row) => row.status === 'AFGESLOTEN').slice(0, 3)) {
    if (!interneReferentie.includes('NOT_FOUND'))
      t.equal((await get<Detail>(`v2/vacatures/${interneReferentie}`)).status, status)
  }
  t.strictSame(
    await get('v2/vacatures/bulk?van=2022-12-15T00%3A00%3A00.000Z&tot=2022-12-15T00:00:00Z'),
    {
      aantal: 1,
      resultaten: [
        { vacatureReferentie: { interneReferentie: '9d86dbb5-3cba-4ef5-9172-38c0e6782746' }, status: 'GEPUBLICEERD' }
      ]
    },
    'both ends are inclusive, and colons may be encoded'
  )
})

t.test('bulk returns changes of CVs too', async (t) => {
  const { get } = await start(t)
  t.strictSame(
    await get('v1/kandidaten/bulk?van=2022-08-01T00:00:00Z&tot=2022-08-03T00:00:00Z'),
    {
      aantal: 2,
      resultaten: [
        { cvId: '30dbfef1-59df-4521-a111-964bf0208e68', status: 'OPEN' },
        { cvId: 'd2e6e03f-1acd-4d03-a44a-5b735343eb9b', status: 'OPEN' }
      ]
    },
    'a later change can come first: the feed has no order'
  )
  const seen = new Set<string | undefined>()
  for (let turn = 0; turn < 20; turn++) {
    const [van, tot] = [now() - (turn + 1) * 432_000_000, now() - turn * 432_000_000].map((moment) =>
      new Date(moment).toISOString()
    )
    for (const { status } of (await get<People>(`v1/kandidaten/bulk?van=${van}&tot=${tot}`)).resultaten)
      seen.add(status)
  }
  t.strictSame(seen, new Set(['OPEN', 'GESLOTEN']))
})

t.test(
  "a patch merges, raises versie, changes search results and appears in bulk at the simulator's current time",
  async (t) => {
    const { get, door } = await start(t)
    const id = '9d86dbb5-3cba-4ef5-9172-38c0e6782746'
    await door('PUT', 'clock', { now: '2026-03-02T10:00:00.000Z' })
    const before = await get<Detail & { startDatum?: string }>(`v2/vacatures/${id}`)
    const patched = await door('PATCH', `vacatures/${id}`, {
      functie: { jobdomeinen: ['JOBCAT99'] },
      startDatum: null,
      aantalJobs: 7
    })
    const expected = { ...before, aantalJobs: 7, versie: 1, functie: { ...before.functie, jobdomeinen: ['JOBCAT99'] } }
    delete expected.startDatum
    t.strictSame(patched, { status: 200, body: expected })
    t.strictSame(await get(`v2/vacatures/${id}`), expected)
    t.strictSame(await get('v2/vacatures?jobdomein=JOBCAT99'), {
      aantal: 1,
      resultaten: [{ vacatureReferentie: { interneReferentie: id } }]
    })
    t.equal((await get<Found>('v2/vacatures?jobdomein=JOBCAT01&postcode=1930')).aantal, 2)
    t.strictSame(await get('v2/vacatures/bulk?van=2026-03-02T10:00:00.000Z&tot=2026-03-02T10:00:00.000Z'), {
      aantal: 1,
      resultaten: [{ vacatureReferentie: { interneReferentie: id }, status: 'GEPUBLICEERD' }]
    })
    await door('PATCH', `vacatures/${id}`, { status: 'AFGESLOTEN' })
    t.equal((await get<Found>('v2/vacatures?jobdomein=JOBCAT99')).aantal, 0)
    t.match(await get(`v2/vacatures/${id}`), { status: 'AFGESLOTEN', versie: 2 })
    t.match(await get('v2/vacatures/bulk?van=2026-03-02T10:00:00.000Z&tot=2026-03-02T10:00:00.000Z'), {
      aantal: 2,
      resultaten: [{ status: 'AFGESLOTEN' }, { status: 'AFGESLOTEN' }]
    })
  }
)

t.test('a patched CV has the current date as its wijzigingsDatum', async (t) => {
  const { get, door } = await start(t)
  const id = '0f263a0e-cd00-4325-8ce3-4163740c101d'
  await door('PATCH', `kandidaten/${id}`, { gewensteJob: { regios: ['BE211'] } })
  t.match(await get(`v1/kandidaten/${id}`), { wijzigingsDatum: '2026-03-01', gewensteJob: { regios: ['BE211'] } })
  t.equal((await get<People>('v1/kandidaten?studies=MAE5AHH&gewensteRegios=BE231A')).aantal, 6)
  t.strictSame(await get('v1/kandidaten/bulk?van=2026-03-01T12:00:00Z&tot=2026-03-01T12:00:00Z'), {
    aantal: 1,
    resultaten: [{ cvId: id, status: 'OPEN' }]
  })
})

t.test('a removed record is gone everywhere but in bulk, where it is no longer published', async (t) => {
  const { get, call, post, door } = await start(t)
  const id = '23fa5224-15f6-4934-98ab-829587a7420e'
  const cvId = 'd2e6e03f-1acd-4d03-a44a-5b735343eb9b'
  t.strictSame(await door('DELETE', `vacatures/${id}`), { status: 200, body: { id, status: 'NIET_GEPUBLICEERD' } })
  t.strictSame(await door('DELETE', `kandidaten/${cvId}`), { status: 200, body: { id: cvId, status: 'GESLOTEN' } })
  t.strictSame(await refusal(call(`v2/vacatures/${id}`)), ibm(404, 'Not Found', `${id} is geen bestaande vacature`))
  t.equal((await get<Found>('v2/vacatures?jobdomein=JOBCAT01&postcode=1930')).aantal, 2)
  t.strictSame(await (await post([id, 65867345])).json(), { aantal: 0, resultaten: [] })
  const moment = 'van=2026-03-01T12:00:00Z&tot=2026-03-01T12:00:00Z'
  t.strictSame(await get(`v2/vacatures/bulk?${moment}`), {
    aantal: 1,
    resultaten: [{ vacatureReferentie: { interneReferentie: id }, status: 'NIET_GEPUBLICEERD' }]
  })
  t.strictSame(await get(`v1/kandidaten/bulk?${moment}`), { aantal: 1, resultaten: [{ cvId, status: 'GESLOTEN' }] })
  t.strictSame(await door('DELETE', `vacatures/${id}`), { status: 404, body: { error: `${id} is not in vacatures` } })
  t.strictSame(await door('PATCH', `vacatures/${id}`, {}), {
    status: 404,
    body: { error: `${id} is not in vacatures` }
  })
})

t.test('calls are counted per endpoint, refused and failed ones too, but not those of the control API', async (t) => {
  const { call, post, door } = await start(t)
  await call('v2/vacatures?aantal=999')
  await call('v2/vacatures/a3e007c0-68d3-4fb7-aa35-c36e96ede172')
  await call('v2/vacatures/11111111-2222-4333-8444-555555555555')
  await call('v2/vacatures/bulk', { headers: {} })
  await post([])
  await call('v1/jobdomeinen')
  await call('v2/nergens')
  await door('PUT', 'faults', { status: 500 })
  await call('v1/jobdomeinen')
  const perEndpoint = {
    'GET /vacatures': 1,
    'GET /vacatures/{id}': 2,
    'GET /vacatures/bulk': 1,
    'POST /vacatures': 1,
    'GET /jobdomeinen': 2
  }
  t.strictSame(await door('GET', 'calls'), { status: 200, body: { total: 7, perEndpoint } })
  t.strictSame(await door('DELETE', 'calls'), { status: 200, body: { total: 0, perEndpoint: {} } })
  t.strictSame(await door('GET', 'calls'), { status: 200, body: { total: 0, perEndpoint: {} } })
})

t.test("a status fault returns IBM's body, with Retry-After on request, before the key is checked", async (t) => {
  const { call, door } = await start(t)
  await door('PUT', 'faults', { status: 503, retryAfter: 7 })
  const answer = await call('v1/talen', { headers: {} })
  t.equal(answer.headers.get('retry-after'), '7')
  t.strictSame(await refusal(answer), ibm(503, 'Service Unavailable', 'Failed to establish a backside connection'))
  await door('PUT', 'faults', [{ status: 429 }])
  t.strictSame(await refusal(call('v1/talen')), ibm(429, 'Too Many Requests', 'Rate Limit exceeded'))
  t.strictSame(await door('DELETE', 'faults'), { status: 200, body: [] })
  t.equal((await call('v1/talen')).status, 200)
})

t.test('a fault applies to its target: one endpoint name, or every name with a prefix', async (t) => {
  const { call, door } = await start(t)
  const paths = ['v2/vacatures', 'v2/vacatures/a3e007c0-68d3-4fb7-aa35-c36e96ede172', 'v1/talen']
  const statuses = () => Promise.all(paths.map(async (path) => (await call(path)).status))
  await door('PUT', 'faults', { status: 500, endpoint: 'GET /vacatures' })
  t.strictSame(await statuses(), [500, 200, 200])
  await door('PUT', 'faults', { status: 500, endpoint: 'GET /vac' })
  t.strictSame(await statuses(), [500, 500, 200])
  await door('PUT', 'faults', [{ status: 502, endpoint: 'GET /talen' }, { status: 504 }])
  t.strictSame(await statuses(), [504, 504, 502])
})

t.test('a fault rate is drawn from the seed, so the same calls fail again', async (t) => {
  const { call, door } = await start(t)
  const round = async () => {
    await door('PUT', 'faults', { status: 500, rate: 0.5 })
    const statuses: number[] = []
    for (let turn = 0; turn < 40; turn++) statuses.push((await call('v1/talen')).status)
    return statuses
  }
  const first = await round()
  t.strictSame(new Set(first), new Set([200, 500]))
  t.strictSame(await round(), first)
  await door('PUT', 'faults', { status: 500, rate: 0 })
  t.equal((await call('v1/talen')).status, 200)
})

t.test('reset, truncate and garbage each break an answer in a different way', async (t) => {
  const { call, door } = await start(t)
  await door('PUT', 'faults', { kind: 'reset' })
  await t.rejects(call('v1/talen'), { cause: { code: 'ECONNRESET' } })
  await door('PUT', 'faults', { kind: 'truncate' })
  const cut = await call('v1/talen')
  t.equal(cut.status, 200)
  await t.rejects(cut.text())
  await door('PUT', 'faults', { kind: 'garbage' })
  const spoilt = await call('v1/talen')
  t.strictSame([spoilt.status, spoilt.headers.get('content-type')], [200, 'application/json;charset=UTF-8'])
  await t.rejects(spoilt.json(), SyntaxError)
})

t.test('a slow body arrives complete, in chunks', async (t) => {
  const { base, get, door } = await start(t)
  const whole = JSON.stringify(await get('v1/rijbewijzen'))
  await door('PUT', 'faults', { kind: 'slow-body', latencyMs: 50 })
  const pieces = await new Promise<string[]>((resolve, reject) => {
    rawRequest(`${base}/openservices/v1/rijbewijzen`, { headers: key }, (response) => {
      const read: string[] = []
      response
        .setEncoding('utf8')
        .on('data', (piece) => read.push(String(piece)))
        .on('end', () => resolve(read))
        .on('error', reject)
    })
      .on('error', reject)
      .end()
  })
  t.equal(pieces.join(''), whole)
  t.ok(pieces.length > 1)
})

t.test('removing the faults drops hanging calls and completes delayed ones', async (t) => {
  const { call, door } = await start(t)
  const arrived = async (total: number) => {
    for (;;) {
      const { body } = await door('GET', 'calls')
      if (JSON.stringify(body).includes(`"total":${total}`)) return
    }
  }
  await door('PUT', 'faults', [
    { kind: 'hang', endpoint: 'GET /talen' },
    { latencyMs: 3_600_000, endpoint: 'GET /attesten' }
  ])
  const hanging = t.rejects(call('v1/talen'))
  const late = call('v1/attesten')
  await arrived(2)
  await door('DELETE', 'faults')
  await hanging
  t.equal((await late).status, 200)
})

t.test('closing does not wait for hanging calls', async (t) => {
  const simulator = createSimulator({ vacatures: 10 })
  const base = await simulator.listen()
  await fetch(new URL('/_simulator/faults', base), { method: 'PUT', body: '{"kind":"hang"}' })
  const hanging = t.rejects(fetch(`${base}/openservices/v1/talen`, { headers: key }))
  await fetch(new URL('/_simulator/calls', base))
  await simulator.close()
  await hanging
})

t.test('the control API names the invalid member of its input', async (t) => {
  const { base, door } = await start(t)
  const wrong: [string, string, unknown, string][] = [
    [
      'PUT',
      'faults',
      { kind: 'explode' },
      'kind must be one of status, reset, hang, truncate, garbage, slow-body, wrong-type, deep-nesting'
    ],
    ['PUT', 'faults', { status: 42 }, 'status must be a whole number from 200 to 599'],
    ['PUT', 'faults', { status: 500, rate: 2 }, 'rate must be a number from 0 to 1'],
    ['PUT', 'faults', { status: 500, retryAfter: '1' }, 'retryAfter must be a number from 0 to 86400'],
    ['PUT', 'faults', { kind: 'status' }, 'status is required when kind is status'],
    ['PUT', 'faults', [{}], 'a fault needs latencyMs, status or kind'],
    [
      'PUT',
      'faults',
      { status: 500, soms: true },
      'soms is not a field of a fault; known are latencyMs, status, rate, endpoint, kind, retryAfter, fromMs, untilMs'
    ],
    ['PUT', 'faults', 'kapot', 'a fault must be an object, or a list of objects'],
    ['PUT', 'clock', { now: 'morgen' }, 'now must be a time such as 2026-03-01T10:00:00.000Z'],
    ['PUT', 'limits', { callsPerMinute: -1 }, 'callsPerMinute must be a whole number of 0 or more'],
    ['PUT', 'limits', [], 'the body must be an object with callsPerMinute'],
    ['PUT', 'limits', undefined, 'the body must be JSON'],
    ['PATCH', 'vacatures/a3e007c0-68d3-4fb7-aa35-c36e96ede172', [], 'the body must be an object'],
    [
      'PATCH',
      'vacatures/a3e007c0-68d3-4fb7-aa35-c36e96ede172',
      { vacatureReferentie: { interneReferentie: 'x' } },
      'vacatureReferentie.interneReferentie cannot be changed'
    ]
  ]
  for (const [method, path, body, error] of wrong)
    t.strictSame(await door(method, path, body), { status: 400, body: { error } }, error)
  t.match(await door('PUT', 'faults', { status: 500, endpoint: 'GET /elders' }), {
    status: 400,
    body: { error: /^endpoint must be one of, or the beginning of one of: GET \/vacatures, POST/ }
  })
  const broken = await fetch(new URL('/_simulator/clock', base), { method: 'PUT', body: '{' })
  t.strictSame(await refusal(broken), [400, { error: 'the body is not valid JSON' }])
})

t.test('the same seed and date produce the same world, another seed a different one', async (t) => {
  const everything = async (seed: number) => {
    const { get, idsOf, detailsOf } = await start(t, { vacatures: 400, kandidaten: 100, seed })
    const people = await get<People>('v1/kandidaten?aantal=200')
    const cvs = await Promise.all(people.resultaten.map(({ cvId }) => get(`v1/kandidaten/${cvId}`)))
    const feed = await get('v2/vacatures/bulk?van=2026-02-25T00:00:00Z&tot=2026-03-01T12:00:00Z&aantal=2000')
    return JSON.stringify([await detailsOf(await idsOf('')), cvs, feed])
  }
  const [first, second, other] = [await everything(1), await everything(1), await everything(2)]
  t.equal(first, second)
  t.not(first, other)
})

t.test('the reference lists are arrays of code and label', async (t) => {
  const { get } = await start(t)
  const sizes: [string, number][] = [
    ['v1/jobdomeinen', 24],
    ['v2/diplomas', 50],
    ['v1/rijbewijzen', 23],
    ['v1/attesten', 6],
    ['v1/arbeidsstelsels', 9],
    ['v1/arbeidsregimes', 2],
    ['v1/arbeidscontractduren', 2],
    ['v1/arbeidscontracten', 69],
    ['v1/softskills', 5],
    ['v1/competenties', 64],
    ['v1/sjablonen', 39],
    ['v1/studieboom', 6],
    ['v1/talen', 10]
  ]
  for (const [path, size] of sizes) {
    const list = await get<{ code: string; beschrijving: string }[]>(path)
    t.equal(list.length, size, path)
    t.equal(new Set(list.map(({ code }) => code)).size, size, `${path} has no code twice`)
    t.ok(
      list.every(
        (item) => Object.keys(item).join() === 'code,beschrijving' && item.code !== '' && item.beschrijving !== ''
      ),
      `${path} has only code and label`
    )
  }
  t.strictSame((await get<Json[]>('v1/jobdomeinen'))[0], { code: 'JOBCAT01', beschrijving: 'Aankoop' })
  t.notMatch(JSON.stringify(await get('v2/diplomas')), 'MAN1NOO')
})

t.test('diplomas have a keyword search: the ten best matches on code or label, best first', async (t) => {
  const { get } = await start(t)
  t.strictSame(await get('v2/diplomas?trefwoord=mae5ahh'), [
    { code: 'MAE5AHH', beschrijving: 'Master TEW: Handelsingenieur' }
  ])
  t.strictSame(await get('v2/diplomas?trefwoord=handelsingenieur'), [
    { code: 'UEH5AHH', beschrijving: 'Handelsingenieur' },
    { code: 'MAE5AHH', beschrijving: 'Master TEW: Handelsingenieur' },
    { code: 'MAE5AHB', beschrijving: 'Master TEW: Handelsingenieur in de beleidsinformatica' }
  ])
  t.equal((await get<Json[]>('v2/diplomas?trefwoord=master')).length, 10)
  t.strictSame(await get('v2/diplomas?trefwoord=industriele%20chemie'), [
    { code: 'MAT4ACH', beschrijving: 'Master Industriële wetenschappen: chemie' }
  ])
  t.strictSame(await get('v2/diplomas?trefwoord=zzz'), [])
})

t.test('the world contains the irregularities of real vacancies', async (t) => {
  const { get, idsOf, detailsOf } = await start(t)
  const all = await detailsOf(await idsOf(''))
  const contracts = new Set((await get<{ code: string }[]>('v1/arbeidscontracten')).map(({ code }) => code))
  const says = (part: string) => (detail: Detail) => detail.functie?.omschrijving?.includes(part) === true
  const traps: { [trap: string]: (detail: Detail) => boolean } = {
    'no description': (detail) => detail.functie !== undefined && detail.functie.omschrijving === undefined,
    'no address': (detail) => detail.functie !== undefined && detail.tewerkstellingsadres === undefined,
    'no coordinates': ({ tewerkstellingsadres }) =>
      tewerkstellingsadres !== undefined && tewerkstellingsadres.locatie === undefined,
    'no municipality': ({ tewerkstellingsadres }) =>
      tewerkstellingsadres !== undefined && tewerkstellingsadres.gemeente === undefined,
    'hardly anything': (detail) => Object.keys(detail).join() === 'vacatureReferentie,status',
    'outside Belgium': ({ tewerkstellingsadres }) => tewerkstellingsadres?.landCode === 'NL',
    'an unknown contract': ({ arbeidsovereenkomst }) =>
      arbeidsovereenkomst?.arbeidsContract !== undefined && !contracts.has(arbeidsovereenkomst.arbeidsContract),
    'a duplicate': ({ dubbels, vacatureReferentie }) =>
      dubbels !== undefined && dubbels.parentUuid !== vacatureReferentie.interneReferentie,
    'a name to trim': ({ leverancier }) => leverancier !== undefined && leverancier.naam !== leverancier.naam.trim(),
    'a wage': ({ arbeidsovereenkomst }) => arbeidsovereenkomst?.minimumBrutoLoon !== undefined,
    'a contact person': ({ sollicitatieprocedure }) => sollicitatieprocedure?.contactpersoon !== undefined,
    'a C1 bullet': says('\u0095'),
    'a bullet': says('•'),
    'an entity': says('&nbsp;'),
    'an emoji': says('🚀'),
    'a script': says('<script>alert(1)</script>'),
    'an event handler': says('onclick='),
    'a script link': says('href="javascript:'),
    'a list': says('<ul><li>'),
    French: says('Nous recherchons'),
    English: says('We are looking for')
  }
  for (const [trap, has] of Object.entries(traps))
    t.ok(all.filter(has).length >= 5, `five or more vacancies have ${trap}`)
})

t.test('one vacancy and one CV have every field, one of each has almost none', async (t) => {
  const paths = (value: Json, path = ''): string[] => {
    if (Array.isArray(value)) return value.flatMap((item) => paths(item, `${path}[]`))
    if (value === null || typeof value !== 'object') return [path]
    return Object.entries(value).flatMap(([name, inner]) => paths(inner, path === '' ? name : `${path}.${name}`))
  }
  const address = [
    'straat',
    'huisnummer',
    'busnummer',
    'postcode',
    'gemeente',
    'landCode',
    'regioCode',
    'locatie.latitude',
    'locatie.longitude'
  ]
  const vacature = sorted([
    ...['interneReferentie', 'vdabReferentie', 'hrxmlReferentie', 'externeReferentie'].map(
      (name) => `vacatureReferentie.${name}`
    ),
    'status',
    'aantalJobs',
    'bron',
    ...['kboNummer', 'naam', 'prioriteit', 'type'].map((name) => `leverancier.${name}`),
    'publicatieDatum',
    'depublicatieDatum',
    'startDatum',
    'versie',
    'vrijeVereiste',
    'internationaalOpengesteld',
    'vacatureType',
    ...['functieTitel', 'omschrijving', 'jobdomeinen[]', 'beroepsprofiel.code', 'beroepsprofiel.ervaring'].map(
      (name) => `functie.${name}`
    ),
    ...['type', 'code', 'score'].map((name) => `profiel.vereisten[].${name}`),
    ...[
      'arbeidsContract',
      'arbeidsContractDuur',
      'arbeidsRegime',
      'arbeidsStelsel[]',
      'aantalUur',
      'aantalDagen',
      'minimumBrutoLoon',
      'maximumBrutoLoon',
      'vermoedelijkeStartdatum',
      'extra'
    ].map((name) => `arbeidsovereenkomst.${name}`),
    ...address.map((name) => `tewerkstellingsadres.${name}`),
    ...[
      'cvGewenst',
      'motivatiebriefGewenst',
      'omschrijving',
      ...address.map((name) => `sollicitatieAdres.${name}`),
      ...['naam', 'aanspreking', 'functie', 'telefoonNummer', 'fax', 'email'].map((name) => `contactpersoon.${name}`),
      ...['webformulier', 'email', 'telefoon', 'fax', 'extraInfoProcedure', 'brief', 'persoonlijkAanmelden'].map(
        (name) => `sollicitatieVia.${name}`
      )
    ].map((name) => `sollicitatieprocedure.${name}`),
    'assistentie.irmAssistentie.irmRegioCodes[]',
    'dubbels.parentUuid',
    'dubbels.dubbelIds[]'
  ])
  const home = ['straat', 'huisnummer', 'busnummer', 'postcode', 'gemeente', 'land']
  const kandidaat = sorted([
    'cvId',
    'status',
    'wijzigingsDatum',
    'iklId',
    ...[
      'gsm',
      'email',
      'achternaam',
      'voornaam',
      'roepnaam',
      'website',
      'geslacht',
      'nationaliteit',
      'geboortedatum',
      ...home.flatMap((name) => [`officieelAdres.${name}`, `contactAdres.${name}`])
    ].map((name) => `natuurlijkPersoon.${name}`),
    ...['type', 'functieTitel', 'van', 'tot', 'werkgever.naam'].map((name) => `ervaringen[].${name}`),
    ...['type', 'info', 'behaaldOp', 'behaaldIn', 'diploma', 'naam'].map((name) => `opleidingen[].${name}`),
    ...['type', 'code', 'eigenWagen'].map((name) => `attesteringen[].${name}`),
    ...['type', 'code', 'niveau', 'score', 'naam', 'beschrijving'].map((name) => `competenties[].${name}`),
    ...[
      'arbeidsRegimes[]',
      'arbeidsStelsels[]',
      'regios[]',
      'functies[].titel',
      'functies[].ervaring',
      'functies[].beroepsprofiel.code'
    ].map((name) => `gewensteJob.${name}`)
  ])
  for (const seed of [1, 2, 3, 4, 5]) {
    const { get } = await start(t, { seed, vacatures: 10, kandidaten: 10 })
    t.strictSame(sorted(new Set(paths(await get('v2/vacatures/aaaaaaaa-0000-4000-8000-000000000001')))), vacature)
    t.strictSame(await get('v2/vacatures/aaaaaaaa-0000-4000-8000-000000000002'), {
      vacatureReferentie: { interneReferentie: 'aaaaaaaa-0000-4000-8000-000000000002' },
      status: 'GEPUBLICEERD'
    })
    t.strictSame(sorted(new Set(paths(await get('v1/kandidaten/bbbbbbbb-0000-4000-8000-000000000001')))), kandidaat)
    t.strictSame(await get('v1/kandidaten/bbbbbbbb-0000-4000-8000-000000000002'), {
      cvId: 'bbbbbbbb-0000-4000-8000-000000000002',
      status: 'OPEN'
    })
  }
})

t.test('no generated person can be a real one', async (t) => {
  const { get, idsOf, detailsOf } = await start(t)
  type Person = {
    iklId?: number
    ervaringen?: { tot?: string; van: string }[]
    natuurlijkPersoon?: { [name: string]: Json }
  }
  const suspicious: string[] = []
  // Rules by field name: which values may be plain, and which must contain proef, four zeros or a leap day.
  const inspect = (name: string, value: Json): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [inner, deeper] of Object.entries(value)) inspect(inner, deeper)
      return
    }
    const text = String(value)
    if (['geslacht', 'nationaliteit', 'postcode', 'gemeente', 'land'].includes(name)) return
    const telltale = ['gsm', 'telefoonNummer', 'fax'].includes(name)
      ? /0000/.test(text.replace(/\D/g, ''))
      : name === 'geboortedatum'
        ? /-02-29$/.test(text)
        : name === 'huisnummer' || name === 'iklId'
          ? /^99/.test(text)
          : /proef/i.test(text)
    if (!telltale) suspicious.push(`${name}: ${text}`)
  }
  let [unsorted, current, empty] = [0, 0, 0]
  for (const { cvId } of (await get<People>('v1/kandidaten?aantal=200&vanaf=7')).resultaten) {
    const { iklId, natuurlijkPersoon, ervaringen = [] } = await get<Person>(`v1/kandidaten/${cvId}`)
    if (natuurlijkPersoon === undefined) {
      empty += 1
      continue
    }
    const from = ervaringen.map(({ van }) => van)
    if (from.join() !== sorted(from).join()) unsorted += 1
    if (ervaringen.some(({ tot }) => tot === undefined)) current += 1
    inspect('iklId', iklId ?? null)
    inspect('natuurlijkPersoon', natuurlijkPersoon)
  }
  for (const { sollicitatieprocedure } of await detailsOf(await idsOf('')))
    inspect('contactpersoon', sollicitatieprocedure?.contactpersoon ?? {})
  t.strictSame(suspicious, [])
  t.ok(unsorted > 10 && current > 10 && empty > 0, 'experience is unsorted, unfinished or absent')
})

t.test('a world of an invalid size or date is refused', async (t) => {
  t.throws(() => createSimulator({ vacatures: -1 }), { message: 'vacatures must be a whole number from 0 to 4194304' })
  t.throws(() => createSimulator({ kandidaten: 1.5 }), {
    message: 'kandidaten must be a whole number from 0 to 4194304'
  })
  t.throws(() => createSimulator({ date: 'morgen' }), { message: 'date must be a date such as 2026-03-01' })
  const { get } = await start(t, { vacatures: 0, kandidaten: 0 })
  t.equal((await get<Found>('v2/vacatures')).aantal, 5, 'the documented vacancies and the landmarks are always there')
  t.equal((await get<People>('v1/kandidaten')).aantal, 9)
})
