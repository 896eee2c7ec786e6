import type { Context, LiveEvent, VdabRecord } from '../context.ts'
import { badInput, GatewayError, settled } from '../errors.ts'
import type { Resolvers, VacatureFilter } from '../schema/types.ts'
import { filterwaardenOf, finds } from './filter.ts'
import { localId, toGlobalId } from './globalId.ts'
import { selectedPaths } from './selection.ts'
import { filterParameters } from './vacature.ts'

/** The vacancies of which a subscription remembers that it has called them left, so as to do it once. */
const maxRemembered = 1000
const published = { vacature: 'GEPUBLICEERD', kandidaat: 'OPEN' } as const
type Follow = NonNullable<Context['live']>
type Changes = ReturnType<Follow['follow']>
type Events<Name extends string> = AsyncGenerator<LiveEvent & { readonly [name in Name]: VdabRecord }>

/** How far the reader has come. It becomes no answer, so it needs no change in it. */
const progress = (cursor: string) => ({ cursor }) as never

const live = ({ live: following }: Context): Follow => {
  if (following) return following
  throw new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    "This gateway does not follow VDAB's changes (FEED_INTERVAL_MS=0), so there is nothing to subscribe to.",
    { status: 503 }
  )
}

/** What this filter says of a changed vacancy, and the vacancy; VDAB's error where it could not be asked. */
const judge = (filter: VacatureFilter | undefined, record: VdabRecord | null | Error, now: string) => {
  if (record instanceof Error) return { soort: 'ONBEKEND' }
  if (record === null || (typeof record['status'] === 'string' && record['status'] !== published.vacature))
    return { soort: 'VERWIJDERD' }
  const filterwaarden = filterwaardenOf(record)
  return { soort: filter === undefined || finds(filter, filterwaarden, now) ? 'GEWIJZIGD' : 'VERLATEN', filterwaarden }
}

async function* vacatures(
  changes: Changes,
  filter: VacatureFilter | undefined,
  needsRecords: boolean,
  vdab: Context['vdab']
): Events<'vacatureGewijzigd'> {
  const left = new Set<string>()
  for await (const { cursor, ...change } of changes) {
    if (!('id' in change)) {
      yield progress(cursor)
      continue
    }
    const { id, status } = change
    const isGone = status !== published.vacature
    const record = isGone ? null : needsRecords ? await settled(() => vdab.at().detail('vacature', id)) : undefined
    const { soort, ...judged } = record === undefined ? { soort: 'GEWIJZIGD' } : judge(filter, record, vdab.now())
    if (soort !== 'VERLATEN') left.delete(id)
    else if (left.has(id)) {
      yield progress(cursor)
      continue
    } else {
      if (left.size >= maxRemembered) left.clear()
      left.add(id)
    }
    yield {
      cursor,
      vacatureGewijzigd: { id: toGlobalId('Vacature', id), soort, status, cursor, ...judged, failure: record }
    }
  }
}

async function* kandidaten(changes: Changes): Events<'kandidaatGewijzigd'> {
  for await (const { cursor, ...change } of changes) {
    if (!('id' in change)) {
      yield progress(cursor)
      continue
    }
    const { id: cvId, status } = change
    yield {
      cursor,
      kandidaatGewijzigd: {
        id: toGlobalId('Kandidaat', cvId),
        cvId,
        soort: status === published.kandidaat ? 'GEWIJZIGD' : 'VERWIJDERD',
        status,
        cursor
      }
    }
  }
}

/** What can be followed. The first item of a stream may have no change in it, but only say how far the reader has come. */
export const volgen: Resolvers = {
  Subscription: {
    vacatureGewijzigd: {
      subscribe: async (_, { filter }, context, info) => {
        const { follow } = live(context)
        if (filter?.afstand != null)
          throw badInput('afstand', 'cannot be followed: VDAB alone knows what lies within it. Name the postal codes')
        if (filter) await context.vdab.at().check('vacatures', filterParameters(filter))
        const paths = [...selectedPaths(info)]
        const needsRecords =
          filter != null || paths.some((path) => path.startsWith('vacature.') || path.startsWith('filterwaarden.'))
        return vacatures(follow('vacature', { needsRecords }), filter ?? undefined, needsRecords, context.vdab)
      }
    },
    kandidaatGewijzigd: {
      subscribe: async (_, _args, context) => {
        return kandidaten(live(context).follow('kandidaat', { needsRecords: false }))
      }
    }
  },
  // The records are asked like any other: they are in the cache by now, and if not, the answer says how old they are.
  VacatureWijziging: {
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
