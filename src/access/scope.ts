import { defaultFieldResolver, getNamedType, isObjectType } from 'graphql'
import type { GraphQLFieldResolver, GraphQLNamedType, GraphQLSchema } from 'graphql'
import type { Context } from '../context.ts'
import { directiveOn } from '../schema/index.ts'

type Resolver = GraphQLFieldResolver<unknown, Context>

/** The scope that the objects of a type need; undefined = none. */
export const scopeOfType = (schema: GraphQLSchema, type: GraphQLNamedType): string | undefined => {
  const scope = directiveOn(schema, type, 'scope')?.['naam']
  return typeof scope === 'string' ? scope : undefined
}

/**
 * Closes each root field with `@scope`, and each field of an object type with `@scope`, to consumers without that scope
 * (FORBIDDEN). A subscription is checked before it starts and at each event. Throws for a root field without `@scope`
 * and `@openbaar`, so that a forgotten directive opens nothing. The resolver of `node`, an interface, checks itself.
 */
export const guard = (schema: GraphQLSchema): GraphQLSchema => {
  const roots = [schema.getQueryType(), schema.getSubscriptionType()]
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const own = directiveOn(schema, field, 'scope')?.['naam']
      const ofType = scopeOfType(schema, getNamedType(field.type))
      const scopes = new Set([own, ofType].filter((scope) => typeof scope === 'string'))
      if (roots.includes(type) && typeof own !== 'string' && !directiveOn(schema, field, 'openbaar'))
        throw new Error(`${type.name}.${field.name} bears neither @scope nor @openbaar`)
      if (scopes.size === 0) continue
      const guarded =
        (resolve: Resolver): Resolver =>
        (source, args, context: Context, info) => {
          for (const scope of scopes) context.requireScope(scope)
          return resolve(source, args, context, info)
        }
      // The fields of a schema are typed for any context.
      field.resolve = guarded(field.resolve ?? defaultFieldResolver) as GraphQLFieldResolver<unknown, unknown>
      if (field.subscribe) field.subscribe = guarded(field.subscribe) as GraphQLFieldResolver<unknown, unknown>
    }
  }
  return schema
}
