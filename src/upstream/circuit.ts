import { GatewayError } from '../errors.ts'
import type { EndpointName } from './endpoints.ts'

// An id that spoils a batch fails some calls in a row, while VDAB is well; that many more are VDAB's own failure.
const failuresInARow = 8

type Dependencies = {
  /** calls a second to endpoints that fail, all of them together */
  callsPerSecond: number
  now: () => number
}

/**
 * Spares a VDAB that fails. An endpoint that failed eight times in a row is ill until it answers, and
 * all are when the last eight calls failed, whichever they were. To all ill endpoints together so many calls a second go out at most: enough to see when VDAB is back, too few to keep it
 * down. All others are refused before they leave, so that nobody waits for nothing.
 */
export const createCircuit = ({ callsPerSecond, now }: Dependencies) => {
  const failures = new Map<EndpointName, number>()
  let sinceAnyAnswer = 0
  let tokens = callsPerSecond
  let filledAt = now()

  const take = () => {
    const time = now()
    tokens = Math.min(callsPerSecond, tokens + (Math.max(0, time - filledAt) * callsPerSecond) / 1000)
    filledAt = time
    if (tokens < 1) return false
    tokens -= 1
    return true
  }

  return {
    /** Throws UPSTREAM_UNAVAILABLE when this call may not go out now. */
    admit(name: EndpointName) {
      if (Math.max(failures.get(name) ?? 0, sinceAnyAnswer) < failuresInARow || take()) return
      throw new GatewayError(
        'UPSTREAM_UNAVAILABLE',
        'VDAB fails, and is asked a few times a second only; ask again later.',
        { retryAfter: 1 }
      )
    },
    /** Told of every call that ended, and whether with an answer that VDAB meant to give. */
    note(name: EndpointName, isMeant: boolean) {
      sinceAnyAnswer = isMeant ? 0 : sinceAnyAnswer + 1
      if (isMeant) failures.delete(name)
      else failures.set(name, (failures.get(name) ?? 0) + 1)
    }
  }
}
