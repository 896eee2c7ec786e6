import { coerceInputValue, getNullableType, isEnumType, isListType, isNonNullType } from 'graphql'
import type { GraphQLInputType } from 'graphql'
import { badInput, GatewayError } from '../errors.ts'
import { unknownName } from './unknownName.ts'

/** A parameter of a row: a variable of its operation. */
export type Parameter = {
  readonly name: string
  readonly in: 'path' | 'query' | 'body'
  readonly type: GraphQLInputType
  readonly description: string | undefined
}

type Given = Readonly<Record<string, unknown>>

/** The minimum and maximum of numbers, by name: the sizes of a page. */
export const ranges: Readonly<Record<string, readonly [number, number]>> = { first: [1, 200], last: [1, 200] }
const maxInt = 2_147_483_647

const fromText: Readonly<Record<string, (name: string, text: string) => unknown>> = {
  Int: (name, text) => {
    const [least, most] = ranges[name] ?? [-maxInt, maxInt]
    const value = /^-?\d{1,10}$/.test(text) ? Number(text) : NaN
    if (!(value >= least && value <= most))
      throw badInput(name, ranges[name] ? `must be a whole number from ${least} to ${most}` : 'must be a whole number')
    return value
  },
  Float: (name, text) => {
    if (!/^-?\d+(\.\d+)?$/.test(text)) throw badInput(name, 'must be a number')
    return Number(text)
  },
  Long: (name, text) => {
    if (!/^-?\d{1,16}$/.test(text)) throw badInput(name, 'must be a whole number')
    return Number(text)
  },
  Boolean: (name, text) => {
    if (text !== 'true' && text !== 'false') throw badInput(name, 'must be a boolean', ['true', 'false'])
    return text === 'true'
  }
}

const coerced = (name: string, type: GraphQLInputType, value: unknown): unknown => {
  coerceInputValue(value, type, (path) => {
    // GraphQL's message quotes the value, which can be an id of a person.
    const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')
    throw badInput(`${name}${place}`, `is not a valid ${String(getNullableType(type))}`)
  })
  return value
}

const one = (name: string, type: GraphQLInputType, text: string): unknown => {
  const nullable = getNullableType(type)
  if (text === '') throw badInput(name, 'must not be empty')
  if (isEnumType(nullable)) {
    const allowed = nullable.getValues().map((value) => value.name)
    if (!allowed.includes(text)) throw badInput(name, 'has a value that does not exist', allowed)
    return text
  }
  const read = fromText[String(nullable)]
  return coerced(name, nullable, read ? read(name, text) : text)
}

const fromUrl = ({ name, type }: Parameter, given: unknown): unknown => {
  const texts = [given].flat() as string[] // Fastify's parsers return texts, or lists of them
  const nullable = getNullableType(type)
  if (isListType(nullable)) return texts.map((text) => one(name, nullable.ofType, text))
  const [text = '', second] = texts
  if (second !== undefined) throw badInput(name, 'may be given once only')
  return one(name, type, text)
}

const bodyOf = (body: unknown): Given => {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new GatewayError('BAD_USER_INPUT', 'The body must be a JSON object.', { field: 'body' })
  return body as Given // checked above
}

/**
 * The variables of an operation, from path, query and body. `others` are query parameters that the row reads itself.
 * Throws BAD_USER_INPUT for an unknown, missing or invalid parameter.
 */
export const readVariables = (
  parameters: readonly Parameter[],
  { params, query, body }: { params: unknown; query: unknown; body: unknown },
  others: readonly string[]
): Given => {
  const hasBody = parameters.some((parameter) => parameter.in === 'body')
  // Fastify returns objects for both
  const sources = { path: params as Given, query: query as Given, body: hasBody ? bodyOf(body) : {} }
  for (const place of ['query', 'body'] as const) {
    const known = parameters.filter((parameter) => parameter.in === place).map(({ name }) => name)
    const allowed = place === 'query' ? [...known, ...others] : known
    for (const name of Object.keys(sources[place])) if (!allowed.includes(name)) throw unknownName(name, name, allowed)
  }
  const variables: Record<string, unknown> = {}
  for (const parameter of parameters) {
    const { name, type } = parameter
    const source = sources[parameter.in]
    const given = Object.hasOwn(source, name) ? source[name] : undefined
    if (given === undefined) {
      if (isNonNullType(type)) throw badInput(name, 'is missing')
    } else variables[name] = parameter.in === 'body' ? coerced(name, type, given) : fromUrl(parameter, given)
  }
  return variables
}
