import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { test } from 'tap'
import ts from 'typescript'
import { readConfig } from '../../src/config/index.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Who may import whom, under src/. A row is a file or a folder, the longest that fits; what stands in one row may import
 * itself and what the row lists. "(types)": type-only imports, gone when the program runs.
 */
const rows: Readonly<Record<string, readonly string[]>> = {
  cli: ['commands', 'config', 'errors'],
  commands: ['access', 'config (types)', 'errors', 'server', 'simulator', 'upstream', 'vdab', 'workers'],
  server: [
    'access',
    'cache',
    'changes',
    'config (types)',
    'context (types)',
    'export',
    'fastPath',
    'formats',
    'graphql',
    'http',
    'openservices',
    'options (types)',
    'resolvers',
    'schema',
    'upstream',
    'vdab'
  ],
  options: ['cache (types)', 'http (types)', 'upstream (types)', 'workers (types)'],
  context: ['access (types)', 'changes (types)', 'upstream (types)', 'vdab (types)'],
  errors: [],
  config: ['errors'],
  formats: [],
  http: ['access', 'cache (types)', 'changes (types)', 'config (types)', 'errors', 'upstream (types)'],
  schema: ['context (types)', 'formats'],
  resolvers: ['context (types)', 'errors', 'formats', 'schema', 'vdab (types)'],
  graphql: ['access (types)', 'cache/size', 'cache (types)', 'context (types)', 'errors'],
  openservices: ['access', 'errors', 'formats', 'http', 'upstream', 'vdab (types)'],
  access: ['context (types)', 'errors', 'formats', 'schema'],
  vdab: ['cache (types)', 'config (types)', 'errors', 'schema', 'simulator', 'upstream'],
  upstream: ['config (types)', 'errors', 'formats'],
  cache: [],
  changes: ['access', 'errors', 'upstream', 'vdab (types)'],
  export: ['access', 'changes (types)', 'errors', 'formats', 'upstream', 'vdab (types)'],
  workers: ['access', 'cache', 'changes', 'config (types)', 'errors', 'export', 'http', 'upstream', 'vdab'],
  fastPath: [
    'access',
    'cache/size',
    'cache (types)',
    'context (types)',
    'errors',
    'graphql',
    'http',
    'openservices',
    'vdab (types)'
  ],
  simulator: []
}

/** May be longer than 200 lines: what is generated, and what is a table of data. */
const mayBeLong = new Set(['schema/types.ts', 'simulator/codes.ts'])
const forbiddenFolders = new Set(['utils', 'helpers', 'services', 'lib', 'common', 'types'])
const readsEnvironment = 'config/index.ts'
const maxLines = 420

type Import = { from: string; isType: boolean }

/** Every import of a file: static, re-exporting, type-only, dynamic, and `import('…')` in a type. */
const importsOf = (source: ts.SourceFile): Import[] => {
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, isType: boolean) => {
    if (specifier)
      found.push({
        from: ts.isStringLiteralLike(specifier) ? specifier.text : `(computed) ${specifier.getText(source)}`,
        isType
      })
  }
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node)) {
      const { importClause: clause } = node
      const named =
        clause?.namedBindings && ts.isNamedImports(clause.namedBindings) ? clause.namedBindings.elements : undefined
      const areTypes =
        clause?.name === undefined &&
        named !== undefined &&
        named.length > 0 &&
        named.every(({ isTypeOnly }) => isTypeOnly)
      add(node.moduleSpecifier, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || areTypes)
    }
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument, true)
    if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
      add(node.moduleReference.expression, node.isTypeOnly)
    if (
      ts.isCallExpression(node) &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText(source) === 'require')
    )
      add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The lines on which a file reads the environment: `process.env` in any spelling, or what it imports from node:process. */
const environmentReads = (source: ts.SourceFile): number[] => {
  const lines: number[] = []
  const visit = (node: ts.Node) => {
    const isMember =
      ts.isPropertyAccessExpression(node) &&
      node.expression.getText(source).endsWith('process') &&
      node.name.text === 'env'
    const isElement = ts.isElementAccessExpression(node) && node.expression.getText(source).endsWith('process')
    const isTaken = ts.isVariableDeclaration(node) && node.initializer?.getText(source).endsWith('process') === true
    const isImport =
      ts.isImportDeclaration(node) && /^(node:)?process$/.test((node.moduleSpecifier as ts.StringLiteral).text) // the grammar allows nothing else there
    if (isMember || isElement || isTaken || isImport)
      lines.push(source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return lines
}

const isFunction = (node: ts.Expression | undefined): boolean =>
  node !== undefined &&
  (ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ((ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node) || ts.isAsExpression(node)) &&
      isFunction(node.expression)))

/** The exported functions of a file that have no docblock. */
const undocumented = (source: ts.SourceFile): string[] => {
  const isExported = (node: ts.Statement) =>
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
  const exportedLater = new Set(
    source.statements.flatMap((node) =>
      ts.isExportDeclaration(node) && node.exportClause && ts.isNamedExports(node.exportClause)
        ? node.exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
        : []
    )
  )
  const functions = source.statements.flatMap((node): { node: ts.Statement; name: string }[] => {
    if (ts.isFunctionDeclaration(node)) return [{ node, name: node.name?.text ?? 'default' }]
    if (ts.isExportAssignment(node) && isFunction(node.expression)) return [{ node, name: 'default' }]
    if (!ts.isVariableStatement(node)) return []
    return node.declarationList.declarations
      .filter(({ initializer }) => isFunction(initializer))
      .map(({ name }) => ({ node, name: name.getText(source) }))
  })
  return functions
    .filter(({ node, name }) => ts.isExportAssignment(node) || isExported(node) || exportedLater.has(name))
    .filter(({ node }) => !ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc))
    .map(({ name }) => name)
}

const rowOf = (path: string): string | undefined => {
  const name = path.replace(/\.[a-z]+$/, '')
  return Object.keys(rows)
    .filter((row) => name === row || name.startsWith(`${row}/`))
    .sort((a, b) => b.length - a.length)[0]
}

const isAllowed = (row: string, target: string, isType: boolean): boolean => {
  if (rowOf(target) === row) return true
  const name = target.replace(/\.[a-z]+$/, '')
  return (rows[row] ?? []).some((entry) => {
    const [place = '', kind] = entry.split(' ')
    return (name === place || name.startsWith(`${place}/`)) && (kind === undefined || isType)
  })
}

const importFindings = (path: string, source: ts.SourceFile): string[] => {
  const row = rowOf(path)
  if (row === undefined) return [`${path} stands in no row of the table of test/house/architecture.test.ts`]
  return importsOf(source).flatMap(({ from, isType }) => {
    if (from.startsWith('(computed)')) return [`${path} imports an address that cannot be checked: ${from.slice(11)}`]
    if (!from.startsWith('.')) return []
    const target = posix.join(posix.dirname(path), from)
    const isOwnAsset = /\.(css|svg|graphql)$/.test(target) && target.startsWith(`${row}/`)
    return isOwnAsset || isAllowed(row, target, isType)
      ? []
      : [`${path} imports ${isType ? 'a type of ' : ''}${target}, which ${row} may not`]
  })
}

/** Everything that the tree under `folder` does against the rules of the house. */
const findingsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(sep).join('/'))
    .sort()
    .flatMap((path) => {
      if (forbiddenFolders.has(posix.basename(path))) return [`${path} is a folder named after nothing in particular`]
      if (!/\.(ts|js|jsx)$/.test(path)) return []
      const text = readFileSync(join(folder, path), 'utf8')
      const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
      const lines = text.trimEnd().split('\n').length
      return [
        ...importFindings(path, source),
        ...(path === readsEnvironment
          ? []
          : environmentReads(source).map((line) => `${path}:${line} reads process.env`)),
        ...(lines > maxLines && !mayBeLong.has(path) ? [`${path} has ${lines} lines, more than ${maxLines}`] : []),
        ...(path === 'schema/types.ts'
          ? []
          : undocumented(source).map((name) => `${path} exports ${name} without a docblock`))
      ]
    })

const write = (folder: string, files: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

test('every file of src keeps to the table of who may import whom, and to the other rules of the house', async (t) => {
  t.strictSame(findingsIn(join(root, 'src')), [])
})

test('every name in the table of who may import whom is that of a part that is there', async (t) => {
  const parts = new Set(
    readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((name) =>
      name.split(sep).join('/').replace(/\.ts$/, '')
    )
  )
  const places = new Set(
    Object.entries(rows).flatMap(([row, entries]) => [row, ...entries.map((entry) => entry.split(' ')[0] ?? '')])
  )
  t.strictSame(
    [...places].filter((place) => !parts.has(place) && place !== 'fastPath'), // it may be taken off
    []
  )
})

test('a wrong import is found, however it is written', async (t) => {
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
  options: 'server',
  context: 'graphql/door',
  errors: 'formats/exactJson',
  config: 'access/consumers',
  formats: 'errors',
  http: 'vdab/lookup',
  schema: 'resolvers/index',
  resolvers: 'cache/memory',
  graphql: 'upstream/client',
  openservices: 'cache/memory',
  access: 'upstream/client',
  vdab: 'access/consumers',
  upstream: 'cache/memory',
  cache: 'upstream/client',
  changes: 'cache/memory',
  export: 'cache/memory',
  workers: 'server',
  fastPath: 'upstream/client',
  simulator: 'formats/exactJson'
}
test('a wrong import into each room is found', async (t) => {
  t.strictSame(Object.keys(forbidden).sort(), Object.keys(rows).sort())
  for (const [room, target] of Object.entries(forbidden)) {
    const isFile = ['cli', 'server', 'options', 'context', 'errors'].includes(room)
    const path = isFile ? `${room}.ts` : `${room}/stray.ts`
    const folder = write(t.testdir(), { [path]: `import { x } from '${isFile ? './' : '../'}${target}.ts'` })
    t.strictSame(findingsIn(folder), [`${path} imports ${target}.ts, which ${room} may not`])
  }
})
test('what the table allows is no finding', async (t) => {
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
test('the other rules of the house are seen to fail too', async (t) => {
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
    'cache/memory.ts': 'void 0\n'.repeat(421),
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
    'cache/memory.ts has 421 lines, more than 420',
    'cache/tier.ts exports unsaid without a docblock',
    'cache/tier.ts exports alsoUnsaid without a docblock',
    'cache/tier.ts exports later without a docblock',
    'cache/tier.ts exports default without a docblock',
    'cache/utils is a folder named after nothing in particular',
    'http/warnings.ts:1 reads process.env',
    'http/warnings.ts:2 reads process.env',
    'http/warnings.ts:3 reads process.env',
    'http/warnings.ts:4 reads process.env',
    'http/warnings.ts:6 reads process.env'
  ])
})

test('.env.example names every setting, with its default', async (t) => {
  const example = readFileSync(join(root, '.env.example'), 'utf8')
  const asked = new Set<string>()
  const note = (_: object, name: string | symbol) => void asked.add(String(name))
  readConfig(new Proxy({}, { get: note }))
  const stands = (name: string) => new RegExp(`^# .*\\b${name}\\b|^(# )?${name}=`, 'm').test(example)
  const names = [...asked].filter((name) => !stands(name) && !stands(name.replace(/_FILE$/, '')))
  t.strictSame(names, [], 'every name that the configuration asks for stands there')
  t.strictSame(readConfig(parseEnv(example)), readConfig({}), 'and changes nothing when it is copied as it is')
})
