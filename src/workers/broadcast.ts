import { setTimeout } from 'node:timers/promises'
import type { Rpc } from './rpc.ts'
import type { ToWorker } from './messages.ts'

type Name = keyof ToWorker

const maxWaitMs = 5000

/** Resolves to the result of `work`, or to `late` after `ms`. */
export const withTimeout = async <T>(work: Promise<T>, ms: number, late: T): Promise<T> => {
  const stop = new AbortController()
  const timeout = setTimeout(ms, late, { signal: stop.signal }).catch(() => late)
  try {
    return await Promise.race([work, timeout])
  } finally {
    stop.abort()
  }
}

/** Sends requests of the primary to the workers that have joined. */
export const createBroadcast = () => {
  const members = new Map<number, Rpc<ToWorker>>()

  /** Resolves to whether each of these workers has responded in time or has ended. A failure counts as no response. */
  const ask = async <K extends Name>(ids: Iterable<number>, what: K, body: ToWorker[K]['asks']): Promise<boolean> => {
    const answers = [...ids].map(async (id) => {
      try {
        await members.get(id)?.ask(what, body)
        return true
      } catch {
        return !members.has(id)
      }
    })
    return (await withTimeout(Promise.all(answers), maxWaitMs, [false])).every(Boolean)
  }

  return {
    join: (id: number, rpc: Rpc<ToWorker>) => members.set(id, rpc),
    leave: (id: number) => members.delete(id),
    ask,
    /** Sends a request to one worker. Rejects when it has ended. */
    askOne: <K extends keyof ToWorker>(id: number, what: K, body: ToWorker[K]['asks']): Promise<ToWorker[K]['gets']> =>
      members.get(id)?.ask(what, body) ?? Promise.reject(new Error('the worker is gone')),
    /** Sends a request to all workers. Rejects when one has not responded in time. */
    askAll: async <K extends keyof ToWorker>(what: K, body: ToWorker[K]['asks']): Promise<void> => {
      if (!(await ask(members.keys(), what, body))) throw new Error('a worker did not answer in time')
    }
  }
}

export type Broadcast = ReturnType<typeof createBroadcast>
