import { getNamedType, isListType, isNonNullType, isObjectType, getNullableType } from 'graphql'
import type { GraphQLInputType } from 'graphql'
import { ranges, type Parameter } from '../parameters.ts'
import type { Form } from '../forms/form.ts'
import type { PreparedRow } from '../prepare.ts'
import { extraMembers, failures } from './common.ts'
import { successHeaders, unchanged } from './headers.ts'
import { parameterSchema, schemaOf, type Part } from './schemas.ts'

/** Converts a path of Fastify to a path of OpenAPI. */
export const toPath = (url: string) => url.replaceAll(/:(\w+)/g, '{$1}')

const rangeOf = (name: string): Part => {
  const range = ranges[name]
  return range ? { minimum: range[0], maximum: range[1] } : {}
}
const notEmpty = (schema: Part): Part => {
  if (schema['type'] === 'array') return { ...schema, items: notEmpty(schema['items'] as Part) } // see schemaOf
  return schema['type'] === 'string' && !('format' in schema) ? { ...schema, minLength: 1 } : schema
}
const schemaFor = (name: string, type: GraphQLInputType): Part => ({
  ...notEmpty(parameterSchema(String(type))),
  ...rangeOf(name)
})

const examples: Readonly<Record<string, unknown>> = {
  id: 'a3e007c0-68d3-4fb7-aa35-c36e96ede172',
  jobdomein: ['JOBCAT10'],
  postcode: ['2000'],
  lijst: 'TALEN',
  code: 'N',
  van: '2026-11-28T00:00:00Z',
  velden: ['id']
}
const exampleOf = (name: string): Part => (name in examples ? { example: examples[name] } : {})

const parameterOf = ({ name, in: place, type, description }: Parameter): Part => ({
  name,
  in: place,
  required: place === 'path' || isNonNullType(type),
  description: description ?? `The variable \`${name}\` of the operation.`,
  schema: schemaFor(name, type),
  ...exampleOf(name)
})

const others: Readonly<Record<string, Part>> = {
  velden: {
    name: 'velden',
    in: 'query',
    description:
      'The fields to return, as dotted paths. Without it: all fields. The path of an object selects all its fields.',
    style: 'form',
    explode: false,
    schema: { type: 'array', items: { type: 'string', minLength: 1 }, maxItems: 100 },
    example: ['id']
  },
  details: {
    name: 'details',
    in: 'query',
    description: 'Return complete records instead of the fields of a search result. Cannot be combined with `velden`.',
    schema: { type: 'boolean', default: false }
  }
}

const bodyOf = (parameters: readonly Parameter[]): Part => {
  const inBody = parameters.filter((parameter) => parameter.in === 'body')
  if (inBody.length === 0) return {}
  const schema = {
    type: 'object',
    additionalProperties: false,
    required: inBody.filter(({ type }) => isNonNullType(type)).map(({ name }) => name),
    properties: Object.fromEntries(
      inBody.map(({ name, type, description }) => [
        name,
        { ...schemaFor(name, type), ...(name === 'ids' ? { maxItems: 200 } : {}), description: description ?? name }
      ])
    )
  }
  return {
    requestBody: { required: true, content: { 'application/json': { schema, example: { ids: [examples['id']] } } } }
  }
}

/** The schema of the body of a successful response. */
const answerSchema = ({ roots, pageSize }: PreparedRow): Part => {
  const [only, other] = roots
  if (only === undefined || other !== undefined)
    return {
      type: 'object',
      properties: {
        ...Object.fromEntries(roots.map(({ name, field }) => [name, schemaOf(String(field.type))])),
        ...extraMembers
      }
    }
  const type = getNullableType(only.field.type)
  const named = getNamedType(type)
  if (pageSize !== undefined && isObjectType(named)) {
    const { totaal, nodes, pageInfo } = named.getFields()
    return {
      type: 'object',
      required: ['totaal', 'nodes', 'pageInfo'],
      properties: {
        totaal: { ...(totaal ? schemaOf(String(totaal.type)) : {}), description: totaal?.description },
        nodes: nodes ? schemaOf(String(nodes.type)) : { type: 'array' },
        pageInfo: pageInfo ? schemaOf(String(pageInfo.type)) : {},
        ...extraMembers
      }
    }
  }
  if (isListType(type))
    return {
      type: 'object',
      required: ['nodes'],
      properties: { nodes: { type: 'array', items: schemaOf(String(type.ofType)) }, ...extraMembers }
    }
  return { allOf: [schemaOf(`${named.name}!`), { type: 'object', properties: extraMembers }] }
}

/** Can null mean an unknown id or code? A field that cannot be null, such as a list, always has a value. */
const canBeAbsent = ({ roots }: PreparedRow) => roots.every(({ field }) => !isNonNullType(field.type))

/** Does every failure concern only a part of the response? That part is then null, and the status remains 200. */
const isNeverWhole = ({ roots }: PreparedRow) =>
  roots.every(({ field: { type } }) => {
    const list = getNullableType(type)
    return isListType(list) && !isNonNullType(list.ofType)
  })

const tagOf = (url: string) => url.split('/')[2] ?? 'overig'

const scopeText = (scopes: readonly string[]) =>
  scopes.length === 0
    ? 'Needs any valid key.'
    : `Needs the scope ${scopes.map((scope) => `\`${scope}\``).join(' and ')}.`

/** The descriptions of the fields, and the scopes if these do not contain them. */
const aboutOf = ({ roots, scopes }: PreparedRow) => {
  const about = roots.map(({ field }) => field.description ?? '').join(' ')
  const access = scopeText(scopes)
  return about.includes(access) ? about : `${about} ${access}`
}

/**
 * The content of one path of a row: JSON, or the form of its suffix. The forms that Accept selects are left out:
 * generated clients would get a union of them all.
 */
const contentOf = (row: PreparedRow, form: Form | undefined): Part => {
  if (!form) return { 'application/json': { schema: answerSchema(row) } }
  return { [form.type]: { schema: { type: form.type.endsWith('json') ? 'object' : 'string' } } }
}

/** The sentence about the forms that Accept selects. */
const formText = ({ forms }: PreparedRow, form: Form | undefined) =>
  form || forms.length === 0
    ? ''
    : `\n\nAlso available as ${forms.map(({ type }) => `\`${type}\``).join(', ')}: send this type in the header Accept.`

const isGoneKnown = ({ forms }: PreparedRow) => forms.some(({ name }) => name === 'jsonLd')

const idOf = ({ id }: PreparedRow, form: Form | undefined) => (form ? `${id}_${form.name}` : id)
const summaryOf = ({ summary }: PreparedRow, form: Form | undefined) => (form ? `${summary}, as ${form.type}` : summary)

/** The operation of a row; with a form, the operation of the path with its suffix. */
export const operationOf = (row: PreparedRow, form?: Form): Part => {
  const { parameters, scopes, deprecated, pageSize, method } = row
  const chosen = form?.selection === undefined ? row.others : []
  const personal = scopes.includes('kandidaten')
  const isKept = method === 'GET' && !personal
  return {
    operationId: idOf(row, form),
    summary: summaryOf(row, form),
    description: `${aboutOf(row)}${formText(row, form)}`.trim(),
    tags: [tagOf(row.url)],
    ...(deprecated ? { deprecated: true } : {}),
    'x-scopes': scopes,
    parameters: [
      ...parameters.filter((parameter) => parameter.in !== 'body').map(parameterOf),
      ...chosen.map((name) => others[name]),
      ...(personal ? [{ $ref: '#/components/parameters/doel' }] : [])
    ],
    ...bodyOf(parameters),
    responses: {
      200: {
        description: 'The response.',
        headers: successHeaders({
          isKept,
          isOld: true,
          isPage: pageSize !== undefined,
          isForm: form !== undefined,
          isDeprecated: deprecated !== undefined
        }),
        content: contentOf(row, form)
      },
      ...(isKept ? unchanged : {}),
      ...failures([
        400,
        401,
        ...(scopes.length > 0 ? [403] : []),
        ...(canBeAbsent(row) ? [404] : []),
        406,
        ...(isGoneKnown(row) ? [410] : []),
        ...(method === 'POST' ? [413, 415] : []),
        ...(isNeverWhole(row) ? [429, 503] : [429, 502, 503, 504])
      ])
    }
  }
}
