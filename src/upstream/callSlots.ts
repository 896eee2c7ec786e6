import pLimit from 'p-limit'
import type { Cause } from './client.ts'
import type { EndpointName } from './endpoints.ts'
import { createPriorityQueue } from './priorityQueue.ts'

/** So many slots one endpoint always leaves to the others, unless there are few slots in all. */
const slotsLeft = 2
const fewSlots = 4

/** The slots for calls to VDAB: returns a function that runs work once a slot is free. */
export const createCallSlots = ({ concurrency, background }: { concurrency: number; background: number }) => {
  const priorityQueue = createPriorityQueue({ concurrency, background })
  // An endpoint that hangs holds its slots until its calls time out, so it must leave some to the others.
  const shares = new Map<EndpointName, ReturnType<typeof pLimit>>()
  const shareOf = (name: EndpointName) => {
    const share =
      shares.get(name) ?? pLimit(Math.max(Math.min(concurrency, fewSlots), concurrency - background - slotsLeft))
    shares.set(name, share)
    return share
  }
  // Background work has a limit of its own, and would hold a share that interactive calls wait for.
  return <T>(name: EndpointName, { isBackground }: Cause, work: () => Promise<T>): Promise<T> =>
    isBackground?.() ? priorityQueue.run(work, isBackground) : shareOf(name)(() => priorityQueue.run(work))
}
