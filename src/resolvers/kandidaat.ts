import type { VdabRecord } from '../context.ts'
import { settled } from '../errors.ts'
import type { Resolvers } from '../schema/types.ts'
import { connect, edgesOf, oneItem } from './connection.ts'
import { localId, toGlobalId } from './globalId.ts'
import { asText } from './reading.ts'
import { selectedOfItems } from './selection.ts'
import { filterParameters } from './vacature.ts'

/** What a search item carries by itself (upstream.md §3.4) [seed]; all else is in the CV. */
const inSearchItem = new Set(['id', 'cvId', '__typename'])
const isBeyond = (path: string) => !inSearchItem.has(path)

export const kandidaat: Resolvers = {
  Query: {
    kandidaat: (_, { id }, { vdab }, { path }) => vdab.at(path).detail('kandidaat', localId('Kandidaat', id)),
    kandidaten: (_, args, { vdab }, info) => {
      const needsDetails = selectedOfItems(info).some(isBeyond)
      const whole = async (item: VdabRecord): Promise<VdabRecord | Error | null> => {
        const cvId = item['cvId']
        if (!needsDetails) return item
        if (typeof cvId !== 'string' || !vdab.isId(cvId)) return null
        return settled(() => vdab.at(info.path).detail('kandidaat', cvId))
      }
      const parameters = filterParameters(args.filter ?? {})
      return connect('kandidaten', args, info, {
        count: async () => (await vdab.at(info.path).items('kandidaten', { ...parameters, ...oneItem })).totaal,
        ask: async ({ vanaf, aantal }) => {
          const { totaal, items } = await vdab
            .at(info.path)
            .items('kandidaten', { ...parameters, vanaf: [String(vanaf)], aantal: [String(aantal)] })
          // What VDAB sends beyond that is asked by nobody, and each costs a call.
          return { totaal, items: await Promise.all(items.slice(0, aantal).map(whole)) }
        }
      })
    }
  },
  KandidaatConnection: { edges: edgesOf },
  Kandidaat: {
    id: (record) => toGlobalId('Kandidaat', asText(record['cvId']) ?? '')
  }
}
