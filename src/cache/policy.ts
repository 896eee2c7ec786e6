import type { EntryVersion } from './tier.ts'

/** What happens in the cache, by name; `row` is the endpoint's name, never a key, so a listener meets no person. */
export type CacheEvent = {
  name: 'hit' | 'stale' | 'miss' | 'join' | 'stored' | 'overtaken' | 'failed' | 'abandoned' | 'forgotten'
  row: string
}

/** What holds for an answer now, in ms. It is asked at each reading, so an entry lives by the policy of now and not by that of its birth. */
export type Policy = {
  readonly row: string
  /** how long an answer is fresh, counted from the start of its fetch; 0 = never kept, only shared while under way */
  readonly freshMs: number
  /** how long an absence is */
  readonly negativeMs?: number | undefined
  /** past its fresh time: how long it is answered at once while it is fetched anew */
  readonly staleWhileRevalidateMs?: number | undefined
  /** past its fresh time: how long it stands in when the fetch fails */
  readonly staleIfErrorMs?: number | undefined
  /** held as text, and as an object while it is in use: for what there is much of */
  readonly isText?: boolean | undefined
  /** what the answer is made of, see `forgetMember` */
  readonly membersOf?: ((value: unknown) => readonly string[]) | undefined
}

type Held = { readonly value: unknown; readonly startedAt: number }

/** How much of its fresh time is left at that instant, in ms; negative when it is past it. */
export const leftOf = ({ value, startedAt }: Held, { freshMs, negativeMs = 0 }: Policy, at: number): number =>
  startedAt + (value === null ? negativeMs : freshMs) - at

/** Is it, past its fresh time, still within that further time? An absence never is. */
export const isWithin = (held: Held, policy: Policy, at: number, furtherMs = 0): boolean =>
  held.value !== null && leftOf(held, policy, at) > -furtherMs

/** Why an answer is older than its fresh time: it is being fetched anew, or the source fails. */
export type Reason = 'VERNIEUWING' | 'VDAB_FOUT'
/**
 * What was answered: how, how old it was and how much of its fresh time was left (negative: past it), in ms; `stamp` when it
 * stands in the cache.
 */
export type Seen = {
  readonly how: 'hit' | 'miss' | 'join'
  readonly ageMs: number
  readonly leftMs: number
  readonly reason?: Reason | undefined
  readonly stamp?: EntryVersion | undefined
}
