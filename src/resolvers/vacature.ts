import type { GraphQLResolveInfo } from 'graphql'
import type { Context, VdabRecord } from '../context.ts'
import type { QueryVacaturesArgs, Resolvers } from '../schema/types.ts'
import { badInput, settled } from '../errors.ts'
import { localId, toGlobalId } from './base.ts'
import { after, connect, oneItem, pageParameters } from './connection.ts'
import { dubbels, dubbelsOf } from './dubbels.ts'
import { isDubbel } from './filter.ts'
import type { PageArguments } from './connection.ts'
import { edgesWithDistance, isNear, searchNearby } from './nabij.ts'
import { interneReferentie } from './reading.ts'
import { selectedOfItems } from './selection.ts'

const maxIds = 200
type Parameters = Readonly<Record<string, readonly string[]>>

// "Any of none" matches nothing, but VDAB would treat an empty list as no filter.
const listed = (name: string, values: unknown): readonly string[] => {
  if (Array.isArray(values) && values.length === 0)
    throw badInput(name, 'must not be an empty list: leave it out, or name a value')
  return values == null ? [] : [values].flat().map(String)
}

/** The filter and order of a search as VDAB's parameters. Throws BAD_USER_INPUT on an empty list. */
export const filterParameters = (given: object): Parameters =>
  Object.fromEntries(
    Object.entries(given)
      .map(([name, value]) => [name, listed(name, value)] as const)
      .filter(([, values]) => values.length > 0)
  )

// The coerced arguments of a document and its variables are one cached object: their parameters cost 3 µs a search.
const searches = new WeakMap<object, Parameters>()
const searchParameters = (args: Partial<QueryVacaturesArgs>): Parameters => {
  const known = searches.get(args)
  if (known) return known
  const parameters = filterParameters({ ...args.filter, sorteerveld: args.sorteerveld })
  searches.set(args, parameters)
  return parameters
}

/** A page of a search of vacancies, with their selected fields. */
export const searchVacatures = (
  parameters: Parameters,
  args: PageArguments,
  { vdab }: Context,
  info: GraphQLResolveInfo
) =>
  connect('vacatures', args, info, {
    reach: vdab.reachOf(parameters),
    count: async () => (await vdab.at(info.path).items('vacatures', { ...parameters, ...oneItem })).totaal,
    ask: (window) =>
      after(
        vdab.searchAt(info.path, { ...parameters, ...pageParameters(window) }, selectedOfItems(info)),
        ({ totaal, hits }) => ({ totaal, items: hits })
      )
  })

export const vacature: Resolvers = {
  Query: {
    vacature: (_, { id }, { vdab }, { path }) => vdab.at(path).detail('vacature', localId('Vacature', id)),
    vacatures: (_, args, context, info) => {
      const { nabij } = args
      if (isNear(nabij)) return searchNearby({ ...args, nabij }, context, info)
      return searchVacatures(searchParameters(args), args, context, info)
    },
    vacaturesOpId: (_, { ids }, { vdab }, { path }) => {
      if (ids.length > maxIds) throw badInput('ids', `may hold ${maxIds} ids at most`)
      const { detail } = vdab.at(path)
      const one = (id: string, field: string) => settled(() => detail('vacature', localId('Vacature', id, field)))
      // GraphQL treats an Error in a list as a failed item
      return Promise.all(ids.map((id, index) => one(id, `ids[${index}]`))) as Promise<(VdabRecord | null)[]>
    }
  },
  VacatureConnection: { edges: edgesWithDistance },
  Vacature: {
    id: (record) => toGlobalId('Vacature', interneReferentie(record)),
    isDubbel,
    plaats: (record, _, { enrichment }) => enrichment.plaats?.ofVacature(record) ?? null,
    taal: (record, _, { enrichment }) => enrichment.taal?.of(record) ?? null,
    dubbels: dubbelsOf,
    beroep: (record, _, { enrichment }) => enrichment.beroepen?.ofVacature(record) ?? null,
    jobPosting: (record, _, { enrichment }) => enrichment.jobPosting?.ofVacature(record) ?? null,
    levensloop: (record, _, { enrichment }) =>
      enrichment.levensloop?.ofVacature(interneReferentie(record), record) ?? null
  },
  ...dubbels
}
