import { createDays } from '../access/dailyQuota.ts'
import { counterWindows, perCounter, type CounterKind, type Returned, type SharingEngine } from '../sharing/contract.ts'
import type { ToPrimary } from './messages.ts'
import { createPool } from './pool.ts'
import { notify, type Handlers, type Rpc } from './rpc.ts'

type Messages = 'lease' | 'giveBack' | 'bookDay' | 'takeBackDay'
type Dependencies = {
  /** the configured number of workers */
  workers: number
  /** requests the unused part of a worker; rejects when the worker has ended */
  recall: (worker: number, asked: { readonly kind: CounterKind; readonly name: string }) => Promise<Returned>
}

/** The parts of limits and the daily sets that the primary manages for all workers. */
export const createLending = ({ workers, recall }: Dependencies) => {
  const pools = perCounter((kind) =>
    createPool({
      windowMs: counterWindows[kind],
      workers: () => workers,
      recall: (worker, name) => recall(worker, { kind, name })
    })
  )
  const days = createDays()
  return {
    /** The handlers for one worker. */
    handlersFor: (worker: number): Pick<Handlers<ToPrimary>, Messages> => ({
      lease: ({ kind, name, ...asked }) => pools[kind].lend(worker, name, asked),
      giveBack: ({ kind, name, ...returned }) => pools[kind].giveBack(worker, name, returned),
      bookDay: ({ name, hashes, maximum }) => days.book(name, hashes, maximum),
      takeBackDay: ({ name, hashes }) => days.takeBack(name, hashes)
    }),
    /** Releases the parts of a worker that has ended. */
    releaseWorker: (worker: number) => {
      for (const pool of Object.values(pools)) pool.releaseWorker(worker)
    }
  }
}

/** The primary, as an engine for one of its workers. */
export const createPrimaryEngine = (rpc: Rpc<ToPrimary>): SharingEngine => ({
  lenders: perCounter((kind) => ({
    lend: (name, asked) => rpc.ask('lease', { kind, name, ...asked }),
    giveBack: (name, returned) => notify(rpc, 'giveBack', { kind, name, ...returned })
  })),
  days: {
    book: (name, hashes, maximum) => rpc.ask('bookDay', { name, hashes, maximum }),
    takeBack: (name, hashes) => notify(rpc, 'takeBackDay', { name, hashes })
  }
})
