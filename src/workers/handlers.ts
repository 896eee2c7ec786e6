import type { Sink } from '../access/audit.ts'
import { createDays } from '../access/dailyQuota.ts'
import type { RateLimiter } from '../export/rateLimiter.ts'
import type { Broadcast } from './broadcast.ts'
import type { Feeder } from './feeder.ts'
import { kinds } from './messages.ts'
import type { Kind, ToPrimary } from './messages.ts'
import { createPool } from './pool.ts'
import type { LeasePool } from './pool.ts'
import type { Handlers } from './rpc.ts'

type Dependencies = {
  /** how many workers there are to be */
  workers: number
  audience: Broadcast
  feeder: Feeder | undefined
  /** where records of reads of people go; undefined = each worker's own stdout */
  sink: Sink | undefined
  rateLimiter: RateLimiter
  /** where all listen */
  port: number
  simulatorUrl: string | undefined
  onListening: (worker: number, address: string) => void
}

/** What all workers share, and the primary keeps: counts, the day's people, the audit file, and who is told what. */
export const createHandlers = ({
  workers,
  audience,
  feeder,
  sink,
  rateLimiter,
  port,
  simulatorUrl,
  onListening
}: Dependencies) => {
  const poolOf = (kind: Kind) =>
    createPool({
      windowMs: kinds[kind],
      workers: () => workers,
      recall: (worker, name) => audience.askOne(worker, 'recall', { kind, name })
    })
  const pools = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, poolOf(kind as Kind)])) as Record<
    Kind,
    LeasePool
  > // the keys of the table are its names
  const days = createDays()
  const never = new AbortController().signal

  return {
    /** What one worker is answered; `join` has it told what all are told. */
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
      owe: ({ calls }) => rateLimiter.owe(calls),
      changed: (changed) => audience.askAll('changed', changed),
      forgetPerson: (person) => audience.askAll('forgetPerson', person),
      poll: () => feeder?.poll()
    }),
    /** A worker has died. */
    gone: (worker: number) => {
      audience.leave(worker)
      feeder?.leave(worker)
      for (const pool of Object.values(pools)) pool.gone(worker)
    }
  }
}

export type HandlersByMessage = ReturnType<typeof createHandlers>
