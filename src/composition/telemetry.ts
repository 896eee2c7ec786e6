import type { FastifyReply, FastifyRequest } from 'fastify'
import { requireScope } from '../access/authenticate.ts'
import { enrichmentSize } from '../enrichment/memory.ts'
import { isFromThisMachine } from '../http/loopback.ts'
import { version as packageVersion } from '../http/version.ts'
import { registerTelemetry } from '../telemetry/door.ts'
import { createMetrics } from '../telemetry/metrics/index.ts'
import { createSharingSources } from '../telemetry/metrics/sharing.ts'
import { createOperatorServer } from '../telemetry/server.ts'
import { createFacts, type ProcessState } from '../telemetry/status/facts.ts'
import { createActivity } from '../telemetry/status/state.ts'
import { createWatcherSources } from '../telemetry/watcher/sources.ts'
import { createWatcher } from '../telemetry/watcher/watcher.ts'
import type { Access } from './access.ts'
import type { Core } from './core.ts'
import type { Upstream } from './upstream.ts'

const settleMs = 5000
const foldMs = 1000
const promiseMarginMs = 1000

/** The parts of the cache and the data of the enrichment, with their sizes. */
const cachesOf =
  ({ config, derived, requests, shareOf }: Core, { cached, enrichment }: Upstream) =>
  () => ({
    records: { bytes: cached.size().bytes, maxBytes: shareOf('records') + shareOf('objects') },
    answers: { bytes: derived.size().bytes, maxBytes: derived.maxBytes },
    requests: { bytes: requests.size().bytes, maxBytes: requests.maxBytes },
    enrichment: enrichmentSize(enrichment, config)
  })

/** Compares responses with VDAB after they were sent, with a small share of the quota. */
const watchPromise = ({ app, config, events, now, shared }: Core, { cached, vdab, details }: Upstream) => {
  const { quota } = config.vdab
  const callsPerMinute = (quota.callsPerMinute * config.feed.watchShare) / 100 / (shared ? config.workers : 1)
  if (callsPerMinute === 0) return
  const watcher = createWatcher({
    callsPerMinute,
    promiseMs: config.feed.intervalMs + promiseMarginMs,
    recordOf: cached.valueAt,
    freshUntil: vdab.freshUntil,
    fetch: async (id) => {
      const outcome = (await details.fetch([id], { cause: { upstreamCalls: 0, isBackground: () => true } })).get(id)
      if (outcome instanceof Error) throw outcome
      return outcome ?? null
    },
    on: (event) => void events.emit('watched', event),
    now
  })
  events.on('answered', watcher.note)
  const settling = setInterval(watcher.settle, settleMs).unref()
  app.addHook('onClose', (_app, done) => {
    clearInterval(settling)
    done()
  })
}

/** Only a program on this machine and consumers with the scope `beheer` can read the metrics and the status page. */
const admission =
  ({ authenticate, limits }: Access) =>
  async (request: FastifyRequest, reply: FastifyReply) => {
    if (isFromThisMachine(request.raw)) return
    request.consumer = await authenticate(request.raw)
    await limits(request, reply)
    requireScope(request.consumer, 'beheer')
  }

/**
 * Metrics, the status page and the watcher of the promise. With several processes, each process counts and the primary
 * adds up the counts. The data about the quota and the number of processes then come from the primary.
 */
export const createTelemetry = (core: Core, access: Access, upstream: Upstream) => {
  const { app, config, events, now, shared, sharing, stopping, stream } = core
  const { health, changes, quota, onSimulator } = upstream
  const version = packageVersion ?? 'unknown'
  const { profile } = config.vdab
  const startedAt = new Date(now()).toISOString()
  const caches = cachesOf(core, upstream)
  const metrics = createMetrics(
    events,
    {
      build: { version, profile },
      feeds: changes.state,
      caches,
      isUp: () => health.look().status === 'ok',
      isTokenUp: profile === 'v4' ? () => health.look().isTokenUp : undefined,
      ...(shared ? {} : { quota: quota.state, workers: () => 1 })
    },
    { ...createWatcherSources(events), ...(sharing && createSharingSources(sharing.measures)) }
  )
  const activity = createActivity(events, metrics, now)
  const folding = setInterval(activity.fold, foldMs).unref()
  app.addHook('onClose', (_app, done) => {
    clearInterval(folding)
    done()
  })
  watchPromise(core, upstream)

  const state = (): ProcessState => {
    const { isTokenUp, ...seen } = health.look()
    return {
      upstream: seen,
      token: profile === 'v4' ? (isTokenUp ? 'ok' : 'failing') : undefined,
      feeds: changes.state(),
      caches: caches(),
      isStopping: stopping.isDraining(),
      activity: activity.state()
    }
  }
  const facts = async () =>
    createFacts({ simulator: onSimulator, version, profile, startedAt, workers: 1, quota: await quota.state() }, [
      state()
    ])
  shared?.report(async () => ({ metrics: await metrics.snapshot(), state: state() }))
  const door = shared ? { metrics: shared.metrics, facts: shared.facts, now } : { metrics: metrics.text, facts, now }

  if (config.operator === undefined) registerTelemetry(app, { ...door, admit: admission(access) })
  else if (!shared) {
    const server = createOperatorServer(config, stream, door)
    app.addHook('onReady', server.listen) // if the port is in use, the start fails
    app.addHook('onClose', server.close)
    return { url: server.url }
  }
  return { url: () => undefined }
}
