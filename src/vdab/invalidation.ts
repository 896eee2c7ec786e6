import { setImmediate } from 'node:timers/promises'
import type { Cached } from '../cache/cached.ts'
import { pagesOf } from './policies.ts'
import type { Policies } from './policies.ts'
import { endpoint, endpoints } from '../upstream/endpoints.ts'
import type { DetailName, EndpointName } from '../upstream/endpoints.ts'

// the keys of the table are its names
const personal = (Object.keys(endpoints) as EndpointName[]).filter((name) => endpoint(name).personal)

// 100,000 changes are processed in slices, so that the event loop serves requests between them.
const sliceMs = 15
const idsPerClockRead = 64
// A vacancy requested within this time is fetched again when it changes.
const hotMs = 5 * 60_000

/** A cache that other processes share. It invalidates in order, and never rejects. */
export type FarForgetting = {
  /** invalidates records and all pages that were fetched from VDAB before an instant (ms; absent = now) */
  forget: (keys: readonly string[], before?: number) => Promise<void>
  /** invalidates all records and pages */
  forgetAll: () => Promise<void>
}

type Dependencies = {
  cached: Cached
  policies: Policies
  /** fetches a vacancy in the background; `askedAt` is the last request for it, in ms */
  refetch: (id: string, askedAt: number) => void
  /** called for each record that is invalidated; without an id: all records of the type */
  onForgotten?: ((name: DetailName, id?: string) => void) | undefined
  far?: FarForgetting | undefined
  now: () => number
}

/**
 * Removes changed records from the cache. Vacancies that were requested in the last minutes are fetched again at once;
 * a CV never is, since a read of a CV needs a purpose.
 */
export const createInvalidation = ({
  cached,
  policies: { policyOf, keyOf, memberOf },
  refetch,
  onForgotten,
  far,
  now
}: Dependencies) => {
  let edition = 0

  /** The far cache contains no data of people. */
  const forgetFar = async (name: DetailName, ids: readonly string[], before?: number) => {
    if (name !== 'vacature' || !far) return
    await far.forget(
      ids.map((id) => keyOf(name, id)),
      before
    )
  }

  const overtakePages = (name: DetailName, before?: number) => {
    for (const page of pagesOf[name]) cached.overtake(page, { before })
  }

  /** Returns the last request for the record; undefined when there was nothing to delete. */
  const forgetOne = (name: DetailName, id: string, before?: number): number | undefined => {
    onForgotten?.(name, id)
    cached.forgetMember(memberOf(name, id), { before })
    return cached.forget(keyOf(name, id), name, { before })
  }

  return {
    /**
     * A number that increases at the start and at the end of each invalidation: earlier derived values may be outdated.
     */
    edition: () => edition,
    /** Deletes one record and every page that contains it, fetches in flight included. `id` in lower case. */
    forget: (name: DetailName, id: string) => {
      edition += 1
      void forgetFar(name, [id])
      overtakePages(name)
      forgetOne(name, id)
    },
    /**
     * Deletes records that VDAB changed before an instant (ms of the cache's clock), and the pages that contain them,
     * if they were fetched before it. Resolves when all are deleted; long lists are processed in slices of some ms.
     */
    changed: async (name: DetailName, ids: readonly string[], before: number): Promise<void> => {
      if (ids.length === 0) return
      edition += 1
      const known = ids.map((id) => id.toLowerCase())
      const forgotten = forgetFar(name, known, before) // first: a refetch would find the old record there
      // The records in a page are not known while it is in flight.
      overtakePages(name, before)
      let startedAt = performance.now()
      for (const [index, id] of known.entries()) {
        const askedAt = forgetOne(name, id, before)
        if (askedAt !== undefined && name === 'vacature' && askedAt > now() - hotMs) refetch(id, askedAt)
        if (index % idsPerClockRead === 0 && performance.now() - startedAt > sliceMs) {
          await setImmediate()
          startedAt = performance.now()
        }
      }
      await forgotten
      edition += 1 // values that were derived in between may contain a record that was deleted later
    },
    /** Deletes every record and every page of a type, when it is unknown which records changed. */
    startAnew: (name: DetailName) => {
      edition += 1
      onForgotten?.(name)
      if (name === 'vacature') void far?.forgetAll()
      for (const row of [name, ...pagesOf[name]]) cached.forgetRow(row)
    },
    /** Deletes personal data past its cache time, at once rather than by eviction. */
    dropStalePeople: () => {
      cached.dropStale(personal.map(policyOf))
    },
    /** Removes a person's data from the cache: the CV, and every list that may contain it. */
    forgetPerson: (cvId: string) => {
      edition += 1
      forgetOne('kandidaat', cvId)
      for (const row of [...pagesOf.kandidaat, 'kandidatenBulk']) cached.forgetRow(row)
    }
  }
}
