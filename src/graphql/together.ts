import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { Context } from '../context.ts'

const pending = Symbol('the values of the fields of Query')
type Executing = Context & { readonly [pending]?: Promise<unknown>[] }

/** The context of one execution in which the fields of Query wait for each other. */
export const contextOfOne = (context: Context): Executing => ({ ...context, [pending]: [] })

/**
 * Makes each field of Query wait for the other fields. When a non-null field fails, GraphQL responds without waiting
 * for the other fields, so the errors of a response would depend on the cache.
 */
export const resolveTogether = (schema: GraphQLSchema) => {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const { resolve } = field
    if (!resolve) continue
    const together: GraphQLFieldResolver<unknown, Executing> = (source, args, context, info) => {
      const all = context[pending]
      if (all === undefined) return resolve(source, args, context, info)
      const value = new Promise<unknown>((settle) => settle(resolve(source, args, context, info)))
      all.push(value)
      // GraphQL calls all resolvers of Query synchronously, so after a microtask the list is complete.
      return Promise.resolve()
        .then(() => Promise.allSettled(all))
        .then(() => value)
    }
    field.resolve = together as GraphQLFieldResolver<unknown, unknown> // the schema's types allow any context
  }
}
