import cluster from 'node:cluster'
import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as after } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'

const firstPauseMs = 1000
const longestPauseMs = 30_000
/** Who has lived so long did not die of its start. */
const settledMs = 10_000

type Dependencies = {
  /** how many there are to be */
  count: number
  log: FastifyBaseLogger
  /** it has begun, and takes messages */
  onStart: (worker: Worker) => void
  onEnd: (worker: Worker) => void
}

/** The workers: started, replaced when one dies, stopped together. */
export const createSupervisor = ({ count, log, onStart, onEnd }: Dependencies) => {
  const alive = new Set<Worker>()
  const stopping = new AbortController()
  let pauseMs = 0
  let isStarted = false

  const fork = () => {
    const startedAt = performance.now()
    const worker = cluster.fork()
    alive.add(worker)
    worker.on('error', () => {}) // of its channel; its end says the rest
    worker.once('exit', (code, signal) => {
      alive.delete(worker)
      onEnd(worker)
      if (!stopping.signal.aborted && isStarted) void replace(worker, performance.now() - startedAt, code, signal)
    })
    onStart(worker)
    return worker
  }

  /** The first death is made good at once; those that follow soon wait, twice as long each time. */
  const replace = async ({ id }: Worker, livedMs: number, code: number | null, signal: string | null) => {
    if (livedMs > settledMs) pauseMs = 0
    log.error({ worker: id, code, signal, pauseMs }, 'a worker ended, and is replaced')
    const waitMs = pauseMs
    pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, pauseMs * 2))
    await after(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
    if (!stopping.signal.aborted) fork()
  }

  /** Resolves when this one takes requests; rejects when it ends before. */
  const listening = (worker: Worker, isUp: Promise<unknown>) =>
    Promise.race([
      isUp,
      once(worker, 'exit').then(() => {
        throw new Error('a worker could not start')
      })
    ])

  return {
    /** Starts the first, and the others once it takes requests: what keeps one from starting is said once. Rejects when one cannot start. */
    start: async (upOf: (worker: Worker) => Promise<unknown>) => {
      const begin = () => {
        const worker = fork()
        return listening(worker, upOf(worker))
      }
      await begin()
      await Promise.all(Array.from({ length: count - 1 }, begin))
      isStarted = true
    },
    isStopping: () => stopping.signal.aborted,
    /** Asks each to stop, and resolves when all have ended. */
    stop: async (ask: (worker: Worker) => void) => {
      stopping.abort()
      await Promise.all(
        [...alive].map(async (worker) => {
          const ended = new Promise((resolve) => worker.once('exit', resolve))
          ask(worker)
          await ended
        })
      )
    }
  }
}
