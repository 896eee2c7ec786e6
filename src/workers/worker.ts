import cluster from 'node:cluster'
import type { Sink } from '../access/audit.ts'
import type { Noun } from '../changes/cursor.ts'
import type { Progress } from '../changes/feed.ts'
import type { Config } from '../config/index.ts'
import { GatewayError } from '../errors.ts'
import { createSharedCounters } from '../sharing/sharedCounters.ts'
import { toToken } from '../upstream/credentials/shared.ts'
import type { Vdab } from '../vdab/lookup.ts'
import { createPrimaryEngine } from './lending.ts'
import type { WorkerReport, ToPrimary, ToWorker } from './messages.ts'
import { createRemoteQuota } from './quota.ts'
import { createRpc, type Rpc } from './rpc.ts'
import { createRemoteSource } from './source.ts'

type Invalidation = Pick<Vdab, 'changed' | 'startAnew' | 'forgetPerson'>

/** The number of this worker; undefined in other processes. */
export const id = (): number | undefined => cluster.worker?.id

const send = (message: object, failed: () => void) => {
  if (process.connected)
    process.send?.(message, undefined, undefined, (error) => {
      if (error) failed()
    })
  else failed()
}

const everywhere = async (work: Promise<unknown>) => {
  try {
    await work
  } catch (error) {
    throw new GatewayError(
      'INTERNAL',
      'Not every process of this gateway has dropped these records from its cache; ask again.',
      { status: 503, retryAfter: 5, cause: error }
    )
  }
}

/** The audit log that the primary writes for all workers. */
const createRemoteSink = (rpc: Rpc<ToPrimary>): Sink => ({
  write: async (records) => {
    await rpc.ask('audit', { records })
  },
  declare: async (policy) => {
    await rpc.ask('auditPolicy', { policy })
  },
  close: () => Promise.resolve()
})

/** The counts of this worker, for the primary. */
const createOwnReport = (rpc: () => Rpc<ToPrimary>) => {
  let reportOf: (() => Promise<WorkerReport>) | undefined
  return {
    shared: {
      /** Sets the function that creates the report for a scrape. */
      report: (given: () => Promise<WorkerReport>) => {
        reportOf = given
      },
      /** The metrics, and the state, of all processes together. */
      metrics: () => rpc().ask('metrics', null),
      facts: () => rpc().ask('status', null)
    },
    collect: () => {
      if (!reportOf) throw new Error('the worker has not started')
      return reportOf()
    }
  }
}

type Ending = {
  onStop: () => void
  /** /health/ready responds 503 from now on */
  onDrain: () => void
}

/**
 * Joins the primary. Resolves to the state that all workers share, once the primary sends all events to this worker.
 */
export const joinPrimary = async (config: Config, { onStop, onDrain }: Ending) => {
  let workers = 0
  let cache: Invalidation | undefined
  const reports = createOwnReport(() => rpc)
  const rpc: ReturnType<typeof createRpc<ToPrimary, ToWorker>> = createRpc<ToPrimary, ToWorker>({
    send,
    handlers: {
      recall: ({ kind, name }) => limits.recall(kind, name),
      feed: async ({ noun, event }) => {
        await (await joined).sources[noun].receive(event)
      },
      changed: ({ noun, ids, before }) => cache?.changed(noun, ids, before),
      forgetPerson: ({ cvId }) => cache?.forgetPerson(cvId),
      count: ({ workers: count }) => {
        workers = count
      },
      report: reports.collect,
      drain: onDrain,
      stop: onStop
    }
  })
  const { lenders, days } = createPrimaryEngine(rpc)
  const limits = createSharedCounters({ lenders })
  process.on('message', rpc.receive)

  const { intervalMs } = config.feed
  const poll = () => rpc.ask('poll', null)
  const sourceOf = (noun: Noun, since: Progress = { readTo: 0, settled: 0, hasRead: false }) =>
    createRemoteSource({ noun, since, intervalMs, poll, vdab: () => cache })
  const joined = rpc.ask('hello', null).then(({ feeds, ...rest }) => {
    const [vacature, kandidaat] = [sourceOf('vacature', feeds?.vacature), sourceOf('kandidaat', feeds?.kandidaat)]
    return { ...rest, sources: { vacature, kandidaat } }
  })
  const { port, tokenSecret, simulatorUrl, auditFile, sources } = await joined

  return {
    /** The number of this worker, and the number of workers that accept connections. */
    info: () => ({ id: id(), count: workers }),
    port,
    tokenSecret,
    simulatorUrl,
    exportCounters: limits.exportCounters,
    counters: limits.counters,
    days,
    auditFile,
    auditSink: auditFile === undefined ? undefined : createRemoteSink(rpc),
    quota: createRemoteQuota(rpc),
    grant: async (refused?: string) => toToken(await rpc.ask('token', { refused })),
    sourceOf: (noun: Noun) => sources[noun].source,
    /** Sets the cache that requests of the primary invalidate. */
    attach: (invalidation: Invalidation) => {
      cache = invalidation
    },
    /** Invalidates records in every worker. Rejects with 503 when a worker does not respond in time. */
    changed: (noun: Noun, ids: readonly string[], before: number) =>
      everywhere(rpc.ask('changed', { noun, ids, before })),
    forgetPerson: (cvId: string) => everywhere(rpc.ask('forgetPerson', { cvId })),
    ...reports.shared,
    listening: (address: string) => rpc.ask('listening', { address })
  }
}

export type SharedState = Awaited<ReturnType<typeof joinPrimary>>
