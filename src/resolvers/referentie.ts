import type { GraphQLResolveInfo } from 'graphql'
import type { Context, VdabRecord } from '../context.ts'
import type { Referentielijst, Resolvers } from '../schema/types.ts'
import { member, textOf } from './reading.ts'
import { searchVacatures } from './vacature.ts'

type Info = Pick<GraphQLResolveInfo, 'path'>

/**
 * The list of the code of a requirement, a competence or a certificate, by its `type` in lower case (upstream.md
 * §3.1.1, §3.4).
 */
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
  listOfType.get(textOf(record['type'])?.toLowerCase() ?? '') ?? null

/**
 * The label that VDAB sent with a code, otherwise the label in its list; `null` when the list does not have the code.
 */
const labelOf = (record: VdabRecord, lijst: Referentielijst | null, { vdab }: Context, { path }: Info) => {
  const sent = textOf(member(record, 'label'))
  const code = textOf(member(record, 'code'))
  return sent ?? (lijst === null || code === undefined ? null : vdab.labelAt(path, lijst, code))
}

/**
 * The resolvers of a type that extends Referentie: the list follows from the type, or from the `type` of the record.
 */
const extending = (listOf: (record: VdabRecord) => Referentielijst | null) => ({
  code: (record: VdabRecord) => textOf(record['code']) ?? null,
  label: (record: VdabRecord, _: unknown, context: Context, info: Info) =>
    labelOf(record, listOf(record), context, info),
  lijst: (record: VdabRecord) => (textOf(record['code']) === undefined ? null : listOf(record))
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
    // set by the resolver of @lijst
    label: (record, _, context, info) => labelOf(record, record['lijst'] as Referentielijst, context, info),
    vacatures: (record, args, context, info) => {
      const parameters = context.enrichment.passend?.vacaturesVan(record['lijst'], record['code'])
      return parameters ? searchVacatures(parameters, args, context, info) : null
    }
  },
  Beroepsprofiel: extending(() => 'SJABLONEN'),
  Vereiste: extending(listByType),
  Competentie: extending(listByType),
  Attestering: extending(listByType)
}
