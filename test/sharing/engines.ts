import type { Test } from 'tap'
import type { Counter } from '../../src/access/counters.ts'
import type { Days } from '../../src/access/dailyQuota.ts'
import type { CounterKind, Returned } from '../../src/sharing/contract.ts'
import { createConnection } from '../../src/sharing/redis/connection.ts'
import { createRedisEngine } from '../../src/sharing/redis/engine.ts'
import { createMembers } from '../../src/sharing/redis/members.ts'
import { createSharedCounters } from '../../src/sharing/sharedCounters.ts'
import { secretOf } from '../../src/config/secret.ts'
import { createLending, createPrimaryEngine } from '../../src/workers/lending.ts'
import type { ToPrimary, ToWorker } from '../../src/workers/messages.ts'
import { createRpc, type Handlers, type Rpc } from '../../src/workers/rpc.ts'
import { createFaultyWay, type FaultyWay } from './faults.ts'
import { secret, until } from './gateways.ts'
import { startRedis } from './redis.ts'

/** One process that shares limits with others through an engine. */
export type Process = {
  readonly counters: Readonly<Record<CounterKind, Counter>>
  readonly days: Days
  /** gives back the leases without a booking since the last call */
  readonly returnUnused: () => void
  /** ends without giving anything back */
  readonly end: () => Promise<void>
}
export type Engine = {
  /** Starts `count` processes; each sends its messages through one of `ways`. */
  readonly start: (count: number, ways?: readonly FaultyWay[]) => Promise<readonly Process[]>
  /** the largest excess over a limit while messages are lost, from the table in docs/how-to */
  readonly excess: (limit: number, count: number) => number
}

const direct = createFaultyWay()
const unused = () => {
  throw new Error('no test asks for this')
}

/** The primary of WORKERS and its workers, with their own messages, in one process. */
export const openWorkers = (): Promise<Engine> =>
  Promise.resolve({
    start: (count, ways = []) => {
      const toWorkers = new Map<number, Rpc<ToWorker>>()
      const recalls = ways[0] ?? direct
      const lending = createLending({
        workers: count,
        recall: (worker, asked) =>
          recalls(() => toWorkers.get(worker)?.ask('recall', asked) ?? Promise.reject(new Error('the worker is gone')))
      })
      const join = (worker: number): Process => {
        const way = ways[worker] ?? direct
        const send = (to: () => { receive: (message: unknown) => void }) => (message: object) =>
          void setImmediate(() => to().receive(structuredClone(message)))
        const up: ReturnType<typeof createRpc<ToPrimary, ToWorker>> = createRpc<ToPrimary, ToWorker>({
          send: send(() => down),
          // The other handlers of a worker are not needed here.
          handlers: { recall: ({ kind, name }): Returned => limits.recall(kind, name) } as Handlers<ToWorker>
        })
        const down: ReturnType<typeof createRpc<ToWorker, ToPrimary>> = createRpc<ToWorker, ToPrimary>({
          send: send(() => up),
          handlers: lending.handlersFor(worker) as Handlers<ToPrimary>
        })
        toWorkers.set(worker, down)
        const { lenders, days } = createPrimaryEngine({
          // `giveBack` is not repeated: a channel of Node repeats no message.
          ask: (what, body) => way(() => up.ask(what, body), what !== 'giveBack')
        })
        const limits = createSharedCounters({ lenders })
        const end = () => {
          toWorkers.delete(worker)
          down.end()
          lending.releaseWorker(worker)
          return Promise.resolve()
        }
        return { ...limits, days, end }
      }
      return Promise.resolve(Array.from({ length: count }, (_, worker) => join(worker)))
    },
    excess: () => 0
  })

/** Gateways that share a real redis-server. */
export const openRedis = async (t: Test): Promise<Engine> => {
  const redis = await startRedis(t)
  // Windows are minutes of Redis' clock, and the tests take some seconds: they start early in a minute.
  await until(() => Date.now() % 60_000 < 40_000)
  const prefix = 'vdab-gateway:'
  const settings = { url: secretOf(redis.url), ca: undefined, timeoutMs: 5000, prefix, members: 1 }
  const join = async (count: number, way: FaultyWay): Promise<Process> => {
    const connection = createConnection({ settings, warn: () => {} })
    const faulty = {
      ...connection,
      run: (...asked: Parameters<typeof connection.run>) => way(() => connection.run(...asked))
    }
    const facts = () => ({ name: 'one', version: '1', digests: {} })
    const shared = { prefix, facts, atLeast: count, warn: unused, now: Date.now }
    const members = createMembers({ ...shared, connection: faulty })
    const { lenders, days } = createRedisEngine({
      settings: { prefix, members: count },
      secret,
      connection,
      members,
      redisTime: Date.now,
      now: Date.now
    })
    const limits = createSharedCounters({ lenders, graceMs: 250 })
    await until(connection.isOpen)
    const end = async () => {
      await members.close()
      connection.close()
    }
    t.teardown(end)
    return { ...limits, days, end }
  }
  return {
    start: async (count, ways = []) =>
      Promise.all(Array.from({ length: count }, (_, at) => join(count, ways[at] ?? direct))),
    excess: (limit, count) => count * Math.max(1, Math.floor(limit / count))
  }
}
