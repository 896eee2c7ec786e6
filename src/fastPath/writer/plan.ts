import { getArgumentValues } from 'graphql'
import type { GraphQLFieldResolver, GraphQLResolveInfo, GraphQLSchema } from 'graphql'
import type { Context } from '../../context.ts'
import type { Prepared } from '../../graphql/operations.ts'
import { choose } from '../../graphql/selections.ts'
import type { Variables } from '../../graphql/variables.ts'
import type { Exposure } from '../../schema/policy.ts'
import { quoted } from './bytes.ts'
import type { Bytes } from './bytes.ts'
import { createCompile, infoOf } from './compile.ts'
import type { FieldPlace, OperationInfo } from './compile.ts'
import { NotWritable } from './fallback.ts'
import type { Write } from './pass.ts'

/** A field of Query in an operation: its name in the answer, its resolver and the writer of its value. */
export type RootField = {
  readonly key: string
  readonly head: Bytes
  readonly resolve: (variables: Variables, context: Context) => unknown
  readonly write: Write
}
/** The plan for writing the answers to an operation, and the number of its uses. */
export type Plan = { readonly rootFields: readonly RootField[]; uses: number }

type Dependencies = {
  schema: GraphQLSchema
  revealsPerson: Exposure
  /** adds stored fragments to the writer of an entity type */
  withFragments: (write: Write) => Write
}

type Call = { readonly args: Readonly<Record<string, unknown>>; readonly info: GraphQLResolveInfo }

/**
 * Repeated requests have the same object of variables, so that values derived from it are cached, also by resolvers.
 */
const rootResolver = (
  operationInfo: OperationInfo,
  resolve: GraphQLFieldResolver<unknown, unknown>,
  place: FieldPlace
): RootField['resolve'] => {
  const calls = new WeakMap<Variables, Call>()
  const createCall = (variableValues: Variables): Call => ({
    args: Object.freeze(getArgumentValues(place.field, place.nodes[0], variableValues)),
    info: infoOf(operationInfo, place, variableValues)
  })
  return (variables, context) => {
    const call = calls.get(variables) ?? createCall(variables)
    calls.set(variables, call)
    return resolve(undefined, call.args, context, call.info)
  }
}

/**
 * Creates the plan of a query for given values of the variables that affect its selection. Undefined when its answers
 * cannot be written.
 */
export const createPlans = ({ schema, revealsPerson, withFragments }: Dependencies) => {
  const query = schema.getQueryType()

  const planOf = ({ operation, fragments }: Prepared, variables: Variables): Plan | undefined => {
    if (!query || schema.getRootType(operation.operation) !== query) return undefined
    const operationInfo: OperationInfo = {
      schema,
      fragments: Object.fromEntries(fragments),
      rootValue: undefined,
      operation
    }
    const compile = createCompile({ schema, revealsPerson, fragments, variables, operationInfo, withFragments })
    const chosen = choose({ schema, fragments, variables }, query, [operation.selectionSet])
    const rootFields = chosen.map(({ key, nodes }, index): RootField => {
      const { value: name } = nodes[0].name
      const head = `${index === 0 ? '{' : ','}"${key}":` // a GraphQL name needs no escapes
      if (name === '__typename') return { key, head, resolve: () => query.name, write: () => quoted(query.name) }
      const field = query.getFields()[name]
      if (!field?.resolve || revealsPerson(query, field)) throw new NotWritable(`Query.${name} is not written`)
      const place = { parent: query, field, nodes, path: { key, prev: undefined, typename: query.name } }
      return { key, head, resolve: rootResolver(operationInfo, field.resolve, place), write: compile(place) }
    })
    return { rootFields, uses: 0 }
  }

  return (prepared: Prepared, variables: Variables): Plan | undefined => {
    try {
      return planOf(prepared, variables)
    } catch {
      return undefined // GraphQL reports the error
    }
  }
}
