import { failures } from './common.ts'
import { headerRefs, successHeaders } from './headers.ts'
import type { Part } from './schemas.ts'

const root = '/api/abonnementen'
const text = { type: 'string' }
const uuid = { type: 'string', minLength: 1 }
const count = { type: 'integer' }
const json = (schema: Part): Part => ({ 'application/json': { schema } })
const kinds = { type: 'string', enum: ['GEWIJZIGD', 'VERLATEN', 'VERWIJDERD', 'ONBEKEND'] }
const codes = { type: 'array', items: { type: 'string', minLength: 1 } }
const filter = {
  type: 'object',
  description: 'The filter of a search, without `afstand`. Without a filter: all vacancies.',
  additionalProperties: false,
  properties: {
    jobdomein: codes,
    postcode: codes,
    ervaring: codes,
    beroep: codes,
    competentie: codes,
    sinds: { ...count, description: 'Published in the last `sinds` days.' },
    filterDubbels: { type: 'boolean' }
  }
}
const abonnement = {
  id: text,
  url: text,
  filter: { type: ['object', 'null'] },
  soorten: { type: 'array', items: kinds },
  status: {
    type: 'string',
    enum: ['ACTIEF', 'GEWEIGERD', 'BEEINDIGD'],
    description:
      '`GEWEIGERD`: your key no longer has a scope or the host. `BEEINDIGD`: the receiver responded with 410.'
  },
  gemaakt: { type: 'string', format: 'date-time' },
  wachtend: { ...count, description: 'Number of waiting deliveries.' },
  cursor: { type: ['string', 'null'], description: 'Its position in the change list.' }
}
const whole = { type: 'object', required: Object.keys(abonnement), properties: abonnement }
const geheim = { ...text, description: 'The secret that signs the deliveries. It is shown only in this response.' }
const levering = {
  type: 'object',
  properties: {
    volg: { ...count, description: 'The number of the delivery. Later deliveries have higher numbers.' },
    webhookId: { ...text, description: 'The header `webhook-id`.' },
    interneReferentie: { type: ['string', 'null'] },
    soort: { ...text, description: 'The kind of the change, or `ONVOLLEDIG`: earlier changes are lost.' },
    status: { type: 'string', enum: ['WACHT', 'BEZORGD', 'DOOD'] },
    pogingen: count,
    gemaakt: { type: 'string', format: 'date-time' },
    volgendePoging: { type: ['string', 'null'], format: 'date-time' },
    antwoord: {
      type: ['string', 'null'],
      description: 'The last HTTP status of the receiver, or an error code such as `TIMEOUT`.'
    }
  }
}

type Described = {
  id: string
  summary: string
  status: number
  answer?: Part
  errors: readonly number[]
  parameters?: readonly Part[]
  body?: Part
  example?: Part
}

const operation = ({ id, summary, status, answer, errors, parameters = [], body, example }: Described): Part => ({
  operationId: id,
  summary,
  description: `${summary}. Needs the scopes \`abonnementen\` and \`vacatures\`.`,
  tags: ['abonnementen'],
  'x-scopes': ['abonnementen', 'vacatures'],
  parameters,
  ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body, example } } } } : {}),
  responses: {
    [status]: {
      description: answer ? 'The response.' : 'Done.',
      headers: answer ? successHeaders() : headerRefs(['x-request-id']),
      ...(answer ? { content: json(answer) } : {})
    },
    ...failures([400, 401, 403, 406, 429, 503, ...errors].sort((one, other) => one - other))
  }
})
const withId: Part = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id of the subscription.',
  schema: uuid,
  example: '7b20bcac-d8f9-4706-b6cb-fee95840a6d1'
}
const query = (name: string, description: string, schema: Part): Part => ({ name, in: 'query', description, schema })

const all: Part = {
  get: operation({
    id: 'abonnementen',
    summary: 'List your subscriptions',
    status: 200,
    answer: { type: 'object', required: ['nodes'], properties: { nodes: { type: 'array', items: whole } } },
    errors: []
  }),
  post: operation({
    id: 'abonneer',
    summary: 'Create a subscription: a saved search that calls a URL when a vacancy changes',
    status: 201,
    answer: { type: 'object', required: [...whole.required, 'geheim'], properties: { ...abonnement, geheim } },
    errors: [413, 415],
    body: {
      type: 'object',
      required: ['url'],
      additionalProperties: false,
      properties: {
        url: { ...text, description: 'An https:// URL. The operator must have allowed its host for you.' },
        filter,
        soorten: { type: 'array', items: kinds, minItems: 1, description: 'The kinds of changes. Without it: all.' }
      }
    },
    example: { url: 'https://hooks.example/vdab', filter: { jobdomein: ['JOBCAT10'] } }
  })
}
const one: Part = {
  get: operation({
    id: 'abonnement',
    summary: 'One subscription',
    status: 200,
    answer: whole,
    errors: [404],
    parameters: [withId]
  }),
  delete: operation({
    id: 'zegOp',
    summary: 'End a subscription and its deliveries',
    status: 204,
    errors: [404],
    parameters: [withId]
  })
}
const deliveries: Part = {
  get: operation({
    id: 'leveringen',
    summary: 'The deliveries of a subscription: waiting, recently delivered, and failed',
    status: 200,
    answer: {
      type: 'object',
      required: ['nodes', 'na', 'meer'],
      properties: {
        nodes: { type: 'array', items: levering },
        na: { ...count, description: 'The value of `na` for the next page.' },
        meer: { type: 'boolean' }
      }
    },
    errors: [404],
    parameters: [
      withId,
      query('status', 'Only deliveries with this status.', { type: 'string', enum: ['WACHT', 'BEZORGD', 'DOOD'] }),
      query('na', 'Only deliveries after this number.', { type: 'integer', minimum: 0, default: 0 }),
      query('aantal', 'Number of deliveries on a page.', {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: 100
      })
    ]
  })
}
const replay: Part = {
  post: operation({
    id: 'herhaal',
    summary: 'Send deliveries again: all after a cursor, or the failed ones',
    status: 200,
    answer: {
      type: 'object',
      required: ['herhaald'],
      properties: {
        herhaald: {
          type: ['integer', 'null'],
          description: 'Number of deliveries that wait again. Null when the gateway reads the changes again.'
        }
      }
    },
    errors: [404, 410, 413, 415],
    parameters: [withId],
    body: {
      type: 'object',
      additionalProperties: false,
      properties: {
        sinds: { ...text, description: 'A cursor of `/api/vacatures/wijzigingen`.' },
        dood: { type: 'boolean', const: true, description: 'The failed deliveries. Cannot be combined with `sinds`.' }
      }
    },
    example: { dood: true }
  })
}
const secret: Part = {
  post: operation({
    id: 'vernieuwGeheim',
    summary: 'Create a new secret; for one day, the old one also signs',
    status: 200,
    answer: { type: 'object', required: ['geheim'], properties: { geheim } },
    errors: [404],
    parameters: [withId]
  })
}

/** The paths of saved searches that call a URL. */
export const abonnementenPaths = (): Part => ({
  [root]: all,
  [`${root}/{id}`]: one,
  [`${root}/{id}/leveringen`]: deliveries,
  [`${root}/{id}/herhaal`]: replay,
  [`${root}/{id}/geheim`]: secret
})
