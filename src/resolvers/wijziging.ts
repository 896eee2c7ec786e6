import type { Resolvers } from '../schema/types.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import { anchorOf, connect, edgesOf, oneItem } from './connection.ts'
import type { PageArguments } from './connection.ts'
import type { GraphQLResolveInfo } from 'graphql'
import { interneReferentie } from './vacature.ts'

type Span = { van: string; tot?: string | null }

/** The rows of a change feed. "Until now" becomes an instant on the first page, and later pages keep it by their cursor. */
const changes = (
  name: 'vacaturesBulk' | 'kandidatenBulk',
  kind: string,
  args: PageArguments & Span,
  vdab: VdabForRequest,
  info: GraphQLResolveInfo
) => {
  const tot = args.tot ?? (anchorOf(kind, args) || vdab.now())
  return connect(kind, args, info, {
    anchor: tot,
    count: async () => (await vdab.at(info.path).items(name, { van: [args.van], tot: [tot], ...oneItem })).totaal,
    ask: ({ vanaf, aantal }) =>
      vdab.at(info.path).items(name, { van: [args.van], tot: [tot], vanaf: [String(vanaf)], aantal: [String(aantal)] })
  })
}

export const wijziging: Resolvers = {
  Query: {
    vacaturesInitieel: (_, args, { vdab }, info) =>
      connect('vacaturesInitieel', args, info, {
        count: async () =>
          (await vdab.at(info.path).items('vacaturesInitial', { datum: [args.datum], ...oneItem })).totaal,
        ask: ({ vanaf, aantal }) =>
          vdab
            .at(info.path)
            .items('vacaturesInitial', { datum: [args.datum], vanaf: [String(vanaf)], aantal: [String(aantal)] })
      }),
    vacatureWijzigingen: (_, args, { vdab }, info) => changes('vacaturesBulk', 'vacatureWijzigingen', args, vdab, info),
    kandidaatWijzigingen: (_, args, { vdab }, info) =>
      changes('kandidatenBulk', 'kandidaatWijzigingen', args, vdab, info)
  },
  VacatureStatusConnection: { edges: edgesOf },
  KandidaatStatusConnection: { edges: edgesOf },
  // Some ids of the feed are no ids: they contain the text NOT_FOUND (upstream.md §2.5) [strong].
  VacatureStatus: {
    vacature: (record, _, { vdab }, { path }) =>
      vdab.isId(interneReferentie(record)) ? vdab.at(path).detail('vacature', interneReferentie(record)) : null
  },
  KandidaatStatus: {
    kandidaat: (record, _, { vdab }, { path }) => {
      const cvId = record['cvId']
      return typeof cvId === 'string' && vdab.isId(cvId) ? vdab.at(path).detail('kandidaat', cvId) : null
    }
  }
}
