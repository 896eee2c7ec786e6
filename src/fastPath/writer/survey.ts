import { getNamedType, isAbstractType, isObjectType, Kind, visit } from 'graphql'
import type {
  ASTNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode
} from 'graphql'
import type { Prepared } from '../../graphql/operations.ts'
import type { Fragments } from '../../graphql/selections.ts'
import type { Exposure } from '../../schema/policy.ts'

/** What can be said of an operation before its variables are known. */
export type Survey = {
  /** may it tell of people, with these variables or others? */
  readonly isPersonal: boolean
  /**
   * the variables that decide what is selected below the root, by @skip, @include or an argument; the others only what
   * is asked
   */
  readonly deciding: readonly string[]
}

const noteVariables = (node: ASTNode, names: Set<string>) =>
  visit(node, { Variable: ({ name }) => void names.add(name.value) })

/** Looks over a valid operation once; fragments once for each set of types they are spread on. */
const survey = (
  schema: GraphQLSchema,
  revealsPerson: Exposure,
  operation: OperationDefinitionNode,
  fragments: Fragments
): Survey => {
  const deciding = new Set<string>()
  const seen = new Set<string>()
  const root = schema.getRootType(operation.operation)
  let isPersonal = false

  const typesOf = (type: GraphQLNamedType): readonly GraphQLObjectType[] =>
    isObjectType(type) ? [type] : isAbstractType(type) ? schema.getPossibleTypes(type) : []
  const narrowed = (types: readonly GraphQLObjectType[], condition: string | undefined) => {
    const type = condition === undefined ? undefined : schema.getType(condition)
    return type ? types.filter((one) => typesOf(type).includes(one)) : types
  }
  // Whatever is selected of it: that there is a person is told by an empty object already, and who asks must say for
  // what.
  const mayLeadToPeople = (field: GraphQLField<unknown, unknown> | undefined) => {
    const type = field && getNamedType(field.type)
    return isAbstractType(type) && schema.getPossibleTypes(type).some((one) => revealsPerson(one, undefined))
  }
  const walk = (types: readonly GraphQLObjectType[], { selections }: SelectionSetNode): void => {
    for (const node of selections) {
      node.directives?.forEach((directive) => {
        noteVariables(directive, deciding)
      })
      if (node.kind === Kind.FIELD) {
        const fields = types.map((type) => ({ type, field: type.getFields()[node.name.value] }))
        if (fields.some(({ type, field }) => revealsPerson(type, field) || mayLeadToPeople(field))) isPersonal = true
        if (types[0] !== root)
          node.arguments?.forEach((argument) => {
            noteVariables(argument, deciding)
          })
        if (node.selectionSet)
          walk(
            [...new Set(fields.flatMap(({ field }) => (field ? typesOf(getNamedType(field.type)) : [])))],
            node.selectionSet
          )
      } else if (node.kind === Kind.INLINE_FRAGMENT)
        walk(narrowed(types, node.typeCondition?.name.value), node.selectionSet)
      else {
        const fragment = fragments.get(node.name.value)
        const place = `${node.name.value} ${types.map(({ name }) => name).join(' ')}`
        if (!fragment || seen.has(place)) continue
        seen.add(place)
        fragment.directives?.forEach((directive) => {
          noteVariables(directive, deciding)
        })
        walk(narrowed(types, fragment.typeCondition.name.value), fragment.selectionSet)
      }
    }
  }
  if (root) walk([root], operation.selectionSet)
  return { isPersonal, deciding: [...deciding] }
}

/** Surveys operations, each once. */
export const createSurvey = (schema: GraphQLSchema, revealsPerson: Exposure) => {
  const known = new WeakMap<Prepared, Survey>()
  return (prepared: Prepared): Survey => {
    const found = known.get(prepared) ?? survey(schema, revealsPerson, prepared.operation, prepared.fragments)
    known.set(prepared, found)
    return found
  }
}
