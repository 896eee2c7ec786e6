import { GatewayError } from '../errors.ts'
import { isOpenData, type EndpointName } from './endpoints.ts'

// One invalid id in a batch can cause a few failures in a row while VDAB is healthy; eight in a row mean that VDAB
// fails.
const failuresInARow = 8

type Dependencies = {
  /** the total number of calls per second to failing endpoints */
  callsPerSecond: number
  now: () => number
}

/**
 * A circuit breaker. It opens for an endpoint after eight failures in a row, and for all endpoints after eight failures
 * in a row, not counting open data; it closes at the next response. While it is open, all such endpoints together get a
 * few calls per second, to detect recovery without load; other calls are refused at once.
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
    /** Throws UPSTREAM_UNAVAILABLE when this call may not be sent now. */
    admit(name: EndpointName) {
      if (Math.max(failures.get(name) ?? 0, sinceAnyAnswer) < failuresInARow || take()) return
      throw new GatewayError(
        'UPSTREAM_UNAVAILABLE',
        'VDAB fails, and is asked a few times a second only; ask again later.',
        { retryAfter: 1 }
      )
    },
    /** Records the result of a call. */
    note(name: EndpointName, isSuccess: boolean) {
      if (!isOpenData(name)) sinceAnyAnswer = isSuccess ? 0 : sinceAnyAnswer + 1
      if (isSuccess) failures.delete(name)
      else failures.set(name, (failures.get(name) ?? 0) + 1)
    }
  }
}
