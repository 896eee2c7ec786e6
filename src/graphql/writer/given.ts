import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { Context } from '../../context.ts'

/** What a field of Query gave, by its name in the answer: a value, or its promise, or what it threw. */
export type Given = ReadonlyMap<string, { readonly value: unknown } | { readonly error: unknown }>

const given = Symbol('what the fields of Query gave')
type Giving = Context & { readonly [given]?: Given }

/** The context of a request in which some fields of Query have been asked. */
export const contextGiven = (context: Context, values: Given | undefined): Context => ({ ...context, ...(values ? { [given]: values } : {}) })

/** Has the fields of Query give what they gave when the same request asked them before, so that nothing is asked of VDAB twice. */
export const giveAgain = (schema: GraphQLSchema) => {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const { resolve } = field
    if (!resolve) continue
    const again: GraphQLFieldResolver<unknown, Giving> = (source, args, context, info) => {
      const known = context[given]?.get(String(info.path.key))
      if (known === undefined) return resolve(source, args, context, info)
      if ('error' in known) throw known.error
      return known.value
    }
    field.resolve = again as GraphQLFieldResolver<unknown, unknown> // the schema's fields are typed for any context
  }
}
