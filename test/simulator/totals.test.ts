import t from 'tap'
import { ibm, outcome, start } from './start.ts'

type Found = { aantal: number; resultaten: { vacatureReferentie: { interneReferentie: string } }[] }

const large = { vacatures: 5000, kandidaten: 20 }
const beyond = ibm(400, 'Bad Request', 'With filterDubbels only the first 2000 results can be reached')

const allIds = async ({ get }: Awaited<ReturnType<typeof start>>, path: string, until = Infinity) => {
  const ids: string[] = []
  const totals = new Set<number>()
  for (;;) {
    const { aantal, resultaten } = await get<Found>(`${path}&aantal=200&vanaf=${ids.length}`)
    ids.push(...resultaten.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie))
    totals.add(aantal)
    if (resultaten.length === 0 || ids.length >= Math.min(until, aantal)) return { ids, totals: [...totals] }
  }
}

for (const sorteerveld of ['', 'PUBLICATIE_DATUM', 'WIJZIGINGS_DATUM'])
  t.test(`a search can be paged past 2,000 up to its total, sorted by ${sorteerveld || 'nothing'}`, async (t) => {
    const world = await start(t, large)
    const { ids, totals } = await allIds(world, `v2/vacatures?sorteerveld=${sorteerveld}`)
    t.ok(ids.length > 4000)
    t.strictSame(totals, [ids.length], 'the total is the same on every page')
    t.equal(new Set(ids).size, ids.length, 'each vacancy occurs once')
    const { resultaten } = await world.get<Found>(`v2/vacatures?vanaf=${ids.length + 1000}`)
    t.strictSame(resultaten, [], 'a page past the end is empty')
  })

t.test('with filterDubbels the total stays correct past 2,000, and 2,000 results can be reached', async (t) => {
  const world = await start(t, large)
  const { get, call } = world
  const everything = await allIds(world, 'v2/vacatures?')
  const duplicates = new Set<string>()
  for (let at = 0; at < everything.ids.length; at += 200) {
    const answer = await world.post('v2/vacatures', everything.ids.slice(at, at + 200))
    const { resultaten } = (await answer.json()) as {
      resultaten: { vacatureReferentie: { interneReferentie: string }; dubbels?: { parentUuid: string } }[]
    }
    for (const { vacatureReferentie, dubbels } of resultaten)
      if (dubbels !== undefined && dubbels.parentUuid !== vacatureReferentie.interneReferentie)
        duplicates.add(vacatureReferentie.interneReferentie)
  }
  t.ok(duplicates.size > 50)
  const { ids, totals } = await allIds(world, 'v2/vacatures?filterDubbels=true', 2000)
  t.strictSame(totals, [everything.ids.length - duplicates.size], 'the total excludes the duplicates')
  t.strictSame(ids, everything.ids.filter((id) => !duplicates.has(id)).slice(0, 2000))
  t.equal((await get<Found>('v2/vacatures?filterDubbels=true&vanaf=1999&aantal=1')).resultaten.length, 1)
  for (const query of ['vanaf=1999&aantal=2', 'vanaf=2000&aantal=1', 'vanaf=4000'])
    t.strictSame(await outcome(call(`v2/vacatures?filterDubbels=true&${query}`)), beyond, query)
  t.equal((await get<Found>('v2/vacatures?filterDubbels=false&vanaf=2000')).resultaten.length, 20)
  t.equal((await get<Found>('v2/vacatures?filterDubbels=true&aantal=0')).aantal, totals[0])
})

t.test('v4 has the same totals and the same maximum offset', async (t) => {
  const world = await start(t, { ...large, profile: 'both' })
  await world.logIn()
  for (const query of ['', 'filterDubbels=true', 'filterDubbels=true&jobdomein=JOBCAT10']) {
    const [old, fresh] = await Promise.all(
      ['v2/vacatures', 'vacatures/v4/vacatures'].map((path) =>
        world.get<Found & { totaalAantalResultaten?: number }>(`${path}?aantal=0&${query}`)
      )
    )
    t.strictSame([fresh?.totaalAantalResultaten, fresh?.aantal], [old?.aantal, old?.aantal], query)
  }
  t.strictSame(await outcome(world.call('vacatures/v4/vacatures?filterDubbels=true&vanaf=1900&aantal=200')), beyond)
  t.equal((await world.call('vacatures/v4/vacatures?vanaf=1900&aantal=200')).status, 200)
})

t.test('initial and bulk can be paged past 2,000', async (t) => {
  const world = await start(t, { vacatures: 6000, kandidaten: 20 })
  const pageAll = async (path: string) => {
    const ids: string[] = []
    for (;;) {
      const { aantal, resultaten } = await world.get<Found>(`${path}&aantal=2000&vanaf=${ids.length}`)
      ids.push(...resultaten.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie))
      if (resultaten.length === 0 || ids.length >= aantal) return { ids, aantal }
    }
  }
  const initial = await pageAll('v2/vacatures/initial?datum=2026-03-01')
  t.ok(initial.aantal > 4000)
  t.equal(new Set(initial.ids).size, initial.aantal)
})
