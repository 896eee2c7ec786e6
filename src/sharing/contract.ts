import type { Days } from '../access/dailyQuota.ts'

/**
 * The counters that several processes share, with their windows in ms. Infinity: the amount stays booked until it is
 * given back.
 */
export const counterWindows = {
  requests: 60_000,
  cost: 60_000,
  connections: Infinity,
  subscriptions: Infinity,
  streams: Infinity,
  exports: Infinity,
  allExports: Infinity
} as const

export type CounterKind = keyof typeof counterWindows

/** Makes a table with one value for each shared counter. */
export const perCounter = <T>(make: (kind: CounterKind) => T) => {
  const kinds = Object.keys(counterWindows) as CounterKind[] // the keys of the table are its kinds
  return Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<CounterKind, T> // each kind has a value
}

/**
 * A process needs `want` more of `limit`. It gives back `returned`, which it held under another limit until `endsAt`
 * (ms, on its own clock).
 */
export type LeaseRequest = {
  readonly want: number
  readonly limit: number
  readonly returned: number
  readonly endsAt: number
}
/**
 * The process gets `granted` until `endsAt` (ms; 0 = no end). `rest` is left for all processes. With `isAll` no other
 * process holds an unused part.
 */
export type Grant = {
  readonly granted: number
  readonly rest: number
  readonly endsAt: number
  readonly isAll: boolean
}
/** The unused part of a lease that ends at `endsAt` (ms). */
export type Returned = { readonly amount: number; readonly endsAt: number }

/**
 * Lends parts of a limit to one process. The sum of all parts never exceeds the limit. When a process ends without
 * giving its parts back, its parts of a window count as used, and its lasting parts are free. A call without a response
 * may have been carried out, so it is not sent again: the caller makes a new call. An amount is given back only once.
 */
export type Lender = {
  lend: (name: string, asked: LeaseRequest) => Promise<Grant>
  giveBack: (name: string, returned: Returned) => void
}

/** A place in a log: the entries of one epoch are numbered from 1, without gaps. */
export type LogPlace = { readonly epoch: number; readonly number: number }
/** An entry that was appended at least `ageMs` ago; `text` is undefined if it cannot be read. */
export type LogEntry = LogPlace & { readonly text: string | undefined; readonly ageMs: number }

/**
 * An ordered log that one member writes at a time, and all members read. Each leader writes in its own epoch, which is
 * later than every previous epoch. All functions reject while the log cannot be reached. `test/sharing/log.test.ts`
 * tests this contract for every engine.
 */
export type SharedLog = {
  /** The estimated time on the clock of the log, in ms. */
  readonly now: () => number
  /**
   * Becomes leader for some seconds, or stays leader in the epoch `own`. Returns the epoch; undefined when another
   * member leads. A new epoch is later than `known`.
   */
  readonly lead: (asked: { known: number; own: number | undefined }) => Promise<number | undefined>
  /** Lets another member lead at once. */
  readonly resign: () => Promise<void>
  /**
   * Appends an entry that was made at `madeAt` (on the clock of the log). Rejects when this member does not lead this
   * epoch.
   */
  readonly append: (entry: LogPlace & { text: string; madeAt: number }) => Promise<void>
  /** The entries after a place, in order, and the last place of the log. A long list is cut off. */
  readonly read: (after: LogPlace) => Promise<{ entries: readonly LogEntry[]; last: LogPlace }>
}

/**
 * The state that one process shares with other processes: parts of limits, and daily sets. A daily set counts each hash
 * once over all processes and never exceeds its maximum. `test/sharing/contract.test.ts` tests this contract for every
 * engine.
 */
export type SharingEngine = { readonly lenders: Readonly<Record<CounterKind, Lender>>; readonly days: Days }
