import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'
import { book, createCounter } from './counters.ts'
import type { Taken, Counter } from './counters.ts'

const retrySeconds = 30

/** How many things of a kind (`what`, in the plural) one consumer may have open at the same time. */
export const createConcurrencyLimit = ({
  what,
  max,
  tally = createCounter()
}: {
  what: string
  max: number
  tally?: Counter | undefined
}) => {
  const seated = (name: string, taken: Taken | undefined): (() => void) => {
    if (!taken?.fits)
      throw new GatewayError('RATE_LIMITED', `No more than ${max} ${what} at the same time; close one first.`, {
        field: what,
        retryAfter: retrySeconds
      })
    let isTaken = true
    return () => {
      if (isTaken) tally.free(name, 1)
      isTaken = false
    }
  }
  /** Takes a seat and gives the function that frees it. Throws RATE_LIMITED when none is left. */
  const take = ({ name }: Consumer): (() => void) => seated(name, tally.take(name, 1, max))
  return Object.assign(take, {
    /** The same, waiting where it is not known at once. */
    soon: async ({ name }: Consumer): Promise<() => void> => seated(name, await book(tally, name, 1, max)),
    /** Resolves once a seat is kept here, if there is one; undefined when nothing has to be waited for. */
    ready: ({ name }: Consumer) => tally.ready(name, 1, max)
  })
}

export type ConcurrencyLimit = ReturnType<typeof createConcurrencyLimit>
