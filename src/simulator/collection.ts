import { createColumns, type Facets } from './columns.ts'
import { createTimeline } from './timeline.ts'
import { isUuid } from './identity.ts'
import { merge, type Tree } from './tree.ts'

/** The definition of a type of record. Records are generated from their index and not stored. */
export type Noun = {
  count: number
  /** the filters on codes, each with the number of codes per record that it can match */
  filters: { readonly [filter: string]: number }
  idOf: (index: number) => string
  /** -1 when unknown */
  indexOf: (id: string) => number
  generate: (index: number) => Tree
  /** the same as `facetsOf(generate(index))`, without generating the record */
  facets: (index: number) => Facets
  momentsOf: (index: number) => readonly number[]
  /** the facets of a record that was changed at an instant */
  facetsOf: (record: Tree, at: number, index: number) => Facets
  /** applies a change to a record: increments the version, sets the date */
  stamped: (record: Tree, at: number) => Tree
  /** the status of a removed record in the change feed */
  removedStatus: string
}

type Options = { seed: number; now: () => number; plain: boolean }

/** The records of one type: generated on demand, then overlaid with changes made through the control API. */
export const createCollection = (noun: Noun, { seed, now, plain }: Options) => {
  const { count, idOf, facets, generate } = noun
  const columns = createColumns(count, noun.filters)
  const timeline = createTimeline({ seed, count, plain, momentsOf: noun.momentsOf })
  const changed = new Map<number, Tree>()
  const removed = new Set<number>()
  for (let index = 0; index < count; index++) columns.set(index, facets(index))

  const record = (index: number) => changed.get(index) ?? generate(index)
  const has = (index: number) => index >= 0 && index < count && !removed.has(index)

  /** The index of an existing record, undefined when the id is unknown or the record was removed. */
  const find = (id: string) => {
    const index = isUuid(id) ? noun.indexOf(id) : -1
    return has(index) ? index : undefined
  }

  const statusOf = (index: number) => {
    if (removed.has(index)) return noun.removedStatus
    const known = changed.get(index)
    return known === undefined ? facets(index).status : noun.facetsOf(known, now(), index).status
  }

  /** Merges a patch into a record and adds it to the feed at an instant (ms); returns the new record. */
  const patch = (index: number, body: Tree, at = now()) => {
    const fresh = noun.stamped(merge(record(index), body), at)
    changed.set(index, fresh)
    columns.set(index, noun.facetsOf(fresh, at, index))
    timeline.note(at, index)
    return fresh
  }

  /** Adds a row about an unchanged record to the feed at an instant (ms). */
  const mention = (index: number, at: number) => timeline.note(at, index)

  /** Removes a record from everywhere except the feed, which lists it as no longer published. */
  const remove = (index: number) => {
    columns.set(index, { ...facets(index), searchable: false, einde: -Infinity })
    removed.add(index)
    changed.delete(index)
    timeline.note(now(), index)
  }

  return {
    count,
    idOf,
    has,
    find,
    record,
    statusOf,
    patch,
    mention,
    remove,
    select: columns.select,
    openOn: columns.openOn,
    between: timeline.between
  }
}

export type Collection = ReturnType<typeof createCollection>
