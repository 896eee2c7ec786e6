import { catalogue, GatewayError, problemType, toIbm } from '../../errors.ts'
import { headerRefs, notModified, type HeaderName } from './headers.ts'
import type { Part } from './schemas.ts'

const text = { type: 'string' }
const ref = (kind: string, name: string): Part => ({ $ref: `#/components/${kind}/${name}` })

/** The statuses of errors, and the codes that each can have. */
const statuses: Readonly<Record<string, { name: string; codes: readonly (keyof typeof catalogue)[] }>> = {
  400: { name: 'BadRequest', codes: ['BAD_USER_INPUT', 'QUERY_TOO_COSTLY'] },
  401: { name: 'Unauthenticated', codes: ['UNAUTHENTICATED'] },
  403: { name: 'Forbidden', codes: ['FORBIDDEN'] },
  404: { name: 'NotFound', codes: ['NOT_FOUND'] },
  406: { name: 'NotAcceptable', codes: ['BAD_USER_INPUT'] },
  410: { name: 'Gone', codes: ['BAD_USER_INPUT', 'NOT_FOUND'] },
  413: { name: 'TooLarge', codes: ['BAD_USER_INPUT'] },
  415: { name: 'UnsupportedMediaType', codes: ['BAD_USER_INPUT'] },
  429: { name: 'TooManyRequests', codes: ['RATE_LIMITED'] },
  502: { name: 'UpstreamError', codes: ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_REFUSED'] },
  503: {
    name: 'Unavailable',
    codes: ['UPSTREAM_RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'UNAUTHENTICATED', 'INTERNAL']
  },
  504: { name: 'UpstreamTimeout', codes: ['UPSTREAM_TIMEOUT'] }
}

/** The format of errors: a problem document, or that of VDAB's gateway. */
type Format = 'Problem' | 'IbmError'
const nameOf = (name: string, format: Format) => (format === 'Problem' ? name : `Vdab${name}`)

/** References to the responses for these error statuses. */
export const failures = (codes: readonly number[], format: Format = 'Problem'): Part =>
  Object.fromEntries(codes.map((code) => [code, ref('responses', nameOf(statuses[code]?.name ?? '', format))]))

const exampleId = '7b20bcac-d8f9-4706-b6cb-fee95840a6d1'
const exampleOf = (status: string, code: keyof typeof catalogue, format: Format) =>
  format === 'Problem'
    ? {
        type: problemType(code),
        title: catalogue[code].title,
        status: Number(status),
        detail: catalogue[code].title,
        code,
        requestId: exampleId
      }
    : toIbm(new GatewayError(code, catalogue[code].title, { status: Number(status) }), exampleId)

/** The headers of errors, by status. */
const headersOf: Readonly<Record<string, readonly HeaderName[]>> = {
  401: ['www-authenticate'],
  415: ['accept-encoding'],
  429: ['retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'ratelimit-policy', 'ratelimit'],
  503: ['retry-after']
}

const responseOf = (status: string, { codes }: (typeof statuses)[string], format: Format): Part => ({
  description: codes.map((code) => `\`${code}\`: ${catalogue[code].title.toLowerCase()}.`).join(' '),
  headers: headerRefs(['x-request-id', ...(headersOf[status] ?? [])]),
  content: {
    [format === 'Problem' ? 'application/problem+json' : 'application/json']: {
      schema: ref('schemas', format),
      example: exampleOf(status, codes[0] ?? 'INTERNAL', format)
    }
  }
})

/** Statuses that no path of VDAB has. */
const onlyOurs = new Set(['410'])

/** The responses without a body of data: errors in both formats, and 304. */
export const sharedResponses: Part = {
  NotModified: notModified,
  ...Object.fromEntries(
    (['Problem', 'IbmError'] as const).flatMap((format) =>
      Object.entries(statuses)
        .filter(([status]) => format === 'Problem' || !onlyOurs.has(status))
        .map(([status, row]) => [nameOf(row.name, format), responseOf(status, row, format)])
    )
  )
}

const codes = {
  type: 'string',
  enum: Object.keys(catalogue),
  description: 'The error code. The codes are stable; see the documentation of errors.'
}
const details = {
  code: codes,
  field: { ...text, description: 'The wrong part of the request.' },
  allowed: { type: 'array', items: text, description: 'The valid values of `field`.' },
  retryAfter: { type: 'integer', description: 'Seconds to wait.' },
  requestId: { ...text, description: 'Absent when the request could not be read.' }
}

/** Schemas that do not come from GraphQL. */
export const ownSchemas: Part = {
  Problem: {
    type: 'object',
    description: 'An error (RFC 9457).',
    required: ['type', 'title', 'status', 'detail', 'code'],
    properties: { type: text, title: text, status: { type: 'integer' }, detail: text, ...details }
  },
  IbmError: {
    type: 'object',
    description: "An error in the format of VDAB's gateway.",
    required: ['httpCode', 'httpMessage', 'moreInformation', 'code', 'requestId'],
    properties: {
      httpCode: text,
      httpMessage: text,
      moreInformation: text,
      detail: { ...text, description: 'The cause of the error, when `moreInformation` is a text of VDAB.' },
      ...details
    }
  },
  TokenError: {
    type: 'object',
    description: 'An error of the token service (RFC 6749, section 5.2), in addition to the members of `IbmError`.',
    required: ['error', 'error_description', 'code'],
    properties: { error: text, error_description: text, ...details }
  },
  Probleem: {
    type: 'object',
    description: 'A part of the response that is null because of an error.',
    required: ['code', 'pad', 'melding'],
    properties: { code: codes, pad: { ...text, description: 'Its path, e.g. `nodes.1`.' }, melding: text }
  },
  Versheid: {
    type: 'object',
    description: 'A part of the response that is older than its fresh time.',
    required: ['pad', 'ouderdomMs', 'reden'],
    properties: { pad: text, ouderdomMs: { type: 'integer' }, reden: text }
  },
  VdabRecord: {
    description: "JSON as VDAB sends it. VDAB's documentation describes its members."
  }
}

/** The members that can be sent next to the data of each response. */
export const extraMembers: Part = {
  problemen: { type: 'array', items: ref('schemas', 'Probleem'), description: 'The parts that failed.' },
  verborgen: {
    type: 'array',
    items: text,
    description: 'Paths of the fields that you cannot see without another scope.'
  },
  versheid: {
    type: 'array',
    items: ref('schemas', 'Versheid'),
    description: 'The parts that are older than their fresh time.'
  }
}

export const securitySchemes: Part = {
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The key of a consumer.' },
  clientId: {
    type: 'apiKey',
    in: 'header',
    name: 'X-IBM-Client-Id',
    description: "The same key, in VDAB's header."
  },
  bearer: { type: 'http', scheme: 'bearer', description: 'The same key, or a token.' },
  basic: { type: 'http', scheme: 'basic', description: 'The name and the key of a consumer, to request a token.' }
}
