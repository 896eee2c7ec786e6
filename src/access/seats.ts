import { GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'

const retrySeconds = 30

/** How many things of a kind (`what`, in the plural) one consumer may have open at the same time, in this process. */
export const createSeats = ({ what, max }: { what: string; max: number }) => {
  const taken = new Map<string, number>()

  /** Takes a seat and gives the function that frees it. Throws RATE_LIMITED when none is left. */
  return ({ name }: Consumer): (() => void) => {
    const before = taken.get(name) ?? 0
    if (before >= max) throw new GatewayError('RATE_LIMITED', `No more than ${max} ${what} at the same time; close one first.`, { field: what, retryAfter: retrySeconds })
    taken.set(name, before + 1)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      const left = (taken.get(name) ?? 1) - 1
      if (left === 0) taken.delete(name)
      else taken.set(name, left)
    }
  }
}

export type Seats = ReturnType<typeof createSeats>
