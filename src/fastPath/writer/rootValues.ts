import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { Context } from '../../context.ts'

/** The values of the fields of Query, by their names in the answer; the promise of a failed field rejects. */
export type RootValues = ReadonlyMap<string, unknown>

const rootValues = Symbol('the values of the fields of Query')
type ContextWithValues = Context & { readonly [rootValues]?: RootValues }

/** The context of an execution in which the fields of Query have these values. */
export const contextWithRootValues = (context: Context, values: RootValues): ContextWithValues => ({
  ...context,
  [rootValues]: values
})

/**
 * Wraps the resolvers of Query. If an execution follows after the writer has stopped, it reuses the values of the
 * writer and makes no second call to VDAB. Each field waits for the others, as in `graphql/together`.
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
    field.resolve = reuse as GraphQLFieldResolver<unknown, unknown> // the schema's types allow any context
  }
}
