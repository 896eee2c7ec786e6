import { routes, type Route } from '../../openservices/routes.ts'
import { failures, successHeaders } from './common.ts'
import { competentDescription } from './competent.ts'
import { toPath } from './paths.ts'
import type { Part } from './schemas.ts'

const object = { type: 'object' }
const json = (schema: Part): Part => ({ 'application/json': { schema } })
const query = (name: string, description: string, schema: Part): Part => ({ name, in: 'query', description, schema })
const cursor = query('sinds', 'The cursor of an earlier answer.', { type: 'string', minLength: 1 })
const usual = [400, 401, 403, 429, 500, 502, 503, 504]

const idOf = (path: string, { kind }: Route) =>
  `vdab_${kind}_${path.replace('/services/openservices', '').replace(/\W+/g, '_').replace(/^_|_$/g, '')}`
/** A pinned release is another spelling of the path of version 4, which would be ambiguous in the document. */
const isPinned = ({ url }: Route) => url.includes('/v4.x.x/')

const accessText = (scope: string | undefined) =>
  scope === undefined ? 'Any key may call it.' : `Needs the scope \`${scope}\`.`

const pinnedText = ({ version }: Route) =>
  version === 'v4' ? ' A pinned release, such as `v4.2.0`, may stand in place of `v4`.' : ''

const vdabOperation = (path: string, route: Route): Part => {
  const { kind, name, scope } = route
  const isOne = kind === 'detail'
  return {
    operationId: idOf(path, route),
    summary: `The path of VDAB for ${name}`,
    description: `The path, the parameters and the JSON of VDAB. ${accessText(scope)}${pinnedText(route)}`,
    tags: ['vdab'],
    'x-scopes': scope === undefined ? [] : [scope],
    parameters: [
      ...(isOne
        ? [{ name: 'id', in: 'path', required: true, description: 'The id at VDAB.', schema: { type: 'string' } }]
        : []),
      ...(kind === 'page' || kind === 'lijst'
        ? [
            {
              name: 'parameters',
              in: 'query',
              description: 'The parameters of VDAB, such as `aantal` and `vanaf`.',
              style: 'form',
              explode: true,
              schema: { type: 'object', additionalProperties: { type: 'string' } }
            }
          ]
        : []),
      ...(scope === 'kandidaten' ? [{ $ref: '#/components/parameters/doel' }] : [])
    ],
    ...(kind === 'opId'
      ? {
          requestBody: { required: true, content: json({ description: 'A list of ids, or an object with one list.' }) }
        }
      : {}),
    responses: {
      200: {
        description: 'The answer of VDAB.',
        headers: successHeaders(),
        content: json({ $ref: '#/components/schemas/VdabRecord' })
      },
      ...failures([...usual, ...(isOne ? [404] : []), ...(kind === 'opId' ? [413, 415] : [])], 'IbmError')
    }
  }
}

const vdabPaths = (): Record<string, Part> => {
  const paths: Record<string, Record<string, Part>> = {}
  for (const [prefix, rows] of Object.entries(routes))
    for (const route of rows.filter((row) => !isPinned(row))) {
      const path = toPath(`${prefix}${route.url}`)
      paths[path] = { ...paths[path], [route.kind === 'opId' ? 'post' : 'get']: vdabOperation(path, route) }
    }
  return paths
}

const change = {
  type: 'object',
  required: ['interneReferentie'],
  properties: {
    interneReferentie: { type: 'string' },
    status: { type: ['string', 'null'] },
    cursor: { type: 'string' }
  }
}

const health = (id: string, summary: string, statuses: readonly number[]): Part => ({
  get: {
    operationId: id,
    summary,
    description: `${summary}. Needs no key.`,
    tags: ['health'],
    security: [],
    responses: {
      ...Object.fromEntries(
        statuses.map((status): [number, Part] => [
          status,
          { description: status === 200 ? 'Yes.' : 'No; the body says why.', content: json(object) }
        ])
      ),
      '4XX': { $ref: '#/components/responses/BadRequest' }
    }
  }
})

const feed = (): Part => ({
  '/api/vacatures/wijzigingen': {
    get: {
      operationId: 'vacatureWijzigingen',
      summary: 'Changes of vacancies after a cursor',
      description: 'One page as JSON, or a stream of server-sent events that continues. Needs the scope `vacatures`.',
      tags: ['vacatures'],
      'x-scopes': ['vacatures'],
      parameters: [
        cursor,
        query('aantal', 'The number of changes of a page.', {
          type: 'integer',
          minimum: 1,
          maximum: 2000,
          default: 200
        }),
        {
          name: 'last-event-id',
          in: 'header',
          description: 'The cursor from which a stream resumes.',
          schema: { type: 'string' }
        }
      ],
      responses: {
        200: {
          description: 'The changes.',
          headers: successHeaders(),
          content: {
            ...json({
              type: 'object',
              required: ['wijzigingen', 'cursor', 'meer'],
              properties: {
                wijzigingen: { type: 'array', items: change },
                cursor: { type: 'string' },
                meer: { type: 'boolean', description: 'Are there more changes after `cursor`?' }
              }
            }),
            'text/event-stream': { schema: { type: 'string' } }
          }
        },
        ...failures([400, 401, 403, 406, 410, 429, 500, 502, 503, 504])
      }
    }
  }
})

const copy = (): Part => ({
  '/api/vacatures/export': {
    get: {
      operationId: 'exportVacatures',
      summary: 'All vacancies as NDJSON',
      description: 'Complete only when the last line says so. Needs the scope `vacatures`.',
      tags: ['vacatures'],
      'x-scopes': ['vacatures'],
      parameters: [
        query('na', 'The last id that you have, to continue an export.', { type: 'string', minLength: 1 }),
        cursor
      ],
      responses: {
        200: {
          description: 'One JSON value per line.',
          headers: successHeaders(),
          content: { 'application/x-ndjson': { schema: { type: 'string' } } }
        },
        ...failures([400, 401, 403, 410, 429, 500, 502, 503, 504])
      }
    }
  }
})

const lists = (): Part => ({
  '/api/referenties': {
    get: {
      operationId: 'referentielijsten',
      summary: 'The names of the reference lists',
      description: 'Each can be read under its name. Any key may call it.',
      tags: ['referenties'],
      'x-scopes': [],
      responses: {
        200: {
          description: 'The names.',
          headers: successHeaders(),
          content: json({
            type: 'object',
            required: ['nodes'],
            properties: {
              nodes: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['lijst', 'omschrijving'],
                  properties: {
                    lijst: { $ref: '#/components/schemas/Referentielijst' },
                    omschrijving: { type: ['string', 'null'] }
                  }
                }
              }
            }
          })
        },
        ...failures([400, 401, 429, 500, 503])
      }
    }
  }
})

/** The paths that are no rows of the table: VDAB's own, the change feed, the export, the names of lists, health. */
export const fixedPaths = (): Part => ({
  ...feed(),
  ...copy(),
  ...lists(),
  ...vdabPaths(),
  ...competentDescription(),
  '/health/live': health('live', 'Does the process respond', [200]),
  '/health/ready': health('ready', 'Can it serve requests', [200, 503])
})
