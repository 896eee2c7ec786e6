import pLimit from 'p-limit'
import type { Cause } from './client.ts'
import type { EndpointName } from './endpoints.ts'
import { createPriorityQueue } from './priorityQueue.ts'
import { within } from './wait.ts'
import type { Claim } from './wait.ts'

/** The number of calls that one endpoint always leaves to other endpoints, unless the concurrency is small. */
const reserved = 2
const smallConcurrency = 4

type Call = { readonly cause: Cause; readonly claim: Claim | undefined; isQueued: boolean }
/** The time limit of a call. */
type Admission = { readonly signal: AbortSignal }
type Options<A> = {
  cause: Cause
  claim: Claim | undefined
  /** waits until the quota has room for the call */
  admit: () => Promise<A>
}
type Dependencies = { concurrency: number; backgroundConcurrency: number; maxWaiting: number }

/**
 * The queue of calls for a connection to VDAB: bounded per endpoint and in total, background work last. A call enters
 * it when the quota has room for the call, so that a call that waits for the quota occupies no connection.
 */
export const createCallQueue = ({ concurrency, backgroundConcurrency, maxWaiting }: Dependencies) => {
  const priorityQueue = createPriorityQueue({ concurrency, background: backgroundConcurrency })
  // An endpoint that hangs occupies its calls until they time out, so it may not occupy all connections.
  const perEndpoint = Math.max(Math.min(concurrency, smallConcurrency), concurrency - backgroundConcurrency - reserved)
  const limits = new Map<EndpointName, ReturnType<typeof pLimit>>()
  const limitOf = (name: EndpointName) => {
    const limit = limits.get(name) ?? pLimit(perEndpoint)
    limits.set(name, limit)
    return limit
  }
  const calls = new Set<Call>()
  let queued = 0

  return {
    /** Runs a call when it is its turn. Throws UPSTREAM_TIMEOUT at the signal, also while the call is queued. */
    run: async <T, A extends Admission>(
      name: EndpointName,
      { cause, claim, admit }: Options<A>,
      work: (admission: A) => Promise<T>
    ): Promise<T> => {
      const call: Call = { cause, claim, isQueued: true }
      const leaveQueue = () => {
        if (call.isQueued) queued -= 1
        call.isQueued = false
      }
      calls.add(call)
      queued += 1
      try {
        const admission = await admit()
        const start = () => {
          leaveQueue()
          return work(admission)
        }
        // Background work has a separate limit; while it waits, it must not occupy a call of its endpoint.
        return await within(admission.signal, () =>
          cause.isBackground?.()
            ? priorityQueue.run(start, cause.isBackground)
            : limitOf(name)(() => priorityQueue.run(start))
        )
      } finally {
        leaveQueue()
        calls.delete(call)
      }
    },
    /**
     * Are `maxWaiting` calls queued? Calls whose client has disconnected stay in the queue until their turn, and do not
     * count.
     */
    isFull: () =>
      queued >= maxWaiting &&
      [...calls].filter(({ isQueued, claim }) => isQueued && !claim?.isOver()).length >= maxWaiting,
    /** Is a call in progress for another request, background work excluded? */
    isRequestedByOthers: (causes: ReadonlySet<Cause>): boolean => {
      for (const { cause } of calls) if (!causes.has(cause) && !cause.isBackground?.()) return true
      return false
    }
  }
}
