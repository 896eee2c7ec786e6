import type { Sink } from '../access/audit.ts'
import { createDays } from '../access/dailyQuota.ts'
import type { RateLimiter } from '../export/rateLimiter.ts'
import { tokenOrFailure } from '../upstream/credentials/shared.ts'
import type { VdabTokens } from '../upstream/credentials/tokens.ts'
import type { Broadcast } from './broadcast.ts'
import type { Feeder } from './feeder.ts'
import { counterWindows, perCounter, type ToPrimary } from './messages.ts'
import { createPool } from './pool.ts'
import type { Handlers } from './rpc.ts'

type Dependencies = {
  /** the configured number of workers */
  workers: number
  broadcast: Broadcast
  feeder: Feeder | undefined
  /** the audit file; undefined = each worker writes to its own stdout */
  sink: Sink | undefined
  rateLimiter: RateLimiter
  /** undefined = VDAB takes the key only */
  tokens: VdabTokens | undefined
  port: number
  simulatorUrl: string | undefined
  onListening: (worker: number, address: string) => void
}

/** The state that all workers share: counters, daily quotas, the audit file. The primary handles their requests. */
export const createHandlers = (dependencies: Dependencies) => {
  const { workers, broadcast, feeder, sink, rateLimiter, tokens, port, simulatorUrl, onListening } = dependencies
  const pools = perCounter((kind) =>
    createPool({
      windowMs: counterWindows[kind],
      workers: () => workers,
      recall: (worker, name) => broadcast.askOne(worker, 'recall', { kind, name })
    })
  )
  const days = createDays()
  const never = new AbortController().signal

  return {
    /** The handlers for one worker. `join` adds it to the broadcast. */
    handlersFor: (worker: number, join: () => void): Handlers<ToPrimary> => ({
      hello: async () => {
        join()
        return { port, simulatorUrl, feeds: await feeder?.join(worker) }
      },
      listening: ({ address }) => onListening(worker, address),
      lease: ({ kind, name, ...asked }) => pools[kind].lend(worker, name, asked),
      giveBack: ({ kind, name, ...returned }) => pools[kind].giveBack(worker, name, returned),
      bookDay: ({ name, hashes, maximum }) => days.book(name, hashes, maximum),
      takeBackDay: ({ name, hashes }) => days.takeBack(name, hashes),
      audit: ({ text }) => sink?.write(text),
      turn: () => rateLimiter.turn(never),
      token: ({ refused }) => tokenOrFailure(tokens, refused),
      owe: ({ calls }) => rateLimiter.owe(calls),
      changed: (changed) => broadcast.askAll('changed', changed),
      forgetPerson: (person) => broadcast.askAll('forgetPerson', person),
      poll: () => feeder?.poll()
    }),
    /** Releases the state of a worker that has ended. */
    gone: (worker: number) => {
      broadcast.leave(worker)
      feeder?.leave(worker)
      for (const pool of Object.values(pools)) pool.gone(worker)
    }
  }
}
