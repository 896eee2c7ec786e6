import type { VdabRecord } from '../context.ts'
import { settled } from '../errors.ts'
import type { Resolvers } from '../schema/types.ts'
import { localId, toGlobalId } from './base.ts'
import { connect, edgesOf, oneItem, pageParameters } from './connection.ts'
import { textOf } from './reading.ts'
import { selectedOfItems } from './selection.ts'
import { filterParameters } from './vacature.ts'

/** The fields of a search item (upstream.md §3.4) [seed]; all other fields are only in the CV. */
const inSearchItem = new Set(['id', 'cvId', '__typename'])

export const kandidaat: Resolvers = {
  Query: {
    kandidaat: (_, { id }, { vdab }, { path }) => vdab.at(path).detail('kandidaat', localId('Kandidaat', id)),
    kandidaten: (_, args, { vdab }, info) => {
      const needsDetails = selectedOfItems(info).some((path) => !inSearchItem.has(path))
      const whole = async (item: VdabRecord): Promise<VdabRecord | Error | null> => {
        const cvId = item['cvId']
        if (!needsDetails) return item
        if (typeof cvId !== 'string' || !vdab.isId(cvId)) return null
        return settled(() => vdab.at(info.path).detail('kandidaat', cvId))
      }
      const parameters = filterParameters(args.filter ?? {})
      return connect('kandidaten', args, info, {
        count: async () => (await vdab.at(info.path).items('kandidaten', { ...parameters, ...oneItem })).totaal,
        ask: async (window) => {
          const query = { ...parameters, ...pageParameters(window) }
          const { totaal, items } = await vdab.at(info.path).items('kandidaten', query)
          // VDAB may send more items than requested; the details of these would cost calls for nothing.
          return { totaal, items: await Promise.all(items.slice(0, window.aantal).map(whole)) }
        }
      })
    }
  },
  KandidaatConnection: { edges: edgesOf },
  Kandidaat: {
    id: (record) => toGlobalId('Kandidaat', textOf(record['cvId']) ?? ''),
    plaats: (record, _, { enrichment }) => enrichment.plaats?.ofKandidaat(record) ?? null
  },
  GewensteFunctie: {
    beroep: (functie, _, { enrichment }) => enrichment.beroepen?.ofFunctie(functie) ?? null
  }
}
