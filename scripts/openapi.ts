import { readFile, writeFile } from 'node:fs/promises'
import { format } from 'prettier'
import { createDocument } from '../src/rest/openapi/document.ts'
import { prepareRow } from '../src/rest/prepare.ts'
import { rows } from '../src/rest/rows.ts'
import { readSchema } from '../src/schema/index.ts'

// Writes openapi.json; with --check it only compares.
const target = new URL('../openapi.json', import.meta.url)
const schema = readSchema()
const document = createDocument(
  schema,
  rows.map((row) => prepareRow(schema, row))
)
const generated = await format(JSON.stringify(document), { parser: 'json', printWidth: 120 })

if (process.argv.includes('--check')) {
  const committed = await readFile(target, 'utf8').catch(() => '')
  if (committed !== generated) {
    console.error('openapi.json does not match the rows and the schema: run `npm run openapi` and commit the result.')
    process.exitCode = 1
  }
} else await writeFile(target, generated)
