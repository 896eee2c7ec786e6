import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'
import { createTally } from './tally.ts'
import type { Tally } from './tally.ts'

const retrySeconds = 30

/** How many things of a kind (`what`, in the plural) one consumer may have open at the same time. */
export const createSeats = ({ what, max, tally = createTally() }: { what: string; max: number; tally?: Tally | undefined }) => {
  /** Takes a seat and gives the function that frees it. Throws RATE_LIMITED when none is left. */
  const take = ({ name }: Consumer): (() => void) => {
    if (!tally.take(name, 1, max)?.fits) throw new GatewayError('RATE_LIMITED', `No more than ${max} ${what} at the same time; close one first.`, { field: what, retryAfter: retrySeconds })
    let isTaken = true
    return () => {
      if (isTaken) tally.free(name, 1)
      isTaken = false
    }
  }
  return Object.assign(take, {
    /** Resolves once a seat is kept here, if there is one; undefined when nothing has to be waited for. */
    ready: ({ name }: Consumer) => tally.ready(name, 1, max)
  })
}

export type Seats = ReturnType<typeof createSeats>
