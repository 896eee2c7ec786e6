import { isEnumType } from 'graphql'
import type { GraphQLSchema } from 'graphql'

/** The URL of the names of all reference lists. The schema knows them, so no operation is run. */
export const listsUrl = '/api/referenties'

/** The reference lists that the schema has, with their descriptions. */
export const listsOf = (schema: GraphQLSchema) => {
  const type = schema.getType('Referentielijst')
  return isEnumType(type)
    ? type.getValues().map(({ name, description }) => ({ lijst: name, omschrijving: description ?? null }))
    : []
}
