import { getNamedType, isInterfaceType, isObjectType } from 'graphql'
import type { GraphQLField, GraphQLNamedType, GraphQLObjectType } from 'graphql'
import { badInput } from '../errors.ts'
import { isLink } from '../schema/policy.ts'
import { unknownName } from './unknownName.ts'

type Tree = Map<string, Tree | 'whole'>

const maxPaths = 100

/** An object with its own id, which needs separate calls. */
const isEntity = (type: GraphQLNamedType) =>
  isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node')

const isApart = ({ astNode }: GraphQLField<unknown, unknown>) =>
  astNode?.directives?.some(({ name }) => name.value === 'afzonderlijk') === true

/** All fields of a type as a selection, without other entities, links and fields with @afzonderlijk. */
export const wholeOf = (type: GraphQLObjectType): string =>
  Object.values(type.getFields())
    .filter((field) => !isLink(field))
    .flatMap((field) => {
      const named = getNamedType(field.type)
      if (isInterfaceType(named) || isEntity(named) || isApart(field)) return []
      return [isObjectType(named) ? `${field.name} { ${wholeOf(named)} }` : field.name]
    })
    .join(' ')

const treeOf = (paths: readonly string[]): Tree => {
  const tree: Tree = new Map()
  for (const path of paths) {
    const steps = path.split('.')
    let at = tree
    for (const [index, step] of steps.entries()) {
      const known = at.get(step)
      if (known === 'whole') break
      if (index === steps.length - 1) at.set(step, 'whole')
      else {
        const next: Tree = known ?? new Map<string, Tree>()
        at.set(step, next)
        at = next
      }
    }
  }
  return tree
}

const written = (type: GraphQLObjectType, tree: Tree, prefix = ''): string =>
  [...tree]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, below]) => {
      const fields = type.getFields()
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (field === undefined) throw unknownName('velden', `${prefix}${name}`, Object.keys(fields), prefix)
      const named = getNamedType(field.type)
      if (isObjectType(named))
        return `${name} { ${below === 'whole' ? wholeOf(named) : written(named, below, `${prefix}${name}.`)} }`
      if (below !== 'whole') throw badInput('velden', `names something below ${prefix}${name}, which has no members`)
      return name
    })
    .join(' ')

/**
 * The selection of these dotted paths of a type; a path to an object selects all of it. The same set of paths gives the
 * same selection. Throws BAD_USER_INPUT for a path that does not exist, and names the likely one.
 */
export const trimmedTo = (type: GraphQLObjectType, paths: readonly string[]): string => {
  if (paths.length > maxPaths) throw badInput('velden', `may name ${maxPaths} fields at most`)
  return written(type, treeOf([...new Set(paths)].sort()))
}
