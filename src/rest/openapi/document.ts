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
  { name: 'kandidaten', description: 'CVs: personal data. Send the purpose in `x-doel`.' },
  { name: 'referenties', description: "VDAB's codes and their labels." },
  { name: 'abonnementen', description: 'Webhook subscriptions: saved searches that call a URL (Standard Webhooks).' },
  { name: 'eigen', description: 'Operations that the operator publishes.' },
  { name: 'vdab', description: "VDAB's own paths, for existing clients of VDAB: only the host and the key change." },
  { name: 'health', description: 'The health of the gateway.' }
]

const { deprecation, sunset, ...ofAll } = headers

const about = `Vacancies, candidates and reference lists of VDAB. Source of the data: VDAB.

For all paths: a path with GET also accepts HEAD. For another method, the response is 405, with the valid methods in
\`Allow\`. For a request body with a Content-Encoding, it is 415. The gateway compresses response bodies by
\`Accept-Encoding\` (br, zstd, gzip); each encoding has its own \`ETag\`. For an internal error, the response is 500
with the code \`INTERNAL\`, in the format of the other errors.`

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
          description: 'The purpose of reading personal data. Required when the key has no purpose of its own.',
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
