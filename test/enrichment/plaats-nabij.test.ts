import fc from 'fast-check'
import { test } from 'tap'
import { createNearby } from '../../src/enrichment/plaats/nearby.ts'
import { build } from '../helper.ts'

type Punt = { breedte: number; lengte: number }

/** The haversine formula, independent of the computation of the index. */
const kmBetween = (one: Punt, other: Punt) => {
  const radians = Math.PI / 180
  const half = (angle: number) => Math.sin((angle * radians) / 2) ** 2
  const chord =
    half(other.breedte - one.breedte) +
    Math.cos(one.breedte * radians) * Math.cos(other.breedte * radians) * half(other.lengte - one.lengte)
  return 2 * 6371 * Math.asin(Math.sqrt(chord))
}

const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const punt = fc.record({ breedte: degrees(49.4, 51.6), lengte: degrees(2.5, 6.5) })
// few different points, so that many vacancies share one
const punten = fc
  .array(punt, { minLength: 1, maxLength: 30 })
  .chain((some) => fc.array(fc.constantFrom(...some), { maxLength: 300 }))
const change = fc.record({ at: fc.nat(299), to: fc.option(punt, { nil: undefined }) })

test('a search by distance finds the same as a computation over all points, page by page', async (t) => {
  fc.assert(
    fc.property(
      punten,
      fc.array(change, { maxLength: 60 }),
      punt,
      degrees(0.5, 150),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      (points, changes, centre, km, aantal, isBuilt) => {
        const index = createNearby<{ even: boolean }>({ max: 1000 })
        const all = new Map<string, Punt>()
        const set = (id: string, to: Punt | undefined) => {
          if (to) index.set(id, to, { even: Number(id) % 2 === 0 })
          else index.delete(id)
          if (to) all.set(id, to)
          else all.delete(id)
        }
        points.forEach((point, at) => set(String(at), point))
        if (isBuilt) index.build()
        changes.forEach(({ at, to }) => set(String(at), to))
        const expected = [...all]
          .filter(([id, point]) => Number(id) % 2 === 0 && kmBetween(centre, point) <= km)
          .map(([id, point]) => ({ id, km: kmBetween(centre, point) }))
        const found: { id: string; km: number }[] = []
        for (let vanaf = 0; ; vanaf += aantal) {
          const { totaal, items } = index.search(centre, km, { vanaf, aantal }, ({ even }) => even)
          if (totaal !== expected.length) throw new Error(`${totaal} instead of ${expected.length}`)
          found.push(...items)
          if (items.length < aantal) break
        }
        const distances = new Map(expected.map(({ id, km: distance }) => [id, distance]))
        if (new Set(found.map(({ id }) => id)).size !== expected.length) throw new Error('an id is missing or twice')
        for (const [at, item] of found.entries()) {
          const distance = distances.get(item.id)
          if (distance === undefined || Math.abs(distance - item.km) > 1e-6) throw new Error('a wrong distance')
          if (at > 0 && item.km < (found[at - 1]?.km ?? 0)) throw new Error('the order is not by distance')
        }
      }
    ),
    { numRuns: 300 }
  )
  t.pass('holds for 300 random indexes with changes')
})

type Edge = { afstandKm: number; node: { vacatureReferentie: { interneReferentie: string } } | null }
type Found = {
  data: {
    vacatures: {
      totaal: number
      dekking: { bekend: number; totaal: number }
      edges: Edge[]
      pageInfo: { endCursor: string; hasNextPage: boolean }
    }
  }
}
const near = `query ($nabij: Nabij, $filter: VacatureFilter, $after: String, $first: Int = 200) {
  vacatures(nabij: $nabij, filter: $filter, first: $first, after: $after) {
    totaal dekking { bekend totaal } pageInfo { endCursor hasNextPage }
    edges { afstandKm node { vacatureReferentie { interneReferentie } } } } }`
const readAll = async (query: (text: string, variables?: unknown) => Promise<unknown>) => {
  for (let after: string | null = null; ;) {
    const { data } = (await query(
      `query ($after: String) { vacatures(first: 200, after: $after) { nodes { plaats { precisie } } pageInfo { endCursor hasNextPage } } }`,
      { after }
    )) as Found
    if (!data.vacatures.pageInfo.hasNextPage) return
    after = data.vacatures.pageInfo.endCursor
  }
}

test('nabij returns the nearest vacancies that the gateway has read, and their coverage', async (t) => {
  const { query, get, simulator, poll } = await build(t, {
    env: { FEED_INTERVAL_MS: '3600000' },
    simulator: { vacatures: 300 }
  })
  const nabij = { breedte: 50.8837, lengte: 4.4733, binnenKm: 25 }
  const ask = async (variables: object) => ((await query(near, variables)) as Found).data.vacatures
  t.match(await ask({ nabij }), { totaal: 0, edges: [], dekking: { bekend: 0 } }, 'nothing is known yet')
  await readAll(query)
  const found = await ask({ nabij })
  t.ok(found.totaal > 5 && found.edges.length === Math.min(200, found.totaal))
  const distances = found.edges.map(({ afstandKm }) => afstandKm)
  t.strictSame(
    distances,
    [...distances].sort((one, other) => one - other)
  )
  t.ok(distances.every((km) => km >= 0 && km <= 25))
  t.ok(found.dekking.bekend > 200 && found.dekking.bekend <= found.dekking.totaal)

  const ids = found.edges.map(({ node }) => node?.vacatureReferentie.interneReferentie)
  const first = await ask({ nabij, first: 3 })
  const second = await ask({ nabij, first: 3, after: first.pageInfo.endCursor })
  t.strictSame(
    [...first.edges, ...second.edges].map(({ node }) => node?.vacatureReferentie.interneReferentie),
    ids.slice(0, 6),
    'the second page continues the first'
  )
  const byPostcode = await ask({ nabij: { postcode: '1930', binnenKm: 25 } })
  t.ok(byPostcode.totaal > 0, 'a postcode whose location is known from records can be the centre')
  const filtered = await ask({ nabij, filter: { postcode: ['1930'] } })
  t.ok(filtered.totaal > 0 && filtered.totaal < found.totaal, 'nabij works together with a filter')

  const rest = (await (
    await get('/api/vacatures?nabijBreedte=50.8837&nabijLengte=4.4733&binnenKm=25&first=3')
  ).json()) as {
    totaal: number
    dekking: unknown
    nodes: unknown[]
  }
  t.match(rest, { totaal: found.totaal, dekking: found.dekking, nodes: { length: 3 } }, 'REST returns the same')

  await poll()
  await simulator.remove(`vacatures/${ids[0]}`)
  await poll()
  const after = await ask({ nabij })
  t.equal(after.totaal, found.totaal - 1, 'a removed vacancy is no longer found')
  t.notOk(after.edges.some(({ node }) => node?.vacatureReferentie.interneReferentie === ids[0]))
})

test('a search by distance that is incomplete or out of range is refused with the name of the member', async (t) => {
  const { query, get } = await build(t, { simulator: { vacatures: 5 } })
  const wrong: readonly [field: string, variables: object][] = [
    ['nabij.binnenKm', { nabij: { breedte: 50, lengte: 4 } }],
    ['nabij.binnenKm', { nabij: { breedte: 50, lengte: 4, binnenKm: 201 } }],
    ['nabij.binnenKm', { nabij: { breedte: 50, lengte: 4, binnenKm: -1 } }],
    ['nabij.lengte', { nabij: { breedte: 50, binnenKm: 5 } }],
    ['nabij.breedte', { nabij: { breedte: 91, lengte: 4, binnenKm: 5 } }],
    ['nabij.postcode', { nabij: { postcode: '1930', breedte: 50, binnenKm: 5 } }],
    ['nabij.postcode', { nabij: { postcode: 'B-1930', binnenKm: 5 } }],
    ['nabij.postcode', { nabij: { postcode: '1930', binnenKm: 5 } }],
    ['filter.afstand', { nabij: { breedte: 50, lengte: 4, binnenKm: 5 }, filter: { postcode: ['1930'], afstand: 5 } }]
  ]
  for (const [field, variables] of wrong) {
    const { errors } = (await query(near, variables)) as { errors: { extensions: unknown }[] }
    t.match(errors[0]?.extensions, { code: 'BAD_USER_INPUT', field }, JSON.stringify(variables))
  }
  const sorted = (await query(
    '{ vacatures(nabij: { breedte: 50, lengte: 4, binnenKm: 5 }, sorteerveld: PUBLICATIE_DATUM) { totaal } }'
  )) as { errors: { extensions: unknown }[] }
  t.match(sorted.errors[0]?.extensions, { code: 'BAD_USER_INPUT', field: 'sorteerveld' })
  t.equal((await get('/api/vacatures?binnenKm=5')).status, 400)
})
