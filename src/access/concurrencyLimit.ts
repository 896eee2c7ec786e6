import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'
import { book, createCounter, type Taken, type Counter } from './counters.ts'

const retrySeconds = 30

type Options = {
  /** the plural noun of the limited resource, for error messages */
  what: string
  max: number
  counter?: Counter | undefined
}

/** Limits how many resources of a kind one consumer may have open at the same time. */
export const createConcurrencyLimit = ({ what, max, counter = createCounter() }: Options) => {
  const toFree = (name: string, taken: Taken | undefined): (() => void) => {
    if (!taken?.fits)
      throw new GatewayError('RATE_LIMITED', `No more than ${max} ${what} at the same time; close one first.`, {
        field: what,
        retryAfter: retrySeconds
      })
    let isTaken = true
    return () => {
      if (isTaken) counter.free(name, 1)
      isTaken = false
    }
  }
  /** Takes one and returns the function that frees it. Throws RATE_LIMITED at the limit. */
  const take = ({ name }: Consumer): (() => void) => toFree(name, counter.take(name, 1, max))
  return Object.assign(take, {
    /** Takes one, after consulting the other processes if necessary. */
    soon: async ({ name }: Consumer): Promise<() => void> => toFree(name, await book(counter, name, 1, max)),
    /** Resolves when this process knows whether one is free; undefined = at once. */
    ready: ({ name }: Consumer) => counter.ready(name, 1, max)
  })
}

export type ConcurrencyLimit = ReturnType<typeof createConcurrencyLimit>
