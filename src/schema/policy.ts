import { getNamedType, isNonNullType, isObjectType } from 'graphql'
import type { GraphQLField, GraphQLNamedType, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { directiveOn } from './index.ts'

type Field = GraphQLField<unknown, unknown>

/** All object types of the schema, without those of introspection. */
export const objectTypes = (schema: GraphQLSchema): GraphQLObjectType[] =>
  Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'))

/** The fields of a type, as a list. */
export const fieldsOf = (type: GraphQLObjectType): Field[] => Object.values(type.getFields())

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** Does the type have @persoonlijk? Its objects belong to one person. */
export const isPersonal = (schema: GraphQLSchema, type: GraphQLNamedType): boolean =>
  directiveOn(schema, type, 'persoonlijk') !== undefined

/** Does the field have @openbaar? It needs no scope. */
export const isPublic = (schema: GraphQLSchema, field: Field): boolean =>
  directiveOn(schema, field, 'openbaar') !== undefined

/** The scope in the @scope of a root field or of a type; undefined without that directive. */
export const scopeOf = (schema: GraphQLSchema, marked: Field | GraphQLNamedType): string | undefined =>
  textOf(directiveOn(schema, marked, 'scope')?.['naam'])

/** The scope in the @persoonsgegeven of a field; undefined without that directive. */
export const personalScopeOf = (schema: GraphQLSchema, field: Field): string | undefined =>
  textOf(directiveOn(schema, field, 'persoonsgegeven')?.['scope'])

/**
 * Does the field link to other records, with @scope on the field itself? Access to these is decided there: they are not
 * part of the record, and VDAB does not send them with it.
 */
export const isLink = ({ astNode }: Pick<Field, 'astNode'>): boolean =>
  astNode?.directives?.some(({ name }) => name.value === 'scope') ?? false

/** Does a read with this scope need an audit record? The id of the person must then be known. */
export const isOnRecord = (scope: string): boolean => scope.split(':')[0] === 'kandidaten'

/** All types with personal data: those with @persoonlijk, and all types that they reference, except by a link. */
export const personalTypes = (schema: GraphQLSchema): ReadonlySet<GraphQLObjectType> => {
  const found = new Set<GraphQLObjectType>()
  const visit = (type: GraphQLNamedType) => {
    if (!isObjectType(type) || found.has(type)) return
    found.add(type)
    for (const field of fieldsOf(type)) if (!isLink(field)) visit(getNamedType(field.type))
  }
  for (const type of objectTypes(schema)) if (isPersonal(schema, type)) visit(type)
  return found
}

/** All fields with @persoonsgegeven, with their types and scopes. */
export const markedFields = (schema: GraphQLSchema) =>
  objectTypes(schema).flatMap((type) =>
    fieldsOf(type).flatMap((field) => {
      const scope = personalScopeOf(schema, field)
      return scope === undefined ? [] : [{ type, field, scope }]
    })
  )

/** The fields that break the policy: without a directive on a personal type, or non-null and impossible to hide. */
export const breaches = (schema: GraphQLSchema): string[] => [
  ...[...personalTypes(schema)].flatMap((type) =>
    fieldsOf(type)
      .filter((field) => personalScopeOf(schema, field) === undefined && !isPublic(schema, field))
      .map((field) => `${type.name}.${field.name} bears neither @persoonsgegeven nor @openbaar`)
  ),
  ...markedFields(schema)
    .filter(({ field }) => isNonNullType(field.type))
    .map(({ type, field }) => `${type.name}.${field.name} is marked but non-null, so it could not be hidden`)
]

/**
 * Tests whether a field of a type (or `__typename`, without a field) can reveal anything about a person. It is stricter
 * than the directives: everything that needs the scope of a personal type counts, including the number of results.
 */
export const createExposure = (schema: GraphQLSchema) => {
  const types = objectTypes(schema)
  const scopes = new Set(types.filter((type) => isPersonal(schema, type)).map((type) => scopeOf(schema, type)))
  const needsPersonalScope = (marked: Field | GraphQLNamedType) => {
    const scope = scopeOf(schema, marked)
    return scope !== undefined && scopes.has(scope)
  }
  const revealsPerson = (type: GraphQLObjectType, field: Field): boolean =>
    personalScopeOf(schema, field) !== undefined ||
    (isPersonal(schema, type) && !isPublic(schema, field)) ||
    [field, type, getNamedType(field.type)].some(needsPersonalScope)
  const revealing = new Set(types.flatMap((type) => fieldsOf(type).filter((field) => revealsPerson(type, field))))
  return (type: GraphQLObjectType, field: Field | undefined): boolean =>
    field ? revealing.has(field) : needsPersonalScope(type)
}

export type Exposure = ReturnType<typeof createExposure>
