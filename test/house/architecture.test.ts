import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { test } from 'tap'
import { readConfig } from '../../src/config/index.ts'
import { exceptions, none } from './exceptions.ts'
import { createRules } from './rules.ts'
import type { Rows } from './rules.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The import table of src/. A row is a file or a folder; the longest match applies. A row may import itself and what it
 * lists. "(types)": type-only imports, which do not exist at run time.
 */
const rows: Rows = {
  cli: ['commands', 'config', 'errors', 'http/version'],
  commands: [
    'access',
    'config',
    'enrichment/memory',
    'errors',
    'formats',
    'server',
    'sharing',
    'simulator',
    'upstream',
    'vdab',
    'workers'
  ],
  server: ['access', 'composition', 'config (types)', 'fastPath', 'options (types)'],
  composition: [
    'abonnementen',
    'access',
    'cache',
    'changes',
    'config (types)',
    'context (types)',
    'enrichment',
    'errors',
    'export',
    'formats',
    'graphql',
    'http',
    'openservices',
    'options (types)',
    'resolvers',
    'rest',
    'schema',
    'sharing',
    'state',
    'telemetry',
    'upstream',
    'vdab'
  ],
  options: ['http (types)', 'workers (types)'],
  context: ['access (types)', 'changes (types)', 'enrichment (types)', 'upstream (types)', 'vdab (types)'],
  enrichment: [
    'cache (types)',
    'changes (types)',
    'config (types)',
    'errors',
    'formats',
    'state (types)',
    'upstream (types)',
    'vdab (types)'
  ],
  state: ['changes (types)', 'errors'],
  abonnementen: ['access', 'changes (types)', 'errors', 'formats', 'schema (types)', 'state (types)'],
  errors: [],
  config: ['errors', 'formats'],
  formats: [],
  http: ['access', 'cache (types)', 'changes (types)', 'config (types)', 'errors', 'upstream (types)', 'vdab (types)'],
  schema: ['context (types)', 'formats'],
  resolvers: ['context (types)', 'errors', 'formats', 'schema', 'vdab (types)'],
  graphql: [
    'access/account',
    'access/explain',
    'access (types)',
    'cache/size',
    'cache (types)',
    'context (types)',
    'errors',
    'http'
  ],
  openservices: ['access', 'errors', 'formats', 'http', 'upstream', 'vdab (types)'],
  rest: ['access', 'config (types)', 'errors', 'formats', 'graphql (types)', 'http', 'openservices', 'schema'],
  access: ['context (types)', 'errors', 'formats', 'schema'],
  vdab: ['cache (types)', 'config (types)', 'errors', 'formats', 'schema', 'simulator', 'upstream'],
  upstream: ['config (types)', 'errors', 'formats'],
  cache: [],
  changes: ['access', 'errors', 'sharing (types)', 'upstream', 'vdab (types)'],
  export: ['access', 'changes (types)', 'errors', 'formats', 'upstream', 'vdab (types)'],
  workers: [
    'access',
    'cache',
    'changes',
    'config (types)',
    'errors',
    'export',
    'http',
    'sharing',
    'telemetry',
    'upstream',
    'vdab'
  ],
  sharing: ['access', 'cache (types)', 'config (types)', 'errors', 'formats', 'upstream'],
  telemetry: [
    'access (types)',
    'cache (types)',
    'changes (types)',
    'composition (types)',
    'config (types)',
    'errors',
    'graphql (types)',
    'http',
    'upstream (types)'
  ],
  fastPath: [
    'access',
    'cache/size',
    'cache (types)',
    'context (types)',
    'errors',
    'graphql',
    'http',
    'openservices',
    'schema',
    'vdab (types)'
  ],
  simulator: []
}

const ofSource = createRules(rows, exceptions)
const { findingsIn, readmeFindingsIn } = createRules(rows, none)

const write = (folder: string, files: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

test('every file of src follows the import table and the other architecture rules', async (t) => {
  t.strictSame(ofSource.findingsIn(join(root, 'src')), [])
})

test('every folder has a README of three lines that agrees with the import table', async (t) => {
  t.strictSame(ofSource.readmeFindingsIn(join(root, 'src')), [])
})

test('every name in the import table belongs to an existing part', async (t) => {
  const parts = new Set(
    readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((name) =>
      name.split(sep).join('/').replace(/\.ts$/, '')
    )
  )
  const places = new Set(
    Object.entries(rows).flatMap(([row, entries]) => [row, ...entries.map((entry) => entry.split(' ')[0] ?? '')])
  )
  t.strictSame(
    [...places].filter((place) => !parts.has(place) && place !== 'fastPath'), // this folder may be deleted
    []
  )
})

test('a wrong import is found in every import syntax', async (t) => {
  const folder = write(t.testdir(), {
    'cache/memory.ts': "import { GatewayError } from '../errors.ts'",
    'errors.ts': "export * from './cache/memory.ts'",
    'upstream/client.ts':
      "import { readConfig } from '../config/index.ts'\nexport const load = 1\nconst later = () => import('../vdab/lookup.ts')\nvoid later",
    'resolvers/vacature.ts':
      "import type { Client } from '../upstream/client.ts'\nlet x: import('../cache/memory.ts').Tier",
    'graphql/door.ts': "import { type Context, contextOf } from '../context.ts'",
    'simulator/world.ts': "import { x } from '../../test/helper.ts'",
    'config/index.ts': 'const name = "./errors.ts"\nvoid import(name)',
    'http/web.ts': "const { x } = require('../server.ts')",
    'stray.ts': ''
  })
  t.strictSame(findingsIn(folder), [
    'cache/memory.ts imports errors.ts, which cache may not',
    'config/index.ts imports an address that cannot be checked: name',
    'errors.ts imports cache/memory.ts, which errors may not',
    'graphql/door.ts imports context.ts, which graphql may not',
    'http/web.ts imports server.ts, which http may not',
    'resolvers/vacature.ts imports a type of upstream/client.ts, which resolvers may not',
    'resolvers/vacature.ts imports a type of cache/memory.ts, which resolvers may not',
    'simulator/world.ts imports ../test/helper.ts, which simulator may not',
    'stray.ts stands in no room',
    'stray.ts stands in no row of the table of test/house/architecture.test.ts',
    'upstream/client.ts imports config/index.ts, which upstream may not',
    'upstream/client.ts imports vdab/lookup.ts, which upstream may not'
  ])
})
/** For each room, a module that it must not import. */
const forbidden: Readonly<Record<string, string>> = {
  cli: 'server',
  commands: 'resolvers/index',
  server: 'simulator/server',
  composition: 'fastPath/index',
  options: 'server',
  context: 'graphql/door',
  enrichment: 'upstream/client',
  state: 'vdab/lookup',
  abonnementen: 'vdab/lookup',
  errors: 'formats/exactJson',
  config: 'access/consumers',
  formats: 'errors',
  http: 'vdab/lookup',
  schema: 'resolvers/index',
  resolvers: 'cache/memory',
  graphql: 'upstream/client',
  openservices: 'cache/memory',
  rest: 'vdab/lookup',
  access: 'upstream/client',
  vdab: 'access/consumers',
  upstream: 'cache/memory',
  cache: 'upstream/client',
  changes: 'cache/memory',
  export: 'cache/memory',
  workers: 'server',
  sharing: 'vdab/lookup',
  telemetry: 'vdab/lookup',
  fastPath: 'upstream/client',
  simulator: 'formats/exactJson'
}
test('a wrong import into each folder is found', async (t) => {
  t.strictSame(Object.keys(forbidden).sort(), Object.keys(rows).sort())
  for (const [room, target] of Object.entries(forbidden)) {
    const isFile = ['cli', 'server', 'options', 'context', 'errors'].includes(room)
    const path = isFile ? `${room}.ts` : `${room}/stray.ts`
    const folder = write(t.testdir(), { [path]: `import { x } from '${isFile ? './' : '../'}${target}.ts'` })
    t.strictSame(
      findingsIn(folder).filter((finding) => finding !== 'without.ts stands in no room'),
      [`${path} imports ${target}.ts, which ${room} may not`]
    )
  }
})
test('an allowed import is not reported', async (t) => {
  const folder = write(t.testdir(), {
    'cache/memory.ts': "import { sizeOf } from './size.ts'\nimport { LRUCache } from 'lru-cache'",
    'upstream/client.ts':
      "import type { Config } from '../config/index.ts'\nimport { GatewayError } from '../errors.ts'",
    'graphql/door.ts': "import { type Context, type Other } from '../context.ts'",
    'openservices/routes.ts': "import type { EndpointName } from '../upstream/endpoints.ts'",
    'graphql/graphiql/page/tabs.js': "import vacature from './queries/vacature.graphql'"
  })
  t.strictSame(findingsIn(folder), [])
})
test('violations of the other architecture rules are found too', async (t) => {
  const folder = write(t.testdir(), {
    'cache/utils/size.ts': '',
    'http/warnings.ts': [
      "import { env } from 'node:process'",
      'void process.env.HOME',
      "void process['env']",
      'const { env: other } = process',
      '/** Read. */',
      'export const read = () => globalThis.process.env'
    ].join('\n'),
    'cache/memory.ts': 'void 0\n'.repeat(251),
    'cache/tier.ts': [
      '/** Said. */',
      'export const said = () => 1',
      '// Not a docblock.',
      'export const unsaid = async () => 1',
      'export function alsoUnsaid() {}',
      'const later = (() => 1) satisfies () => number',
      'export { later }',
      'export const value = 1',
      'export default () => 1'
    ].join('\n')
  })
  t.strictSame(findingsIn(folder), [
    'cache/utils is a folder named after nothing in particular',
    'cache/memory.ts has 251 lines, more than 250',
    'cache/tier.ts exports unsaid without a docblock',
    'cache/tier.ts exports alsoUnsaid without a docblock',
    'cache/tier.ts exports later without a docblock',
    'cache/tier.ts exports default without a docblock',
    'http/warnings.ts:1 reads process.env',
    'http/warnings.ts:2 reads process.env',
    'http/warnings.ts:3 reads process.env',
    'http/warnings.ts:4 reads process.env',
    'http/warnings.ts:6 reads process.env'
  ])
})
test('a name that two files export is found, for values and for types', async (t) => {
  const folder = write(t.testdir(), {
    'access/scope.ts': "export type Kind = 'a'\nconst shared = 1\nexport { shared }",
    'cache/memory.ts': 'export interface Kind {}\nexport const own = 1\nexport default 1',
    'cache/policy.ts': "import { shared } from './tier.ts'\nexport { shared }\nexport { own } from './memory.ts'",
    'cache/tier.ts': 'export const shared = 1\nexport enum Own {}\nexport default 1',
    'http/web.ts': "export { own as Own } from './own.ts'",
    'schema/types.ts': 'export type Kind = 1',
    'simulator/world.ts': 'export class Kind {}',
    'simulator/tree.ts': 'export class Kind {}'
  })
  t.strictSame(findingsIn(folder), [
    'shared is exported by access/scope.ts and cache/tier.ts',
    'Kind is exported by access/scope.ts and cache/memory.ts',
    'Own is exported by cache/tier.ts and http/web.ts'
  ])
})
test('a line of more than 120 columns is found in code, strings and comments', async (t) => {
  const folder = write(t.testdir(), {
    'cache/memory.ts': [`// ${'é'.repeat(117)}`, `// ${'é'.repeat(118)}`].join('\n'),
    'schema/types.ts': `// ${'x'.repeat(118)}`,
    'simulator/texts.ts': `void '${'x'.repeat(120)}'`
  })
  t.strictSame(findingsIn(folder), [
    'cache/memory.ts:2 has 121 columns, more than 120',
    'simulator/texts.ts:1 has 127 columns, more than 120'
  ])
})
test('a folder without a README, or with a different README, is found', async (t) => {
  const readme = (line: string) => `- Belongs here: keys.\n- May import: ${line}.\n- Start reading: \`a.ts\`.\n`
  const folder = write(t.testdir(), {
    'access/README.md': readme('`errors`'),
    'access/a.ts': '',
    'cache/README.md': readme('nothing of ours'),
    'cache/a.ts': '',
    'changes/README.md': readme('`access`, `errors`, `upstream`; types of `sharing`, `vdab`'),
    'changes/a.ts': '',
    'formats/README.md': 'Formats.\n',
    'formats/a.ts': '',
    'http/a.ts': '',
    'upstream/contract/a.ts': '',
    'upstream/nothing.txt': ''
  })
  t.strictSame(readmeFindingsIn(folder), [
    'access/README.md does not say "- May import: `errors`, `formats`, `schema`; types of `context`."',
    'formats/README.md is not three lines: - Belongs here: - May import: - Start reading:',
    'http/README.md does not exist',
    'upstream/contract/README.md does not exist'
  ])
})

test('.env.example names every setting, with its default', async (t) => {
  const example = readFileSync(join(root, '.env.example'), 'utf8')
  const asked = new Set<string>()
  const note = (_: object, name: string | symbol) => void asked.add(String(name))
  readConfig(new Proxy({}, { get: note }))
  const stands = (name: string) => new RegExp(`^# .*\\b${name}\\b|^(# )?${name}=`, 'm').test(example)
  const names = [...asked].filter((name) => !stands(name) && !stands(name.replace(/_FILE$/, '')))
  t.strictSame(names, [], 'every setting that the configuration reads is in .env.example')
  t.strictSame(readConfig(parseEnv(example)), readConfig({}), 'an unchanged copy of .env.example changes no setting')
})
