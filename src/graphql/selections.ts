import { getDirectiveValues, GraphQLIncludeDirective, GraphQLSkipDirective, isAbstractType, Kind } from 'graphql'
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLSchema,
  SelectionNode,
  SelectionSetNode
} from 'graphql'

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>
/** One response name, with all field nodes that select it. */
export type Chosen = { readonly key: string; readonly nodes: readonly [FieldNode, ...FieldNode[]] }
type Options = { schema: GraphQLSchema; fragments: Fragments; variables: Readonly<Record<string, unknown>> }

const isIncluded = (node: SelectionNode, variables: Options['variables']) =>
  node.directives === undefined ||
  node.directives.length === 0 ||
  (getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false)

/**
 * The fields that selection sets select on an object type, by response name (CollectFields of the GraphQL
 * specification): skipped fields are left out, and the nodes of one name are merged.
 */
export const choose = (
  { schema, fragments, variables }: Options,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[]
): readonly Chosen[] => {
  const fields = new Map<string, [FieldNode, ...FieldNode[]]>()
  const seen = new Set<string>()
  const applies = (name: string | undefined) => {
    const condition = name === undefined ? type : schema.getType(name)
    return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type))
  }
  const walk = ({ selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (!isIncluded(node, variables)) continue
      if (node.kind === Kind.FIELD) {
        const key = (node.alias ?? node.name).value
        const nodes = fields.get(key)
        if (nodes) nodes.push(node)
        else fields.set(key, [node])
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        if (applies(node.typeCondition?.name.value)) walk(node.selectionSet)
      } else if (!seen.has(node.name.value)) {
        seen.add(node.name.value)
        const fragment = fragments.get(node.name.value)
        if (fragment && applies(fragment.typeCondition.name.value)) walk(fragment.selectionSet)
      }
    }
  }
  sets.forEach(walk)
  return Array.from(fields, ([key, nodes]) => ({ key, nodes }))
}
