import type { GraphQLResolveInfo } from 'graphql'
import type { Resolvers } from '../schema/types.ts'
import type { Context, VdabRecord } from '../context.ts'
import type { Referentielijst } from '../schema/types.ts'
import { member, asText } from './reading.ts'

/** The list that a requirement's, a competence's or a certificate's code stands in, by its `type` in lower case (upstream.md §3.1.1, §3.4). */
const listOfType: ReadonlyMap<string, Referentielijst> = new Map(
  Object.entries({
    technischecompetentie: 'COMPETENTIES',
    competentie: 'COMPETENTIES',
    softskill: 'SOFTSKILLS',
    talen: 'TALEN',
    studie: 'DIPLOMAS',
    rijbewijs: 'RIJBEWIJZEN',
    attest: 'ATTESTEN'
  })
)
const listByType = (record: VdabRecord): Referentielijst | null =>
  listOfType.get(asText(record['type'])?.toLowerCase() ?? '') ?? null

/** The label that came with a code, else the one of its list; `null` where no list knows it. */
const labelOf = (
  record: VdabRecord,
  lijst: Referentielijst | null,
  { vdab }: Context,
  { path }: Pick<GraphQLResolveInfo, 'path'>
) => {
  const sent = asText(member(record, 'label'))
  const code = asText(member(record, 'code'))
  return sent ?? (lijst === null || code === undefined ? null : vdab.labelAt(path, lijst, code))
}

/** Objects that are a Referentie with more: the list follows from the type of the object, or from its `type`. */
const carrying = (listOf: (record: VdabRecord) => Referentielijst | null) => ({
  code: (record: VdabRecord) => asText(record['code']) ?? null,
  label: (record: VdabRecord, _: unknown, context: Context, info: Pick<GraphQLResolveInfo, 'path'>) =>
    labelOf(record, listOf(record), context, info),
  lijst: (record: VdabRecord) => (asText(record['code']) === undefined ? null : listOf(record))
})

export const referentie: Resolvers = {
  Query: {
    referenties: async (_, { lijst, trefwoord }, { vdab }, { path }) =>
      (await vdab.at(path).lijst(lijst, trefwoord ?? undefined)).map(({ code, beschrijving }) => ({
        code,
        label: beschrijving,
        lijst
      })),
    referentie: async (_, { lijst, code }, { vdab }, { path }) => {
      const item = (await vdab.at(path).lijst(lijst)).find((candidate) => candidate.code === code)
      return item ? { code, label: item.beschrijving, lijst } : null
    }
  },
  Referentie: {
    label: (record, _, context, info) => labelOf(record, record['lijst'] as Referentielijst, context, info) // set by the reader of @lijst
  },
  Beroepsprofiel: carrying(() => 'SJABLONEN'),
  Vereiste: carrying(listByType),
  Competentie: carrying(listByType),
  Attestering: carrying(listByType)
}
