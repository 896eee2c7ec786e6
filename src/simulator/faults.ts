import { createDice } from './random.ts'
import { numberIn, onlyKnown, WrongSetting } from './settings.ts'
import { isTree } from './tree.ts'

const kinds = ['status', 'reset', 'hang', 'truncate', 'garbage', 'slow-body', 'wrong-type', 'deep-nesting'] as const
type Kind = (typeof kinds)[number]

/**
 * A fault of an endpoint. Times: `latencyMs` in ms, `retryAfter` in seconds. The fault is active from `fromMs`
 * (inclusive) to `untilMs`, in ms of the simulator's clock since the faults were set.
 */
export type Fault = {
  latencyMs: number
  status?: number
  rate: number
  endpoint?: string
  kind?: Kind
  retryAfter?: number
  fromMs?: number
  untilMs?: number
}

/** The faults of one call: its delay, and the kind of its failure, if any. `turn` counts the failed calls from 0. */
export type Mishap = { latencyMs: number; turn: number; ending?: Fault }

const fields = ['latencyMs', 'status', 'rate', 'endpoint', 'kind', 'retryAfter', 'fromMs', 'untilMs']
const week = 7 * 86_400_000

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
  onlyKnown(value, fields, 'a fault')
  const status = numberIn(value, 'status', 200, 599, true)
  const kind = kindIn(value['kind']) ?? (status === undefined ? undefined : 'status')
  const latencyMs = numberIn(value, 'latencyMs', 0, 3_600_000)
  if (kind === 'status' && status === undefined) throw new WrongSetting('status is required when kind is status')
  if (kind === undefined && latencyMs === undefined) throw new WrongSetting('a fault needs latencyMs, status or kind')
  const endpoint = endpointIn(value['endpoint'], names)
  const retryAfter = numberIn(value, 'retryAfter', 0, 86_400)
  const [fromMs, untilMs] = [numberIn(value, 'fromMs', 0, week), numberIn(value, 'untilMs', 0, week)]
  if (untilMs !== undefined && untilMs <= (fromMs ?? 0)) throw new WrongSetting('untilMs must be later than fromMs')
  return {
    latencyMs: latencyMs ?? 0,
    rate: numberIn(value, 'rate', 0, 1) ?? 1,
    ...(status === undefined ? {} : { status }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(kind === undefined ? {} : { kind }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(untilMs === undefined ? {} : { untilMs })
  }
}

/**
 * The faults to inject. `names` are the endpoints that can have faults; `now` is the clock in ms, by which the windows
 * of faults open and close. The random sequence restarts with each new set.
 */
export const createFaults = (seed: number, names: readonly string[], now: () => number) => {
  let faults: Fault[] = []
  let dice = createDice(seed, 51)
  let since = 0
  let turn = 0

  // A full name matches only that endpoint, although `GET /vacatures` is a prefix of `GET /vacatures/{id}`.
  const aimsAt = (endpoint: string | undefined, name: string) =>
    endpoint === undefined || (names.includes(endpoint) ? endpoint === name : name.startsWith(endpoint))

  const isOpen = ({ fromMs = -Infinity, untilMs = Infinity }: Fault) => {
    const age = now() - since
    return age >= fromMs && age < untilMs
  }

  /** The faults that a body describes. Throws WrongSetting. */
  const read = (body: unknown) => (Array.isArray(body) ? body : [body]).map((value) => readFault(value, names))

  /** Replaces the faults; windows count from `at` (ms). Throws WrongSetting. */
  const set = (body: unknown, at = now()) => {
    faults = read(body)
    dice = createDice(seed, 51)
    since = at
    turn = 0
    return faults
  }

  const heal = () => {
    faults = []
  }

  /** The faults of a call: delays add up, and the first fault that fails the call ends the list. */
  const draw = (name: string): Mishap => {
    let latencyMs = 0
    for (const fault of faults) {
      if (!aimsAt(fault.endpoint, name) || !isOpen(fault) || !dice.chance(fault.rate)) continue
      // A slow body is delayed between its parts, not before the first.
      if (fault.kind !== 'slow-body') latencyMs += fault.latencyMs
      if (fault.kind !== undefined) return { latencyMs, ending: fault, turn: turn++ }
    }
    return { latencyMs, turn }
  }

  return { read, set, heal, draw }
}
