import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { Context } from '../../context.ts'

/** The values of the fields of Query, by their names in the answer; a promise that rejects where a field failed. */
export type Given = ReadonlyMap<string, unknown>

const given = Symbol('the values of the fields of Query')
type Giving = Context & { readonly [given]?: Given }

/** The context of an execution in which the fields of Query have these values. */
export const contextGiven = (context: Context, values: Given): Giving => ({ ...context, [given]: values })

/**
 * Prepares the fields of Query for an execution by GraphQL after the writer gave up: they have the values that their
 * resolvers gave to the writer, so that nothing is asked of VDAB twice. Each waits for the others, as
 * `graphql/together` has it.
 */
export const giveAgain = (schema: GraphQLSchema) => {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const { resolve } = field
    if (!resolve) continue
    const again: GraphQLFieldResolver<unknown, Giving> = (source, args, context, info) => {
      const values = context[given]
      const key = String(info.path.key)
      return values?.has(key)
        ? Promise.allSettled(values.values()).then(() => values.get(key))
        : resolve(source, args, context, info)
    }
    field.resolve = again as GraphQLFieldResolver<unknown, unknown> // the schema's fields are typed for any context
  }
}
