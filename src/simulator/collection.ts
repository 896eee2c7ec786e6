import { createColumns, type Facets } from './columns.ts'
import { createTimeline } from './timeline.ts'
import { isUuid } from './identity.ts'
import { merge, type Tree } from './tree.ts'

/** What a collection must know of a kind of record. Everything is derived from the index, nothing is held. */
export type Noun = {
  count: number
  /** the filters on codes, each with how many codes a record can be found by */
  filters: { readonly [filter: string]: number }
  idOf: (index: number) => string
  /** -1 when unknown */
  indexOf: (id: string) => number
  generate: (index: number) => Tree
  /** cheap, and the same as `facetsOf(generate(index))` would say */
  facets: (index: number) => Facets
  momentsOf: (index: number) => readonly number[]
  /** the facets of a record that was changed at a moment */
  facetsOf: (record: Tree, at: number, index: number) => Facets
  /** what every change does to a record: a higher version, a new date */
  stamped: (record: Tree, at: number) => Tree
  /** the status under which a removed record shows in the change feed */
  removedStatus: string
}

/** The records of one kind: generated on demand, with what was changed or removed from outside laid over them. */
export const createCollection = (noun: Noun, { seed, now }: { seed: number; now: () => number }) => {
  const { count, idOf, facets, generate } = noun
  const columns = createColumns(count, noun.filters)
  const timeline = createTimeline(seed, count, noun.momentsOf)
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

  /** Merges a patch into a record and tells the feed; answers the new record. */
  const patch = (index: number, body: Tree) => {
    const at = now()
    const fresh = noun.stamped(merge(record(index), body), at)
    changed.set(index, fresh)
    columns.set(index, noun.facetsOf(fresh, at, index))
    timeline.note(at, index)
    return fresh
  }

  /** Takes a record out of everything but the feed, where it shows as no longer published. */
  const remove = (index: number) => {
    columns.set(index, { ...facets(index), searchable: false, einde: -Infinity })
    removed.add(index)
    changed.delete(index)
    timeline.note(now(), index)
  }

  return {
    idOf,
    has,
    find,
    record,
    statusOf,
    patch,
    remove,
    select: columns.select,
    openOn: columns.openOn,
    between: timeline.between
  }
}

/** The records of one kind. */
export type Collection = ReturnType<typeof createCollection>
