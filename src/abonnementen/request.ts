import { coerceInputValue, type GraphQLSchema, isInputObjectType } from 'graphql'
import { badInput } from '../errors.ts'
import type { VacatureFilter } from '../schema/types.ts'
import { soorten, type Soort } from './store.ts'

type Body = Readonly<Record<string, unknown>>
type Query = Readonly<Record<string, unknown>>

const statuses = ['WACHT', 'BEZORGD', 'DOOD'] as const
const maxPage = 1000
const usualPage = 100

/** Throws BAD_USER_INPUT for a parameter that is not among the allowed ones. */
export const checkNames = (given: unknown, allowed: readonly string[]): Query => {
  const query = (given ?? {}) as Query // Fastify's parser returns an object
  const unknown = Object.keys(query).find((name) => !allowed.includes(name))
  if (unknown !== undefined) throw badInput(unknown.slice(0, 64), 'is not a parameter here', allowed)
  return query
}

/** The members of a JSON object. Throws BAD_USER_INPUT for other bodies and for unknown members. */
export const membersOf = (body: unknown, allowed: readonly string[]): Body => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badInput('body', 'must be a JSON object')
  const unknown = Object.keys(body).find((name) => !allowed.includes(name))
  if (unknown !== undefined) throw badInput(unknown.slice(0, 64), 'is not a member here', allowed)
  return body as Body
}

const kindsIn = (given: unknown): readonly Soort[] => {
  if (given == null) return soorten
  const isKind = (one: unknown): one is Soort => soorten.some((soort) => soort === one)
  if (!Array.isArray(given) || given.length === 0 || !given.every(isKind))
    throw badInput('soorten', 'must be a list of kinds', soorten)
  return [...new Set(given)]
}

/** Creates a reader for the filter of a subscription, from its type in the schema. */
const createReadFilter = (schema: GraphQLSchema) => {
  const type = schema.getType('VacatureFilter')
  if (!isInputObjectType(type)) throw new Error('VacatureFilter is an input of the schema')
  return (given: unknown): VacatureFilter | undefined => {
    if (given == null) return undefined
    if (typeof given !== 'object') throw badInput('filter', 'must be an object')
    const filter = coerceInputValue(given, type, (path, _value, { message }) => {
      throw badInput(['filter', ...path].join('.').slice(0, 100), `is not right: ${message.slice(0, 200)}`)
    }) as VacatureFilter // the schema's type has these members
    if (filter.afstand != null)
      throw badInput(
        'filter.afstand',
        'cannot be followed: VDAB alone knows what lies within it. Name the postal codes'
      )
    return Object.keys(filter).length === 0 ? undefined : filter
  }
}

/** Reads the body that creates a subscription. */
export const createReadAbonnement = (schema: GraphQLSchema) => {
  const readFilter = createReadFilter(schema)
  return (body: unknown) => {
    const { url, filter, soorten: kinds } = membersOf(body, ['url', 'filter', 'soorten'])
    if (typeof url !== 'string') throw badInput('url', 'must be a text')
    return { url, filter: readFilter(filter), soorten: kindsIn(kinds) }
  }
}

const wholeNumber = (name: string, given: unknown, fallback: number, min: number, max: number): number => {
  if (given === undefined) return fallback
  const value = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : NaN
  if (!(value >= min && value <= max)) throw badInput(name, `must be a whole number from ${min} to ${max}`)
  return value
}

/** Reads the parameters that select deliveries. */
export const readPageOf = (query: unknown) => {
  const { status, na, aantal } = checkNames(query, ['status', 'na', 'aantal'])
  const wanted = statuses.find((one) => one === status)
  if (status !== undefined && wanted === undefined) throw badInput('status', 'must be a status', statuses)
  return {
    status: wanted ?? null,
    na: wholeNumber('na', na, 0, 0, Number.MAX_SAFE_INTEGER),
    aantal: wholeNumber('aantal', aantal, usualPage, 1, maxPage)
  }
}

/** Reads what to send again: the changes from a cursor, or the deliveries that were given up. */
export const readReplay = (body: unknown): { sinds: string } | { dood: true } => {
  const { sinds, dood } = membersOf(body, ['sinds', 'dood'])
  if (typeof sinds === 'string' && dood === undefined) return { sinds }
  if (dood === true && sinds === undefined) return { dood }
  throw badInput('sinds', 'must be a cursor of the changes; or give `dood: true` instead')
}
