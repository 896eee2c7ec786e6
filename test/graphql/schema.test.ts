import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import graphqlEslint from '@graphql-eslint/eslint-plugin'
import { ESLint } from 'eslint'
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  validateSchema,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType
} from 'graphql'
import { test } from 'tap'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'src/schema')
const names = (await readdir(folder)).filter((name) => name.endsWith('.graphql')).sort()
const text = (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n')
const schema = buildSchema(text)

const types = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type)
)
const withFields = types.filter(
  (type): type is GraphQLObjectType | GraphQLInterfaceType => isObjectType(type) || isInterfaceType(type)
)
const fields = withFields.flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ path: `${type.name}.${field.name}`, type, field }))
)
const directives = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive))

const pricing = ['cost', 'listSize']

/**
 * The directives on a field as written in the file, e.g. `@lijst(naam: JOBDOMEINEN)`: those about cost, or all others.
 */
function marks(field: GraphQLField<unknown, unknown>, { ofPrices = false } = {}): string[] {
  return (field.astNode?.directives ?? [])
    .filter(({ name }) => pricing.includes(name.value) === ofPrices)
    .map(({ loc }) => loc?.source.body.slice(loc.start, loc.end) ?? '')
}

/**
 * The findings of graphql-eslint's default rule sets for the files of a folder, run outside this repository's
 * configuration.
 */
async function lint(cwd: string): Promise<string[]> {
  const eslint = new ESLint({
    cwd,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ['**/*.graphql'],
        plugins: { '@graphql-eslint': graphqlEslint as unknown as ESLint.Plugin }, // its own type lacks the shape that ESLint 9 declares
        linterOptions: { reportUnusedDisableDirectives: 'error' },
        languageOptions: {
          parser: graphqlEslint.parser,
          parserOptions: { graphQLConfig: { schema: join(cwd, '*.graphql') } }
        },
        rules: {
          ...graphqlEslint.configs['flat/schema-recommended'].rules,
          ...graphqlEslint.configs['flat/schema-relay'].rules
        }
      }
    ]
  })
  const results = await eslint.lintFiles(['*.graphql'])
  return results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, ruleId, message }) => `${filePath}:${line} ${ruleId ?? 'eslint'} ${message}`)
  )
}

test('the schema is valid, and each noun has its own file', async (t) => {
  t.same(validateSchema(schema), [])
  t.same(names, [
    'base.graphql',
    'beroep.graphql',
    'kandidaat.graphql',
    'levensloop.graphql',
    'passend.graphql',
    'plaats.graphql',
    'referentie.graphql',
    'taal.graphql',
    'vacature.graphql',
    'wijziging.graphql'
  ])
})

test('the schema has the fields and arguments of the published interface', async (t) => {
  const query = schema.getQueryType()
  const printed = Object.fromEntries(
    Object.values(query?.getFields() ?? {}).map((field) => {
      const args = field.args.map(({ name, type, astNode }) => {
        const value = astNode?.defaultValue
        return `${name}: ${String(type)}${value && 'value' in value ? ` = ${String(value.value)}` : ''}`
      })
      return [field.name, `(${args.join(', ')}): ${String(field.type)} ${marks(field).join(' ')}`]
    })
  )
  const subscription = schema.getSubscriptionType()
  t.same(
    Object.values(subscription?.getFields() ?? {}).map(
      (field) =>
        `${field.name}(${field.args.map(({ name, type }) => `${name}: ${String(type)}`).join(', ')}): ${String(field.type)} ${marks(field).join(' ')}`
    ),
    [
      'vacatureGewijzigd(filter: VacatureFilter): VacatureWijziging! @scope(naam: "vacatures")',
      'kandidaatGewijzigd(): KandidaatWijziging! @scope(naam: "kandidaten")'
    ]
  )
  t.same(printed, {
    vacature: '(id: ID!): Vacature @scope(naam: "vacatures")',
    vacatures:
      '(filter: VacatureFilter, first: Int = 20, after: String, last: Int, before: String, sorteerveld: VacatureSorteerveld, nabij: Nabij): VacatureConnection! @scope(naam: "vacatures")',
    vacaturesOpId: '(ids: [ID!]!): [Vacature]! @scope(naam: "vacatures")',
    vacaturesInitieel:
      '(datum: Date!, first: Int = 200, after: String, last: Int, before: String): VacatureStatusConnection! @scope(naam: "vacatures")',
    vacatureWijzigingen:
      '(van: DateTime!, tot: DateTime, first: Int = 200, after: String, last: Int, before: String): VacatureStatusConnection! @scope(naam: "vacatures")',
    kandidaat: '(id: ID!): Kandidaat @scope(naam: "kandidaten")',
    kandidaten:
      '(filter: KandidaatFilter, first: Int = 20, after: String, last: Int, before: String): KandidaatConnection! @scope(naam: "kandidaten")',
    kandidaatWijzigingen:
      '(van: DateTime!, tot: DateTime, first: Int = 200, after: String, last: Int, before: String): KandidaatStatusConnection! @scope(naam: "kandidaten")',
    referenties: '(lijst: Referentielijst!, trefwoord: String): [Referentie!]! @openbaar',
    referentie: '(lijst: Referentielijst!, code: String!): Referentie @openbaar',
    node: '(id: ID!): Node @openbaar'
  })
})

test('the inputs, enums and reference lists are those of the published interface', async (t) => {
  const printed = Object.fromEntries(
    types.flatMap((type) => {
      if (isInputObjectType(type))
        return [[type.name, Object.values(type.getFields()).map((field) => `${field.name}: ${String(field.type)}`)]]
      return isEnumType(type) ? [[type.name, type.getValues().map(({ name }) => name)]] : []
    })
  )
  t.same(printed, {
    VacatureFilter: [
      'jobdomein: [String!]',
      'postcode: [String!]',
      'ervaring: [String!]',
      'sinds: Int',
      'beroep: [String!]',
      'competentie: [String!]',
      'afstand: Int',
      'filterDubbels: Boolean'
    ],
    Nabij: ['postcode: String', 'breedte: Float', 'lengte: Float', 'binnenKm: Float'],
    PlaatsPrecisie: ['COORDINATEN', 'POSTCODE', 'GEMEENTE', 'PROVINCIE', 'REGIO', 'ONBEKEND'],
    PlaatsBron: ['VDAB', 'GELEERD', 'GEONAMES'],
    Zekerheid: ['ZEKER', 'WAARSCHIJNLIJK', 'ONZEKER'],
    TaalBron: ['OMSCHRIJVING', 'EXTRA', 'VRIJE_VEREISTE'],
    DubbelReden: ['VDAB', 'TEKST'],
    BeroepBron: ['VDAB', 'COMPETENT', 'TABEL'],
    LevensloopBron: ['FEED', 'GELEZEN'],
    KandidaatFilter: ['studies: [String!]', 'gewensteRegios: [String!]'],
    VacatureSorteerveld: ['PUBLICATIE_DATUM', 'WIJZIGINGS_DATUM'],
    TekstFormaat: ['HTML', 'TEKST', 'RUW'],
    WijzigingSoort: ['GEWIJZIGD', 'VERLATEN', 'VERWIJDERD', 'ONBEKEND'],
    Referentielijst: [
      'JOBDOMEINEN',
      'DIPLOMAS',
      'RIJBEWIJZEN',
      'ATTESTEN',
      'ARBEIDSSTELSELS',
      'ARBEIDSREGIMES',
      'ARBEIDSCONTRACTDUREN',
      'ARBEIDSCONTRACTEN',
      'SOFTSKILLS',
      'COMPETENTIES',
      'SJABLONEN',
      'STUDIEBOOM',
      'TALEN',
      'ERVARING',
      'REGIOS'
    ]
  })
})

test('everything in the schema has a description', async (t) => {
  const described = [
    ...types.map((type) => ({ path: type.name, description: type.description })),
    ...fields.map(({ path, field }) => ({ path, description: field.description })),
    ...fields.flatMap(({ path, field }) =>
      field.args.map((arg) => ({ path: `${path}(${arg.name})`, description: arg.description }))
    ),
    ...types.filter(isInputObjectType).flatMap((type) =>
      Object.values(type.getFields()).map((field) => ({
        path: `${type.name}.${field.name}`,
        description: field.description
      }))
    ),
    ...types
      .filter(isEnumType)
      .flatMap((type) =>
        type.getValues().map((value) => ({ path: `${type.name}.${value.name}`, description: value.description }))
      ),
    ...directives.map((directive) => ({ path: `@${directive.name}`, description: directive.description })),
    ...directives.flatMap((directive) =>
      directive.args.map((arg) => ({ path: `@${directive.name}(${arg.name})`, description: arg.description }))
    )
  ]
  t.ok(described.length > 250, 'the walk reaches the whole schema')
  t.same(
    described.filter(({ description }) => !description?.trim()).map(({ path }) => path),
    []
  )
})

test('the schema contains latin1 characters only, so that strings with its names take one byte per character', async (t) => {
  t.same(
    text.split('\n').filter((line) => /[^\0-\u00ff]/.test(line)),
    []
  )
})

test('every field that VDAB may omit is nullable', async (t) => {
  const promised = fields
    .filter(({ field }) => String(field.type).endsWith('!'))
    .map(({ path, field }) => `${path}: ${String(field.type)}`)
  const connection = (name: string) => [
    `${name}Connection.totaal: Int!`,
    `${name}Connection.nodes: [${name}]!`,
    `${name}Connection.edges: [${name}Edge]!`,
    `${name}Connection.pageInfo: PageInfo!`,
    `${name}Edge.cursor: String!`
  ]
  t.same(
    promised.sort(),
    [
      'Node.id: ID!',
      'Vacature.id: ID!',
      'Kandidaat.id: ID!',
      'Referentie.code: String!',
      'Referentie.lijst: Referentielijst!',
      'PageInfo.hasNextPage: Boolean!',
      'PageInfo.hasPreviousPage: Boolean!',
      'Query.vacatures: VacatureConnection!',
      'Query.vacaturesOpId: [Vacature]!',
      'Query.vacaturesInitieel: VacatureStatusConnection!',
      'Query.vacatureWijzigingen: VacatureStatusConnection!',
      'Query.kandidaten: KandidaatConnection!',
      'Query.kandidaatWijzigingen: KandidaatStatusConnection!',
      'Query.referenties: [Referentie!]!',
      'Subscription.vacatureGewijzigd: VacatureWijziging!',
      'Subscription.kandidaatGewijzigd: KandidaatWijziging!',
      'Coordinaten.breedte: Float!',
      'Coordinaten.lengte: Float!',
      'Dekking.bekend: Int!',
      'Dekking.totaal: Int!',
      'Plaats.bron: PlaatsBron!',
      'Plaats.precisie: PlaatsPrecisie!',
      'Plaats.zekerheid: Zekerheid!',
      'Taal.bron: TaalBron!',
      'Taal.zekerheid: Zekerheid!',
      'DubbelLid.interneReferentie: String!',
      'DubbelLid.reden: DubbelReden!',
      'DubbelLid.zekerheid: Zekerheid!',
      'Beroepscode.code: String!',
      'Beroepscode.zekerheid: Zekerheid!',
      'Beroepscode.bron: BeroepBron!',
      'PassendeKandidaten.items: [PassendeKandidaat]!',
      'PassendeKandidaten.dekking: PassendDekking!',
      'PassendeVacatures.items: [PassendeVacature]!',
      'PassendeVacatures.dekking: PassendDekking!',
      'PassendDekking.vergeleken: Int!',
      'PassendDekking.totaal: Int!',
      'Levensloop.eersteKeerGezien: DateTime!',
      'Levensloop.gewijzigdeVelden: [String!]!',
      'Levensloop.sinds: DateTime!',
      'Levensloop.bron: LevensloopBron!',
      'Levensloop.zekerheid: Zekerheid!',
      'VacatureFilterwaarden.jobdomein: [String!]!',
      'VacatureFilterwaarden.competentie: [String!]!',
      ...['VacatureWijziging', 'KandidaatWijziging'].flatMap((name) => [
        `${name}.id: ID!`,
        `${name}.soort: WijzigingSoort!`,
        `${name}.cursor: String!`
      ]),
      ...['Vacature', 'Kandidaat', 'VacatureStatus', 'KandidaatStatus'].flatMap(connection)
    ].sort()
  )
})

test('every code names its reference list', async (t) => {
  const codes = fields.filter(
    ({ type, field }) => type.name !== 'Query' && getNamedType(field.type).name === 'Referentie'
  )
  t.same(
    Object.fromEntries(
      codes.map(({ path, field }) => [
        path,
        marks(field)
          .filter((mark) => mark.startsWith('@lijst'))
          .join(' ')
      ])
    ),
    {
      'Functie.jobdomeinen': '@lijst(naam: JOBDOMEINEN)',
      'Beroepsprofiel.ervaring': '@lijst(naam: ERVARING)',
      'Vereiste.diplomaNiveau': '@lijst(naam: STUDIEBOOM)',
      'Arbeidsovereenkomst.arbeidsContract': '@lijst(naam: ARBEIDSCONTRACTEN)',
      'Arbeidsovereenkomst.arbeidsContractDuur': '@lijst(naam: ARBEIDSCONTRACTDUREN)',
      'Arbeidsovereenkomst.arbeidsRegime': '@lijst(naam: ARBEIDSREGIMES)',
      'Arbeidsovereenkomst.arbeidsStelsel': '@lijst(naam: ARBEIDSSTELSELS)',
      'Adres.regioCode': '@lijst(naam: REGIOS)',
      'Adres.provincie': '@lijst(naam: REGIOS)',
      'Opleiding.naam': '@lijst(naam: DIPLOMAS)',
      'GewensteJob.arbeidsRegimes': '@lijst(naam: ARBEIDSREGIMES)',
      'GewensteJob.arbeidsStelsels': '@lijst(naam: ARBEIDSSTELSELS)',
      'GewensteJob.regios': '@lijst(naam: REGIOS)',
      'GewensteFunctie.ervaring': '@lijst(naam: ERVARING)',
      'GewensteFunctie.beroepsprofiel': '@lijst(naam: SJABLONEN)',
      'Overlap.gedeeld': '@lijsten(namen: [SJABLONEN, COMPETENTIES, SOFTSKILLS, TALEN, DIPLOMAS, RIJBEWIJZEN])',
      'Overlap.ontbrekend': '@lijsten(namen: [SJABLONEN, COMPETENTIES, SOFTSKILLS, TALEN, DIPLOMAS, RIJBEWIJZEN])'
    }
  )
  t.same(
    fields
      .filter(({ type, field }) => 'code' in type.getFields() && field.name === 'lijst')
      .map(({ type }) => type.name)
      .sort(),
    ['Attestering', 'Beroepsprofiel', 'Competentie', 'Referentie', 'Vereiste']
  )
})

test('every HTML field offers sanitised HTML, plain text and raw, and no other field does', async (t) => {
  const marked = fields.filter(({ field }) => marks(field).includes('@html')).map(({ path }) => path)
  const asking = fields
    .filter(({ field }) =>
      field.args.some(
        (arg) => arg.name === 'formaat' && String(arg.type) === 'TekstFormaat' && arg.defaultValue === 'HTML'
      )
    )
    .map(({ path }) => path)
  t.same(marked.sort(), [
    'Arbeidsovereenkomst.extra',
    'Functie.omschrijving',
    'SollicitatieVia.extraInfoProcedure',
    'Sollicitatieprocedure.omschrijving',
    'Vacature.vrijeVereiste'
  ])
  t.same(asking.sort(), marked)
})

test('every field that can call VDAB has a cost, and so does the work of the gateway', async (t) => {
  const priced = Object.fromEntries(
    fields.flatMap(({ path, field }) =>
      marks(field, { ofPrices: true }).length > 0 ? [[path, marks(field, { ofPrices: true }).join(' ')]] : []
    )
  )
  const page = (assumed: number) =>
    `@listSize(assumedSize: ${assumed}, slicingArguments: ["first", "last"], sizedFields: ["nodes", "edges"], requireOneSlicingArgument: false)`
  t.same(Object.fromEntries(Object.entries(priced).filter(([path]) => path.startsWith('Query.'))), {
    'Query.vacatures': `@cost(weight: "2") ${page(20)}`,
    'Query.vacaturesOpId': '@listSize(slicingArguments: ["ids"])',
    'Query.kandidaten': `@cost(weight: "1") ${page(20)}`,
    'Query.vacaturesInitieel': `@cost(weight: "1") ${page(200)}`,
    'Query.vacatureWijzigingen': `@cost(weight: "1") ${page(200)}`,
    'Query.kandidaatWijzigingen': `@cost(weight: "1") ${page(200)}`,
    'Query.referenties': '@cost(weight: "1") @listSize(assumedSize: 500)',
    'Query.referentie': '@cost(weight: "1")'
  })
  const html = fields.filter(({ field }) => marks(field).includes('@html')).map(({ path }) => path)
  t.same(
    html.filter((path) => priced[path] !== '@cost(weight: "0.02")'),
    []
  )
  const costs = ['Vacature', 'Kandidaat'].map((name) =>
    schema
      .getType(name)
      ?.astNode?.directives?.find(({ name: { value } }) => value === 'cost')
      ?.arguments?.map(({ value }) => 'value' in value && value.value)
  )
  t.same(costs, [['1.5'], ['1']])
})

test('every type that node can return declares its scope', async (t) => {
  const node = schema.getType('Node')
  const scopes = schema.getPossibleTypes(node as GraphQLInterfaceType).map((type) =>
    // the schema above declares it as an interface
    [
      type.name,
      ...(type.astNode?.directives ?? [])
        .filter(({ name }) => name.value === 'scope')
        .map(
          ({ name, arguments: args }) =>
            `${name.value} ${args?.map(({ value }) => ('value' in value ? String(value.value) : '')).join() ?? ''}`
        )
    ]
  )
  t.same(scopes.sort(), [
    ['Kandidaat', 'scope kandidaten'],
    ['Vacature', 'scope vacatures']
  ])
})

test('the default graphql-eslint rules for schemas and Relay report nothing', async (t) => {
  t.same(await lint(folder), [])
})

const application = `
import { graphql } from 'relay-runtime'

export const pagina = graphql\`
  query AppQuery($count: Int!, $cursor: String, $id: ID!) {
    ...App_lijst @arguments(count: $count, cursor: $cursor)
    node(id: $id) { ...App_vacature }
  }
\`
export const lijst = graphql\`
  fragment App_lijst on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "AppLijstQuery") {
    vacatures(first: $count, after: $cursor, filter: { jobdomein: ["JOBCAT10"] }) @connection(key: "App_vacatures") {
      totaal
      edges { node { id ...App_vacature } }
    }
  }
\`
export const terug = graphql\`
  fragment App_kandidaten on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "AppKandidatenQuery") {
    kandidaten(last: $count, before: $cursor) @connection(key: "App_kandidaten") {
      edges { node { cvId } }
    }
  }
\`
export const detail = graphql\`
  fragment App_vacature on Vacature @refetchable(queryName: "AppVacatureQuery") {
    vacatureReferentie { vdabReferentie }
    functie { functieTitel omschrijving(formaat: TEKST) jobdomeinen { code label } }
  }
\`
`

test('relay-compiler accepts forward and backward pagination with @connection, and @refetchable through node', async (t) => {
  const project = await mkdtemp(join(tmpdir(), 'vdab-relay-'))
  t.teardown(() => rm(project, { recursive: true, force: true }))
  await mkdir(join(project, 'src'))
  await Promise.all([
    writeFile(join(project, 'schema.graphql'), text),
    writeFile(join(project, 'src/App.ts'), application),
    writeFile(
      join(project, 'relay.config.json'),
      JSON.stringify({ src: 'src', schema: 'schema.graphql', language: 'typescript' })
    )
  ])
  const { stdout, stderr } = await promisify(execFile)(
    join(root, 'node_modules/.bin/relay-compiler'),
    ['relay.config.json'],
    { cwd: project }
  ).catch((error: unknown) => error as { stdout: string; stderr: string }) // execFile rejects with its output on the error
  t.match(stdout + stderr, /Compilation completed/)
  const made = (await readdir(join(project, 'src/__generated__')).catch(() => [])).sort()
  t.same(made, [
    'AppKandidatenQuery.graphql.ts',
    'AppLijstQuery.graphql.ts',
    'AppQuery.graphql.ts',
    'AppVacatureQuery.graphql.ts',
    'App_kandidaten.graphql.ts',
    'App_lijst.graphql.ts',
    'App_vacature.graphql.ts'
  ])
  t.match(await readFile(join(project, 'src/__generated__/AppVacatureQuery.graphql.ts'), 'utf8'), '"name": "node"')
})
