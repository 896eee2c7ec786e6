import t from 'tap'
import { ibm, outcome, read, start, type Json } from './start.ts'

const v4 = 'vacatures/v4/vacatures'
const documented = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const whole = 'aaaaaaaa-0000-4000-8000-000000000001'
const unknown = '11111111-2222-4333-8444-555555555555'
const lost = ibm(404, 'Not Found', 'No resources match requested URI')

type Tree = { [name: string]: Json }
type Item = { vacatureReferentie: { interneReferentie: string } }
type Found = { totaalAantalResultaten?: number; aantal?: number; resultaten: Item[] }
type Coded = { code?: string; label?: string }
type Vereiste = Coded & { type: string; score?: Coded; diplomaNiveau?: Coded }
type Detail = Tree & {
  functie?: Tree & { jobdomeinen?: Coded[]; beroepsprofiel?: Coded & { ervaring?: Coded } }
  profiel?: { vereisten: Vereiste[] }
  arbeidsovereenkomst?: Tree & { arbeidsContract?: Coded; arbeidsStelsel?: Coded[] }
  tewerkstellingsadres?: Tree & { provincie?: Coded }
  leverancier?: Tree
  opdrachtgever?: Tree
  dubbels?: Tree
}

const idsIn = ({ resultaten }: Found) =>
  resultaten.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie)

/** The v4 details of the first 200 vacancies of a search. */
const details = async ({ get, post }: Awaited<ReturnType<typeof start>>) => {
  const ids = idsIn(await get<Found>(`${v4}?aantal=200`))
  const { resultaten } = await read<{ resultaten: Detail[] }>(post(v4, { vacatureIds: ids }))
  return resultaten
}

t.test('the v4 paths work, pinned or not, and on the test environment', async (t) => {
  const { base, call, logIn } = await start(t, { profile: 'v4' })
  const token = await logIn()
  for (const path of [
    v4,
    'vacatures/v4.2.0/vacatures',
    'vacatures/v4.11.3/vacatures',
    `vacatures/v4.2.0/vacatures/${documented}`
  ])
    t.equal((await call(path)).status, 200, path)
  const headers = { 'x-ibm-client-id': 'any', authorization: `Bearer ${token}` }
  const status = async (path: string) => (await fetch(`${base}/openservices-test/${path}`, { headers })).status
  t.strictSame(
    await Promise.all([v4, `${v4}/${documented}`, 'vacatures/v4.2.1/vacatures'].map(status)),
    [200, 200, 200]
  )
  t.equal(await status('v1/talen'), 404, 'the test environment has only Vacature v4')
})

t.test("a version that the profile does not serve is 404 in IBM's form", async (t) => {
  const two = await start(t)
  const four = await start(t, { profile: 'v4' })
  const both = await start(t, { profile: 'both' })
  await Promise.all([two.logIn(), four.logIn(), both.logIn()])
  for (const path of [
    v4,
    'vacatures/v4.2.0/vacatures',
    `${v4}/${documented}`,
    'vacatures/v5/vacatures',
    'v4/vacatures'
  ])
    t.strictSame(await outcome(two.call(path)), lost, path)
  for (const path of [
    'v2/vacatures',
    `v2/vacatures/${documented}`,
    'vacatures/v5/vacatures',
    'vacatures/v4.2/vacatures',
    'vacatures/v4'
  ])
    t.strictSame(await outcome(four.call(path)), lost, path)
  t.strictSame([(await both.call('v2/vacatures')).status, (await both.call(v4)).status], [200, 200])
})

t.test('both versions are generated from the same records', async (t) => {
  const { get, logIn } = await start(t, { profile: 'both' })
  await logIn()
  for (const query of [
    'aantal=200',
    'jobdomein=JOBCAT01&postcode=1930',
    'sinds=30&sorteerveld=PUBLICATIE_DATUM&aantal=50',
    'filterDubbels=true&ervaring=1&ervaring=2'
  ])
    t.strictSame(idsIn(await get(`${v4}?${query}`)), idsIn(await get(`v2/vacatures?${query}`)), query)
  const [old, fresh] = await Promise.all([get<Tree>(`v2/vacatures/${whole}`), get<Tree>(`${v4}/${whole}`)])
  for (const name of ['vacatureReferentie', 'status', 'leverancier', 'publicatieDatum', 'versie', 'vrijeVereiste'])
    t.strictSame(fresh[name], old[name], name)
  t.strictSame(
    Object.keys(fresh)
      .filter((name) => name !== 'opdrachtgever')
      .sort(),
    Object.keys(old).sort()
  )
  const other = await start(t, { profile: 'v4' })
  await other.logIn()
  t.strictSame(await other.get(`${v4}/${whole}`), fresh, 'the same seed gives the same world in each profile')
})

t.test('codes come with the labels of the code lists', async (t) => {
  const { get, logIn } = await start(t, { profile: 'v4' })
  await logIn()
  const { functie, profiel, arbeidsovereenkomst, tewerkstellingsadres } = await get<Detail>(`${v4}/${documented}`)
  t.match(functie, {
    functieTitel: 'Operational purchaser',
    jobdomeinen: [{ code: 'JOBCAT01', label: 'Aankoop' }],
    beroepsprofiel: {
      code: 'eccbc68a-353d-40a7-85aa-6577457b3218',
      label: 'Aankoper',
      ervaring: { code: '4', label: 'Minstens 5 jaar ervaring' }
    }
  })
  t.strictSame(profiel, {
    vereisten: [
      { type: 'talen', code: 'E', label: 'Engels', score: { code: '3', label: 'zeer goed' } },
      { type: 'talen', code: 'N', label: 'Nederlands', score: { code: '3', label: 'zeer goed' } }
    ]
  })
  t.match(arbeidsovereenkomst, {
    arbeidsContract: { code: 'IV', label: "Interim met optie 'vast werk'" },
    arbeidsContractDuur: { code: 'ONBEPAALD', label: 'onbepaalde duur' },
    arbeidsRegime: { code: 'V', label: 'voltijds' },
    arbeidsStelsel: [{ code: 'D', label: 'Dagwerk' }],
    aantalUur: 38,
    minimumBrutoLoon: null
  })
  t.strictSame(tewerkstellingsadres?.['provincie'], { code: 'BE24', label: 'Provincie Vlaams-Brabant' })
})

t.test('v4 has its own irregularities: missing or multi-line labels, and absent values as null', async (t) => {
  const world = await start(t, { profile: 'v4', vacatures: 2000 })
  await world.logIn()
  const all = await details(world)
  const vereisten = all.flatMap(({ profiel }) => profiel?.vereisten ?? [])
  const some = (what: string, list: readonly unknown[]) => t.ok(list.length > 0, what)
  some(
    'labels of several lines',
    vereisten.filter(({ label }) => label?.includes('\n'))
  )
  some(
    'unknown competences',
    vereisten.filter(({ type, label }) => type === 'technischecompetentie' && label === undefined)
  )
  some(
    'licences with a code alone',
    vereisten.filter(({ type, code, label }) => type === 'rijbewijs' && code === 'B' && label === undefined)
  )
  some(
    'licences with a label',
    vereisten.filter(({ type, label }) => type === 'rijbewijs' && label !== undefined)
  )
  some(
    'levels of a study',
    vereisten.filter(({ type, diplomaNiveau }) => type === 'studie' && diplomaNiveau?.label !== undefined)
  )
  some(
    'a contract without a label',
    all.filter(({ arbeidsovereenkomst }) => arbeidsovereenkomst?.arbeidsContract?.label === undefined)
  )
  some(
    'a province',
    all.filter(({ tewerkstellingsadres }) => tewerkstellingsadres?.provincie?.label !== undefined)
  )
  some(
    'a province without a code',
    all.filter(
      ({ tewerkstellingsadres }) =>
        tewerkstellingsadres?.provincie !== undefined && tewerkstellingsadres.provincie.code === undefined
    )
  )
  some(
    'a wage of null',
    all.filter(({ arbeidsovereenkomst }) => arbeidsovereenkomst?.['minimumBrutoLoon'] === null)
  )
  some(
    'nothing but a reference and a status',
    all.filter((detail) => Object.keys(detail).join() === 'vacatureReferentie,status')
  )
  t.strictSame(
    [...new Set(vereisten.map(({ type }) => type))].filter((type) => type !== type.toLowerCase()),
    []
  )
  const principals = all.filter(({ opdrachtgever }) => opdrachtgever !== undefined)
  some('principals of intermediaries', principals)
  t.strictSame([...new Set(principals.map(({ leverancier }) => leverancier?.['type']))], ['INTERMEDIAIREN'])
  const dubbels = all.flatMap((detail) => (detail.dubbels === undefined ? [] : [detail.dubbels]))
  some('duplicates', dubbels)
  t.strictSame([...new Set(dubbels.map((dubbel) => Object.keys(dubbel).join()))], ['parentId,dubbelIds'])
})

t.test('totals have the member names of v4 and of v2, or the one that a setting selects', async (t) => {
  const shape = async (options: Parameters<typeof start>[1]) => {
    const { get, post, logIn } = await start(t, { profile: 'v4', ...options })
    await logIn()
    const lists = await Promise.all([
      get<Tree>(`${v4}?jobdomein=JOBCAT01&postcode=1930`),
      get<Tree>(`${v4}/initial?datum=2022-12-19`),
      get<Tree>(`${v4}/bulk?van=2022-12-15T00:00:00.000Z&tot=2022-12-15T00:00:00.000Z`),
      read<Tree>(post(v4, [documented]))
    ])
    return lists.map((list) => Object.fromEntries(Object.entries(list).filter(([name]) => name !== 'resultaten')))
  }
  const totals = [3, 3, 1, 1]
  t.strictSame(
    await shape({}),
    totals.map((aantal) => ({ totaalAantalResultaten: aantal, aantal }))
  )
  t.strictSame(
    await shape({ totals: 'aantal' }),
    totals.map((aantal) => ({ aantal }))
  )
  t.strictSame(
    await shape({ totals: 'totaalAantalResultaten' }),
    totals.map((totaalAantalResultaten) => ({ totaalAantalResultaten }))
  )
})

t.test('velden adds branches in the form of v4: at most five, in lower case', async (t) => {
  const { get, call, logIn } = await start(t, { profile: 'v4' })
  await logIn()
  const query = `${v4}?jobdomein=JOBCAT01&postcode=1930&aantal=1`
  const fields = ['leverancier', 'tewerkstellingsgemeente', 'beroep', 'competentie', 'vdabreferentie']
  const { resultaten } = await get<{ resultaten: Tree[] }>(`${query}&velden=${fields.join('&velden=')}`)
  t.match(resultaten, [
    {
      vacatureReferentie: { interneReferentie: documented, vdabReferentie: 65866999 },
      leverancier: { naam: 'EXPERT CENTRE VLAANDEREN NOORD' },
      tewerkstellingsadres: { postcode: '1930', gemeente: 'ZAVENTEM', landCode: 'BE' },
      functie: { beroepsprofiel: { code: 'eccbc68a-353d-40a7-85aa-6577457b3218', label: 'Aankoper' } },
      profiel: {
        vereisten: [
          { type: 'talen', code: 'E', label: 'Engels' },
          { type: 'talen', code: 'N' }
        ]
      }
    }
  ])
  t.equal((await call(`${query}${'&velden=beroep'.repeat(6)}`)).status, 400)
  t.equal((await call(`${query}&velden=Beroep`)).status, 400)
})

t.test('values above the maxima of v4 are refused, an unknown id is 404, and offset has no effect', async (t) => {
  const { get, call, post, logIn } = await start(t, { profile: 'v4' })
  await logIn()
  t.strictSame(await outcome(call(`${v4}/${unknown}`)), ibm(404, 'Not Found', `${unknown} is geen bestaande vacature`))
  const window = (tot: string) => `van=2026-02-01T00:00:00.000Z&tot=${tot}`
  const statuses: [string, number][] = [
    [`${v4}?aantal=200`, 200],
    [`${v4}?aantal=201`, 400],
    [`${v4}/initial?datum=2026-03-01&aantal=2000`, 200],
    [`${v4}/initial?datum=2026-03-01&aantal=2001`, 400],
    [`${v4}/bulk?${window('2026-02-06T00:00:00.000Z')}&aantal=2000`, 200],
    [`${v4}/bulk?${window('2026-02-06T00:00:00.001Z')}`, 400],
    [`${v4}/bulk?${window('2026-02-02T00:00:00.000Z')}&aantal=2001`, 400]
  ]
  for (const [path, status] of statuses) t.equal((await call(path)).status, status, path)
  t.strictSame(await get(`${v4}?aantal=20&offset=20`), await get(`${v4}?aantal=20`))
  for (const body of [{ vacatureIds: [documented] }, { hoeDanOok: [documented], iets: 1 }, [documented], [65866999]])
    t.match(await read(post(v4, body)), { resultaten: [{ vacatureReferentie: { interneReferentie: documented } }] })
  t.equal((await post(v4, { een: [documented], twee: [] })).status, 400)
})

t.test('a change appears in v4, and calls are counted under the same names as in v2', async (t) => {
  const { get, door, logIn } = await start(t, { profile: 'v4' })
  await logIn()
  await door('DELETE', 'calls')
  await door('PATCH', `vacatures/${documented}`, { functie: { functieTitel: 'Aankoper staal' } })
  t.match(await get(`${v4}/${documented}`), { functie: { functieTitel: 'Aankoper staal' }, versie: 1 })
  t.match(await get(`${v4}/bulk?van=2026-03-01T12:00:00.000Z&tot=2026-03-01T12:00:00.000Z`), {
    totaalAantalResultaten: 1,
    resultaten: [{ vacatureReferentie: { interneReferentie: documented }, status: 'GEPUBLICEERD' }]
  })
  await get(v4)
  t.strictSame(await door('GET', 'calls'), [
    200,
    { total: 3, perEndpoint: { 'GET /vacatures/{id}': 1, 'GET /vacatures/bulk': 1, 'GET /vacatures': 1 } }
  ])
})
