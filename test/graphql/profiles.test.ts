import { getNamedType, isObjectType } from 'graphql'
import type { GraphQLObjectType } from 'graphql'
import t from 'tap'
import { readSchema } from '../../src/schema/index.ts'
import { isLink } from '../../src/schema/policy.ts'
import { build } from '../helper.ts'

const schema = readSchema()
const date = '2026-02-13'
const key = 'demo-hr'
/** The fields of version 4 only (upstream.md §3.1), and the labels of requirements, which it words differently. */
const ofVersionFour = ['Vacature.opdrachtgever', 'Adres.provincie', 'Vereiste.diplomaNiveau', 'Vereiste.label']

/** All fields of a type, at any depth, without links to other records. */
const selectionOf = (type: GraphQLObjectType, left = 5): string =>
  Object.values(type.getFields())
    .filter((field) => !isLink(field))
    .filter(({ name }) => !ofVersionFour.includes(`${type.name}.${name}`))
    .map(({ name, type: of }) => {
      const next = getNamedType(of)
      return isObjectType(next) ? (left === 0 ? '' : `${name} { ${selectionOf(next, left - 1)} }`) : name
    })
    .join(' ')

const typeOf = (name: string) => schema.getType(name) as GraphQLObjectType
const vacature = `fragment V on Vacature { ${selectionOf(typeOf('Vacature'))} }`
const kandidaat = `fragment K on Kandidaat { ${selectionOf(typeOf('Kandidaat'))} }`

type Json = Readonly<Record<string, unknown>>

/** The differences of two answers; labels are listed separately, since version 4 may have one that the lists lack. */
const differences = (a: unknown, b: unknown, path = ''): string[] => {
  if (a === b) return []
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return [path.endsWith('.label') && a === null ? 'a label of version 4' : path]
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].flatMap((name) =>
    differences((a as Json)[name], (b as Json)[name], `${path}.${/^\d+$/.test(name) ? '*' : name}`)
  )
}

t.test('GraphQL returns the same data from version 2 and version 4, for every record', async (t) => {
  const env = {
    REQUESTS_PER_MINUTE: '100000',
    COST_PER_MINUTE: '10000000',
    MAX_ALIASES: '5000',
    MAX_COST: '10000',
    ENRICH_LEVENSLOOP: 'off' // two gateways see a vacancy at two instants
  }
  const world = { date, vacatures: 400, kandidaten: 60 }
  const [two, four] = await Promise.all([
    build(t, { env: { ...env, VDAB_PROFILE: 'v2' }, simulator: world }),
    build(t, { env: { ...env, VDAB_PROFILE: 'v4' }, simulator: world })
  ])
  const both = async (query: string, variables?: unknown) => {
    const [a, b] = await Promise.all([two.query(query, variables, key), four.query(query, variables, key)])
    t.strictSame(b?.errors, a?.errors, `the same errors: ${query.slice(0, 60)}`)
    return [a?.data, b?.data] as [Json, Json]
  }
  const found = new Set<string>()
  let after: string | null = null
  let vacatures = 0
  do {
    const [a, b]: [Json, Json] = await both(
      `query ($after: String) { vacatures(first: 50, after: $after) { totaal nodes { ...V } pageInfo { endCursor hasNextPage } } } ${vacature}`,
      { after }
    )
    for (const path of differences(a, b)) found.add(path)
    const { nodes, pageInfo } = a['vacatures'] as {
      nodes: unknown[]
      pageInfo: { endCursor: string; hasNextPage: boolean }
    }
    vacatures += nodes.length
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after !== null)
  t.ok(vacatures > 300, `${vacatures} vacancies`)
  for (const query of [
    `{ kandidaten(first: 50) { totaal nodes { ...K } } } ${kandidaat}`,
    '{ vacaturesInitieel(datum: "2026-02-12", first: 100) { totaal nodes { id status } } }',
    '{ vacatureWijzigingen(van: "2026-02-10T00:00:00Z", tot: "2026-02-13T00:00:00Z", first: 100) { totaal nodes { id status } } }',
    '{ vacatures(first: 20, filter: { filterDubbels: true, postcode: ["2000"] }) { totaal nodes { id status } } }',
    '{ vacaturesOpId(ids: ["a3e007c0-68d3-4fb7-aa35-c36e96ede172", "NOT_FOUND-1", "00000000-0000-4000-8000-000000000000"]) { ...V } } ' +
      vacature
  ])
    for (const path of differences(...(await both(query)))) found.add(path)
  found.delete('a label of version 4')
  t.strictSame([...found], [])
})

t.test('fields of version 4 only are returned, and its labels take precedence over those of the lists', async (t) => {
  const { query, simulator } = await build(t, { env: { VDAB_PROFILE: 'v4' }, simulator: { date, plain: true } })
  const { data } = await query(
    '{ vacatures(first: 50) { nodes { opdrachtgever { naam } tewerkstellingsadres { provincie { label } } functie { jobdomeinen { code label } } } } }'
  )
  const { nodes } = (data as { vacatures: { nodes: Json[] } }).vacatures
  t.ok(nodes.some(({ opdrachtgever }) => opdrachtgever !== null))
  t.ok(nodes.every((node) => (node['tewerkstellingsadres'] as Json | null)?.['provincie'] !== null))
  t.equal((await simulator.calls()).perEndpoint['GET /jobdomeinen'], undefined, 'no list is fetched for a label')
})
