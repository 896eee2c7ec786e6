import { readFile, writeFile } from 'node:fs/promises'
import { format } from 'prettier'
import { readConfig } from '../src/config/index.ts'
import { createDocument } from '../src/rest/openapi/document.ts'
import { createForms } from '../src/rest/forms/index.ts'
import { prepareRow } from '../src/rest/prepare.ts'
import { rows } from '../src/rest/rows.ts'
import { readSchema } from '../src/schema/index.ts'

// Writes openapi.json for the default settings; with --check it only compares.
const target = new URL('../openapi.json', import.meta.url)
const schema = readSchema()
const { enrichment } = readConfig({})
const formsOf = createForms({ settings: enrichment, wasKnown: undefined })
const document = createDocument(
  schema,
  rows.map((row) => prepareRow(schema, row, formsOf))
)
const generated = await format(JSON.stringify(document), { parser: 'json', printWidth: 120 })

if (process.argv.includes('--check')) {
  const committed = await readFile(target, 'utf8').catch(() => '')
  if (committed !== generated) {
    console.error('openapi.json does not match the rows and the schema: run `npm run openapi` and commit the result.')
    process.exitCode = 1
  }
} else await writeFile(target, generated)
