import { setImmediate } from 'node:timers/promises'
import type { Cached } from '../cache/cached.ts'
import { pagesOf } from './policies.ts'
import type { Policies } from './policies.ts'
import { endpoint, endpoints } from '../upstream/endpoints.ts'
import type { DetailName, EndpointName } from '../upstream/endpoints.ts'

const personal = (Object.keys(endpoints) as EndpointName[]).filter((name) => endpoint(name).personal) // the keys of the table are its names

// A storm of 100,000 changes is worked off in stretches, so that whoever asks meanwhile is answered in between.
const stretchMs = 15
const looksEvery = 64
// What was asked for in this time is fetched again when it changes.
const hotMs = 5 * 60_000

type Dependencies = {
  cached: Cached
  policies: Policies
  /** fetches a vacancy anew, in the background; somebody asked for it last at `askedAt`, in ms */
  refetch: (id: string, askedAt: number) => void
  now: () => number
}

/**
 * What is forgotten when VDAB changes, and what is fetched again at once. Vacancies that were asked for in the last minutes
 * are; a CV never is: whoever reads one says for what, and nobody has asked yet.
 */
export const createInvalidation = ({ cached, policies: { policyOf, keyOf, memberOf }, refetch, now }: Dependencies) => {
  let edition = 0

  const overtakePages = (name: DetailName, before?: number) => {
    for (const page of pagesOf[name]) cached.overtake(page, { before })
  }

  /** When it was last asked for; undefined when there was nothing to forget. */
  const forgetOne = (name: DetailName, id: string, before?: number): number | undefined => {
    cached.forgetMember(memberOf(name, id), { before })
    return cached.forget(keyOf(name, id), name, { before })
  }

  return {
    /** Another number once something was forgotten, and again when all of it is: what began before may show it as it was. */
    edition: () => edition,
    /** Forgets one record and every page that shows it, also what is on its way. `id` in lower case. */
    forget: (name: DetailName, id: string) => {
      edition += 1
      overtakePages(name)
      forgetOne(name, id)
    },
    /**
     * VDAB changed these records at some instant before `before` (ms of the cache's clock): whatever was asked of VDAB
     * earlier, and may show one of them, is forgotten; what was asked since stays. Resolves when all of it is done; long
     * lists are worked off in stretches of some ms.
     */
    changed: async (name: DetailName, ids: readonly string[], before: number): Promise<void> => {
      if (ids.length === 0) return
      edition += 1
      // Which records a page will show is not known while it is on its way.
      overtakePages(name, before)
      let startedAt = performance.now()
      for (const [index, id] of ids.entries()) {
        const known = id.toLowerCase()
        const askedAt = forgetOne(name, known, before)
        if (askedAt !== undefined && name === 'vacature' && askedAt > now() - hotMs) refetch(known, askedAt)
        if (index % looksEvery === 0 && performance.now() - startedAt > stretchMs) {
          await setImmediate()
          startedAt = performance.now()
        }
      }
      edition += 1 // what began meanwhile may have met what was not forgotten yet
    },
    /** Forgets every record and every page of a noun: what VDAB changed is not known any more. */
    startAnew: (name: DetailName) => {
      edition += 1
      for (const row of [name, ...pagesOf[name]]) cached.forgetRow(row)
    },
    /** Drops the people whose time in the cache is over, rather than leave them until their room is needed. */
    dropStalePeople: () => {
      cached.dropStale(personal.map(policyOf))
    },
    /** Forgets a person at once: the CV, and every list that may name it. */
    forgetPerson: (cvId: string) => {
      edition += 1
      forgetOne('kandidaat', cvId)
      for (const row of [...pagesOf.kandidaat, 'kandidatenBulk']) cached.forgetRow(row)
    }
  }
}
