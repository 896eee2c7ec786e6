import { readFileSync } from 'node:fs'
import { buildSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql'
import type { GraphQLField } from 'graphql'
import { test } from 'tap'
import { demoConsumers } from '../../src/access/consumers.ts'
import { isLink } from '../../src/schema/policy.ts'
import { build, type Built } from '../helper.ts'

type Json = Record<string, unknown>
type Result = { data?: Record<string, unknown> | null; errors?: { extensions: Json }[]; extensions?: Json }
type Page = {
  totaal: number
  nodes: readonly (Json | null)[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))
const isApart = ({ astNode }: GraphQLField<unknown, unknown>) =>
  astNode?.directives?.some(({ name }) => name.value === 'afzonderlijk')
/**
 * Every field of a type, to any depth, except fields that REST returns only by name; another object with an id of its
 * own is read under its own path.
 */
const everyField = (name: string): string => {
  const type = schema.getType(name)
  if (!isObjectType(type)) throw new Error(`${name} has no fields`)
  return Object.values(type.getFields())
    .filter((field) => !isApart(field) && !isLink(field))
    .map((field) => ({ field, named: getNamedType(field.type) }))
    .filter(({ named }) => !isInterfaceType(named) && !(isObjectType(named) && named.getInterfaces().length > 0))
    .map(({ field, named }) => (isObjectType(named) ? `${field.name} { ${everyField(named.name)} }` : field.name))
    .join(' ')
}
const position = 'totaal pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'
const calm = {
  REQUESTS_PER_MINUTE: '100000',
  COST_PER_MINUTE: '1000000000',
  CVS_PER_DAY: '1000000',
  REFUSAL_DELAY_MS: '0'
}
const world = { vacatures: 120, kandidaten: 60 }
const size = 50
const keys = demoConsumers.map(({ name }) => name)
const scopesOf = (key: string) => demoConsumers.find(({ name }) => name === key)?.scopes ?? []

/** The paths that the scopes hide below one place of the answer, relative to that place. */
const hiddenBelow = ({ extensions }: Result, place: string): readonly string[] | undefined => {
  const found = ((extensions?.['verborgen'] ?? []) as readonly string[]).filter((path) => path.startsWith(place))
  return found.length === 0 ? undefined : found.map((path) => path.slice(place.length))
}

const readerOf = (gateway: Built, key: string) => {
  const answer = async (response: Response) => ({ status: response.status, body: (await response.json()) as Json })
  return {
    graphql: async (query: string, variables: Json) => (await gateway.query(query, variables, key)) as Result,
    get: async (path: string) => answer(await gateway.get(path, { key })),
    post: async (path: string, body: Json) =>
      answer(
        await fetch(`${gateway.url}${path}`, {
          method: 'POST',
          headers: { 'x-api-key': key, 'x-doel': 'a test', 'content-type': 'application/json' },
          body: JSON.stringify(body)
        })
      )
  }
}
type Reader = ReturnType<typeof readerOf>

/** The pages of a list over GraphQL, each with the same page over REST. */
async function* pagesOf({ graphql, get }: Reader, field: string, type: string, path: string) {
  const covered = type === 'Vacature' ? 'dekking { bekend totaal }' : ''
  const document = `query($first: Int, $after: String) { ${field}(first: $first, after: $after) { ${position} ${covered} nodes { ${everyField(type)} } } }`
  for (let after: string | undefined; ;) {
    const result = await graphql(document, { first: size, after })
    const answer = await get(`${path}?details=true&first=${size}${after === undefined ? '' : `&after=${after}`}`)
    yield { result, answer }
    const page = result.data?.[field] as Page | undefined
    if (!page?.pageInfo.hasNextPage) return
    after = page.pageInfo.endCursor ?? undefined
  }
}

for (const { field, type, path, idOf } of [
  { field: 'vacatures', type: 'Vacature', path: '/api/vacatures', idOf: 'id' },
  { field: 'kandidaten', type: 'Kandidaat', path: '/api/kandidaten', idOf: 'cvId' }
])
  test(`every ${type} of the world has the same facts over REST as over GraphQL, in every scope`, async (t) => {
    const gateway = await build(t, { env: calm, simulator: world })
    for (const key of keys) {
      const reader = readerOf(gateway, key)
      let [seen, total] = [0, 0]
      for await (const { result, answer } of pagesOf(reader, field, type, path)) {
        const page = result.data?.[field] as Page | undefined
        if (!page) {
          t.match([answer.status, answer.body['code']], [403, result.errors?.[0]?.extensions['code']], `${key} ${path}`)
          continue
        }
        total = page.totaal
        const { verborgen, ...facts } = answer.body
        t.strictSame(facts, JSON.parse(JSON.stringify(page)), `${key}: a page`)
        t.strictSame(verborgen, hiddenBelow(result, `${field}.`), `${key}: what is hidden in a page`)
        const hidden = new Set<string>()
        for (const node of page.nodes) {
          const detail = await reader.get(`${path}/${encodeURIComponent(String(node?.[idOf]))}`)
          const { verborgen = [], ...facts } = detail.body
          for (const place of verborgen as string[]) hidden.add(`nodes.${place}`)
          seen += 1
          t.strictSame([detail.status, facts], [200, node], `${key}: a detail`)
        }
        t.strictSame(
          [...hidden].sort(),
          [...((verborgen as string[] | undefined) ?? [])].sort(),
          `${key}: what is hidden in the details`
        )
      }
      t.equal(seen > 0, scopesOf(key).includes(field), key)
      t.equal(seen, total, `${key}: the pages contain all records`)
    }
  })

test('opvragen has the facts of vacaturesOpId for every vacancy of the world, in every scope', async (t) => {
  const gateway = await build(t, { env: calm, simulator: world })
  const document = `query($ids: [ID!]!) { vacaturesOpId(ids: $ids) { ${everyField('Vacature')} } }`
  // No search finds unpublished vacancies; the list of changes contains them.
  const [van, tot] = [4.9 * 86_400_000, 0].map((ago) => new Date(Date.now() - ago).toISOString())
  const { data } = await readerOf(gateway, 'demo-beheer').graphql(
    `query($van: DateTime!, $tot: DateTime) {
      vacatureWijzigingen(van: $van, tot: $tot, first: 200) { nodes { vacatureReferentie { interneReferentie } } }
      vacatures(first: 200) { nodes { vacatureReferentie { interneReferentie } } }
    }`,
    { van, tot }
  )
  const pages = Object.values(data ?? {}) as { nodes: { vacatureReferentie: { interneReferentie: string } }[] }[]
  const known = [
    ...new Set(pages.flatMap(({ nodes }) => nodes.map((node) => node.vacatureReferentie.interneReferentie)))
  ]
  t.ok(known.length > (pages[1]?.nodes.length ?? 0))
  const ids = [...known, 'NOT_FOUND-1', known[0]]
  for (const key of keys) {
    const { graphql, post } = readerOf(gateway, key)
    const result = await graphql(document, { ids })
    const answer = await post('/api/vacatures/opvragen', { ids })
    const { verborgen, ...facts } = answer.body
    t.strictSame(facts, { nodes: JSON.parse(JSON.stringify(result.data?.['vacaturesOpId'])) as unknown }, key)
    t.strictSame(verborgen, hiddenBelow(result, 'vacaturesOpId.'), key)
  }
})

test('every code of every reference list has the same label over REST as over GraphQL', async (t) => {
  const gateway = await build(t, { env: calm, simulator: world })
  const { graphql, get } = readerOf(gateway, 'demo-frontend')
  const { body } = await get('/api/referenties')
  for (const { lijst } of (body as { nodes: { lijst: string }[] }).nodes) {
    const { data } = await graphql(
      'query($lijst: Referentielijst!) { referenties(lijst: $lijst) { code label lijst } }',
      { lijst }
    )
    const items = JSON.parse(JSON.stringify(data?.['referenties'])) as { code: string }[]
    t.strictSame((await get(`/api/referenties/${lijst}`)).body, { nodes: items }, lijst)
    for (const item of items.slice(0, 40)) {
      const { status, body: one } = await get(`/api/referenties/${lijst}/${encodeURIComponent(item.code)}`)
      t.strictSame([status, one], [200, item], `${lijst} ${item.code}`)
    }
  }
})
