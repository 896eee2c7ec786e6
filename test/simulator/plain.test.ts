import t from 'tap'
import { read, start, type Json } from './start.ts'

type Tree = { [name: string]: Json }
type Found = { aantal: number; resultaten: { vacatureReferentie: { interneReferentie: string } }[] }
type World = Awaited<ReturnType<typeof start>>

const day = 86_400_000
const noon = Date.parse('2026-03-01T12:00:00.000Z')
const isTree = (value: Json | undefined): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The paths of all members, without those inside lists. */
const pathsIn = (tree: Tree, base = ''): string[] =>
  Object.entries(tree).flatMap(([name, value]) =>
    isTree(value) ? pathsIn(value, `${base}${name}.`) : [`${base}${name}`]
  )
const textsIn = (value: Json): string[] => {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isTree(value) ? Object.values(value).flatMap(textsIn) : []
}
/** The members `code` at any depth, with their label if there is one. */
const codedIn = (value: Json): Tree[] => {
  if (Array.isArray(value)) return value.flatMap(codedIn)
  if (!isTree(value)) return []
  return [...('code' in value ? [value] : []), ...Object.values(value).flatMap(codedIn)]
}

const feedOf = async ({ get }: World, path: string) => {
  const rows: { vacatureReferentie: { interneReferentie: string }; cvId: string; status: string }[] = []
  for (let van = noon - 1500 * day; van < noon; van += 5 * day) {
    const [from, to] = [van, van + 5 * day - 1].map((moment) => new Date(moment).toISOString())
    const { resultaten } = await get<{ resultaten: typeof rows }>(`${path}/bulk?van=${from}&tot=${to}&aantal=2000`)
    rows.push(...resultaten)
  }
  return rows
}

const vacaturesOf = async (world: World, path: string) => {
  const ids = [
    ...new Set((await feedOf(world, path)).map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie))
  ]
  const all: Tree[] = []
  for (let at = 0; at < ids.length; at += 200)
    all.push(...(await read<{ resultaten: Tree[] }>(world.post(path, ids.slice(at, at + 200)))).resultaten)
  return { ids, all }
}

t.test('every vacancy of the plain world has every branch, and none is a duplicate', async (t) => {
  const world = await start(t, { plain: true, vacatures: 1000 })
  const { ids, all } = await vacaturesOf(world, 'v2/vacatures')
  t.strictSame([ids.length, all.length], [1000, 1000], 'each id of the feed exists')
  const paths = new Set(all.flatMap((record) => pathsIn(record)))
  const incomplete = all.filter((record) => pathsIn(record).length !== paths.size)
  t.strictSame(incomplete, [])
  t.ok(paths.size > 55, `${paths.size} members`)
  for (const path of ['functie.omschrijving', 'functie.beroepsprofiel.code', 'profiel.vereisten', 'depublicatieDatum'])
    t.ok(paths.has(path), path)
  t.notOk([...paths].some((path) => path.startsWith('dubbels')))
})

t.test('texts of the plain world are simple HTML, and names are trimmed', async (t) => {
  const world = await start(t, { plain: true, vacatures: 1000 })
  const { all } = await vacaturesOf(world, 'v2/vacatures')
  const texts = new Set(all.flatMap((record) => textsIn(record)))
  const odd = (text: string) =>
    text !== text.trim() ||
    /[\u0080-\u009f]|\p{Extended_Pictographic}|&[a-z#]/iu.test(text) ||
    /<(?!\/?(p|b|ul|li|br)\/?>)/.test(text)
  t.strictSame([...texts].filter(odd), [])
})

t.test('each code of the plain world is in a code list', async (t) => {
  const world = await start(t, { plain: true, profile: 'v4', vacatures: 1000 })
  await world.logIn()
  const { all } = await vacaturesOf(world, 'vacatures/v4/vacatures')
  const coded = all.flatMap(codedIn)
  t.ok(coded.length > 5000)
  const withoutLabel = coded.filter((item) => item['label'] === undefined)
  t.strictSame(
    [...new Set(withoutLabel.map((item) => item['code']))].sort(),
    ['42', '43'],
    'only opaque scores are in no list'
  )
  t.strictSame(
    coded.filter(({ label }) => typeof label === 'string' && label.includes('\n')),
    []
  )
})

t.test('the feed of the plain world is in order, without repeated or missing rows', async (t) => {
  const world = await start(t, { plain: true, vacatures: 1000, kandidaten: 300 })
  const window = 'van=2026-02-25T00:00:00Z&tot=2026-03-01T12:00:00Z&aantal=2000'
  const plain = await world.get<Found>(`v2/vacatures/bulk?${window}`)
  t.ok(plain.aantal > 20)
  const lost = [...(await feedOf(world, 'v2/vacatures')), ...(await feedOf(world, 'v1/kandidaten'))].filter((row) =>
    JSON.stringify(row).includes('NOT_FOUND')
  )
  t.strictSame(lost, [])
  const cvs = (await feedOf(world, 'v1/kandidaten')).map(({ cvId }) => cvId)
  t.equal(new Set(cvs).size, 300)
})

t.test('every CV of the plain world has every branch and known codes', async (t) => {
  const world = await start(t, { plain: true, kandidaten: 300 })
  const ids = [...new Set((await feedOf(world, 'v1/kandidaten')).map(({ cvId }) => cvId))]
  const codesOf = async (list: string) => new Set((await world.get<{ code: string }[]>(list)).map(({ code }) => code))
  const [technical, soft, talen, studies] = await Promise.all(
    ['v1/competenties', 'v1/softskills', 'v1/talen', 'v2/diplomas'].map(codesOf)
  )
  const known: { [type: string]: Set<string> | undefined } = {
    technischeCompetentie: technical,
    softSkill: soft,
    talen
  }
  type Cv = Tree & { competenties: { type: string; code: string }[]; opleidingen: { naam: string }[] }
  const cvs = await Promise.all(ids.map((id) => world.get<Cv>(`v1/kandidaten/${id}`)))
  const paths = new Set(cvs.flatMap((record) => pathsIn(record)))
  t.strictSame(
    cvs.filter((record) => pathsIn(record).length !== paths.size),
    []
  )
  for (const { competenties, opleidingen } of cvs) {
    t.notOk(competenties.some(({ type, code }) => type === undefined || known[type]?.has(code) === false))
    t.ok(opleidingen.every(({ naam }) => studies?.has(naam)))
  }
})

t.test("the documented searches return VDAB's answers in the plain world too", async (t) => {
  const { get } = await start(t, { plain: true, vacatures: 2000, kandidaten: 500 })
  t.equal((await get<Found>('v2/vacatures?jobdomein=JOBCAT01&postcode=1930')).aantal, 3)
  t.equal((await get<Found>('v1/kandidaten?studies=MAE5AHH&gewensteRegios=BE231A')).aantal, 7)
  t.match(await get('v2/vacatures/a3e007c0-68d3-4fb7-aa35-c36e96ede172'), {
    leverancier: { naam: 'EXPERT CENTRE VLAANDEREN NOORD' },
    functie: { functieTitel: 'Operational purchaser' }
  })
})

t.test('a search of the plain world matches the details', async (t) => {
  const { get, post } = await start(t, { plain: true, vacatures: 500 })
  const { resultaten } = await get<Found>('v2/vacatures?jobdomein=JOBCAT10&aantal=200')
  t.ok(resultaten.length > 5)
  const ids = resultaten.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie)
  const found = await read<{ resultaten: { status: string; functie: { jobdomeinen: string[] } }[] }>(
    post('v2/vacatures', ids)
  )
  for (const { status, functie } of found.resultaten)
    t.strictSame([status, functie.jobdomeinen], ['GEPUBLICEERD', ['JOBCAT10']])
})
