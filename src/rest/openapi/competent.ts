import { competentPaths, competentPrefix } from '../../openservices/competent.ts'
import { failures } from './common.ts'
import { successHeaders, unchanged } from './headers.ts'
import { toPath } from './paths.ts'
import type { Part } from './schemas.ts'

const inPath = (name: string): Part => ({
  name,
  in: 'path',
  required: true,
  description: name === 'release' ? 'A release such as `3.27`, or `current`.' : 'The id in Competent.',
  schema: { type: 'string' }
})

const competentOperation = (path: string, parameters: readonly string[]): Part => ({
  operationId: `competent_${path.replace(/\W+/g, '_').replace(/^_|_$/g, '')}`,
  summary: 'A document of Competent 2',
  description: [
    "VDAB's open data about occupations and competences, as VDAB sends it. Needs any valid key.",
    'Leave out `lang`: if a text does not exist in that language, Competent removes it in all languages.'
  ].join(' '),
  tags: ['vdab'],
  'x-scopes': [],
  parameters: [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name = '']) => inPath(name)),
    ...parameters.map((name) => ({
      name,
      in: 'query',
      description: 'Passed to VDAB.',
      schema: { type: 'string' }
    }))
  ],
  responses: {
    200: {
      description: "VDAB's document.",
      headers: successHeaders({ isKept: true, isOld: true, isVdab: true }),
      content: {
        'application/hal+json': { schema: { $ref: '#/components/schemas/VdabRecord' } },
        'application/json': { schema: { $ref: '#/components/schemas/VdabRecord' } }
      }
    },
    ...unchanged,
    ...failures([400, 401, ...(path.includes('/:') ? [404] : []), 406, 429, 502, 503, 504], 'IbmError')
  }
})

/** The known paths of Competent 2. */
export const competentDescription = (): Record<string, Part> =>
  Object.fromEntries(
    Object.entries(competentPaths).map(([path, parameters]) => [
      toPath(`${competentPrefix}${path}`),
      { get: competentOperation(path, parameters) }
    ])
  )
