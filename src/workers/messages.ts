import type { DayBooked } from '../access/dailyQuota.ts'
import type { Noun } from '../changes/cursor.ts'
import type { Progress } from '../changes/feed.ts'
import type { Change } from '../changes/follow.ts'

/** What is counted for the whole gateway, and in ms after which it begins anew; Infinity = until it is given back. */
export const kinds = {
  requests: 60_000,
  cost: 60_000,
  connections: Infinity,
  subscriptions: Infinity,
  streams: Infinity,
  exports: Infinity,
  allExports: Infinity
} as const

export type CountKind = keyof typeof kinds
/** Something of one kind, for one consumer. */
type Of = { readonly kind: CountKind; readonly name: string }

/** A worker needs `want` more of what `limit` allows; `returned` is what it holds by another limit, until `endsAt`. */
export type LeaseAsked = {
  readonly want: number
  readonly limit: number
  readonly returned: number
  readonly endsAt: number
}
/** So much more is the worker's until `endsAt` (0 = without end); `rest` is left for all, and when `isAll`, no other worker holds any. */
export type Grant = {
  readonly granted: number
  readonly rest: number
  readonly endsAt: number
  readonly isAll: boolean
}
/** What is given back of a lease that ends then. */
export type Returned = { readonly amount: number; readonly endsAt: number }

/** What is told of one feed, in the order in which it happened. */
export type Told =
  | { readonly what: 'begin' }
  | { readonly what: 'changed'; readonly ids: readonly string[]; readonly before: number }
  | { readonly what: 'startAnew' }
  | { readonly what: 'publish'; readonly changes: readonly Change[] }
  | { readonly what: 'settle'; readonly settled: number }
  | { readonly what: 'over'; readonly progress: Progress }

/** What a worker asks of the primary. */
export type ToPrimary = {
  /** It begins, and from here on is told everything. */
  hello: {
    asks: null
    gets: { port: number; simulatorUrl?: string | undefined; feeds: Readonly<Record<Noun, Progress>> | undefined }
  }
  /** It takes requests. */
  listening: { asks: { address: string }; gets: unknown }
  lease: { asks: Of & LeaseAsked; gets: Grant }
  giveBack: { asks: Of & Returned; gets: unknown }
  bookDay: { asks: { name: string; hashes: readonly string[]; maximum: number }; gets: DayBooked }
  takeBackDay: { asks: { name: string; hashes: readonly string[] }; gets: unknown }
  /** Lines for the audit file; answered once they are written. */
  audit: { asks: { text: string }; gets: unknown }
  /** Room for a call of an export; and calls that were made without. */
  turn: { asks: null; gets: unknown }
  owe: { asks: { calls: number }; gets: unknown }
  /** Answered once every worker has forgotten; fails when one has not in time. */
  changed: { asks: { noun: Noun; ids: readonly string[]; before: number }; gets: unknown }
  forgetPerson: { asks: { cvId: string }; gets: unknown }
  poll: { asks: null; gets: unknown }
}

/** What the primary asks of a worker. */
export type ToWorker = {
  /** Give back what is not used of a lease. */
  recall: { asks: Of; gets: Returned }
  feed: { asks: { noun: Noun; told: Told }; gets: unknown }
  changed: { asks: { noun: Noun; ids: readonly string[]; before: number }; gets: unknown }
  forgetPerson: { asks: { cvId: string }; gets: unknown }
  /** So many workers take requests. */
  count: { asks: { workers: number }; gets: unknown }
  stop: { asks: null; gets: unknown }
}
