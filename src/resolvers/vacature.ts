import type { VdabRecord } from '../context.ts'
import type { QueryVacaturesArgs, Resolvers } from '../schema/types.ts'
import { badInput, settled } from '../errors.ts'
import { after } from './after.ts'
import { connect, edgesOf, oneItem } from './connection.ts'
import { isDubbel } from './filter.ts'
import { localId, toGlobalId } from './globalId.ts'
import { member, asText } from './reading.ts'
import { selectedOfItems } from './selection.ts'

const maxIds = 200
/** What a record says of itself; the schema gives it no other identity. */
export const interneReferentie = (vacature: VdabRecord): string =>
  asText(member(member(vacature, 'vacatureReferentie'), 'interneReferentie')) ?? ''

// "Any of none" finds nothing, and VDAB would read it as no filter at all.
const listed = (name: string, values: unknown): readonly string[] => {
  if (Array.isArray(values) && values.length === 0)
    throw badInput(name, 'must not be an empty list: leave it out, or name a value')
  return values == null ? [] : [values].flat().map(String)
}

/** The filter and order of a search in VDAB's parameters. Throws BAD_USER_INPUT on an empty list. */
export const filterParameters = (given: object): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(given)
      .map(([name, value]) => [name, listed(name, value)] as const)
      .filter(([, values]) => values.length > 0)
  )

type Search = {
  parameters: Readonly<Record<string, readonly string[]>>
  pages: Map<string, Readonly<Record<string, readonly string[]>>>
}

// The arguments of a question that comes again are the same object, as long as its document and its variables are remembered.
const searches = new WeakMap<object, Search>()
const searchOf = (args: Partial<QueryVacaturesArgs>): Search => {
  const known = searches.get(args)
  if (known) return known
  const { filter, sorteerveld } = args
  const search: Search = { parameters: filterParameters({ ...filter, sorteerveld }), pages: new Map() }
  searches.set(args, search)
  return search
}

/** The parameters of one page of a search: `vanaf` and `aantal` follow from the arguments, but for a page counted from the end. */
const pageOf = ({ parameters, pages }: Search, vanaf: number, aantal: number) => {
  const name = `${vanaf} ${aantal}`
  const page = pages.get(name) ?? { ...parameters, vanaf: [String(vanaf)], aantal: [String(aantal)] }
  if (pages.size === 0) pages.set(name, page)
  return page
}

export const vacature: Resolvers = {
  Query: {
    vacature: (_, { id }, { vdab }, { path }) => vdab.at(path).detail('vacature', localId('Vacature', id)),
    vacatures: (_, args, { vdab }, info) => {
      const search = searchOf(args)
      return connect('vacatures', args, info, {
        reach: vdab.reachOf(search.parameters),
        count: async () => (await vdab.at(info.path).items('vacatures', { ...search.parameters, ...oneItem })).totaal,
        ask: ({ vanaf, aantal }) =>
          after(vdab.searchAt(info.path, pageOf(search, vanaf, aantal), selectedOfItems(info)), ({ totaal, hits }) => ({
            totaal,
            items: hits
          }))
      })
    },
    vacaturesOpId: (_, { ids }, { vdab }, { path }) => {
      if (ids.length > maxIds) throw badInput('ids', `may hold ${maxIds} ids at most`)
      const { detail } = vdab.at(path)
      const one = (id: string, field: string) => settled(() => detail('vacature', localId('Vacature', id, field)))
      return Promise.all(ids.map((id, index) => one(id, `ids[${index}]`))) as Promise<(VdabRecord | null)[]> // an Error in a list is GraphQL's failed item, in both engines
    }
  },
  VacatureConnection: { edges: edgesOf },
  Vacature: {
    id: (record) => toGlobalId('Vacature', interneReferentie(record)),
    isDubbel
  },
  Dubbels: {
    parentUuid: (record) => {
      const parent = member(record, 'parentUuid') ?? member(record, 'parentId')
      return typeof parent === 'string' ? parent : null
    }
  }
}
