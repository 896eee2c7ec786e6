import { abandoned } from '../../errors.ts'
import type { EndpointName } from '../endpoints.ts'
import { limitedFor } from '../failures.ts'
import type { SlotRequest, Watched, Quota, QuotaState, Slot } from './contract.ts'
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
}

/** The scheduler of all calls to VDAB, in the process that decides: VDAB counts each endpoint on its own. */
export const createQuota = ({ settings, now = Date.now, timers = realTimers }: Dependencies) => {
  const clock = createSteadyClock(now)
  const lanes = new Map<EndpointName, Lane>()
  const laneOf = (name: EndpointName): Lane => {
    const known = lanes.get(name)
    if (known) return known
    const lane = createLane({ window: createWindow({ ...settings, clock, now }), clock, timers })
    lanes.set(name, lane)
    return lane
  }

  return {
    take: ({ endpoint, ...asked }: SlotRequest, live: Watched): Promise<Slot> =>
      new Promise((grant, reject) =>
        laneOf(endpoint).ask(
          { ...asked, live },
          {
            grant,
            refuse: (retryAfter) => reject(limitedFor(retryAfter)),
            drop: () => reject(abandoned())
          }
        )
      ),
    state: (): QuotaState => Object.fromEntries([...lanes].map(([name, lane]) => [name, lane.state()]))
  } satisfies Quota
}
