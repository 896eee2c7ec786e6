import { Refusal } from './errors.ts'

const minute = 60_000

/** VDAB's own limit, per key and per endpoint. */
const standardLimit = 2000

/** Checks the key. Without a configured key it accepts every key but those reserved for refusals. Throws a Refusal. */
export const createDoorman = (key: string | undefined) => (shown: string) => {
  if (shown === '') throw new Refusal(401)
  if (key !== undefined) {
    if (shown !== key) throw new Refusal(401)
  } else if (shown.startsWith('wrong')) throw new Refusal(401)
  else if (shown.startsWith('unsubscribed')) throw new Refusal(403)
}

/** The rate limit: a fixed window of a minute per key and endpoint, on the simulator's clock. */
export const createLimits = (now: () => number) => {
  let callsPerMinute = standardLimit
  let window = -1
  const used = new Map<string, number>()

  /** Counts a call and returns the rest of the limit, -1 when it is exceeded. */
  const take = (key: string, endpoint: string) => {
    const current = Math.floor(now() / minute)
    if (current !== window) used.clear()
    window = current
    const count = (used.get(`${endpoint} ${key}`) ?? 0) + 1
    used.set(`${endpoint} ${key}`, count)
    return { limit: callsPerMinute, remaining: Math.max(-1, callsPerMinute - count) }
  }

  const set = (limit: number) => {
    callsPerMinute = limit
  }

  return { take, set }
}

/** The number of calls per endpoint, refused and failed ones included. */
export const createCalls = () => {
  const perEndpoint = new Map<string, number>()

  const count = (name: string) => {
    perEndpoint.set(name, (perEndpoint.get(name) ?? 0) + 1)
  }
  const report = () => ({
    total: [...perEndpoint.values()].reduce((sum, calls) => sum + calls, 0),
    perEndpoint: Object.fromEntries(perEndpoint)
  })

  return { count, report, reset: () => perEndpoint.clear() }
}
