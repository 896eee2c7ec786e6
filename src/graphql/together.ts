import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { Context } from '../context.ts'

const underWay = Symbol('the values of the fields of Query')
type Executing = Context & { readonly [underWay]?: Promise<unknown>[] }

/** The context of one execution in which the fields of Query wait for each other. */
export const contextOfOne = (context: Context): Executing => ({ ...context, [underWay]: [] })

/**
 * Makes each field of Query wait for the others. Where a field that may not be null fails, GraphQL answers without
 * waiting for the rest, so the errors of an answer would depend on what was cached.
 */
export const resolveTogether = (schema: GraphQLSchema) => {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const { resolve } = field
    if (!resolve) continue
    const together: GraphQLFieldResolver<unknown, Executing> = (source, args, context, info) => {
      const all = context[underWay]
      if (all === undefined) return resolve(source, args, context, info)
      const value = new Promise<unknown>((settle) => {
        settle(resolve(source, args, context, info))
      })
      all.push(value)
      // GraphQL calls the resolvers of Query in one turn, so a moment later all values are known.
      return Promise.resolve()
        .then(() => Promise.allSettled(all))
        .then(() => value)
    }
    field.resolve = together as GraphQLFieldResolver<unknown, unknown> // the schema's fields are typed for any context
  }
}
