import { getVariableValues, type GraphQLSchema } from 'graphql'
import type { Prepared } from './operations.ts'

export type Variables = Readonly<Record<string, unknown>>

/**
 * The variables that an operation declares: as sent, and coerced to the types of the schema. Throws an AggregateError
 * of GraphQL errors for an invalid value. `hideSuggestions`: errors suggest no names of the schema.
 */
export const coerceVariables = (
  schema: GraphQLSchema,
  { operation: { variableDefinitions = [] } }: Pick<Prepared, 'operation'>,
  given: Variables | undefined,
  { hideSuggestions }: { hideSuggestions: boolean }
): { readonly variables: Variables; readonly coerced: Variables } => {
  const names = variableDefinitions.map(({ variable }) => variable.name.value)
  const variables = Object.fromEntries(
    names.flatMap((name) => (given && Object.hasOwn(given, name) ? [[name, given[name]]] : []))
  )
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, variables, {
    maxErrors: 50,
    hideSuggestions
  })
  if (errors) throw new AggregateError(errors)
  return { variables, coerced }
}
