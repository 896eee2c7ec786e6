import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { Context } from '../../context.ts'

/** The values of the fields of Query, by their names in the answer; a promise that rejects where a field failed. */
export type RootValues = ReadonlyMap<string, unknown>

const rootValues = Symbol('the values of the fields of Query')
type ContextWithValues = Context & { readonly [rootValues]?: RootValues }

/** The context of an execution in which the fields of Query have these values. */
export const contextWithRootValues = (context: Context, values: RootValues): ContextWithValues => ({
  ...context,
  [rootValues]: values
})

/**
 * Wraps the resolvers of Query, so that an execution after the writer stopped uses the values that the writer got, and
 * asks VDAB nothing twice. Each field waits for the others, as in `graphql/together`.
 */
export const reuseRootValues = (schema: GraphQLSchema) => {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const { resolve } = field
    if (!resolve) continue
    const reuse: GraphQLFieldResolver<unknown, ContextWithValues> = (source, args, context, info) => {
      const values = context[rootValues]
      const key = String(info.path.key)
      return values?.has(key)
        ? Promise.allSettled(values.values()).then(() => values.get(key))
        : resolve(source, args, context, info)
    }
    field.resolve = reuse as GraphQLFieldResolver<unknown, unknown> // the schema's fields are typed for any context
  }
}
