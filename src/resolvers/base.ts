import { badInput } from '../errors.ts'
import { directiveOn } from '../schema/index.ts'
import type { Resolvers } from '../schema/types.ts'

/** The types that `node` can fetch, and what each is called at VDAB; the scope stands on the type. */
const nodeTypes = { Vacature: 'vacature', Kandidaat: 'kandidaat' } as const

export const base: Resolvers = {
  Query: {
    node: (_, { id }, { requireScope, vdab }, { schema, path }) => {
      const [name = '', ...rest] = id.split(':')
      const type = schema.getType(name)
      if (!type || (name !== 'Vacature' && name !== 'Kandidaat'))
        throw badInput(
          'id',
          'is not a global id',
          Object.keys(nodeTypes).map((known) => `${known}:…`)
        )
      requireScope(String(directiveOn(schema, type, 'scope')?.['naam']))
      return vdab.at(path).detail(nodeTypes[name], rest.join(':'))
    }
  },
  Node: {
    __resolveType: (record) => ('cvId' in record ? 'Kandidaat' : 'Vacature')
  }
}
