import { getNamedType } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import type { PreparedRow } from '../prepare.ts'
import { ownSchemas, securitySchemes, sharedResponses } from './common.ts'
import { fixedPaths } from './fixedPaths.ts'
import { headers } from './headers.ts'
import { operationOf, toPath } from './paths.ts'
import { componentsOf, type Part } from './schemas.ts'

const tags = [
  { name: 'vacatures', description: 'Vacancies, with labels and details.' },
  { name: 'kandidaten', description: 'CVs: data of people. Send `x-doel` with the purpose.' },
  { name: 'referenties', description: 'The codes of VDAB and their labels.' },
  { name: 'abonnementen', description: 'Saved searches that call their consumer, as Standard Webhooks.' },
  { name: 'eigen', description: 'Operations that the operator publishes.' },
  { name: 'vdab', description: 'The paths of VDAB, for clients that change a host and a key.' },
  { name: 'health', description: 'Is the gateway well?' }
]

const { deprecation, sunset, ...ofAll } = headers

const about = `Vacancies, candidates and reference lists of VDAB. Source of the data: VDAB.

For all paths: a path that has GET answers HEAD too. Another method gets 405, with the valid ones in \`Allow\`. A body
with a Content-Encoding gets 415. A body is compressed by \`Accept-Encoding\` (br, zstd, gzip), with an \`ETag\` of its
own. A fault of the gateway gets 500 with the code \`INTERNAL\`, in the format of the other errors.`

/** The OpenAPI 3.1 document of the gateway, from its rows and its schema. */
export const createDocument = (schema: GraphQLSchema, rows: readonly PreparedRow[]): Part => {
  const paths: Record<string, Part> = {}
  for (const row of rows) {
    const path = toPath(row.url)
    const method = row.method.toLowerCase()
    paths[path] = { ...paths[path], [method]: operationOf(row) }
    for (const form of row.forms)
      if (form.suffix !== undefined) paths[`${path}${form.suffix}`] = { [method]: operationOf(row, form) }
  }
  const named = rows.flatMap(({ roots, parameters, object, pageSize }) => [
    ...(object ? [object.name] : []),
    ...(pageSize === undefined ? roots.map(({ field }) => getNamedType(field.type).name) : ['PageInfo']),
    ...parameters.map(({ type }) => getNamedType(type).name)
  ])
  const all = Object.entries({ ...paths, ...fixedPaths() }).sort(([a], [b]) => (a < b ? -1 : 1))
  const hasOwn = rows.some(({ url }) => url.startsWith('/api/eigen/'))
  return {
    openapi: '3.1.0',
    info: {
      title: 'VDAB gateway',
      version: '0.2.0',
      description: about,
      license: { name: 'MIT', identifier: 'MIT' },
      contact: { name: 'The operator of this gateway', url: 'https://www.vdab.be/' }
    },
    servers: [{ url: '/', description: 'This gateway' }],
    security: [{ apiKey: [] }, { clientId: [] }, { bearer: [] }],
    tags: tags.filter(({ name }) => hasOwn || name !== 'eigen'),
    paths: Object.fromEntries(all),
    components: {
      schemas: { ...componentsOf(schema, [...named, 'Referentielijst']), ...ownSchemas },
      parameters: {
        doel: {
          name: 'x-doel',
          in: 'header',
          description: 'The purpose for which data of people is read, when the key has none of its own.',
          schema: { type: 'string', minLength: 1 },
          example: 'matching'
        }
      },
      headers: rows.some(({ deprecated }) => deprecated) ? { ...ofAll, deprecation, sunset } : ofAll,
      responses: sharedResponses,
      securitySchemes
    }
  }
}
