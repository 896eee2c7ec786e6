import { getDirectiveValues, GraphQLIncludeDirective, GraphQLSkipDirective, Kind } from 'graphql'
import type { GraphQLResolveInfo, SelectionNode, SelectionSetNode } from 'graphql'

type Info = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>

const isIncluded = (node: SelectionNode, variables: Info['variableValues']) =>
  getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
  getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false

/**
 * The leaves that a query wants below a field, as dotted paths of field names (never aliases): `edges.node.status`.
 * Fragments are followed, whatever their type condition; each one once per place, so that nested spreads cannot explode.
 * `onCondition` is told when something stands under a condition.
 */
export const selectedPaths = ({ fieldNodes, fragments, variableValues }: Info, onCondition = () => {}): ReadonlySet<string> => {
  const paths = new Set<string>()
  const seen = new Set<string>()
  const walk = ({ selections }: SelectionSetNode, prefix: string) => {
    for (const node of selections) {
      if (node.directives !== undefined && node.directives.length > 0) {
        onCondition()
        if (!isIncluded(node, variableValues)) continue
      }
      if (node.kind === Kind.FIELD) {
        if (node.selectionSet) walk(node.selectionSet, `${prefix}${node.name.value}.`)
        else paths.add(`${prefix}${node.name.value}`)
      } else if (node.kind === Kind.INLINE_FRAGMENT) walk(node.selectionSet, prefix)
      else {
        const fragment = fragments[node.name.value]
        const place = `${prefix} ${node.name.value}`
        if (!fragment || seen.has(place)) continue
        seen.add(place)
        walk(fragment.selectionSet, prefix)
      }
    }
  }
  for (const { selectionSet } of fieldNodes) if (selectionSet) walk(selectionSet, '')
  return paths
}

const items = ['nodes.', 'edges.node.']
const remembered = new WeakMap<Info['fieldNodes'], readonly string[]>()

/** The paths below the items of a connection, whether they are reached by `nodes` or by `edges.node`. */
export const selectedOfItems = (info: Info): readonly string[] => {
  const known = remembered.get(info.fieldNodes)
  if (known) return known
  let isConditional = false
  const paths = selectedPaths(info, () => { isConditional = true })
  const found = new Set<string>()
  for (const path of paths) for (const prefix of items) if (path.startsWith(prefix)) found.add(path.slice(prefix.length))
  const list = [...found]
  if (!isConditional) remembered.set(info.fieldNodes, list) // the same nodes in other words: a document's are its own
  return list
}
