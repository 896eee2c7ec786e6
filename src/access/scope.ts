import { defaultFieldResolver } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import type { Context } from '../context.ts'
import { directiveOn } from '../schema/index.ts'

/**
 * Closes every Query field that bears `@scope` to consumers without that scope (FORBIDDEN). A field with neither `@scope`
 * nor `@openbaar` stops the start: who forgets the mark does not open the data.
 */
export const guard = (schema: GraphQLSchema): GraphQLSchema => {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const scope = directiveOn(schema, field, 'scope')?.['naam']
    if (typeof scope !== 'string') {
      if (directiveOn(schema, field, 'openbaar')) continue
      throw new Error(`Query.${field.name} bears neither @scope nor @openbaar`)
    }
    const resolve = field.resolve ?? defaultFieldResolver
    field.resolve = (source, args, context: Context, info) => {
      context.requireScope(scope)
      return resolve(source, args, context, info)
    }
  }
  return schema
}
