import type { Counter } from '../access/counters.ts'
import { counterWindows, perCounter, type CounterKind, type Returned, type SharingEngine } from './contract.ts'
import { createLeases } from './leases.ts'

type Dependencies = {
  lenders: SharingEngine['lenders']
  now?: (() => number) | undefined
  /** for this time (ms) after the end of a window, its leases still serve bookings that were prepared before the end */
  graceMs?: number | undefined
}

/** The counters of one process, which book from the parts that an engine lends it. */
export const createSharedCounters = ({ lenders, now, graceMs }: Dependencies) => {
  const leases = perCounter((kind) =>
    createLeases({ isLasting: counterWindows[kind] === Infinity, lender: lenders[kind], now, graceMs })
  )
  const counters = perCounter((kind): Counter => leases[kind].counter)
  return {
    counters,
    exportCounters: { own: counters.exports, all: counters.allExports },
    /** Gives back the leases without bookings since the previous call. */
    returnUnused: () => {
      for (const { returnUnused } of Object.values(leases)) returnUnused()
    },
    /** Ends a lease and returns its unused part. */
    recall: (kind: CounterKind, name: string): Returned => leases[kind].recall(name)
  }
}
