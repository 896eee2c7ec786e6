import { defaultFieldResolver, getNamedType, isObjectType } from 'graphql'
import type { GraphQLNamedType, GraphQLSchema } from 'graphql'
import type { Context } from '../context.ts'
import { directiveOn } from '../schema/index.ts'

/** The scope that a type asks of whoever reads its objects; undefined when it asks none. */
export const scopeOfType = (schema: GraphQLSchema, type: GraphQLNamedType): string | undefined => {
  const scope = directiveOn(schema, type, 'scope')?.['naam']
  return typeof scope === 'string' ? scope : undefined
}

/**
 * Closes every Query field that bears `@scope`, and every field of any type that leads to an object whose type bears it, to
 * consumers without that scope (FORBIDDEN). A Query field with neither `@scope` nor `@openbaar` stops the start: who forgets
 * the mark does not open the data. `node`, which leads to an interface, asks for itself.
 */
export const guard = (schema: GraphQLSchema): GraphQLSchema => {
  const query = schema.getQueryType()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const own = directiveOn(schema, field, 'scope')?.['naam']
      const scopes = new Set([own, scopeOfType(schema, getNamedType(field.type))].filter((scope) => typeof scope === 'string'))
      if (type === query && typeof own !== 'string' && !directiveOn(schema, field, 'openbaar')) throw new Error(`Query.${field.name} bears neither @scope nor @openbaar`)
      if (scopes.size === 0) continue
      const resolve = field.resolve ?? defaultFieldResolver
      field.resolve = (source, args, context: Context, info) => {
        for (const scope of scopes) context.requireScope(scope)
        return resolve(source, args, context, info)
      }
    }
  }
  return schema
}
