import type { Sink } from '../access/audit.ts'
import { randomTokenSecret } from '../access/ownTokens.ts'
import { tokenOrFailure } from '../upstream/credentials/shared.ts'
import type { VdabTokens } from '../upstream/credentials/tokens.ts'
import type { Quota } from '../upstream/quota/contract.ts'
import type { Broadcast } from './broadcast.ts'
import type { Feeder } from './feeder.ts'
import { createLending } from './lending.ts'
import type { ToPrimary } from './messages.ts'
import type { Reports } from './reports.ts'
import { createLender } from './quota.ts'
import type { Handlers } from './rpc.ts'

type Dependencies = {
  /** the configured number of workers */
  workers: number
  broadcast: Broadcast
  feeder: Feeder | undefined
  /** the audit file; undefined = each worker writes to its own stdout */
  sink: Sink | undefined
  auditFile: string | undefined
  /** decides which call to VDAB is sent next */
  quota: Quota
  /** undefined = VDAB uses only the key */
  tokens: VdabTokens | undefined
  port: number
  simulatorUrl: string | undefined
  reports: Pick<Reports, 'metrics' | 'facts'>
  onListening: (worker: number, address: string) => void
}

/** The state that all workers share: counters, daily quotas, the audit file. The primary handles their requests. */
export const createHandlers = (dependencies: Dependencies) => {
  const { workers, broadcast, feeder, sink, auditFile, quota, tokens, port, simulatorUrl, reports, onListening } =
    dependencies
  /** signs the gateway's own tokens; the same secret in each worker */
  const tokenSecret = randomTokenSecret()
  const lending = createLending({ workers, recall: (worker, asked) => broadcast.askOne(worker, 'recall', asked) })
  const lenders = new Map<number, ReturnType<typeof createLender>>()
  const lenderFor = (worker: number) => {
    const lender = createLender(quota)
    lenders.set(worker, lender)
    return lender.handlers
  }

  return {
    /** The handlers for one worker. `join` adds it to the broadcast. */
    handlersFor: (worker: number, join: () => void): Handlers<ToPrimary> => ({
      hello: async () => {
        join()
        return { port, tokenSecret, simulatorUrl, auditFile, feeds: await feeder?.join(worker) }
      },
      listening: ({ address }) => onListening(worker, address),
      ...lending.handlersFor(worker),
      audit: ({ records }) => sink?.write(records),
      auditPolicy: ({ policy }) => sink?.declare(policy),
      token: ({ refused }) => tokenOrFailure(tokens, refused),
      ...lenderFor(worker),
      changed: (changed) => broadcast.askAll('changed', changed),
      forgetPerson: (person) => broadcast.askAll('forgetPerson', person),
      poll: () => feeder?.poll(),
      metrics: reports.metrics,
      status: reports.facts
    }),
    /** Releases the state of a worker that has ended. */
    releaseWorker: (worker: number) => {
      broadcast.leave(worker)
      feeder?.leave(worker)
      lenders.get(worker)?.release()
      lenders.delete(worker)
      lending.releaseWorker(worker)
    }
  }
}
