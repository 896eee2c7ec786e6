import type { Worker } from 'node:cluster'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import closeWithGrace from 'close-with-grace'
import fastify from 'fastify'
import { toFile } from '../access/auditFile.ts'
import type { Config } from '../config/index.ts'
import { startSimulator } from '../vdab/embeddedSimulator.ts'
import { createRateLimiter } from '../export/rateLimiter.ts'
import { createLogStream } from '../http/log.ts'
import { createWarnings } from '../http/warnings.ts'
import { webOptions } from '../http/web.ts'
import { createBroadcast } from './broadcast.ts'
import { createSupervisor } from './supervisor.ts'
import { createHandlers } from './handlers.ts'
import { createFeeder } from './feeder.ts'
import type { ToPrimary, ToWorker } from './messages.ts'
import { createPost } from './rpc.ts'

type WorkerPost = ReturnType<typeof createPost<ToWorker, ToPrimary>>

// The workers cut off what has not ended by itself; this process waits a little longer.
const graceMs = 1000

/** A port that is free now. All workers must listen at the same one, also the one that comes when every other has died. */
const freePort = async (host: string): Promise<number> => {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/**
 * Runs `config.workers` workers until SIGTERM or SIGINT, and keeps what they share. It answers no request itself. Rejects
 * when the first workers cannot start.
 */
export const servePrimary = async (config: Config) => {
  const { log } = fastify(webOptions(config, createLogStream()))
  const warn = createWarnings({ log, now: Date.now })
  const simulator = config.vdab.url ? undefined : await startSimulator()
  const url = config.vdab.url ?? new URL(simulator?.url ?? '')
  const audience = createBroadcast()
  const sink =
    config.auditFile === undefined
      ? undefined
      : toFile({ path: config.auditFile, maxBytes: config.auditMaxBytes, warn })
  const feeder =
    config.feed.intervalMs === 0
      ? undefined
      : createFeeder({
          config,
          url,
          key: config.vdab.key ?? randomUUID(),
          audience,
          warn,
          onCall: ({ endpoint, status, ms, transaction, error }) =>
            log[status !== undefined && status < 400 ? 'debug' : 'warn'](
              { endpoint, status, ms, transaction, cause: error?.cause },
              'VDAB was called'
            )
        })

  const posts = new Map<number, WorkerPost>()
  const up = new Map<number, (address: string) => void>()
  const listening = new Set<number>()
  const tellCount = () => void audience.ask(listening, 'count', { workers: listening.size })
  const desk = createHandlers({
    workers: config.workers,
    audience,
    feeder,
    sink,
    rateLimiter: createRateLimiter(config.copies),
    port: config.port || (await freePort(config.host)),
    simulatorUrl: simulator?.url,
    onListening: (worker, address) => {
      listening.add(worker)
      tellCount()
      up.get(worker)?.(address)
    }
  })
  const crew = createSupervisor({
    count: config.workers,
    log,
    onStart: (worker) => {
      const send = (message: object, failed: () => void) => {
        if (worker.isConnected())
          worker.send(message, (error) => {
            if (error) failed()
          })
        else failed()
      }
      const post: WorkerPost = createPost<ToWorker, ToPrimary>({
        send,
        handlers: desk.handlersFor(worker.id, () => audience.join(worker.id, post))
      })
      posts.set(worker.id, post)
      worker.on('message', post.hear)
    },
    onEnd: ({ id }) => {
      desk.gone(id)
      posts.get(id)?.end()
      posts.delete(id)
      listening.delete(id)
      tellCount()
    }
  })

  const close = async () => {
    await crew.stop(({ id }) =>
      posts
        .get(id)
        ?.ask('stop', null)
        .catch(() => undefined)
    )
    await feeder?.close()
    await sink?.close()
    await simulator?.close()
  }
  closeWithGrace({ delay: config.shutdownMs + graceMs, logger: log }, async ({ err }) => {
    if (err) log.error({ name: err.name }, 'stopping after an unexpected error')
    await close()
  })

  let address = ''
  const upOf = ({ id }: Worker) =>
    new Promise<void>((resolve) =>
      up.set(id, (at) => {
        address = at
        resolve()
      })
    )
  try {
    await crew.start(upOf)
  } catch {
    if (crew.isStopping()) return
    process.exit(1) // the worker has said why
  }
  feeder?.start()
  if (simulator)
    log.info(
      `the simulator listens on ${simulator.url} (its own door: ${new URL('/_simulator/calls', simulator.url).href})`
    )
  log.info(`the gateway listens on ${address} (${config.workers} workers)`)
}
