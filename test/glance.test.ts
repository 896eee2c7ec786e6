import fc from 'fast-check'
import { GraphQLError, Kind, parse, specifiedRules, validate } from 'graphql'
import type { DocumentNode, FragmentDefinitionNode, GraphQLObjectType, OperationDefinitionNode } from 'graphql'
import t from 'tap'
import { parseShallow, refuseLarge, refuseUnwieldy } from '../src/graphql/bounds.ts'
import { createGlance } from '../src/graphql/glance.ts'
import { choose } from '../src/graphql/selections.ts'
import type { Chosen } from '../src/graphql/selections.ts'
import { createMarks } from '../src/graphql/writer/marks.ts'
import { survey } from '../src/graphql/writer/survey.ts'
import { readSchema } from '../src/schema/index.ts'
import { build } from './helper.ts'

const schema = readSchema()
const marks = createMarks(schema)
const query = schema.getQueryType() as GraphQLObjectType // every schema of ours has one
const maxima = { maxDepth: 5, maxAliases: 4, maxRootFields: 3, maxDirectives: 2 }
const glance = createGlance({ schema, marks, maxima })

const ordinary = [
  '{ vacature(id: "x") { id status n1: status functie { functieTitel omschrijving(formaat: TEKST) jobdomeinen { code label } } } }',
  'query ($id: ID!) { vacature(id: $id) { __typename id publicatieDatum tewerkstellingsadres { postcode locatie { latitude } } } }',
  'query Pagina($jobdomein: [String!], $first: Int = 20) { vacatures(first: $first, filter: { jobdomein: $jobdomein }) { totaal pageInfo { endCursor } nodes { ...Kort leverancier { naam } } } } fragment Kort on Vacature { id functie { ...Functie } } fragment Functie on Functie { functieTitel }',
  'query ($formaat: TekstFormaat!, $after: String) { a: vacatures(last: 2, filter: { postcode: ["2000", "9000"] }, sorteerveld: PUBLICATIE_DATUM) { nodes { vrijeVereiste(formaat: $formaat) } } b: vacatures(after: $after) { edges { cursor node { ... on Vacature { id } ... { status } } } } }',
  'query A { referenties(lijst: TALEN, trefwoord: "a") { code label } } query B { __typename }',
  'query ($ids: [ID!]!, $met: Boolean!) { vacaturesOpId(ids: $ids) { id status @include(if: $met) } node(id: "x") { id ... on Vacature { status } } }',
  'query ($cv: ID!) { kandidaat(id: $cv) { cvId natuurlijkPersoon { email voornaam } } kandidaten(first: 2) { nodes { id } } }',
  'query ($van: DateTime!, $tot: DateTime) { vacatureWijzigingen(van: $van, tot: $tot, first: 3) { nodes { status vacature { id } } } vacaturesInitieel(datum: "2022-12-13") { totaal } }',
  '{ __schema { types { name } } __type(name: "Vacature") { name } }',
  '{ vacature(id: "x") { functie { functieTitel } status functie { jobdomeinen { code } functieTitel } ...A } } fragment A on Vacature { id status functie { jobdomeinen { label } } }',
  'subscription { vacatureGewijzigd { id } }'
]
const others = ['status', 'id', 'functie', 'functieTitel', 'nodes', 'totaal', 'naam', '__typename', 'Vacature', 'Node', 'Functie', 'Query', 'Kort', 'on', 'fragment', 'query', 'mutation', '...', '{', '}', '(', ')', '[', ']', ':', '!', '=', '$', '@', '$id', '$first', 'first', 'last', 'filter', 'ids', 'formaat', 'TEKST', 'RUW', 'ANDERS', 'null', 'true', '1', '-1', '1.5', '99999999999', '"x"', '"2022-12-13"', '"""y"""', '{ a: 1 }', 'Int', 'String', 'Boolean!', 'ID!', 'VacatureFilter', 'constructor', '__proto__', '@skip(if: true)', '@include(if: $met)', '@none', 'x: status', 'status: id', '{ id }', '...Kort', '... on Functie { functieTitel }', 'fragment G on Vacature { ...G }', '#']
const tokens = (text: string) => text.match(/"""[^]*?"""|"[^"]*"|\.\.\.|[$@]?\w+|[^\s\w]/g) ?? []

type Edit = { at: number; how: 'drop' | 'put' | 'repeat' | 'swap'; other: string }
const edit = fc.record({ at: fc.nat(200), how: fc.constantFrom<Edit['how']>('drop', 'put', 'repeat', 'swap'), other: fc.oneof(fc.constantFrom(...others), fc.constantFrom(...ordinary.flatMap(tokens))) })
const edited = (text: string, edits: readonly Edit[]) => edits.reduce<string[]>((parts, { at, how, other }) => {
  const place = at % Math.max(1, parts.length)
  const [here = '', next = ''] = parts.slice(place)
  const instead = { drop: [next], put: [other, next], repeat: [here, here, next], swap: [next, here] }[how]
  return [...parts.slice(0, place), ...instead, ...parts.slice(place + 2)]
}, [...tokens(text)]).join(' ')
const documents = fc.tuple(fc.constantFrom(...ordinary), fc.array(edit, { maxLength: 3 })).map(([text, edits]) => edited(text, edits))

const parsed = (text: string): DocumentNode | undefined => {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** What was chosen: each name, and where in the document its fields stand. */
const told = (chosen: Iterable<Chosen>): unknown => [...chosen].map(({ key, nodes, below }) => ({ key, at: nodes.map(({ loc }) => loc?.start), below: below && told(below.values()) }))
/** The same as GraphQL collects it. */
const collected = (type: GraphQLObjectType, chosen: readonly Chosen[], fragments: ReadonlyMap<string, FragmentDefinitionNode>): unknown =>
  chosen.map(({ key, nodes }) => {
    const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
    const field = type.getFields()[nodes[0].name.value]
    const named = field && schema.getType(String(field.type).replace(/[[\]!]/g, '')) as GraphQLObjectType // its fields are asked for only where it is one
    return { key, at: nodes.map(({ loc }) => loc?.start), below: below.length === 0 || !named ? undefined : collected(named, choose({ schema, fragments, variables: {} }, named, below), fragments) }
  })

t.test('what passes at a glance passes every rule and every maximum, and is told as they tell it', (t) => {
  let passed = 0
  fc.assert(fc.property(documents, (text) => {
    const document = parsed(text)
    const seen = document ? glance(document, undefined) : undefined
    if (!document || !seen) return
    passed += 1
    t.strictSame(validate(schema, document, specifiedRules).map(({ message }) => message), [], text)
    const operation = document.definitions.find((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION)
    const fragments = new Map(document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])))
    if (!operation) throw new Error('an operation was seen where there is none')
    refuseLarge(operation, fragments, maxima)
    t.equal(seen.size, refuseUnwieldy(document), text)
    const surveyed = survey(schema, marks, operation, fragments)
    t.strictSame({ ...seen.survey, deciding: [...seen.survey.deciding].sort() }, { ...surveyed, deciding: [...surveyed.deciding].sort() }, text)
    t.strictSame(told(seen.outline.values()), collected(query, choose({ schema, fragments, variables: {} }, query, [operation.selectionSet]), fragments), text)
  }), { numRuns: 6000 })
  t.ok(passed > 500, `${passed} of 6000 passed`)
  t.end()
})

t.test('ordinary documents pass at a glance; what is large, unused, given twice or of another kind does not', (t) => {
  const passes = (text: string, operationName?: string) => glance(parse(text), operationName) !== undefined
  t.strictSame(ordinary.map((text) => passes(text)), [true, true, true, true, false, false, true, true, false, true, false])
  t.notOk(passes('query A { __typename }', 'B'))
  t.ok(passes('query A { __typename }', 'A'))
  t.notOk(passes('{ a: __typename b: __typename c: __typename d: __typename }'), 'root fields')
  t.notOk(passes(`{ vacature(id: "x") { ${['a', 'b', 'c', 'd', 'e'].map((name) => `${name}: status`).join(' ')} } }`), 'aliases')
  t.notOk(passes('{ vacatures { edges { node { functie { beroepsprofiel { ervaring { code } } } } } } }'), 'depth')
  t.notOk(passes('{ ...A } fragment A on Query { ...A }'))
  t.end()
})

t.test('a document that is refused is refused in the very words, codes and places of GraphQL', async (t) => {
  const gateway = await build(t, { env: { MAX_ALIASES: '5000', MAX_ROOT_FIELDS: '500', REQUESTS_PER_MINUTE: '1000000', COST_PER_MINUTE: '1000000000', INTROSPECTION: 'true' } })
  let refused = 0
  const kinds = new Set<string>()
  await fc.assert(fc.asyncProperty(documents, async (text) => {
    const answer = await (await gateway.post({ query: text })).json() as { errors?: { message: string; locations?: object[]; extensions: { code: string } }[] }
    let expected: readonly GraphQLError[]
    try {
      expected = validate(schema, parseShallow(text, { maxTokens: 10_000 }))
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      expected = [error]
    }
    if (text.trim() === '' || expected.length === 0 || answer.errors?.some(({ message }) => /Only a query|operation name|no operation/.test(message))) return
    refused += 1
    for (const { message } of expected) kinds.add(message.replace(/"[^"]*"/g, ''))
    t.strictSame(answer.errors?.map(({ message, locations }) => ({ message, locations })), expected.map(({ message, locations }) => ({ message, locations })), text)
    t.ok(answer.errors?.every(({ extensions: { code } }) => code === 'BAD_USER_INPUT' || code.startsWith('GRAPHQL_')), text)
  }), { numRuns: 400 })
  t.ok(refused > 50 && kinds.size > 5, `${refused} refused, in ${kinds.size} ways`)
})

t.test('a document that is asked once leaves nothing behind; from the second time on it does, and from the third it goes past the framework', async (t) => {
  const gateway = await build(t, { simulator: { vacatures: 3 } })
  const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
  const kept = async () => ((await (await gateway.get('/health/ready')).json()) as { cache: { derived: { items: number } } }).cache.derived.items
  const ask = async (name: string) => (await gateway.post({ query: `{ vacature(id: "${id}") { ${name}: status } }` })).json()
  await ask('first')
  const before = await kept()
  const names = Array.from({ length: 20 }, (_, index) => `n${index}`)
  const once: unknown[] = []
  for (const name of names) once.push(await ask(name))
  t.equal(await kept(), before)
  const twice: unknown[] = []
  for (const name of names) twice.push(await ask(name))
  t.equal(await kept() - before, 40) // an answer and a fragment each
  const thrice: unknown[] = []
  for (const name of names) thrice.push(await ask(name))
  const remaining = (answers: unknown[]) => answers.map((answer) => JSON.stringify(answer).replace(/"remaining":\d+/, ''))
  t.strictSame(remaining(twice), remaining(once))
  t.strictSame(remaining(thrice), remaining(once))
})
