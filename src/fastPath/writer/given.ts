import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { Context } from '../../context.ts'

/** What a field of Query gave, by its name in the answer: a value, or its promise, or what it threw. */
export type Given = ReadonlyMap<string, { readonly value: unknown } | { readonly error: unknown }>

const given = Symbol('what the fields of Query gave')
const underWay = Symbol('the fields of Query that were asked')
type Giving = Context & { readonly [given]?: Given; readonly [underWay]?: Promise<unknown>[] }

/** The context of one execution by GraphQL; some fields of Query may have been asked before. */
export const contextGiven = (context: Context, values: Given | undefined): Giving => ({
  ...context,
  [underWay]: [],
  ...(values ? { [given]: values } : {})
})

/**
 * Prepares the fields of Query for being executed by GraphQL. They give what they gave when the same request asked them before,
 * so that nothing is asked of VDAB twice. And each waits for the others: where a field that may not be null fails, GraphQL
 * answers without waiting for the rest, so the errors of an answer would depend on what was cached.
 */
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
    const together: GraphQLFieldResolver<unknown, Giving> = (source, args, context, info) => {
      const all = context[underWay]
      if (all === undefined) return again(source, args, context, info)
      const value = new Promise<unknown>((settle) => {
        settle(again(source, args, context, info))
      })
      all.push(value)
      // GraphQL asks all fields of Query in one turn, so a moment later all of them are known.
      return Promise.resolve()
        .then(() => Promise.allSettled(all))
        .then(() => value)
    }
    field.resolve = together as GraphQLFieldResolver<unknown, unknown> // the schema's fields are typed for any context
  }
}
