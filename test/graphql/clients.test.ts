import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildSchema, lexicographicSortSchema } from 'graphql'
import t from 'tap'
import { consumersFile, build } from '../helper.ts'

t.setTimeout(200_000) // compilers on a busy machine
const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const example = join(root, 'examples/client-graphql')
const bin = (name: string) => join(root, 'node_modules/.bin', name)
const committed = (name: string) => readFile(join(root, name), 'utf8')
const names = ['schema.generated.ts', 'operations.generated.ts']

t.test(
  'each key can introspect the committed schema, with the scopes that fields need; a request without a key cannot',
  async (t) => {
    const { url, get } = await build(t, { env: { INTROSPECTION: 'false' } })
    const answer = await get('/schema.graphql', { key: 'demo-frontend' })
    t.match(answer.headers.get('content-type'), 'text/plain; charset=utf-8')
    const text = await answer.text()
    t.equal(text, await committed('schema.graphql'))
    t.match(text, 'Personal data: null without the scope `kandidaten:contact`.')
    t.match(text, 'Needs the scope `vacatures`.')
    const refused = await fetch(`${url}/schema.graphql`)
    t.strictSame([refused.status, ((await refused.json()) as { code: string }).code], [401, 'UNAUTHENTICATED'])
  }
)

t.test('get-graphql-schema and graphql-codegen can read the schema of a production gateway', async (t) => {
  const { url } = await build(t, { env: { NODE_ENV: 'production', CONSUMERS_FILE: consumersFile() } })
  const { stdout } = await run(bin('get-graphql-schema'), ['-h', 'x-api-key=team-key', `${url}/graphql`])
  const normal = (sdl: string) =>
    Object.keys(lexicographicSortSchema(buildSchema(sdl)).getTypeMap()).filter((name) => !name.startsWith('__'))
  t.strictSame(normal(stdout), normal(await committed('schema.graphql')))
  t.match(stdout, 'Personal data: null without the scope')

  const copy = join(t.testdir(), 'client')
  await cp(example, copy, { recursive: true })
  await run(bin('graphql-codegen'), ['--config', 'codegen.mjs'], {
    cwd: copy,
    env: { ...process.env, GATEWAY: url, KEY: 'team-key' }
  })
  // An introspected scalar gets no comment.
  const withoutComments = (text: string) => text.replace(/^ *\/\*\*[^]*?\*\/\n/gm, '')
  for (const name of names)
    t.equal(
      withoutComments(await readFile(join(copy, name), 'utf8')),
      withoutComments(await committed(`examples/client-graphql/${name}`)),
      `${name} is that of the committed schema`
    )
})

t.test('the typed example compiles, and its Apollo and urql caches merge pages and identify records', async (t) => {
  const { url, query } = await build(t)
  await run(bin('tsc'), ['--project', example])
  const { stdout } = await run(bin('tsx'), [join(example, 'main.ts')], {
    env: { ...process.env, GATEWAY: url, KEY: 'demo-frontend' }
  })
  const { data } = await query('{ vacatures(first: 4) { nodes { functie { functieTitel } } } }')
  const { vacatures } = data as { vacatures: { nodes: { functie: { functieTitel: string | null } | null }[] } }
  const titles = vacatures.nodes.map(({ functie }) => functie?.functieTitel ?? null)
  t.strictSame(JSON.parse(stdout), { apollo: { titles, known: titles[0] }, urql: { titles, known: titles[0] } })
})

/** One page with `@connection`, and a fragment that refetches its record by `node(id:)`. */
const relayDocuments = `
const { graphql } = require('react-relay')
graphql\`query vacaturesQuery($postcode: [String!], $first: Int!, $after: String) { ...vacatures_page }\`
graphql\`fragment vacatures_page on Query @refetchable(queryName: "vacaturesPageQuery") {
  vacatures(filter: { postcode: $postcode }, first: $first, after: $after) @connection(key: "page_vacatures") {
    totaal
    edges { node { id ...vacatures_detail } }
  }
}\`
graphql\`fragment vacatures_detail on Vacature @refetchable(queryName: "vacaturesDetailQuery") {
  publicatieDatum
  functie { functieTitel }
}\`
`

t.test('the Relay recipe compiles a connection, and the gateway refetches a record by node', async (t) => {
  const page = await committed('docs/how-to/use-a-graphql-client.md')
  const config = /`relay\.config\.json`:\s+```json\n([^]*?)```/.exec(page)?.[1] ?? ''
  const folder = t.testdir({ 'relay.config.json': config, 'schema.graphql': await committed('schema.graphql') })
  await mkdir(join(folder, 'src'))
  await writeFile(join(folder, 'src/vacatures.ts'), relayDocuments)
  await run(bin('relay-compiler'), ['relay.config.json'], { cwd: folder })
  const textOf = async (name: string) => {
    const artifact = await readFile(join(folder, `src/__generated__/${name}.graphql.ts`), 'utf8')
    return JSON.parse(/"text": (".*")/.exec(artifact)?.[1] ?? '""') as string
  }
  const { query } = await build(t)
  const id = 'Vacature:a3e007c0-68d3-4fb7-aa35-c36e96ede172'
  const { data } = await query(await textOf('vacaturesDetailQuery'), { id })
  t.match(data, { node: { __typename: 'Vacature', id, functie: { functieTitel: String } } })
})

t.test('the client check reports a removed field and a new required argument as breaking', async (t) => {
  const { breakingChanges } = (await import(new URL('scripts/breaking-graphql.mjs', `file://${root}`).href)) as {
    breakingChanges: (before: string, after: string) => Promise<string[]>
  }
  const now = await committed('schema.graphql')
  t.strictSame(await breakingChanges(now, now), [])
  t.strictSame(await breakingChanges('type Query { a: Int b: Int }', 'type Query { a: Int }'), [
    "Field 'b' was removed from object type 'Query'"
  ])
  t.equal((await breakingChanges('type Query { a: Int }', 'type Query { a(b: Int!): Int }')).length, 1)
  t.strictSame(await breakingChanges('type Query { a: Int }', 'type Query { a: Int b: Int }'), [])
})
