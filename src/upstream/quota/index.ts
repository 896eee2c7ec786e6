import { abandoned } from '../../errors.ts'
import type { EndpointName } from '../endpoints.ts'
import { limitedFor } from '../failures.ts'
import type { LaneFacts, LanePart, SlotRequest, Watched, Quota, QuotaState, Slot } from './contract.ts'
import { createLane } from './lane.ts'
import type { Lane, Timers } from './lane.ts'
import { createSteadyClock } from './steadyClock.ts'
import { createWindow } from './window.ts'

const realTimers: Timers = {
  later: (ms, next) => {
    const timer = setTimeout(next, ms)
    return () => clearTimeout(timer)
  }
}

type Dependencies = {
  /** VDAB's limit for each endpoint, and whether VDAB's own headers may raise it */
  settings: { readonly callsPerMinute: number; readonly mayRaise: boolean }
  now?: () => number
  timers?: Timers
  /** the part of each endpoint's limit, if several machines share the key */
  partOf?: ((name: EndpointName, facts: () => LaneFacts) => LanePart) | undefined
}

/** The scheduler of all calls to VDAB, in the process that decides. VDAB counts each endpoint separately. */
export const createQuota = ({ settings, now = Date.now, timers = realTimers, partOf }: Dependencies) => {
  const clock = createSteadyClock(now)
  const lanes = new Map<EndpointName, Lane>()
  const parts = new Map<EndpointName, LanePart>()
  const laneOf = (name: EndpointName): Lane => {
    const known = lanes.get(name)
    if (known) return known
    const facts = () => ({ ...lane.state(), whole: window.whole() })
    const capacity = partOf && (() => parts.get(name)?.capacity() ?? 0)
    const siblings = () => parts.get(name)?.siblings() ?? 0
    const window = createWindow({ ...settings, clock, now, capacity, siblings })
    const lane = createLane({ window, clock, timers })
    lanes.set(name, lane)
    if (partOf) parts.set(name, partOf(name, facts))
    return lane
  }

  return {
    take: async ({ endpoint, ...asked }: SlotRequest, live: Watched): Promise<Slot> => {
      const lane = laneOf(endpoint)
      const ready = parts.get(endpoint)?.ready(live.kind())
      if (ready) await ready
      return new Promise((grant, reject) =>
        lane.ask(
          { ...asked, live },
          {
            grant,
            refuse: (retryAfter) => reject(limitedFor(retryAfter)),
            drop: () => reject(abandoned())
          }
        )
      )
    },
    state: (): QuotaState => Object.fromEntries([...lanes].map(([name, lane]) => [name, lane.state()]))
  } satisfies Quota
}
