import { describeRoute } from '../../openservices/parameters.ts'
import { routes, type Route } from '../../openservices/routes.ts'
import { failures } from './common.ts'
import { headerRefs, successHeaders, unchanged } from './headers.ts'
import { toPath } from './paths.ts'
import type { Part } from './schemas.ts'

const json = (schema: Part): Part => ({ 'application/json': { schema } })

const idOf = (path: string, { kind }: Route) =>
  `vdab_${kind}_${path.replace('/services/openservices', '').replace(/\W+/g, '_').replace(/^_|_$/g, '')}`
/** A pinned release is a second URL for the path of version 4, and would be ambiguous in the document. */
const isPinned = ({ url }: Route) => url.includes('/v4.x.x/')

const accessText = (scope: string | undefined) =>
  scope === undefined ? 'Needs any valid key.' : `Needs the scope \`${scope}\`.`

const pinnedText = ({ version }: Route) =>
  version === 'v4' ? ' The path also accepts a release, such as `v4.2.0`, instead of `v4`.' : ''

const examples: Readonly<Record<string, string>> = {
  jobdomein: 'JOBCAT10',
  postcode: '2000',
  datum: '2026-11-01',
  van: '2026-11-27T12:00:00.000Z',
  tot: '2026-11-28T12:00:00.000Z'
}
const id: Part = {
  name: 'id',
  in: 'path',
  required: true,
  description: "VDAB's id.",
  schema: { type: 'string', minLength: 1 },
  example: 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
}

const parametersOf = (route: Route): readonly Part[] => {
  const { parameters, withoutEffect } = describeRoute(route)
  const described = parameters.map(({ name, shape, schema, repeats, required }): Part => {
    const one = examples[name]
    return {
      name,
      in: 'query',
      ...(required ? { required } : {}),
      description: `${shape[0]?.toUpperCase() ?? ''}${shape.slice(1)}${repeats ? '; may be repeated' : ''}.`,
      schema: repeats ? { type: 'array', items: schema, maxItems: 200 } : schema,
      ...(one === undefined ? {} : { example: repeats ? [one] : one })
    }
  })
  const ignored = withoutEffect.map((name): Part => ({
    name,
    in: 'query',
    deprecated: true,
    description: 'Has no effect. Clients of version 4 send it.',
    schema: { type: 'string' }
  }))
  return [...(route.kind === 'detail' ? [id] : []), ...described, ...ignored]
}

const references: Part = { type: 'array', items: { type: ['string', 'integer'] }, maxItems: 200 }
const body: Part = {
  requestBody: {
    required: true,
    description: 'Ids or numbers of vacancies: a list, or an object with one list. The list may have any name.',
    content: {
      'application/json': {
        schema: { anyOf: [references, { type: 'object', additionalProperties: references, minProperties: 1 }] },
        example: { vacatureIds: [id['example']] }
      }
    }
  }
}

const vdabOperation = (path: string, route: Route): Part => {
  const { kind, name, scope } = route
  const isPost = kind === 'opId'
  const isKept = !isPost && scope !== 'kandidaten' && name !== 'vacaturesBulk' // changes are fetched each time
  return {
    operationId: idOf(path, route),
    summary: `VDAB's path for ${name}`,
    description: `The path, parameters and JSON are those of VDAB. ${accessText(scope)}${pinnedText(route)}`,
    tags: ['vdab'],
    'x-scopes': scope === undefined ? [] : [scope],
    parameters: [...parametersOf(route), ...(scope === 'kandidaten' ? [{ $ref: '#/components/parameters/doel' }] : [])],
    ...(isPost ? body : {}),
    responses: {
      200: {
        description: "VDAB's response.",
        headers: successHeaders({ isKept, isOld: true, isVdab: true }),
        content: json({ $ref: '#/components/schemas/VdabRecord' })
      },
      ...(isKept ? unchanged : {}),
      ...failures(
        [
          ...[400, 401],
          ...(scope === undefined ? [] : [403]),
          ...(kind === 'detail' ? [404] : []),
          406,
          ...(isPost ? [413, 415] : []),
          ...[429, 502, 503, 504]
        ],
        'IbmError'
      )
    }
  }
}

/** The paths of VDAB, from the table of routes. */
export const vdabPaths = (): Record<string, Part> => {
  const paths: Record<string, Record<string, Part>> = {}
  for (const [prefix, rows] of Object.entries(routes))
    for (const route of rows.filter((row) => !isPinned(row))) {
      const path = toPath(`${prefix}${route.url}`)
      paths[path] = { ...paths[path], [route.kind === 'opId' ? 'post' : 'get']: vdabOperation(path, route) }
    }
  return paths
}

const text = { type: 'string' }
const tokenFailure = (description: string, error: string, code: string, headers: Part = {}): Part => ({
  description,
  headers: { ...headerRefs(['x-request-id', 'cache-control']), ...headers },
  content: {
    'application/json': {
      schema: { $ref: '#/components/schemas/TokenError' },
      example: { error, error_description: description, code }
    }
  }
})

/** The token service of version 4. */
export const tokenPath: Part = {
  '/isam/sps/oauth/oauth20/token': {
    post: {
      operationId: 'vdab_token',
      summary: 'Request a token (clients of version 4)',
      description:
        'Returns a bearer token. Send the name and the key of a consumer as form fields or as HTTP Basic (RFC 6749).',
      tags: ['vdab'],
      security: [{}, { basic: [] }],
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              required: ['grant_type'],
              properties: {
                grant_type: { ...text, examples: ['client_credentials'] },
                client_id: { ...text, description: 'The name of the consumer.' },
                client_secret: { ...text, description: 'Its key.' },
                scope: { ...text, description: 'Has no effect.' }
              }
            }
          }
        }
      },
      responses: {
        200: {
          description: 'The token.',
          headers: headerRefs(['x-request-id', 'cache-control']),
          content: json({
            type: 'object',
            required: ['access_token', 'token_type', 'expires_in'],
            properties: {
              access_token: text,
              token_type: { ...text, const: 'Bearer' },
              expires_in: { type: 'integer', description: 'Lifetime in seconds.' }
            }
          })
        },
        400: tokenFailure('The form is not right.', 'invalid_request', 'BAD_USER_INPUT'),
        401: tokenFailure(
          'Unknown client, or wrong secret.',
          'invalid_client',
          'UNAUTHENTICATED',
          headerRefs(['www-authenticate'])
        ),
        413: tokenFailure('The body is too large.', 'invalid_request', 'BAD_USER_INPUT'),
        415: tokenFailure('The body must be sent without a Content-Encoding.', 'invalid_request', 'BAD_USER_INPUT')
      }
    }
  }
}
