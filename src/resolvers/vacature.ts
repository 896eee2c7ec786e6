import type { Context, VdabRecord } from '../context.ts'
import type { QueryVacaturesArgs, Resolvers, VacatureFilter } from '../schema/types.ts'
import { badInput } from '../errors.ts'
import { connect } from './connection.ts'
import { localId, toGlobalId } from './globalId.ts'
import { isRecord, member, textOf } from './reading.ts'
import { selectedOfItems } from './selection.ts'

const maxIds = 200
/** What a record says of itself; the schema gives it no other identity. */
export const interneReferentie = (vacature: VdabRecord): string => textOf(member(member(vacature, 'vacatureReferentie'), 'interneReferentie')) ?? ''

const listed = (values: unknown): readonly string[] => (values == null ? [] : [values].flat().map(String))

const parametersOf = ({ filter, sorteerveld }: Partial<QueryVacaturesArgs>): Record<string, readonly string[]> => {
  const given: Partial<Record<keyof VacatureFilter | 'sorteerveld', unknown>> = { ...filter, sorteerveld }
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, listed(value)] as const).filter(([, values]) => values.length > 0))
}

/** A vacancy of a batch: an error stays an item, so that it nulls its own place and the page stands, in both engines. */
const settled = async (context: Context, id: string, field: string): Promise<VdabRecord | Error | null> => {
  try {
    return await context.vdab.detail('vacature', localId('Vacature', id, field), field)
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

export const vacature: Resolvers = {
  Query: {
    vacature: (_, { id }, { vdab }) => vdab.detail('vacature', localId('Vacature', id)),
    vacatures: (_, args, { vdab }, info) =>
      connect('vacatures', args, info, {
        ask: async ({ vanaf, aantal }) => {
          const parameters = { ...parametersOf(args), vanaf: [String(vanaf)], aantal: [String(aantal)] }
          const { totaal, hits } = await vdab.search(parameters, selectedOfItems(info))
          return { totaal, items: hits }
        },
        node: ({ record }) => record
      }),
    vacaturesOpId: (_, { ids }, context) => {
      if (ids.length > maxIds) throw badInput('ids', `may hold ${maxIds} ids at most`)
      return Promise.all(ids.map((id, index) => settled(context, id, `ids[${index}]`))) as Promise<(VdabRecord | null)[]> // an Error in a list is GraphQL's failed item
    }
  },
  Vacature: {
    id: (record) => toGlobalId('Vacature', interneReferentie(record)),
    isDubbel: (record) => {
      const dubbels = member(record, 'dubbels')
      const parent = member(dubbels, 'parentUuid') ?? member(dubbels, 'parentId')
      return isRecord(dubbels) && parent != null ? parent !== interneReferentie(record) : null
    }
  },
  Dubbels: {
    parentUuid: (record) => {
      const parent = member(record, 'parentUuid') ?? member(record, 'parentId')
      return typeof parent === 'string' ? parent : null
    }
  }
}
