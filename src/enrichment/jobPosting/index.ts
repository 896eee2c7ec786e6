import { LRUCache } from 'lru-cache'
import type { VdabRecord } from '../../upstream/records.ts'
import type { Plaats } from '../plaats/place.ts'
import { postingOf, type VacaturePosting } from './posting.ts'

/** The maximum number of stored ids, of some 100 bytes each. */
const maxIds = 200_000

type Dependencies = {
  /** the place of a vacancy; undefined if places are off */
  plaatsOf: ((record: VdabRecord) => Plaats | null) | undefined
  /** the URL of a vacancy's web page, with {id} or {vdabReferentie} */
  pageUrl: string
}

/**
 * Vacancies as schema.org JobPosting, for search engines. A posting is computed once for each record in the cache. It
 * never contains contact data, whatever the scopes of the consumer.
 */
export const createJobPosting = ({ plaatsOf, pageUrl }: Dependencies) => {
  const known = new WeakMap<VdabRecord, VacaturePosting | null>()
  const seen = new LRUCache<string, true>({ max: maxIds })
  return {
    ofVacature: (record: VdabRecord): VacaturePosting | null => {
      const found = known.get(record)
      if (found !== undefined) return found
      const posting = postingOf(record, { plaats: plaatsOf?.(record), pageUrl })
      known.set(record, posting)
      return posting
    },
    /** Stores an id that VDAB sent. */
    note: (id: string) => void seen.set(id.toLowerCase(), true),
    /** Did VDAB send this id to this process before? If VDAB no longer has it, the vacancy was removed. */
    wasKnown: (id: string): boolean => seen.has(id.toLowerCase())
  }
}
