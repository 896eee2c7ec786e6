import { defaultFieldResolver, getNamedType, isObjectType } from 'graphql'
import type { GraphQLFieldResolver, GraphQLNamedType, GraphQLSchema } from 'graphql'
import type { Context } from '../context.ts'
import { directiveOn } from '../schema/index.ts'

type Resolver = GraphQLFieldResolver<unknown, Context>

/** The scope that a type asks of whoever reads its objects; undefined when it asks none. */
export const scopeOfType = (schema: GraphQLSchema, type: GraphQLNamedType): string | undefined => {
  const scope = directiveOn(schema, type, 'scope')?.['naam']
  return typeof scope === 'string' ? scope : undefined
}

/**
 * Closes every root field that bears `@scope`, and every field of any type that leads to an object whose type bears it, to
 * consumers without that scope (FORBIDDEN); a subscription before it starts, and again at each event. A root field with
 * neither `@scope` nor `@openbaar` stops the start: who forgets the mark does not open the data. `node`, which leads to an
 * interface, asks for itself.
 */
export const guard = (schema: GraphQLSchema): GraphQLSchema => {
  const roots = [schema.getQueryType(), schema.getSubscriptionType()]
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const own = directiveOn(schema, field, 'scope')?.['naam']
      const scopes = new Set(
        [own, scopeOfType(schema, getNamedType(field.type))].filter((scope) => typeof scope === 'string')
      )
      if (roots.includes(type) && typeof own !== 'string' && !directiveOn(schema, field, 'openbaar'))
        throw new Error(`${type.name}.${field.name} bears neither @scope nor @openbaar`)
      if (scopes.size === 0) continue
      const behind =
        (resolve: Resolver): Resolver =>
        (source, args, context: Context, info) => {
          for (const scope of scopes) context.requireScope(scope)
          return resolve(source, args, context, info)
        }
      field.resolve = behind(field.resolve ?? defaultFieldResolver) as GraphQLFieldResolver<unknown, unknown> // the schema's fields are typed for any context
      if (field.subscribe) field.subscribe = behind(field.subscribe) as GraphQLFieldResolver<unknown, unknown>
    }
  }
  return schema
}
