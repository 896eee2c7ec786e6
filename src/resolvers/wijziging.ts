import type { GraphQLResolveInfo } from 'graphql'
import type { Resolvers } from '../schema/types.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import { anchorOf, connect, edgesOf, oneItem, pageParameters } from './connection.ts'
import type { PageArguments } from './connection.ts'
import { interneReferentie } from './reading.ts'

type Feed = 'vacaturesInitial' | 'vacaturesBulk' | 'kandidatenBulk'
type Period = Readonly<Record<string, readonly string[]>>

/** The rows of a list of statuses. */
const rows = (
  name: Feed,
  kind: string,
  { args, period, anchor }: { args: PageArguments; period: Period; anchor?: string },
  vdab: VdabForRequest,
  info: GraphQLResolveInfo
) =>
  connect(kind, args, info, {
    ...(anchor === undefined ? {} : { anchor }),
    count: async () => (await vdab.at(info.path).items(name, { ...period, ...oneItem })).totaal,
    ask: (window) => vdab.at(info.path).items(name, { ...period, ...pageParameters(window) })
  })

/**
 * The rows of a change feed. "Until now" becomes an instant on the first page, and the cursors pass it to later pages.
 */
const changes = (
  name: Feed,
  kind: string,
  args: PageArguments & { van: string; tot?: string | null },
  vdab: VdabForRequest,
  info: GraphQLResolveInfo
) => {
  const tot = args.tot ?? (anchorOf(kind, args) || vdab.now())
  return rows(name, kind, { args, period: { van: [args.van], tot: [tot] }, anchor: tot }, vdab, info)
}

export const wijziging: Resolvers = {
  Query: {
    vacaturesInitieel: (_, args, { vdab }, info) =>
      rows('vacaturesInitial', 'vacaturesInitieel', { args, period: { datum: [args.datum] } }, vdab, info),
    vacatureWijzigingen: (_, args, { vdab }, info) => changes('vacaturesBulk', 'vacatureWijzigingen', args, vdab, info),
    kandidaatWijzigingen: (_, args, { vdab }, info) =>
      changes('kandidatenBulk', 'kandidaatWijzigingen', args, vdab, info)
  },
  VacatureStatusConnection: { edges: edgesOf },
  KandidaatStatusConnection: { edges: edgesOf },
  // Some ids of the feed are not ids: they contain the text NOT_FOUND (upstream.md §2.5) [strong].
  VacatureStatus: {
    vacature: (record, _, { vdab }, { path }) =>
      vdab.isId(interneReferentie(record)) ? vdab.at(path).detail('vacature', interneReferentie(record)) : null,
    filterwaarden: (record, _, { enrichment }) =>
      enrichment.levensloop?.laatsteWaarden(interneReferentie(record)) ?? null,
    levensloop: (record, _, { enrichment }) => enrichment.levensloop?.ofId(interneReferentie(record)) ?? null
  },
  KandidaatStatus: {
    kandidaat: (record, _, { vdab }, { path }) => {
      const cvId = record['cvId']
      return typeof cvId === 'string' && vdab.isId(cvId) ? vdab.at(path).detail('kandidaat', cvId) : null
    }
  }
}
