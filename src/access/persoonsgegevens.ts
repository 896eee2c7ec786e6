import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType
} from 'graphql'
import type { GraphQLField, GraphQLFieldResolver, GraphQLObjectType, GraphQLOutputType, GraphQLSchema } from 'graphql'
import type { Context } from '../context.ts'
import { GatewayError } from '../errors.ts'
import { pathWithoutIndexes } from '../schema/responsePath.ts'
import { directiveOn } from '../schema/index.ts'
import { ownerOf, setOwner } from './owners.ts'
import { scopeOfType } from './scope.ts'

type Field = GraphQLField<unknown, unknown>
type Resolver = GraphQLFieldResolver<unknown, Context>

const objectTypes = (schema: GraphQLSchema) =>
  Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__')
  )

/** Every type that tells of a person: those marked @persoonlijk, and all that can be reached from them. */
const personalTypes = (schema: GraphQLSchema): ReadonlySet<GraphQLObjectType> => {
  const found = new Set<GraphQLObjectType>()
  const visit = (type: GraphQLObjectType) => {
    if (found.has(type)) return
    found.add(type)
    for (const field of Object.values(type.getFields())) {
      const next = getNamedType(field.type)
      if (isObjectType(next)) visit(next)
    }
  }
  for (const type of objectTypes(schema)) if (directiveOn(schema, type, 'persoonlijk')) visit(type)
  return found
}

/** The scope that the mark on a field asks for; undefined when it bears none. */
export const scopeOf = (schema: GraphQLSchema, field: Field): string | undefined => {
  const scope = directiveOn(schema, field, 'persoonsgegeven')?.['scope']
  return typeof scope === 'string' ? scope : undefined
}

/** Every marked field of the schema, with its type and scope. */
export const markedFields = (schema: GraphQLSchema) =>
  objectTypes(schema).flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) => {
      const scope = scopeOf(schema, field)
      return scope === undefined ? [] : [{ type, field, scope }]
    })
  )

/** May only be shown of a person whose id is known: what cannot be put on record. */
export const isOnRecord = (scope: string) => scope.split(':')[0] === 'kandidaten'

/** Names every field that breaks the policy: unmarked on a personal type, or marked but non-null, so that it could not be hidden. */
export const breaches = (schema: GraphQLSchema): string[] => [
  ...[...personalTypes(schema)].flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) =>
      scopeOf(schema, field) === undefined && !directiveOn(schema, field, 'openbaar')
        ? [`${type.name}.${field.name} bears neither @persoonsgegeven nor @openbaar`]
        : []
    )
  ),
  ...markedFields(schema).flatMap(({ type, field }) =>
    isNonNullType(field.type) ? [`${type.name}.${field.name} is marked but non-null, so it could not be hidden`] : []
  )
]

/** Is there nothing in it? Of a person, only that may be shown of a field of any form: nobody has judged what else it may hold. */
export const isEmpty = (value: unknown): boolean =>
  value == null || (typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0)

// A value of another form than its field's would end as an error that looks like ours.
const canBeShown = (type: GraphQLOutputType, value: unknown): boolean => {
  const named = getNullableType(type)
  if (isListType(named))
    return (
      Array.isArray(value) &&
      (value.length === 0 || value.some((item) => item != null && canBeShown(named.ofType, item)))
    )
  if (!isLeafType(named)) return true
  try {
    return named.serialize(value) != null
  } catch {
    return false
  }
}

type Marks = { type: GraphQLOutputType; scope: string | undefined; group: string | undefined; isOpaque: boolean }

const guarded =
  (resolve: Resolver, { type, scope, group = scope, isOpaque }: Marks): Resolver =>
  (source, args, context, info) => {
    const person = ownerOf(source)
    if (scope !== undefined && (!context.consumer.scopes.has(scope) || (person === undefined && isOnRecord(scope)))) {
      context.personal.hide(pathWithoutIndexes(info.path))
      return null
    }
    const pass = (value: unknown) => {
      if (value == null) return value
      if ((isOpaque && !isEmpty(value)) || !canBeShown(type, value)) {
        context.personal.hide(pathWithoutIndexes(info.path))
        return null
      }
      // What is open of a person but cannot be null, its id: there is nobody to put on record.
      if (person === undefined && scope === undefined && group !== undefined && isOnRecord(group))
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB sent a person without an id.', { upstreamStatus: 200 })
      if (person === undefined) return value
      setOwner(value, person)
      if (group !== undefined) context.personal.show(person, group)
      return value
    }
    const value: unknown = resolve(source, args, context, info)
    return value instanceof Promise ? value.then(pass) : pass(value)
  }

/**
 * Closes every field that bears `@persoonsgegeven` to consumers without its scope: null, and its path noted. What is shown
 * is noted with the person it belongs to; the open id of a person too, as a look at what the scope of the type opens. Throws, naming the fields, when the schema breaks the policy: it fails closed.
 */
export const protect = (schema: GraphQLSchema): GraphQLSchema => {
  const wrong = breaches(schema)
  if (wrong.length > 0) throw new Error(`Personal data is not safe: ${wrong.join('; ')}`)
  const personal = personalTypes(schema)
  for (const type of objectTypes(schema)) {
    for (const field of Object.values(type.getFields())) {
      const scope = scopeOf(schema, field)
      const leadsOn = personal.has(type) && isObjectType(getNamedType(field.type))
      const group = personal.has(type) && !leadsOn ? scopeOfType(schema, type) : undefined
      if (scope === undefined && group === undefined && !leadsOn) continue
      field.resolve = guarded(field.resolve ?? defaultFieldResolver, {
        type: field.type,
        scope,
        group: scope ?? group,
        isOpaque: personal.has(type) && getNamedType(field.type).name === 'JSON'
      }) as GraphQLFieldResolver<unknown, unknown> // the schema's fields are typed for any context
    }
  }
  return schema
}
