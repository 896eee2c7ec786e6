import type { createInFlight } from './inFlight.ts'
import { leftOf } from './policy.ts'
import type { CacheEvent, Policy } from './policy.ts'
import type { Tier } from './tier.ts'

type Since = { before?: number | undefined }
type Dependencies = {
  tier: Tier
  fetches: Pick<ReturnType<typeof createInFlight>, 'get' | 'keys' | 'overtake' | 'overtakeRow'>
  /** the keys of the entries with a member */
  keysOf: (member: string) => readonly string[]
  now: () => number
  on: (event: CacheEvent) => void
}

const rowOf = (key: string) => key.slice(0, key.indexOf(' '))

/** Deletes entries and marks fetches in flight as overtaken: by key, by member, by row or by age. */
export const createForgetting = ({ tier, fetches, keysOf, now, on }: Dependencies) => {
  const forget = (key: string, row: string, { before = Infinity }: Since = {}): number | undefined => {
    const entry = tier.peek(key)
    const flight = fetches.get(key)
    const isEntryLater = (entry?.startedAt ?? Infinity) >= before
    const isFlightLater = (flight?.startedAt ?? Infinity) >= before
    if (isEntryLater && isFlightLater) return undefined
    if (!isEntryLater) tier.delete(key)
    if (!isFlightLater) fetches.overtake(key)
    on({ name: 'forgotten', row })
    return Math.max(entry?.entryVersion?.askedAt ?? -Infinity, flight?.askedAt ?? -Infinity)
  }

  return {
    /**
     * Deletes the entry and overtakes the fetch in flight; with `before`, only if they started earlier. Returns the
     * last request for the key in ms, -Infinity if there was none, undefined when there was nothing to delete.
     */
    forget,
    /** Deletes every entry with this member. The members of a fetch in flight are not known: see `overtake`. */
    forgetMember(member: string, since: Since = {}) {
      for (const key of keysOf(member)) forget(key, rowOf(key), since)
    },
    /** Overtakes all fetches of a row that started before an instant. */
    overtake: (row: string, { before = Infinity }: Since = {}) => {
      fetches.overtakeRow(row, before)
    },
    /** Deletes every key of a row. */
    forgetRow(row: string) {
      for (const key of [...tier.keys(), ...fetches.keys()]) if (key.startsWith(`${row} `)) forget(key, row)
    },
    /** Deletes the entries of some rows that are no longer fresh. A key begins with the name of its row and a space. */
    dropStale(policies: readonly Policy[]) {
      const byRow = new Map(policies.map((policy) => [policy.row, policy]))
      for (const key of tier.keys()) {
        const policy = byRow.get(rowOf(key))
        const entry = policy && tier.peek(key)
        if (entry && leftOf(entry, policy, now()) <= 0) tier.delete(key)
      }
    }
  }
}
