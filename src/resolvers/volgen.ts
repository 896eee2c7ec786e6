import type { Context, LiveEvent, VdabRecord } from '../context.ts'
import { badInput, GatewayError, settled } from '../errors.ts'
import type { Resolvers, VacatureFilter } from '../schema/types.ts'
import { localId, toGlobalId } from './base.ts'
import { filterwaardenOf, finds, mayHaveFound } from './filter.ts'
import { selectedPaths } from './selection.ts'
import { filterParameters } from './vacature.ts'

/** The number of vacancies that a subscription remembers as VERLATEN, so that each is announced once. */
const maxLeft = 1000
const published = { vacature: 'GEPUBLICEERD', kandidaat: 'OPEN' } as const
type Live = NonNullable<Context['live']>
type Changes = ReturnType<Live['follow']>
type Events<Name extends string> = AsyncGenerator<LiveEvent & { readonly [name in Name]: VdabRecord }>

/** An event without a change: it only moves the cursor, and no response is sent for it. */
const progress = (cursor: string) => ({ cursor }) as never

const liveOf = ({ live }: Context): Live => {
  if (live) return live
  throw new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    "This gateway does not follow VDAB's changes (FEED_INTERVAL_MS=0), so there is nothing to subscribe to.",
    { status: 503 }
  )
}

/**
 * The effect of a change on a filter, with the values that the filter tests; ONBEKEND when VDAB could not be queried.
 */
const judge = (
  filter: VacatureFilter | undefined,
  record: VdabRecord | null | Error,
  now: string
): { soort: string; filterwaarden?: ReturnType<typeof filterwaardenOf> | null } => {
  if (record instanceof Error) return { soort: 'ONBEKEND' }
  if (record === null || (typeof record['status'] === 'string' && record['status'] !== published.vacature))
    return { soort: 'VERWIJDERD', filterwaarden: record && filterwaardenOf(record) }
  const filterwaarden = filterwaardenOf(record)
  return { soort: filter === undefined || finds(filter, filterwaarden, now) ? 'GEWIJZIGD' : 'VERLATEN', filterwaarden }
}

async function* vacatures(
  changes: Changes,
  filter: VacatureFilter | undefined,
  needsRecords: boolean,
  { vdab, enrichment: { levensloop } }: Pick<Context, 'vdab' | 'enrichment'>
): Events<'vacatureGewijzigd'> {
  const left = new Set<string>()
  for await (const { cursor, ...change } of changes) {
    if (!('id' in change)) {
      yield progress(cursor)
      continue
    }
    const { id, status } = change
    const isGone = status !== published.vacature
    if (isGone && filter && !mayHaveFound(filter, levensloop?.waardenVoor(id, cursor), vdab.now())) {
      left.delete(id)
      yield progress(cursor)
      continue
    }
    const record = isGone ? null : needsRecords ? await settled(() => vdab.at().detail('vacature', id)) : undefined
    const { soort, filterwaarden } = record === undefined ? { soort: 'GEWIJZIGD' } : judge(filter, record, vdab.now())
    if (soort !== 'VERLATEN') left.delete(id)
    else if (left.has(id)) {
      yield progress(cursor)
      continue
    } else {
      if (left.size >= maxLeft) left.clear()
      left.add(id)
    }
    const waarden = filterwaarden ?? (soort === 'VERWIJDERD' ? levensloop?.laatsteWaarden(id) : null) ?? null
    const event = { id: toGlobalId('Vacature', id), soort, status, cursor, filterwaarden: waarden, failure: record }
    yield { cursor, vacatureGewijzigd: event }
  }
}

async function* kandidaten(changes: Changes): Events<'kandidaatGewijzigd'> {
  for await (const { cursor, ...change } of changes) {
    if (!('id' in change)) {
      yield progress(cursor)
      continue
    }
    const { id: cvId, status } = change
    const soort = status === published.kandidaat ? 'GEWIJZIGD' : 'VERWIJDERD'
    yield { cursor, kandidaatGewijzigd: { id: toGlobalId('Kandidaat', cvId), cvId, soort, status, cursor } }
  }
}

/** The subscriptions. The first event of a stream may have no change, and only contain the cursor. */
export const volgen: Resolvers = {
  Subscription: {
    vacatureGewijzigd: {
      subscribe: async (_, { filter }, context, info) => {
        const { follow } = liveOf(context)
        if (filter?.afstand != null)
          throw badInput('afstand', 'cannot be followed: VDAB alone knows what lies within it. Name the postal codes')
        if (filter) await context.vdab.at().check('vacatures', filterParameters(filter))
        const needsRecords =
          filter != null ||
          [...selectedPaths(info)].some((path) => path.startsWith('vacature.') || path.startsWith('filterwaarden.'))
        return vacatures(follow('vacature', { needsRecords }), filter ?? undefined, needsRecords, context)
      }
    },
    kandidaatGewijzigd: {
      subscribe: async (_, _args, context) => kandidaten(liveOf(context).follow('kandidaat', { needsRecords: false }))
    }
  },
  // The record is read through the cache as in a query: it is already cached, or the response reports its age.
  VacatureWijziging: {
    levensloop: ({ id }, _, { enrichment }) => enrichment.levensloop?.ofId(localId('Vacature', String(id))) ?? null,
    vacature: ({ id, soort, failure }, _, { vdab }, { path }) => {
      if (failure instanceof Error) throw failure
      return soort === 'VERWIJDERD' ? null : vdab.at(path).detail('vacature', localId('Vacature', String(id)))
    }
  },
  KandidaatWijziging: {
    kandidaat: ({ soort, cvId }, _, { vdab }, { path }) =>
      soort === 'GEWIJZIGD' && typeof cvId === 'string' ? vdab.at(path).detail('kandidaat', cvId) : null
  }
}
