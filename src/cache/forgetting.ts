import type { createInFlight } from './inFlight.ts'
import { leftOf } from './policy.ts'
import type { CacheEvent, Policy } from './policy.ts'
import type { Tier } from './tier.ts'

type Since = { before?: number | undefined }
type Dependencies = {
  tier: Tier
  flights: Pick<ReturnType<typeof createInFlight>, 'get' | 'keys' | 'overtake' | 'overtakeRow'>
  /** the keys of the entries that have a member */
  keysOf: (member: string) => readonly string[]
  now: () => number
  on: (event: CacheEvent) => void
}

const rowOf = (key: string) => key.slice(0, key.indexOf(' '))

/** Removes entries, and what is on its way to them: by key, by member, by row or by age. */
export const createForgetting = ({ tier, flights, keysOf, now, on }: Dependencies) => {
  const drop = (key: string, row: string, { before = Infinity }: Since): number | undefined => {
    const entry = tier.peek(key)
    const flight = flights.get(key)
    const isKept = (entry?.startedAt ?? Infinity) >= before
    const isFlying = (flight?.startedAt ?? Infinity) >= before
    if (isKept && isFlying) return undefined
    if (!isKept) tier.delete(key)
    if (!isFlying) flights.overtake(key)
    on({ name: 'forgotten', row })
    return Math.max(entry?.stamp?.askedAt ?? -Infinity, flight?.askedAt ?? -Infinity)
  }

  return {
    /**
     * Forgets the key, also a fetch of it that is under way; with `before` only what was started earlier. Returns when
     * it was last asked for, in ms, or -Infinity; undefined when there was nothing.
     */
    forget: (key: string, row: string, since: Since = {}): number | undefined => drop(key, row, since),
    /** Forgets every answer that has this member. A fetch under way is not known by its members: `overtake` its row. */
    forgetMember(member: string, since: Since = {}) {
      for (const key of keysOf(member)) drop(key, rowOf(key), since)
    },
    /** What is on its way to a row, and started before that instant, will not be kept and not be joined. */
    overtake: (row: string, { before = Infinity }: Since = {}) => {
      flights.overtakeRow(row, before)
    },
    /** Forgets every key of a row, also what is on its way. */
    forgetRow(row: string) {
      for (const key of [...tier.keys(), ...flights.keys()]) if (key.startsWith(`${row} `)) drop(key, row, {})
    },
    /** Drops what is no longer fresh of some rows; keys of a row begin with its name and a space. */
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
