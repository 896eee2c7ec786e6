import type { Days } from '../access/dailyQuota.ts'

/** The counters that several processes share, with their windows in ms; Infinity = until an amount is given back. */
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
 * A process needs `want` more of `limit`, and returns what it holds under another limit until `endsAt` (ms, on its own
 * clock).
 */
export type LeaseAsked = {
  readonly want: number
  readonly limit: number
  readonly returned: number
  readonly endsAt: number
}
/**
 * The process gets `granted` until `endsAt` (ms; 0 = no end). `rest` is left for all; with `isAll` no other process
 * holds an unused part.
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
 * Lends parts of a limit to one process. The parts of all processes together never exceed the limit. A process that
 * ends without giving back has used its part of a window, and holds nothing that lasts. A call without an answer may
 * have been carried out, and is not sent again: the caller asks anew. What goes back goes back once.
 */
export type Lender = {
  lend: (name: string, asked: LeaseAsked) => Promise<Grant>
  giveBack: (name: string, returned: Returned) => void
}

/** A place in a log: the entries of one epoch are numbered from 1, without gaps. */
export type LogPlace = { readonly epoch: number; readonly number: number }
/** What was appended, at least `ageMs` ago; undefined where it cannot be read. */
export type LogEntry = LogPlace & { readonly text: string | undefined; readonly ageMs: number }

/**
 * An ordered log that one member writes at a time, and all read. Each leader writes in an epoch of its own, later than
 * every epoch before. All functions reject while the log cannot be reached. `test/sharing/log.test.ts` holds the
 * promises of every engine.
 */
export type SharedLog = {
  /** The clock of the log, as far as it is known, in ms. */
  readonly now: () => number
  /**
   * Leads for some seconds, or stays leader in the epoch `own`. Returns the epoch; undefined when another member leads.
   * A new epoch is later than `known`.
   */
  readonly lead: (asked: { known: number; own: number | undefined }) => Promise<number | undefined>
  /** Lets another member lead at once. */
  readonly resign: () => Promise<void>
  /** Appends what was made at `madeAt` (the clock of the log). Rejects when this member does not lead this epoch. */
  readonly append: (entry: LogPlace & { text: string; madeAt: number }) => Promise<void>
  /** The entries after a place, in order, and the last place of the log. Not all, when there are many. */
  readonly read: (after: LogPlace) => Promise<{ entries: readonly LogEntry[]; last: LogPlace }>
}

/**
 * What one process shares with others: parts of limits, and sets of a day that count each hash once over all processes
 * and never exceed their maximum. `test/sharing/contract.test.ts` holds the promises of every engine.
 */
export type SharingEngine = { readonly lenders: Readonly<Record<CounterKind, Lender>>; readonly days: Days }
