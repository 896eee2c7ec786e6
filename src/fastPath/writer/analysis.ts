import { getNamedType, isAbstractType, isObjectType, Kind, visit } from 'graphql'
import type {
  ASTNode,
  FieldNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
  SelectionSetNode
} from 'graphql'
import type { Prepared } from '../../graphql/operations.ts'
import type { Exposure } from '../../schema/policy.ts'

/** The properties of an operation that hold for all values of its variables. */
export type Analysis = {
  /** may the answer contain personal data? */
  readonly isPersonal: boolean
  /** the variables in @skip, @include and arguments below the root, which affect the selection */
  readonly decidingVariables: readonly string[]
}
type Types = readonly GraphQLObjectType[]

const addVariables = (nodes: readonly ASTNode[] | undefined, names: Set<string>) => {
  for (const node of nodes ?? []) visit(node, { Variable: ({ name }) => void names.add(name.value) })
}

/** Analyses a valid operation. Visits a fragment once for each set of types on which it is spread. */
const analyse = (schema: GraphQLSchema, revealsPerson: Exposure, { operation, fragments }: Prepared): Analysis => {
  const deciding = new Set<string>()
  const visited = new Set<string>()
  const root = schema.getRootType(operation.operation)
  let isPersonal = false

  const typesOf = (type: GraphQLNamedType): Types =>
    isObjectType(type) ? [type] : isAbstractType(type) ? schema.getPossibleTypes(type) : []
  const narrowed = (types: Types, condition: string | undefined) => {
    const type = condition === undefined ? undefined : schema.getType(condition)
    return type ? types.filter((one) => typesOf(type).includes(one)) : types
  }
  // Even an empty object reveals that there is a person.
  const mayBePerson = (field: GraphQLField<unknown, unknown> | undefined) => {
    const type = field && getNamedType(field.type)
    return isAbstractType(type) && schema.getPossibleTypes(type).some((one) => revealsPerson(one, undefined))
  }

  const visitField = (types: Types, { name, arguments: given, selectionSet }: FieldNode) => {
    const fields = types.map((type) => ({ type, field: type.getFields()[name.value] }))
    if (fields.some(({ type, field }) => revealsPerson(type, field) || mayBePerson(field))) isPersonal = true
    if (types[0] !== root) addVariables(given, deciding)
    if (!selectionSet) return
    const below = fields.flatMap(({ field }) => (field ? typesOf(getNamedType(field.type)) : []))
    visitSelections([...new Set(below)], selectionSet)
  }

  const visitFragment = (types: Types, name: string) => {
    const fragment = fragments.get(name)
    const key = `${name} ${types.map((type) => type.name).join(' ')}`
    if (!fragment || visited.has(key)) return
    visited.add(key)
    addVariables(fragment.directives, deciding)
    visitSelections(narrowed(types, fragment.typeCondition.name.value), fragment.selectionSet)
  }

  const visitSelections = (types: Types, { selections }: SelectionSetNode): void => {
    for (const node of selections) {
      addVariables(node.directives, deciding)
      if (node.kind === Kind.FIELD) visitField(types, node)
      else if (node.kind === Kind.FRAGMENT_SPREAD) visitFragment(types, node.name.value)
      else visitSelections(narrowed(types, node.typeCondition?.name.value), node.selectionSet)
    }
  }
  if (root) visitSelections([root], operation.selectionSet)
  return { isPersonal, decidingVariables: [...deciding] }
}

/** Analyses operations, each only once. */
export const createAnalysis = (schema: GraphQLSchema, revealsPerson: Exposure) => {
  const analyses = new WeakMap<Prepared, Analysis>()
  return (prepared: Prepared): Analysis => {
    const found = analyses.get(prepared) ?? analyse(schema, revealsPerson, prepared)
    analyses.set(prepared, found)
    return found
  }
}
