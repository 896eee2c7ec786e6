import { setTimeout } from 'node:timers/promises'
import type { Rpc } from './rpc.ts'
import type { ToWorker } from './messages.ts'

const maxWaitMs = 5000

/** The workers that must be told: from their first word on, until they are gone. */
export const createBroadcast = () => {
  const members = new Map<number, Rpc<ToWorker>>()

  /** Asks some of them the same; resolves to whether each has answered, or is gone, in time. One that fails has not. */
  const ask = async <K extends keyof ToWorker>(
    ids: Iterable<number>,
    what: K,
    body: ToWorker[K]['asks']
  ): Promise<boolean> => {
    const answers = [...ids].map(async (id) => {
      try {
        await members.get(id)?.ask(what, body)
        return true
      } catch {
        return !members.has(id)
      }
    })
    const stop = new AbortController()
    const late = setTimeout(maxWaitMs, [false], { signal: stop.signal }).catch(() => [false])
    const told = await Promise.race([Promise.all(answers), late])
    stop.abort()
    return told.every(Boolean)
  }

  return {
    join: (id: number, post: Rpc<ToWorker>) => members.set(id, post),
    leave: (id: number) => members.delete(id),
    ids: () => members.keys(),
    ask,
    /** Asks one; rejects when it is gone. */
    askOne: <K extends keyof ToWorker>(id: number, what: K, body: ToWorker[K]['asks']): Promise<ToWorker[K]['gets']> =>
      members.get(id)?.ask(what, body) ?? Promise.reject(new Error('the worker is gone')),
    /** Asks all; rejects when one has not answered in time. */
    askAll: async <K extends keyof ToWorker>(what: K, body: ToWorker[K]['asks']): Promise<void> => {
      if (!(await ask(members.keys(), what, body))) throw new Error('a worker did not answer in time')
    }
  }
}

export type Broadcast = ReturnType<typeof createBroadcast>
