import { hash } from 'node:crypto'
import { getVariableValues, OperationTypeNode } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { sizeOf } from '../cache/size.ts'
import type { RequestCache } from '../cache/requestCache.ts'
import type { Pricing } from './cost.ts'
import type { Prepared } from './operations.ts'

type Variables = Readonly<Record<string, unknown>>
/** What follows from an operation and its variables: their values as the schema has them, the price, and what names the question. */
export type CoercedAndPriced = {
  /** as they were sent, those that the operation declares */
  readonly variables: Variables
  readonly coerced: Variables
  readonly price: number
  /** of the source and the coerced variables; absent where the answer may tell of people, or is no query's */
  readonly key?: string
}

type Options = { schema: GraphQLSchema; priceOf: Pricing; hideSuggestions: boolean; shared: RequestCache }

/** What variables retain besides their values: the arguments that are made of them, and what resolvers keep by those (measured). */
const variablesBytes = 1000
/** Longer variables are reckoned anew: reading them takes as long. */
const maxCharacters = 2_000

/** Variables as text; undefined where they are nested deeper than can be written, which their coercion has words for. */
const textOf = (variables: Variables): string | undefined => {
  try {
    return JSON.stringify(variables)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * Reads variables and prices operations, and remembers what it found, by a hash: variables may name a person, and then nothing
 * of them is kept. Throws an AggregateError of GraphQL's when variables are not as the operation has them, and GraphQLError
 * when it cannot be priced.
 */
export const createCoerceAndPrice = ({ schema, priceOf, hideSuggestions, shared }: Options) => {
  const withoutVariables = new WeakMap<Prepared, CoercedAndPriced>()
  const kept = shared.cache<CoercedAndPriced>()

  const reckon = (prepared: Prepared, given: Variables | undefined): CoercedAndPriced => {
    const {
      operation: { operation, variableDefinitions = [] },
      survey: { isPersonal }
    } = prepared
    // What the document has no name for is no part of the question, and nothing to remember.
    const variables = Object.fromEntries(
      variableDefinitions.flatMap(
        ({
          variable: {
            name: { value: name }
          }
        }) => (given && Object.hasOwn(given, name) ? [[name, given[name]]] : [])
      )
    )
    const { coerced, errors } = getVariableValues(schema, variableDefinitions, variables, {
      maxErrors: 50,
      hideSuggestions
    })
    if (errors) throw new AggregateError(errors)
    const price = priceOf(prepared, coerced)
    if (operation !== OperationTypeNode.QUERY || isPersonal) return { variables, coerced, price }
    return {
      variables,
      coerced,
      price,
      key:
        variableDefinitions.length === 0 ? prepared.hash : hash('sha256', `${prepared.hash} ${JSON.stringify(coerced)}`)
    }
  }

  return (prepared: Prepared, given: Variables | undefined): CoercedAndPriced => {
    if (prepared.operation.variableDefinitions?.length === 0) {
      const found = withoutVariables.get(prepared)
      if (found) return found
      const reckoned = reckon(prepared, undefined)
      withoutVariables.set(prepared, reckoned)
      return reckoned
    }
    const text = prepared.survey.isPersonal ? undefined : textOf(given ?? {})
    if (text === undefined || text.length > maxCharacters) return reckon(prepared, given)
    const key = hash('sha256', `${prepared.hash} ${text}`)
    const found = kept.get(key)
    if (found) return found
    const reckoned = reckon(prepared, given)
    kept.set(key, reckoned, variablesBytes + sizeOf(reckoned.variables) + sizeOf(reckoned.coerced))
    return reckoned
  }
}
