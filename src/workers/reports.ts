import type { Config } from '../config/index.ts'
import type { LogStream } from '../http/log.ts'
import { version as packageVersion } from '../http/version.ts'
import { createGauges } from '../telemetry/metrics/gauges.ts'
import { createCallCounts } from '../telemetry/metrics/index.ts'
import { createRegistry } from '../telemetry/metrics/registry.ts'
import { createAddedMetrics } from '../telemetry/metrics/workers.ts'
import { createOperatorServer } from '../telemetry/server.ts'
import { createFacts, type ProcessState } from '../telemetry/status/facts.ts'
import type { Quota } from '../upstream/quota/contract.ts'
import { withTimeout, type Broadcast } from './broadcast.ts'

type Dependencies = {
  config: Config
  stream: LogStream
  broadcast: Broadcast
  quota: Quota
  /** the workers that accept connections */
  listening: ReadonlySet<number>
  onSimulator: boolean
}

/** The counts of a killed worker since its last report are lost. */
const everyMs = 5000
/** A worker that hangs is left out; its last report is used. */
const maxWaitMs = 1000

/**
 * Adds up the counts of the workers. The quota, the token and the calls for the feeds are those of this process. The
 * counts of a worker that has ended remain included.
 */
export const createReports = ({ config, stream, broadcast, quota, listening, onSimulator }: Dependencies) => {
  const version = packageVersion ?? 'unknown'
  const { profile } = config.vdab
  const startedAt = new Date().toISOString()
  const calls = createCallCounts()
  const added = createAddedMetrics()
  const states = new Map<number, ProcessState>()
  const workers = () => listening.size
  const own = createRegistry({
    ...calls.sources,
    ...createGauges({ build: { version, profile }, quota: quota.state, workers })
  })

  const ask = async (id: number) => {
    const report = await withTimeout(broadcast.askOne(id, 'report', null), maxWaitMs, undefined).catch(() => undefined)
    if (!report || !listening.has(id)) return
    added.note(id, report.metrics)
    states.set(id, report.state)
  }
  let asking: Promise<unknown> | undefined
  /** Requests the reports of all workers, once for all concurrent callers. */
  const refresh = () =>
    (asking ??= Promise.all([...listening].map(ask)).finally(() => {
      asking = undefined
    }))

  const metrics = async (): Promise<string> => {
    await refresh()
    return added.text(await own.snapshot())
  }
  const facts = async () => {
    await refresh()
    const fixed = { simulator: onSimulator, version, profile, startedAt, workers: workers() }
    return createFacts({ ...fixed, quota: await quota.state() }, [...states.values()])
  }
  const server = config.operator && createOperatorServer(config, stream, { metrics, facts })
  let timer: NodeJS.Timeout | undefined

  return {
    metrics,
    facts,
    noteCall: calls.note,
    noteToken: calls.noteToken,
    end: (id: number) => {
      states.delete(id)
      added.end(id)
    },
    start: async () => {
      timer = setInterval(() => void refresh(), everyMs).unref()
      await server?.listen()
    },
    close: async () => {
      clearInterval(timer)
      await server?.close()
    }
  }
}

export type Reports = ReturnType<typeof createReports>
