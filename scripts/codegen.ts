import { readFile, readdir, writeFile } from 'node:fs/promises'
import { codegen } from '@graphql-codegen/core'
import * as typescript from '@graphql-codegen/typescript'
import * as resolvers from '@graphql-codegen/typescript-resolvers'
import { buildSchema, isInterfaceType, isObjectType, parse } from 'graphql'
import { printSdl } from '../src/schema/index.ts'

const folder = new URL('../src/schema/', import.meta.url)
const target = new URL('types.ts', folder)

const header = '// Generated from the .graphql files in this folder by `npm run codegen`. Do not edit.\n'

/** The schema files as one text, in the order of their names so that the output does not depend on the disk. */
async function readSchema(): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.graphql')).sort()
  return (await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')))).join('\n')
}

/** Resolvers get and return VDAB's raw records. Named type by type, as the plugin's `defaultMapper` takes scalars and enums along. */
function mappers(text: string): Record<string, string> {
  const schema = buildSchema(text)
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const types = Object.values(schema.getTypeMap())
    .filter((type) => (isObjectType(type) ? !roots.includes(type) : isInterfaceType(type)))
    .filter((type) => !type.name.startsWith('__'))
  return Object.fromEntries(types.map((type) => [type.name, '../context.ts#VdabRecord']))
}

/** The text that `src/schema/types.ts` must have. */
async function generate(): Promise<string> {
  const text = await readSchema()
  const body = await codegen({
    filename: target.pathname,
    schema: parse(text),
    documents: [],
    config: {
      contextType: '../context.ts#Context',
      mappers: mappers(text),
      useTypeImports: true,
      importExtension: '.ts',
      enumsAsTypes: true,
      immutableTypes: true,
      skipTypename: true,
      disableDescriptions: true,
      useIndexSignature: false,
      makeResolverTypeCallable: true,
      defaultScalarType: 'unknown',
      scalars: { Date: 'string', DateTime: 'string', Long: 'number', JSON: 'unknown' }
    },
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers }
  })
  return header + body.trim() + '\n'
}

const outputs = [
  { name: 'src/schema/types.ts', file: target, text: await generate() },
  { name: 'schema.graphql', file: new URL('../schema.graphql', import.meta.url), text: printSdl() }
]

for (const { name, file, text } of outputs) {
  if (!process.argv.includes('--check')) await writeFile(file, text)
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`${name} does not match the .graphql files: run \`npm run codegen\` and commit the result.`)
    process.exitCode = 1
  }
}
