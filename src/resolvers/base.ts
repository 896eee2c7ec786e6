import { badInput } from '../errors.ts'
import { scopeOf } from '../schema/policy.ts'
import type { Resolvers } from '../schema/types.ts'

/** The types that `node` can fetch, and their names at VDAB; the scope is a directive on the type. */
const nodeTypes = { Vacature: 'vacature', Kandidaat: 'kandidaat' } as const

/** A global id of the schema: the name of the type, a colon and VDAB's own id. */
export const toGlobalId = (type: keyof typeof nodeTypes, id: string) => `${type}:${id}`

/**
 * VDAB's id from a global id of `type`, or from an id without a type. Throws BAD_USER_INPUT on a global id of another
 * type.
 */
export const localId = (type: keyof typeof nodeTypes, id: string, field = 'id'): string => {
  const [named, ...rest] = id.split(':')
  if (rest.length === 0) return id
  if (named !== type) throw badInput(field, `must be an id of a ${type}`)
  return rest.join(':')
}

export const base: Resolvers = {
  Query: {
    node: (_, { id }, { requireScope, vdab }, { schema, path }) => {
      const [name = '', ...rest] = id.split(':')
      const type = schema.getType(name)
      if (!type || (name !== 'Vacature' && name !== 'Kandidaat'))
        throw badInput('id', 'is not a global id', ['Vacature:…', 'Kandidaat:…'])
      requireScope(String(scopeOf(schema, type)))
      return vdab.at(path).detail(nodeTypes[name], rest.join(':'))
    }
  },
  Node: {
    __resolveType: (record) => ('cvId' in record ? 'Kandidaat' : 'Vacature')
  }
}
