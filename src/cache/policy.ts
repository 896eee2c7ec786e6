import type { FarGuard } from './far.ts'
import type { Fetch } from './inFlight.ts'
import type { EntryVersion } from './tier.ts'

/** A cache event. `row` is the name of the endpoint and never a key, so that no listener gets personal data. */
export type CacheEvent = {
  name:
    | 'hit'
    | 'stale'
    | 'miss'
    | 'join'
    | 'stored'
    | 'overtaken'
    | 'failed'
    | 'abandoned'
    | 'forgotten'
    | 'farHit'
    | 'farMiss'
  row: string
}

/**
 * The caching rules of a value; times in ms. The policy is read at each lookup, so a change of policy applies to stored
 * entries too.
 */
export type Policy = {
  readonly row: string
  /** how long an answer is fresh, counted from the start of its fetch; 0 = never stored, only shared while in flight */
  readonly freshMs: number
  /** how long an absence is fresh */
  readonly negativeMs?: number | undefined
  /** after the fresh time: how long a stale answer is served while a background fetch renews it */
  readonly staleWhileRevalidateMs?: number | undefined
  /** after the fresh time: how long a stale answer is served when the fetch fails */
  readonly staleIfErrorMs?: number | undefined
  /** store JSON text, and objects only for the entries in use; meant for large numbers of entries */
  readonly isText?: boolean | undefined
  /** ids of the records in the answer, see `forgetMember` */
  readonly membersOf?: ((value: unknown) => readonly string[]) | undefined
  /** how values are shared through a far cache; never shared when absent */
  readonly far?: FarRule | undefined
}

export type FarRule = {
  readonly guard: FarGuard
  /** may this value leave the process? */
  readonly mayHold: (value: object) => boolean
  /** a value whose fetch started before this instant (ms) is not used: changes since then may be unknown */
  readonly since: () => number
}

type Dated = { readonly value: unknown; readonly startedAt: number }

/** The rest of the fresh time at an instant, in ms; negative after it. */
export const leftOf = ({ value, startedAt }: Dated, { freshMs, negativeMs = 0 }: Policy, at: number): number =>
  startedAt + (value === null ? negativeMs : freshMs) - at

/** Is the entry within this time after its fresh time? Always false for an absence. */
export const isWithin = (entry: Dated, policy: Policy, at: number, furtherMs = 0): boolean =>
  entry.value !== null && leftOf(entry, policy, at) > -furtherMs

/** Why an answer is stale: it is being renewed, or the source fails. */
export type Reason = 'VERNIEUWING' | 'VDAB_FOUT'
/**
 * How a lookup was served, the age of the value and the rest of its fresh time in ms; `entryVersion` when the value is
 * in the cache.
 */
export type LookUpResult = {
  readonly how: 'hit' | 'miss' | 'join'
  readonly ageMs: number
  readonly leftMs: number
  readonly reason?: Reason | undefined
  readonly entryVersion?: EntryVersion | undefined
  /** the row of the policy */
  readonly row?: string | undefined
  /** the fetch that the lookup waited for */
  readonly fetching?: Fetch | undefined
}
