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
  description: 'The filter of a search, without `afstand`. Absent: every vacancy.',
  additionalProperties: false,
  properties: {
    jobdomein: codes,
    postcode: codes,
    ervaring: codes,
    beroep: codes,
    competentie: codes,
    sinds: { ...count, description: 'Days back.' },
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
    description: '`GEWEIGERD`: you lost a scope or the host. `BEEINDIGD`: its receiver answered 410.'
  },
  gemaakt: { type: 'string', format: 'date-time' },
  wachtend: { ...count, description: 'Deliveries that wait.' },
  cursor: { type: ['string', 'null'], description: 'Its place in the changes.' }
}
const whole = { type: 'object', required: Object.keys(abonnement), properties: abonnement }
const geheim = { ...text, description: 'The secret that signs the deliveries. Shown this once.' }
const levering = {
  type: 'object',
  properties: {
    volg: { ...count, description: 'Its number, which grows.' },
    webhookId: { ...text, description: 'The header `webhook-id`.' },
    interneReferentie: { type: ['string', 'null'] },
    soort: { ...text, description: 'A kind, or `ONVOLLEDIG`: changes before it are lost.' },
    status: { type: 'string', enum: ['WACHT', 'BEZORGD', 'DOOD'] },
    pogingen: count,
    gemaakt: { type: 'string', format: 'date-time' },
    volgendePoging: { type: ['string', 'null'], format: 'date-time' },
    antwoord: { type: ['string', 'null'], description: 'The last status of the receiver, or a code such as `TIMEOUT`.' }
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
      description: answer ? 'The answer.' : 'It was done.',
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
    summary: 'Your subscriptions',
    status: 200,
    answer: { type: 'object', required: ['nodes'], properties: { nodes: { type: 'array', items: whole } } },
    errors: []
  }),
  post: operation({
    id: 'abonneer',
    summary: 'A saved search that calls a URL when a vacancy changes',
    status: 201,
    answer: { type: 'object', required: [...whole.required, 'geheim'], properties: { ...abonnement, geheim } },
    errors: [413, 415],
    body: {
      type: 'object',
      required: ['url'],
      additionalProperties: false,
      properties: {
        url: { ...text, description: 'An https:// address whose host the operator has listed for you.' },
        filter,
        soorten: { type: 'array', items: kinds, minItems: 1, description: 'The kinds of changes; by default all.' }
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
    summary: 'The deliveries of a subscription: those that wait, the last that arrived, and those that were given up',
    status: 200,
    answer: {
      type: 'object',
      required: ['nodes', 'na', 'meer'],
      properties: {
        nodes: { type: 'array', items: levering },
        na: { ...count, description: 'The number for the next page.' },
        meer: { type: 'boolean' }
      }
    },
    errors: [404],
    parameters: [
      withId,
      query('status', 'Those with this status.', { type: 'string', enum: ['WACHT', 'BEZORGD', 'DOOD'] }),
      query('na', 'Those after this number.', { type: 'integer', minimum: 0, default: 0 }),
      query('aantal', 'The number of deliveries of a page.', {
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
    summary: 'Send again: everything after a cursor, or what was given up',
    status: 200,
    answer: {
      type: 'object',
      required: ['herhaald'],
      properties: {
        herhaald: {
          type: ['integer', 'null'],
          description: 'How many wait again; null where the changes are read again.'
        }
      }
    },
    errors: [404, 410, 413, 415],
    parameters: [withId],
    body: {
      type: 'object',
      additionalProperties: false,
      properties: {
        sinds: { ...text, description: 'A cursor of the changes, as in `/api/vacatures/wijzigingen`.' },
        dood: { type: 'boolean', const: true, description: 'What was given up, instead of a cursor.' }
      }
    },
    example: { dood: true }
  })
}
const secret: Part = {
  post: operation({
    id: 'vernieuwGeheim',
    summary: 'A new secret; the old one signs beside it for a day',
    status: 200,
    answer: { type: 'object', required: ['geheim'], properties: { geheim } },
    errors: [404],
    parameters: [withId]
  })
}

/** The paths of saved searches that call their consumer. */
export const abonnementenPaths = (): Part => ({
  [root]: all,
  [`${root}/{id}`]: one,
  [`${root}/{id}/leveringen`]: deliveries,
  [`${root}/{id}/herhaal`]: replay,
  [`${root}/{id}/geheim`]: secret
})
