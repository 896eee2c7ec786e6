import { numberIn, onlyKnown, WrongSetting } from './settings.ts'
import { isTree } from './tree.ts'

const minute = 60_000

/** VDAB's own limit, per key and per endpoint. */
const standardLimit = 2000

/**
 * `callsPerMinute` applies to an endpoint without its own limit; `retryAfter` is in seconds, true = to the end of the
 * minute.
 */
type Settings = {
  callsPerMinute: number
  perEndpoint?: { [name: string]: number }
  retryAfter?: number | true
}

const fields = ['callsPerMinute', 'perEndpoint', 'retryAfter']

const isLimit = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0

const perEndpointIn = (value: unknown, names: readonly string[]) => {
  if (value === undefined) return {}
  if (!isTree(value)) throw new WrongSetting('perEndpoint must be an object: a limit per name of an endpoint')
  const limits: { [name: string]: number } = {}
  for (const [name, limit] of Object.entries(value)) {
    if (!names.includes(name))
      throw new WrongSetting(`${name} is no endpoint for perEndpoint; known are ${names.join(', ')}`)
    if (!isLimit(limit)) throw new WrongSetting(`perEndpoint of ${name} must be a whole number of 0 or more`)
    limits[name] = limit
  }
  return { perEndpoint: limits }
}

const retryAfterIn = (body: { readonly [name: string]: unknown }) => {
  if (body['retryAfter'] === true) return true
  try {
    return numberIn(body, 'retryAfter', 0, 86_400)
  } catch {
    throw new WrongSetting('retryAfter must be a number from 0 to 86400, or true')
  }
}

const readLimits = (body: unknown, names: readonly string[]): Settings => {
  if (!isTree(body)) throw new WrongSetting('the body must be an object with callsPerMinute')
  onlyKnown(body, fields, 'the limits')
  const { callsPerMinute = Object.keys(body).length === 0 ? undefined : standardLimit } = body
  if (!isLimit(callsPerMinute)) throw new WrongSetting('callsPerMinute must be a whole number of 0 or more')
  const retryAfter = retryAfterIn(body)
  return {
    callsPerMinute,
    ...perEndpointIn(body['perEndpoint'], names),
    ...(retryAfter === undefined ? {} : { retryAfter })
  }
}

/**
 * The rate limit: a fixed window of a minute per key and endpoint, on the simulator's clock. `names` are the endpoints
 * that can have their own limit.
 */
export const createLimits = (now: () => number, names: readonly string[]) => {
  let settings: Settings = { callsPerMinute: standardLimit }
  let window = -1
  const used = new Map<string, number>()

  /**
   * Counts a call. Returns the limit, the remaining calls (-1 when it is exceeded), and the seconds to wait if the
   * settings enable that header. `usual` applies to an endpoint without its own limit.
   */
  const take = (key: string, endpoint: string, usual = settings.callsPerMinute) => {
    const current = Math.floor(now() / minute)
    if (current !== window) used.clear()
    window = current
    const limit = settings.perEndpoint?.[endpoint] ?? usual
    const count = (used.get(`${endpoint} ${key}`) ?? 0) + 1
    used.set(`${endpoint} ${key}`, count)
    const rest = Math.ceil(((window + 1) * minute - now()) / 1000)
    const { retryAfter } = settings
    return { limit, remaining: Math.max(-1, limit - count), retryAfter: retryAfter === true ? rest : retryAfter }
  }

  /** Replaces the settings. Throws WrongSetting. */
  const set = (body: unknown) => {
    settings = readLimits(body, names)
    return settings
  }

  /** Restores VDAB's own limit. */
  const restore = () => set({ callsPerMinute: standardLimit })

  return { take, set, restore, read: (body: unknown) => readLimits(body, names) }
}
