import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import fastify, { type FastifyBaseLogger } from 'fastify'
import { toFile } from '../access/auditFile.ts'
import { temporaryAuditFile } from '../access/auditFiles.ts'
import { logHead } from '../access/auditHead.ts'
import type { Config } from '../config/index.ts'
import { settingsFor, startSimulator } from '../vdab/embeddedSimulator.ts'
import { createLogStream } from '../http/log.ts'
import { createWarnings } from '../http/warnings.ts'
import { webOptions } from '../http/serverOptions.ts'
import type { CallEvent } from '../upstream/attempt.ts'
import { logCall } from '../upstream/callLog.ts'
import { createCredentials, type ReachedVdab } from '../upstream/credentials/index.ts'
import { reportCredentials } from '../upstream/credentials/report.ts'
import type { Quota } from '../upstream/quota/contract.ts'
import { createQuota } from '../upstream/quota/index.ts'
import { createBroadcast, type Broadcast } from './broadcast.ts'
import { createSupervisor } from './supervisor.ts'
import { createReports, type Reports } from './reports.ts'
import { createHandlers } from './handlers.ts'
import { createFeeder } from './feeder.ts'
import type { ToPrimary, ToWorker } from './messages.ts'
import { createRpc } from './rpc.ts'

// The workers close their connections at their own deadline; the primary exits a little later.
const graceMs = 1000

/** A free port for all workers. A replacement must also listen on it, even when no other worker is left. */
const freePort = async (host: string): Promise<number> => {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

const sendTo = (worker: Worker) => (message: object, failed: () => void) => {
  if (worker.isConnected())
    worker.send(message, (error) => {
      if (error) failed()
    })
  else failed()
}

type UpstreamOptions = {
  config: Config
  settings: ReachedVdab
  quota: Quota
  broadcast: Broadcast
  reports: Reports
  log: FastifyBaseLogger
  warn: (message: string) => void
}

/** The parts of this process that call VDAB: tokens, and the feeds of changes. */
const createUpstreamParts = ({ reports, log, ...dependencies }: UpstreamOptions) => {
  const { config, settings } = dependencies
  const { note, onToken } = reportCredentials(log)
  const credentials = createCredentials({
    settings,
    note,
    onToken: (error) => {
      onToken(error)
      reports.noteToken({ code: error?.code })
    }
  })
  const logOne = logCall(log)
  const onCall = (event: CallEvent) => {
    logOne(event)
    reports.noteCall(event)
  }
  const feeder = config.feed.intervalMs === 0 ? undefined : createFeeder({ ...dependencies, credentials, onCall })
  return { credentials, feeder }
}

type AuditTools = { log: { info: (message: string) => void }; warn: (message: string) => void }

/** The audit file of all workers: AUDIT_FILE, or a temporary file on the embedded simulator; otherwise their stdout. */
const openAudit = (config: Config, { log, warn }: AuditTools) => {
  const { vdab, auditMaxBytes: maxBytes, auditKeepDays: keepDays, auditChainKey } = config
  const auditFile = config.auditFile ?? (vdab.url ? undefined : temporaryAuditFile())
  if (auditFile !== config.auditFile)
    log.info(`audit records of this simulator go to ${auditFile ?? ''}; AUDIT_FILE names another file`)
  if (auditFile === undefined) return { auditFile, sink: undefined }
  const key = auditChainKey?.reveal()
  return { auditFile, sink: toFile({ path: auditFile, maxBytes, keepDays, key, warn, onHead: logHead(log) }) }
}

/**
 * Runs `config.workers` workers until SIGTERM or SIGINT, and manages the state that they share. It serves no requests
 * itself. Rejects when the first workers cannot start.
 */
export const servePrimary = async (config: Config) => {
  const stream = createLogStream()
  const { log } = fastify(webOptions(config, stream))
  const warn = createWarnings({ log, now: Date.now })
  const { vdab } = config
  const simulator = vdab.url ? undefined : await startSimulator(vdab)
  const settings = settingsFor(vdab, simulator?.url)
  const broadcast = createBroadcast()
  const quota = createQuota({ settings: vdab.quota })
  const listening = new Set<number>()
  const reports = createReports({ config, stream, broadcast, quota, listening, onSimulator: simulator !== undefined })
  const { credentials, feeder } = createUpstreamParts({ config, settings, quota, broadcast, reports, log, warn })
  const audit = openAudit(config, { log, warn })

  const rpcs = new Map<number, ReturnType<typeof createRpc<ToWorker, ToPrimary>>>()
  const onFirstListen = new Map<number, (address: string) => void>()
  const sendCount = () => void broadcast.ask(listening, 'count', { workers: listening.size })
  const handlers = createHandlers({
    workers: config.workers,
    broadcast,
    feeder,
    ...audit,
    quota,
    tokens: credentials.tokens,
    port: config.port || (await freePort(config.host)),
    simulatorUrl: simulator?.url,
    reports,
    onListening: (worker, address) => {
      listening.add(worker)
      sendCount()
      onFirstListen.get(worker)?.(address)
    }
  })
  const supervisor = createSupervisor({
    count: config.workers,
    log,
    onStart: (worker) => {
      const join = () => broadcast.join(worker.id, rpc)
      const rpc: ReturnType<typeof createRpc<ToWorker, ToPrimary>> = createRpc<ToWorker, ToPrimary>({
        send: sendTo(worker),
        handlers: handlers.handlersFor(worker.id, join)
      })
      rpcs.set(worker.id, rpc)
      worker.on('message', rpc.receive)
    },
    onEnd: ({ id }) => {
      reports.end(id)
      handlers.releaseWorker(id)
      rpcs.get(id)?.end()
      rpcs.delete(id)
      listening.delete(id)
      sendCount()
    }
  })

  closeWithGrace({ delay: config.shutdownMs + graceMs, logger: log }, async ({ err, signal }) => {
    if (err) log.error({ name: err.name }, 'stopping after an unexpected error')
    if (signal === 'SIGTERM' && config.drainMs > 0) {
      void broadcast.ask(listening, 'drain', null)
      await setTimeout(config.drainMs)
    }
    await supervisor.stop((worker) => {
      const rpc = rpcs.get(worker.id)
      // A worker that is still starting may not receive messages yet.
      if (rpc && listening.has(worker.id)) void rpc.ask('stop', null).catch(() => undefined)
      else worker.process.kill('SIGTERM')
    })
    await reports.close()
    await feeder?.close()
    await credentials.close()
    await audit.sink?.close()
    await simulator?.close()
  })

  let address = ''
  const whenListening = ({ id }: Worker) =>
    new Promise<void>((resolve) =>
      onFirstListen.set(id, (at) => {
        address = at
        resolve()
      })
    )
  try {
    await supervisor.start(whenListening)
  } catch {
    if (supervisor.isStopping()) return
    process.exit(1) // the worker has logged the reason
  }
  feeder?.start()
  await reports.start()
  if (simulator)
    log.info(
      `the simulator listens on ${simulator.url} (its control API: ${new URL('/_simulator/calls', simulator.url).href})`
    )
  log.info(`the gateway listens on ${address} (${config.workers} workers)`)
}
