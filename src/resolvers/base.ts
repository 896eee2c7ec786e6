import { badInput } from '../errors.ts'
import type { Resolvers } from '../schema/types.ts'

/** The types that `node` can fetch, with the scope each needs. */
const nodeTypes = {
  Vacature: { detail: 'vacature', scope: 'vacatures' },
  Kandidaat: { detail: 'kandidaat', scope: 'kandidaten' }
} as const

export const base: Resolvers = {
  Query: {
    node: async (_, { id }, { requireScope, vdab }) => {
      const [type = '', ...rest] = id.split(':')
      if (type !== 'Vacature' && type !== 'Kandidaat') throw badInput('id', 'is not a global id', Object.keys(nodeTypes).map((name) => `${name}:…`))
      const { detail, scope } = nodeTypes[type]
      requireScope(scope)
      return vdab.detail(detail, rest.join(':'))
    }
  },
  Node: {
    __resolveType: (record) => ('cvId' in record ? 'Kandidaat' : 'Vacature')
  }
}
