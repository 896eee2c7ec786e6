import type { GraphQLResolveInfo } from 'graphql'
import type { Context, VdabRecord } from '../context.ts'
import type { Resolvers } from '../schema/types.ts'
import { parentVacatureOf } from './filter.ts'
import { interneReferentie, member } from './reading.ts'
import { selectedPaths } from './selection.ts'

const asksForGroup = (info: GraphQLResolveInfo) =>
  [...selectedPaths(info)].some((path) => path === 'reden' || path.startsWith('leden.'))

/**
 * VDAB's own members of `dubbels`, together with the group that the gateway computes, if it is selected. The object
 * then exists even if VDAB reports no duplicates.
 */
export const dubbelsOf = (record: VdabRecord, _: unknown, context: Context, info: GraphQLResolveInfo) => {
  const own = record['dubbels'] as VdabRecord | null | undefined // readRecord and the schema check its members
  const { dubbels: index } = context.enrichment
  if (!index || !asksForGroup(info)) return own ?? null
  context.vdab.at(info.path).markUncacheable() // the group can change without a change of a cache entry
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
