import { defaultFieldResolver, getNamedType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import type { Context } from '../context.ts'
import { fieldsOf, isPublic, objectTypes, scopeOf } from '../schema/policy.ts'

type Resolver = GraphQLFieldResolver<unknown, Context>

/**
 * Closes each root field with `@scope`, and each field of an object type with `@scope`, to consumers without that scope
 * (FORBIDDEN). A subscription is checked before it starts and at each event. Throws for a root field without `@scope`
 * and `@openbaar`, so that a forgotten directive opens nothing. The resolver of `node`, which returns an interface,
 * checks the scope itself.
 */
export const guard = (schema: GraphQLSchema): GraphQLSchema => {
  const roots = [schema.getQueryType(), schema.getSubscriptionType()]
  for (const type of objectTypes(schema))
    for (const field of fieldsOf(type)) {
      const own = scopeOf(schema, field)
      const ofType = scopeOf(schema, getNamedType(field.type))
      const scopes = new Set([own, ofType].filter((scope) => scope !== undefined))
      if (roots.includes(type) && own === undefined && !isPublic(schema, field))
        throw new Error(`${type.name}.${field.name} bears neither @scope nor @openbaar`)
      if (scopes.size === 0) continue
      const guarded =
        (resolve: Resolver): Resolver =>
        (source, args, context: Context, info) => {
          for (const scope of scopes) context.requireScope(scope)
          return resolve(source, args, context, info)
        }
      // The types of GraphQL allow any context for the fields of a schema.
      field.resolve = guarded(field.resolve ?? defaultFieldResolver) as GraphQLFieldResolver<unknown, unknown>
      if (field.subscribe) field.subscribe = guarded(field.subscribe) as GraphQLFieldResolver<unknown, unknown>
    }
  return schema
}
