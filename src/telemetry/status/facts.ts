import type { Changes } from '../../changes/changes.ts'
import type { QuotaState } from '../../upstream/quota/contract.ts'
import { addActivities, type Activity } from './state.ts'

type Caches = Readonly<Record<string, { readonly bytes: number; readonly maxBytes: number }>>
type Feeds = ReturnType<Changes['state']>

/** The state of one process that serves requests, as plain data. */
export type ProcessState = {
  readonly upstream: { readonly status: string; readonly reason?: string }
  /** undefined if VDAB uses only the key */
  readonly token: 'ok' | 'failing' | undefined
  readonly feeds: Feeds
  readonly caches: Caches
  readonly isStopping: boolean
  readonly activity: Activity
}

/** The content of the status page. */
export type StatusFacts = Omit<ProcessState, 'isStopping'> & {
  readonly status: 'ok' | 'unavailable' | 'stopping'
  readonly simulator: boolean
  readonly version: string
  readonly profile: string
  readonly startedAt: string
  readonly workers: number
  readonly quota: QuotaState
}
type Fixed = Pick<StatusFacts, 'simulator' | 'version' | 'profile' | 'startedAt' | 'workers' | 'quota'>

const unknown: ProcessState = {
  upstream: { status: 'unavailable', reason: 'no process serves requests' },
  token: undefined,
  feeds: { vacatures: { healthy: false }, kandidaten: { healthy: false } },
  caches: {},
  isStopping: false,
  activity: addActivities([])
}

const addCaches = (all: readonly Caches[]): Caches => {
  const sums: Record<string, { bytes: number; maxBytes: number }> = {}
  for (const [part, { bytes, maxBytes }] of all.flatMap((caches) => Object.entries(caches))) {
    const known = sums[part] ?? { bytes: 0, maxBytes: 0 }
    sums[part] = { bytes: known.bytes + bytes, maxBytes: known.maxBytes + maxBytes }
  }
  return sums
}

/** The feed of the process that is furthest behind. */
const worst = (states: readonly ProcessState[], feed: keyof Feeds): Feeds[keyof Feeds] =>
  states
    .map(({ feeds }) => feeds[feed])
    .reduce((a, b) => ((b.behindMs ?? 0) > (a.behindMs ?? 0) || (a.healthy && !b.healthy) ? b : a))

/** The combined facts of all processes. The state of VDAB is taken from the process that reaches VDAB. */
export const createFacts = (fixed: Fixed, processes: readonly ProcessState[]): StatusFacts => {
  const states = processes.length > 0 ? processes : [unknown]
  const best = states.find(({ upstream }) => upstream.status === 'ok') ?? states[0] ?? unknown
  const isStopping = states.every((state) => state.isStopping)
  return {
    ...fixed,
    status: isStopping ? 'stopping' : best.upstream.status === 'ok' ? 'ok' : 'unavailable',
    upstream: best.upstream,
    token: best.token,
    feeds: { vacatures: worst(states, 'vacatures'), kandidaten: worst(states, 'kandidaten') },
    caches: addCaches(states.map(({ caches }) => caches)),
    activity: addActivities(states.map(({ activity }) => activity))
  }
}
