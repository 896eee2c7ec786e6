import { test } from 'tap'
import { places } from '../../src/simulator/places.ts'
import { build } from '../helper.ts'

type Plaats = {
  nisCode: string | null
  gemeente: string | null
  postcode: string | null
  provincie: string | null
  coordinaten: { breedte: number; lengte: number } | null
  precisie: string
  bron: string
  zekerheid: string
} | null
type Adres = { postcode?: string; gemeente?: string; landCode?: string; locatie?: { latitude: number } } | null
type Node = { vacatureReferentie: { interneReferentie: string }; plaats: Plaats; tewerkstellingsadres: Adres }
type Page = { data: { vacatures: { nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } }

const fields = 'plaats { nisCode gemeente postcode provincie coordinaten { breedte lengte } precisie bron zekerheid }'
const selection = `vacatureReferentie { interneReferentie } ${fields}
  tewerkstellingsadres { postcode gemeente landCode regioCode { code } locatie { latitude longitude } }`

type Query = (text: string, variables?: unknown) => Promise<unknown>
const all = async (query: Query) => {
  const nodes: Node[] = []
  for (let after: string | null = null; ;) {
    const answer = (await query(
      `query ($after: String) { vacatures(first: 200, after: $after) { nodes { ${selection} } pageInfo { hasNextPage endCursor } } }`,
      { after }
    )) as Page
    const { nodes: page, pageInfo } = answer.data.vacatures
    nodes.push(...page)
    if (!pageInfo.hasNextPage) return nodes
    after = pageInfo.endCursor
  }
}

const kmBetween = (one: { breedte: number; lengte: number }, other: { breedte: number; lengte: number }) =>
  Math.hypot((one.breedte - other.breedte) * 111.2, (one.lengte - other.lengte) * 70.2)
const truthOf = ({ postcode, gemeente }: NonNullable<Adres>) =>
  places.find((place) => (postcode === undefined ? place.gemeente === gemeente : place.postcode === postcode))

test('the place of at least 99 % of the vacancies is right, and none is more precise than its source', async (t) => {
  const { query } = await build(t)
  await all(query) // the first pass learns the locations of postcodes from records
  const nodes = (await all(query)).filter(({ tewerkstellingsadres }) => tewerkstellingsadres !== null)
  t.ok(nodes.length > 1000)
  const wrong = nodes.filter(({ plaats, tewerkstellingsadres: adres }) => {
    const truth = truthOf(adres ?? {})
    const saysNothing = !adres?.postcode && !adres?.gemeente && !adres?.locatie
    if (saysNothing) return plaats?.coordinaten != null
    if (!plaats) return true
    if (!truth) return plaats.coordinaten === null
    const isFar =
      plaats.coordinaten && kmBetween(plaats.coordinaten, { breedte: truth.latitude, lengte: truth.longitude }) > 12
    return isFar || (truth.landCode === 'BE' && adres?.gemeente && plaats.nisCode === null)
  })
  t.strictSame(wrong.slice(0, 3), [])
  t.ok(wrong.length / nodes.length <= 0.01, `${wrong.length} of ${nodes.length} are wrong`)
  for (const { plaats, tewerkstellingsadres: adres } of nodes) {
    if (plaats?.precisie === 'COORDINATEN') t.ok(adres?.locatie, 'exact coordinates occur only if VDAB sends them')
    if (plaats?.bron === 'GEONAMES') t.equal(plaats.precisie, 'GEMEENTE')
    if (plaats?.bron === 'GELEERD') t.not(plaats.precisie, 'COORDINATEN')
    if (plaats?.precisie === 'POSTCODE') t.ok(plaats.postcode)
    if (adres?.landCode !== 'BE' && adres?.landCode) t.equal(plaats?.nisCode, null)
  }
  t.ok(
    nodes.some(({ plaats }) => plaats?.precisie !== 'COORDINATEN'),
    'some vacancies have no coordinates of their own'
  )
})

const repairs: readonly [name: string, adres: unknown, plaats: unknown][] = [
  [
    'capitals',
    { postcode: '1770', gemeente: 'LIEDEKERKE', landCode: 'BE' },
    { nisCode: '23044', gemeente: 'Liedekerke', postcode: '1770', provincie: 'Vlaams-Brabant', precisie: 'GEMEENTE' }
  ],
  [
    'the postcode before the name and the country before the postcode',
    { postcode: 'BE-1770', gemeente: '1770-LIEDEKERKE', landCode: 'BE' },
    { nisCode: '23044', gemeente: 'Liedekerke', postcode: '1770', bron: 'GEONAMES', zekerheid: 'ZEKER' }
  ],
  [
    'a name from before a merger',
    { postcode: '3840', gemeente: 'BORGLOON', landCode: 'BE' },
    { nisCode: '73111', gemeente: 'Tongeren-Borgloon', provincie: 'Limburg' }
  ],
  [
    'a municipality that changed province',
    { postcode: '2070', gemeente: 'ZWIJNDRECHT', landCode: 'BE' },
    { nisCode: '46030', gemeente: 'Beveren-Kruibeke-Zwijndrecht', provincie: 'Oost-Vlaanderen' }
  ],
  [
    'a name that two municipalities have',
    { postcode: '3850', gemeente: 'NIEUWERKERKEN', landCode: 'BE' },
    { nisCode: '71045', provincie: 'Limburg' }
  ],
  [
    'a name in French',
    { postcode: '4000', gemeente: 'LIÈGE', landCode: 'BE' },
    { nisCode: '62063', gemeente: 'Luik', provincie: 'Luik' }
  ],
  [
    'coordinates of VDAB',
    { postcode: '1770', gemeente: 'LIEDEKERKE', landCode: 'BE', locatie: { latitude: 50.87, longitude: 4.09 } },
    { coordinaten: { breedte: 50.87, lengte: 4.09 }, precisie: 'COORDINATEN', bron: 'VDAB' }
  ],
  [
    'coordinates that cannot be in Belgium',
    { postcode: '1770', gemeente: 'LIEDEKERKE', landCode: 'BE', locatie: { latitude: 4.09, longitude: 50.87 } },
    { precisie: 'GEMEENTE', bron: 'GEONAMES' }
  ],
  [
    'an unknown name',
    { postcode: '1999', gemeente: 'NERGENSHUIZEN-OP-DEN-BERG', landCode: 'BE' },
    {
      nisCode: null,
      gemeente: 'Nergenshuizen-op-den-Berg',
      coordinaten: null,
      precisie: 'POSTCODE',
      zekerheid: 'ONZEKER'
    }
  ],
  [
    'a place abroad',
    { postcode: '59000', gemeente: 'LILLE', landCode: 'FR' },
    { nisCode: null, gemeente: 'Lille', postcode: '59000', provincie: null, coordinaten: null, precisie: 'POSTCODE' }
  ],
  ['a region alone', { regioCode: 'BE231A', landCode: 'BE' }, { provincie: 'Oost-Vlaanderen', precisie: 'REGIO' }],
  ['a province alone', { regioCode: 'BE23', landCode: 'BE' }, { provincie: 'Oost-Vlaanderen', precisie: 'PROVINCIE' }],
  ['no address', null, null]
]

test('an address in any of VDAB’s notations is normalised, and VDAB’s own fields stay', async (t) => {
  const { query, simulator, get } = await build(t)
  const answer = (await query(
    `{ vacatures(first: 100) { nodes { vacatureReferentie { interneReferentie } } } }`
  )) as Page
  const ids = answer.data.vacatures.nodes.map((node) => node.vacatureReferentie.interneReferentie)
  const nothing = { postcode: null, gemeente: null, landCode: null, regioCode: null, provincie: null, locatie: null }
  for (const [index, [, adres]] of repairs.entries())
    await simulator.patch(`vacatures/${ids[index]}`, {
      tewerkstellingsadres: adres === null ? null : { ...nothing, ...(adres as object) }
    })
  for (const [index, [name, , expected]] of repairs.entries()) {
    const { data } = (await query(`query ($id: ID!) { vacature(id: $id) { ${fields} } }`, { id: ids[index] })) as {
      data: { vacature: { plaats: Plaats } }
    }
    t.match(data.vacature.plaats, expected, name)
  }
  const dropIn = await (await get(`/services/openservices/v2/vacatures/${ids[0]}`)).text()
  t.notMatch(dropIn, /plaats"|nisCode/, 'VDAB’s own paths do not show it')
})

test('ENRICH_PLAATS=off: the place is null and a search by distance is refused', async (t) => {
  const { query } = await build(t, { env: { ENRICH_PLAATS: 'off' } })
  const page = (await query(`{ vacatures(first: 1) { nodes { plaats { gemeente } } } }`)) as Page
  t.strictSame(page.data.vacatures.nodes, [{ plaats: null }])
  const { errors } = (await query(`{ vacatures(nabij: { breedte: 50.8, lengte: 4.3, binnenKm: 5 }) { totaal } }`)) as {
    errors: { message: string; extensions: unknown }[]
  }
  t.match(errors[0], { message: /nabij/, extensions: { code: 'BAD_USER_INPUT' } })
})
