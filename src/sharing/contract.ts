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

/**
 * What one process shares with others: parts of limits, and sets of a day that count each hash once over all processes
 * and never exceed their maximum. `test/sharing/contract.test.ts` holds the promises of every engine.
 */
export type SharingEngine = { readonly lenders: Readonly<Record<CounterKind, Lender>>; readonly days: Days }
