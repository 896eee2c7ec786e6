import type { createFaults, Fault } from './faults.ts'
import type { createLimits } from './limits.ts'
import { numberIn, onlyKnown, textIn, WrongSetting } from './settings.ts'
import type { Tokens } from './token.ts'
import { isTree } from './tree.ts'
import type { World } from './world.ts'

type Limits = ReturnType<typeof createLimits>

/** The state during a step. A step without `forMs` (ms of the simulator's clock) and `forCalls` lasts for ever. */
type Step = {
  note?: string
  forMs?: number
  forCalls?: number
  faults: Fault[]
  limits?: ReturnType<Limits['read']>
  revokeTokens: boolean
  /**
   * the number of rows that the feed gets when the step begins. At most 2,000 records change, each once; with few
   * records there are several rows per record, and the other rows list unchanged records
   */
  changes: { vacatures: number; kandidaten: number }
}

type Playing = { name: string; steps: Step[]; at: number; since: number; calls: number }

type Deps = {
  now: () => number
  world: World
  faults: ReturnType<typeof createFaults>
  limits: Limits
  tokens: Tokens
}

const scenarioFields = ['name', 'description', 'steps']
const stepFields = ['note', 'forMs', 'forCalls', 'faults', 'limits', 'revokeTokens', 'changes']
const week = 7 * 86_400_000
const mostCalls = 1_000_000
const mostChanges = 100_000
// A change of 50,000 records takes seconds in a large world and blocks all responses.
const mostPatched = 2000

const changesIn = (value: unknown) => {
  if (value === undefined) return { vacatures: 0, kandidaten: 0 }
  if (!isTree(value)) throw new WrongSetting('changes must be an object with vacatures, kandidaten or both')
  onlyKnown(value, ['vacatures', 'kandidaten'], 'the changes')
  return {
    vacatures: numberIn(value, 'vacatures', 0, mostChanges, true) ?? 0,
    kandidaten: numberIn(value, 'kandidaten', 0, mostChanges, true) ?? 0
  }
}

const readStep = (value: unknown, { faults, limits }: Pick<Deps, 'faults' | 'limits'>): Step => {
  if (!isTree(value)) throw new WrongSetting('a step must be an object')
  onlyKnown(value, stepFields, 'a step')
  const { revokeTokens = false } = value
  if (typeof revokeTokens !== 'boolean') throw new WrongSetting('revokeTokens must be true or false')
  const note = textIn(value, 'note')
  const forMs = numberIn(value, 'forMs', 1, week)
  const forCalls = numberIn(value, 'forCalls', 1, mostCalls, true)
  return {
    faults: value['faults'] === undefined ? [] : faults.read(value['faults']),
    revokeTokens,
    changes: changesIn(value['changes']),
    ...(note === undefined ? {} : { note }),
    ...(forMs === undefined ? {} : { forMs }),
    ...(forCalls === undefined ? {} : { forCalls }),
    ...(value['limits'] === undefined ? {} : { limits: limits.read(value['limits']) })
  }
}

const numbered = (index: number, read: () => Step) => {
  try {
    return read()
  } catch (error) {
    if (error instanceof WrongSetting) throw new WrongSetting(`step ${index + 1}: ${error.message}`)
    throw error
  }
}

const readScenario = (body: unknown, deps: Pick<Deps, 'faults' | 'limits'>) => {
  const scenario = Array.isArray(body) ? { steps: body } : body
  if (!isTree(scenario)) throw new WrongSetting('a scenario must be a list of steps, or an object with steps')
  onlyKnown(scenario, scenarioFields, 'a scenario')
  const { steps } = scenario
  if (!Array.isArray(steps) || steps.length === 0) throw new WrongSetting('steps must be a list of one step or more')
  textIn(scenario, 'description')
  return {
    name: textIn(scenario, 'name') ?? 'script',
    steps: steps.map((step, index) => numbered(index, () => readStep(step, deps)))
  }
}

/**
 * A script: steps that are played in order by the simulator's clock or by the number of calls. Each step replaces the
 * faults and the limits; settings that it does not name have their defaults. After the last step there are no faults,
 * and only VDAB's own limits. A step begins at the first call after its start time, and its changes have that start
 * time.
 */
export const createScript = ({ now, world, faults, limits, tokens }: Deps) => {
  let playing: Playing | undefined

  const change = (collection: World['vacatures'], count: number, at: number) => {
    const indexes = Array.from({ length: Math.min(count, collection.count) }, (_, index) => index).filter(
      collection.has
    )
    if (indexes.length === 0) return
    for (let turn = 0; turn < count; turn++) {
      const index = indexes[turn % indexes.length] ?? 0
      if (turn < Math.min(indexes.length, mostPatched)) collection.patch(index, {}, at)
      else collection.mention(index, at)
    }
  }

  const begin = (script: Playing, at: number, since: number) => {
    Object.assign(script, { at, since, calls: 0 })
    const step = script.steps[at]
    faults.set(step?.faults ?? [], since)
    if (step?.limits === undefined) limits.restore()
    else limits.set(step.limits)
    if (step?.revokeTokens === true) tokens.revoke()
    change(world.vacatures, step?.changes.vacatures ?? 0, since)
    change(world.kandidaten, step?.changes.kandidaten ?? 0, since)
  }

  /** The instant (ms) at which the step ended or ends, Infinity for a step that lasts. */
  const endOf = ({ steps, at, since, calls }: Playing) => {
    const { forMs = Infinity, forCalls = Infinity } = steps[at] ?? {}
    return calls >= forCalls ? Math.min(now(), since + forMs) : since + forMs
  }

  /** Moves on to the current step. */
  const advance = () => {
    while (playing !== undefined && playing.at < playing.steps.length) {
      const end = endOf(playing)
      if (now() < end) return
      begin(playing, playing.at + 1, end)
    }
  }

  /** Counts a call towards the end of the step; to be called after `advance`. */
  const count = () => {
    if (playing !== undefined) playing.calls += 1
  }

  /** The number of the current step, from 1; 0 when there is none, or no longer. */
  const report = () => {
    advance()
    const step = playing?.steps[playing.at]
    const note = step?.note === undefined ? {} : { note: step.note }
    return {
      name: playing?.name ?? null,
      steps: playing?.steps.length ?? 0,
      step: playing === undefined || step === undefined ? 0 : playing.at + 1,
      ...note
    }
  }

  /** Starts a scenario. Throws WrongSetting. */
  const play = (body: unknown) => {
    const script = { ...readScenario(body, { faults, limits }), at: 0, since: now(), calls: 0 }
    playing = script
    begin(script, 0, script.since)
    return report()
  }

  /** Ends the script: no faults, and VDAB's own limits. */
  const stop = () => {
    playing = undefined
    faults.heal()
    limits.restore()
    return report()
  }

  return { advance, count, report, play, stop }
}

export type Script = ReturnType<typeof createScript>
