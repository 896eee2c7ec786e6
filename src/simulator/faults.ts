import { createDice } from './random.ts'
import { isTree } from './tree.ts'

const kinds = ['status', 'reset', 'hang', 'truncate', 'garbage', 'slow-body'] as const
type Kind = (typeof kinds)[number]

/** A fault of an endpoint. Times: `latencyMs` in ms, `retryAfter` in seconds. */
export type Fault = {
  latencyMs: number
  status?: number
  rate: number
  endpoint?: string
  kind?: Kind
  retryAfter?: number
}

/** The faults of one call: its delay, and how it fails, if it does. */
export type Mishap = { latencyMs: number; ending?: Fault }

/** An invalid setting; the message has the field and its valid values. */
export class WrongSetting extends Error {}

const fields = ['latencyMs', 'status', 'rate', 'endpoint', 'kind', 'retryAfter']

const numberIn = (fault: { [name: string]: unknown }, name: string, low: number, high: number, whole = false) => {
  const value = fault[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && value >= low && value <= high && (!whole || Number.isInteger(value))) return value
  throw new WrongSetting(`${name} must be a ${whole ? 'whole ' : ''}number from ${low} to ${high}`)
}

const kindIn = (value: unknown) => {
  const kind = kinds.find((known) => known === value)
  if (value !== undefined && kind === undefined) throw new WrongSetting(`kind must be one of ${kinds.join(', ')}`)
  return kind
}

const endpointIn = (value: unknown, names: readonly string[]) => {
  if (value === undefined) return undefined
  if (typeof value === 'string' && names.some((name) => name.startsWith(value))) return value
  throw new WrongSetting(`endpoint must be one of, or the beginning of one of: ${names.join(', ')}`)
}

const readFault = (value: unknown, names: readonly string[]): Fault => {
  if (!isTree(value)) throw new WrongSetting('a fault must be an object, or a list of objects')
  const unknown = Object.keys(value).find((name) => !fields.includes(name))
  if (unknown !== undefined)
    throw new WrongSetting(`${unknown} is not a field of a fault; known are ${fields.join(', ')}`)
  const status = numberIn(value, 'status', 200, 599, true)
  const kind = kindIn(value['kind']) ?? (status === undefined ? undefined : 'status')
  const latencyMs = numberIn(value, 'latencyMs', 0, 3_600_000)
  if (kind === 'status' && status === undefined) throw new WrongSetting('status is required when kind is status')
  if (kind === undefined && latencyMs === undefined) throw new WrongSetting('a fault needs latencyMs, status or kind')
  const endpoint = endpointIn(value['endpoint'], names)
  const retryAfter = numberIn(value, 'retryAfter', 0, 86_400)
  return {
    latencyMs: latencyMs ?? 0,
    rate: numberIn(value, 'rate', 0, 1) ?? 1,
    ...(status === undefined ? {} : { status }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(kind === undefined ? {} : { kind }),
    ...(retryAfter === undefined ? {} : { retryAfter })
  }
}

/**
 * The faults to inject. `names` are the endpoints that can have faults. The random sequence restarts with each new set.
 */
export const createFaults = (seed: number, names: readonly string[]) => {
  let faults: Fault[] = []
  let dice = createDice(seed, 51)

  // A full name means that endpoint only, although `GET /vacatures` is a prefix of `GET /vacatures/{id}`.
  const aimsAt = (endpoint: string | undefined, name: string) =>
    endpoint === undefined || (names.includes(endpoint) ? endpoint === name : name.startsWith(endpoint))

  /** Replaces the faults. Throws WrongSetting. */
  const set = (body: unknown) => {
    faults = (Array.isArray(body) ? body : [body]).map((value) => readFault(value, names))
    dice = createDice(seed, 51)
    return faults
  }

  const heal = () => {
    faults = []
  }

  /** The faults of a call: delays add up, and the first fault that fails the call ends the list. */
  const draw = (name: string): Mishap => {
    let latencyMs = 0
    for (const fault of faults) {
      if (!aimsAt(fault.endpoint, name) || !dice.chance(fault.rate)) continue
      // A slow body is delayed between its parts, not before the first.
      if (fault.kind !== 'slow-body') latencyMs += fault.latencyMs
      if (fault.kind !== undefined) return { latencyMs, ending: fault }
    }
    return { latencyMs }
  }

  return { set, heal, draw }
}
