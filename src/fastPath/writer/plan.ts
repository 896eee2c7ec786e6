import { getArgumentValues, Kind } from 'graphql'
import type {
  FieldNode,
  GraphQLField,
  GraphQLFieldResolver,
  GraphQLResolveInfo,
  GraphQLSchema,
  ValueNode
} from 'graphql'
import type { Context } from '../../context.ts'
import type { Prepared } from '../../graphql/operations.ts'
import { choose } from '../../graphql/selections.ts'
import { quoted } from './bytes.ts'
import type { Bytes } from './bytes.ts'
import { createCompile } from './compile.ts'
import type { Pass, Surroundings, Write } from './compile.ts'
import type { Exposure } from '../../schema/policy.ts'
import { Unwritable } from './unwritable.ts'

type Variables = Readonly<Record<string, unknown>>

/** A field of Query in an operation: what it is called in the answer, how it is asked and how its value is written. */
export type Root<P extends Pass> = {
  readonly key: string
  readonly head: Bytes
  readonly ask: (variables: Variables, context: Context) => unknown
  readonly write: Write<P>
}
/** How the answers to an operation are written; `bytes` is what it retains, besides its document. */
export type Plan<P extends Pass> = { readonly roots: readonly Root<P>[]; readonly bytes: number }

type Options<P extends Pass> = Pick<Surroundings<P>, 'entity' | 'member'> & {
  schema: GraphQLSchema
  revealsPerson: Exposure
}
type Told = Surroundings<Pass>['told']

const isVariable = (node: ValueNode): boolean =>
  node.kind === Kind.VARIABLE ||
  (node.kind === Kind.LIST && node.values.some(isVariable)) ||
  (node.kind === Kind.OBJECT && node.fields.some(({ value }) => isVariable(value)))

const hasVariable = ({ arguments: given = [] }: FieldNode): boolean => given.some(({ value }) => isVariable(value))

/** What a root retains (measured). */
const rootBytes = 1000

type Place = {
  field: GraphQLField<unknown, unknown>
  resolve: GraphQLFieldResolver<unknown, unknown>
  nodes: readonly [FieldNode, ...FieldNode[]]
  parentType: GraphQLResolveInfo['parentType']
  key: string
}

const asking = (
  { schema, fragments, rootValue, operation }: Told,
  { field, resolve, nodes, parentType, key }: Place
): Root<Pass>['ask'] => {
  const { name: fieldName, type: returnType } = field
  const path = { key, prev: undefined, typename: parentType.name }
  const infoFor = (variableValues: Variables): GraphQLResolveInfo => ({
    fieldName,
    fieldNodes: nodes,
    returnType,
    parentType,
    path,
    schema,
    fragments,
    rootValue,
    operation,
    variableValues
  })
  // What no variable can change is made once.
  const args = hasVariable(nodes[0]) ? undefined : Object.freeze(getArgumentValues(field, nodes[0]))
  const info = operation.variableDefinitions?.length === 0 ? infoFor({}) : undefined
  // Variables that come again are the same object, as long as they are remembered.
  const known = new WeakMap<Variables, { args: Variables; info: GraphQLResolveInfo }>()
  const read = (variables: Variables) => {
    const made = {
      args: args ?? Object.freeze(getArgumentValues(field, nodes[0], variables)),
      info: info ?? infoFor(variables)
    }
    known.set(variables, made)
    return made
  }
  return (variables, context) => {
    const { args: given, info: told } = known.get(variables) ?? read(variables)
    return resolve(undefined, given, context, told)
  }
}

/**
 * Makes the plan of a query, for the given values of the variables that decide what it selects. Undefined when its
 * answers cannot be written.
 */
export const createPlans = <P extends Pass>({ schema, revealsPerson, entity, member }: Options<P>) => {
  const query = schema.getQueryType()

  const planOf = ({ operation, fragments }: Prepared, variables: Variables): Plan<P> | undefined => {
    if (!query || schema.getRootType(operation.operation) !== query) return undefined
    let bytes = 0
    const told: Told = { schema, fragments: Object.fromEntries(fragments), rootValue: undefined, operation }
    const compile = createCompile<P>({
      schema,
      revealsPerson,
      fragments,
      variables,
      told,
      entity,
      member,
      count: (more) => {
        bytes += more
      }
    })
    const chosen = choose({ schema, fragments, variables }, query, [operation.selectionSet])
    const roots = chosen.map(({ key, nodes }, index): Root<P> => {
      const { value: name } = nodes[0].name
      const head = `${index === 0 ? '{' : ','}"${key}":` // a name of GraphQL's needs no more
      if (name === '__typename') return { key, head, ask: () => query.name, write: () => quoted(query.name) }
      const field = query.getFields()[name]
      if (!field?.resolve || revealsPerson(query, field)) throw new Unwritable(`${name} is not for a writer`)
      return {
        key,
        head,
        ask: asking(told, { field, resolve: field.resolve, nodes, parentType: query, key }),
        write: compile({ parent: query, field, nodes, path: { key, prev: undefined, typename: query.name } })
      }
    })
    return { roots, bytes: bytes + roots.length * rootBytes }
  }

  return (prepared: Prepared, variables: Variables): Plan<P> | undefined => {
    try {
      return planOf(prepared, variables)
    } catch {
      return undefined // whatever is wrong, GraphQL will say it in its own words
    }
  }
}
