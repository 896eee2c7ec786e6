import { getDirectiveValues, GraphQLIncludeDirective, GraphQLSkipDirective, Kind } from 'graphql'
import type { GraphQLResolveInfo, SelectionNode, SelectionSetNode } from 'graphql'

type Info = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>

const isIncluded = (node: SelectionNode, variables: Info['variableValues']) =>
  getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
  getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false

/** The leaves below a field, and whether they depend on variables. */
const leavesOf = ({ fieldNodes, fragments, variableValues }: Info) => {
  const paths = new Set<string>()
  const seen = new Set<string>()
  let isConditional = false
  const walk = (set: SelectionSetNode | undefined, prefix: string) => {
    for (const node of set?.selections ?? []) {
      if (node.directives !== undefined && node.directives.length > 0) {
        isConditional = true
        if (!isIncluded(node, variableValues)) continue
      }
      if (node.kind === Kind.INLINE_FRAGMENT) walk(node.selectionSet, prefix)
      else if (node.kind === Kind.FIELD && node.selectionSet) walk(node.selectionSet, `${prefix}${node.name.value}.`)
      else if (node.kind === Kind.FIELD) paths.add(`${prefix}${node.name.value}`)
      else {
        const spread = `${prefix} ${node.name.value}`
        if (seen.has(spread)) continue
        seen.add(spread)
        walk(fragments[node.name.value]?.selectionSet, prefix)
      }
    }
  }
  for (const { selectionSet } of fieldNodes) walk(selectionSet, '')
  return { paths, isConditional }
}

/**
 * The leaves selected below a field, as dotted paths of field names (never aliases): `edges.node.status`. Fragments are
 * followed for any type condition, once per prefix, so that nested spreads do not multiply.
 */
export const selectedPaths = (info: Info): ReadonlySet<string> => leavesOf(info).paths

const prefixes = ['nodes.', 'edges.node.']
const known = new WeakMap<object, readonly string[]>()

/**
 * The leaves selected of the items of a connection, by `nodes` or by `edges.node`, as dotted paths. Without @skip and
 * @include it returns the same list for each request of a document.
 */
export const selectedOfItems = (info: Info): readonly string[] => {
  const [node, ...others] = info.fieldNodes
  const key = node && others.length === 0 ? node : info.fieldNodes
  const found = known.get(key)
  if (found) return found
  const { paths, isConditional } = leavesOf(info)
  const ofItems = [...paths].flatMap((path) => {
    const prefix = prefixes.find((one) => path.startsWith(one))
    return prefix === undefined ? [] : [path.slice(prefix.length)]
  })
  const list = [...new Set(ofItems)]
  if (!isConditional) known.set(key, list)
  return list
}
