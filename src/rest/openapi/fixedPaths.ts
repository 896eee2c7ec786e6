import { abonnementenPaths } from './abonnementen.ts'
import { failures } from './common.ts'
import { competentDescription } from './competent.ts'
import { successHeaders } from './headers.ts'
import type { Part } from './schemas.ts'
import { tokenPath, vdabPaths } from './vdabPaths.ts'

const object = { type: 'object' }
const json = (schema: Part): Part => ({ 'application/json': { schema } })
const query = (name: string, description: string, schema: Part): Part => ({ name, in: 'query', description, schema })
const cursor = query('sinds', 'The cursor of an earlier response.', { type: 'string', minLength: 1 })

const change = {
  type: 'object',
  required: ['interneReferentie'],
  properties: {
    interneReferentie: { type: 'string' },
    status: { type: ['string', 'null'] },
    filterwaarden: {
      type: 'object',
      description:
        'For a removed vacancy: the last values that filters tested. Absent if the gateway did not read them.'
    },
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
          {
            description: status === 200 ? 'The check passed.' : 'The check failed. The body gives the reason.',
            content: json(object)
          }
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
      description: 'One page as JSON, or an open stream of server-sent events. Needs the scope `vacatures`.',
      tags: ['vacatures'],
      'x-scopes': ['vacatures'],
      parameters: [
        cursor,
        query('aantal', 'Number of changes on a page.', {
          type: 'integer',
          minimum: 1,
          maximum: 2000,
          default: 200
        }),
        {
          name: 'last-event-id',
          in: 'header',
          description: 'The cursor after which a stream resumes.',
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
        ...failures([400, 401, 403, 406, 410, 429, 502, 503, 504])
      }
    }
  }
})

const copy = (): Part => ({
  '/api/vacatures/export': {
    get: {
      operationId: 'exportVacatures',
      summary: 'All vacancies as NDJSON',
      description: 'The export is complete only if its last line says so. Needs the scope `vacatures`.',
      tags: ['vacatures'],
      'x-scopes': ['vacatures'],
      parameters: [
        query('na', 'The last id that you received, to continue an export.', { type: 'string', minLength: 1 }),
        cursor
      ],
      responses: {
        200: {
          description: 'One JSON value per line.',
          headers: successHeaders(),
          content: { 'application/x-ndjson': { schema: { type: 'string' } } }
        },
        ...failures([400, 401, 403, 406, 410, 429, 502, 503, 504])
      }
    }
  }
})

const lists = (): Part => ({
  '/api/referenties': {
    get: {
      operationId: 'referentielijsten',
      summary: 'The names of the reference lists',
      description: 'Each list has a path with its name. Needs any valid key.',
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
        ...failures([400, 401, 406, 429, 503])
      }
    }
  }
})

/** The paths that are not rows of the table: VDAB's own, the change feed, the export, the names of lists, health. */
export const fixedPaths = (): Part => ({
  ...feed(),
  ...copy(),
  ...lists(),
  ...abonnementenPaths(),
  ...vdabPaths(),
  ...tokenPath,
  ...competentDescription(),
  '/health/live': health('live', 'Check that the process responds', [200]),
  '/health/ready': health('ready', 'Check that the gateway can serve requests', [200, 503])
})
