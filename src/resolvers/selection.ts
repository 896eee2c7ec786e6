import { getDirectiveValues, GraphQLIncludeDirective, GraphQLSkipDirective, Kind } from 'graphql'
import type { GraphQLResolveInfo, SelectionNode, SelectionSetNode } from 'graphql'

type Info = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>

const isIncluded = (node: SelectionNode, variables: Info['variableValues']) =>
  getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
  getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false

/** Goes through the leaves below a field until `visit` says that it has seen enough; tells whether it has. */
const visitLeaves = (
  { fieldNodes, fragments, variableValues }: Info,
  visit: (path: string) => boolean,
  onCondition: () => void
): boolean => {
  const seen = new Set<string>()
  const walk = ({ selections }: SelectionSetNode, prefix: string): boolean => {
    for (const node of selections) {
      if (node.directives !== undefined && node.directives.length > 0) {
        onCondition()
        if (!isIncluded(node, variableValues)) continue
      }
      if (node.kind === Kind.FIELD) {
        if (
          node.selectionSet
            ? walk(node.selectionSet, `${prefix}${node.name.value}.`)
            : visit(`${prefix}${node.name.value}`)
        )
          return true
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        if (walk(node.selectionSet, prefix)) return true
      } else {
        const fragment = fragments[node.name.value]
        const place = `${prefix} ${node.name.value}`
        if (!fragment || seen.has(place)) continue
        seen.add(place)
        if (walk(fragment.selectionSet, prefix)) return true
      }
    }
    return false
  }
  return fieldNodes.some(({ selectionSet }) => selectionSet !== undefined && walk(selectionSet, ''))
}

/**
 * The leaves that a query wants below a field, as dotted paths of field names (never aliases): `edges.node.status`.
 * Fragments are followed, whatever their type condition; each one once per place, so that nested spreads cannot explode.
 * `onCondition` is told when something stands under a condition.
 */
export const selectedPaths = (info: Info, onCondition = () => {}): ReadonlySet<string> => {
  const paths = new Set<string>()
  visitLeaves(
    info,
    (path) => {
      paths.add(path)
      return false
    },
    onCondition
  )
  return paths
}

const items = ['nodes.', 'edges.node.']
const remembered = new WeakMap<Info['fieldNodes'], readonly string[]>()

const below = (path: string): string | undefined => {
  const prefix = items.find((one) => path.startsWith(one))
  return prefix === undefined ? undefined : path.slice(prefix.length)
}

const allOfItems = (info: Info): readonly string[] => {
  const known = remembered.get(info.fieldNodes)
  if (known) return known
  let isConditional = false
  const paths = new Set<string>()
  for (const path of selectedPaths(info, () => {
    isConditional = true
  })) {
    const own = below(path)
    if (own !== undefined) paths.add(own)
  }
  const list = [...paths]
  if (!isConditional) remembered.set(info.fieldNodes, list) // the same nodes in other words: a document's are its own
  return list
}

/** What was found in the same nodes before, where no condition stands in the way of it. */
const found = new WeakMap<Info['fieldNodes'], (path: string) => boolean>()

const someOfItems = (info: Info, is: (path: string) => boolean): boolean => {
  if (found.get(info.fieldNodes) === is) return true
  let isConditional = false
  const isFound = visitLeaves(
    info,
    (path) => {
      const own = below(path)
      return own !== undefined && is(own)
    },
    () => {
      isConditional = true
    }
  )
  if (isFound && !isConditional) found.set(info.fieldNodes, is)
  return isFound
}

/** What is selected of the items of a connection, whether they are reached by `nodes` or by `edges.node`, as dotted paths. */
export const selectedOfItems = (info: Info) => ({
  /** Is one of the paths such a one? The rest is not looked at. */
  some: (is: (path: string) => boolean): boolean => someOfItems(info, is),
  all: (): readonly string[] => allOfItems(info)
})
