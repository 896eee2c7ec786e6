import type { GraphQLResolveInfo } from 'graphql'
import type { Context, VdabRecord } from '../context.ts'
import type { Resolvers } from '../schema/types.ts'
import { parentVacatureOf } from './filter.ts'
import { interneReferentie, member } from './reading.ts'
import { selectedPaths } from './selection.ts'

const asksForGroup = (info: GraphQLResolveInfo) =>
  [...selectedPaths(info)].some((path) => path === 'reden' || path.startsWith('leden.'))

/**
 * VDAB's own members of `dubbels`, and beside them the group that the gateway works out, where it is selected: then
 * there is an object also where VDAB names no duplicates.
 */
export const dubbelsOf = (record: VdabRecord, _: unknown, context: Context, info: GraphQLResolveInfo) => {
  const own = record['dubbels'] as VdabRecord | null | undefined // readRecord and the schema check its members
  const { dubbels: index } = context.enrichment
  if (!index || !asksForGroup(info)) return own ?? null
  context.vdab.at(info.path).besidesCache() // the group changes without an entry that changes
  const leden = index.of(interneReferentie(record).toLowerCase(), record)
  return { ...own, reden: [...new Set(leden.map(({ reden }) => reden))], leden }
}

export const dubbels: Resolvers = {
  Dubbels: {
    parentUuid: (record) => {
      const parent = parentVacatureOf(record)
      return typeof parent === 'string' ? parent : null
    }
  },
  DubbelLid: {
    vacature: (lid, _, { vdab }, { path }) => vdab.at(path).detail('vacature', String(member(lid, 'interneReferentie')))
  }
}
