import { defaultFieldResolver, getNamedType, getNullableType, isLeafType, isListType, isObjectType } from 'graphql'
import type { GraphQLFieldResolver, GraphQLOutputType, GraphQLResolveInfo, GraphQLSchema } from 'graphql'
import type { Context } from '../context.ts'
import { GatewayError } from '../errors.ts'
import type { HiddenWhy } from './personal.ts'
import { pathWithoutIndexes } from '../schema/responsePath.ts'
import {
  breaches,
  fieldsOf,
  isLink,
  isOnRecord,
  objectTypes,
  personalScopeOf,
  personalTypes,
  scopeOf
} from '../schema/policy.ts'

type Resolver = GraphQLFieldResolver<unknown, Context>

// The person of each object inside a cached record. A record never changes its person; a new record is a new object.
const owners = new WeakMap<object, string>()

/** The cvId of the person that a record, or an object inside it, belongs to. */
const ownerOf = (source: unknown): string | undefined => {
  if (typeof source !== 'object' || source === null) return undefined
  const { cvId } = source as { cvId?: unknown } // any member can be read of an object
  // an inner object can have its own cvId
  return owners.get(source) ?? (typeof cvId === 'string' ? cvId : undefined)
}

/** Sets the person of an object, or of each item of a list. */
const setOwner = (value: unknown, person: string) => {
  if (Array.isArray(value)) for (const item of value) setOwner(item, person)
  else if (typeof value === 'object' && value !== null) owners.set(value, person)
}

/** Is this value null or an empty object? Other JSON of a person stays hidden, since no schema checks it. */
export const isEmpty = (value: unknown): boolean =>
  value == null || (typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0)

// A value that does not match its type would cause an error that looks like an error of the gateway.
const canBeShown = (type: GraphQLOutputType, value: unknown): boolean => {
  const named = getNullableType(type)
  if (isListType(named)) {
    if (!Array.isArray(value)) return false
    return value.length === 0 || value.some((item) => item != null && canBeShown(named.ofType, item))
  }
  if (!isLeafType(named)) return true
  try {
    return named.serialize(value) != null
  } catch {
    return false
  }
}

/**
 * `scope` is the scope of the field, `group` the scope of its audit record; `isOpaque` = the field contains any JSON;
 * `isElsewhere` = its value is another record, shared by all readers, and not part of the person.
 */
type Policy = {
  type: GraphQLOutputType
  scope: string | undefined
  group: string | undefined
  isOpaque: boolean
  isElsewhere: boolean
}

const hide = ({ personal }: Context, { path }: GraphQLResolveInfo, why: HiddenWhy) => {
  personal.hide(pathWithoutIndexes(path), why)
  return null
}

const guarded =
  (resolve: Resolver, { type, scope, group = scope, isOpaque, isElsewhere }: Policy): Resolver =>
  (source, args, context, info) => {
    const person = ownerOf(source)
    if (scope !== undefined && !context.consumer.scopes.has(scope))
      return hide(context, info, { reason: 'SCOPE', scope })
    if (scope !== undefined && person === undefined && isOnRecord(scope))
      return hide(context, info, { reason: 'NO_PERSON' })
    const pass = (value: unknown) => {
      if (value == null) return value
      if ((isOpaque && !isEmpty(value)) || !canBeShown(type, value)) return hide(context, info, { reason: 'SHAPE' })
      // An open field of a person can be non-null, such as the id; without a person there is no audit record.
      if (person === undefined && scope === undefined && group !== undefined && isOnRecord(group))
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB sent a person without an id.', { upstreamStatus: 200 })
      if (person === undefined) return value
      if (!isElsewhere) setOwner(value, person)
      if (group !== undefined) context.personal.show(person, group)
      return value
    }
    const value: unknown = resolve(source, args, context, info)
    return value instanceof Promise ? value.then(pass) : pass(value)
  }

/**
 * Closes each field with `@persoonsgegeven` to consumers without its scope: it becomes null, and its path is collected.
 * A shown field is collected with its person; so is an open id, with the scope of its type. Throws, with the names of
 * the fields, when the schema breaks the policy.
 */
export const protect = (schema: GraphQLSchema): GraphQLSchema => {
  const wrong = breaches(schema)
  if (wrong.length > 0) throw new Error(`Personal data is not safe: ${wrong.join('; ')}`)
  const personal = personalTypes(schema)
  for (const type of objectTypes(schema))
    for (const field of fieldsOf(type)) {
      const scope = personalScopeOf(schema, field)
      const named = getNamedType(field.type)
      const isElsewhere = isLink(field)
      const leadsOn = personal.has(type) && isObjectType(named) && !isElsewhere
      const group = personal.has(type) && !leadsOn ? scopeOf(schema, type) : undefined
      if (scope === undefined && group === undefined && !leadsOn) continue
      const isOpaque = personal.has(type) && named.name === 'JSON'
      const policy = { type: field.type, scope, group: scope ?? group, isOpaque, isElsewhere }
      // The types of GraphQL allow any context for the fields of a schema.
      field.resolve = guarded(field.resolve ?? defaultFieldResolver, policy) as GraphQLFieldResolver<unknown, unknown>
    }
  return schema
}
