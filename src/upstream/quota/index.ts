import { abandoned } from '../../errors.ts'
import type { EndpointName } from '../endpoints.ts'
import { limitedFor } from '../failures.ts'
import type { LaneFacts, LanePart, SlotRequest, Watched, Quota, QuotaState, Slot } from './contract.ts'
import { createEndpointQueue } from './endpointQueue.ts'
import type { EndpointQueue, Timers } from './endpointQueue.ts'
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
  const queues = new Map<EndpointName, EndpointQueue>()
  const parts = new Map<EndpointName, LanePart>()
  const queueOf = (name: EndpointName): EndpointQueue => {
    const known = queues.get(name)
    if (known) return known
    const facts = () => ({ ...queue.state(), whole: window.whole() })
    const capacity = partOf && (() => parts.get(name)?.capacity() ?? 0)
    const siblings = () => parts.get(name)?.siblings() ?? 0
    const window = createWindow({ ...settings, clock, now, capacity, siblings })
    const queue = createEndpointQueue({ window, clock, timers })
    queues.set(name, queue)
    if (partOf) parts.set(name, partOf(name, facts))
    return queue
  }

  return {
    take: async ({ endpoint, ...asked }: SlotRequest, live: Watched): Promise<Slot> => {
      const queue = queueOf(endpoint)
      const ready = parts.get(endpoint)?.ready(live.kind())
      if (ready) await ready
      return new Promise((grant, reject) =>
        queue.ask(
          { ...asked, live },
          {
            grant,
            refuse: (retryAfter) => reject(limitedFor(retryAfter)),
            drop: () => reject(abandoned())
          }
        )
      )
    },
    state: (): QuotaState => Object.fromEntries([...queues].map(([name, queue]) => [name, queue.state()]))
  } satisfies Quota
}
