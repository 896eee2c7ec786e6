import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'

const firstPauseMs = 1000
const longestPauseMs = 30_000
/** A worker that has run for this long counts as started successfully. */
const settledMs = 10_000

type Dependencies = {
  count: number
  log: FastifyBaseLogger
  /** the worker was forked, and receives messages */
  onStart: (worker: Worker) => void
  onEnd: (worker: Worker) => void
}

/** Starts the workers, replaces each one that dies, and stops them together. */
export const createSupervisor = ({ count, log, onStart, onEnd }: Dependencies) => {
  const alive = new Set<Worker>()
  const stopping = new AbortController()
  const { signal: stopSignal } = stopping
  let pauseMs = 0
  let isStarted = false

  const fork = () => {
    const startedAt = performance.now()
    const worker = cluster.fork()
    alive.add(worker)
    worker.on('error', () => {}) // an error of its channel; 'exit' follows
    worker.once('exit', (code, signal) => {
      alive.delete(worker)
      onEnd(worker)
      if (!stopSignal.aborted && isStarted) void replace(worker, performance.now() - startedAt, code, signal)
    })
    onStart(worker)
    return worker
  }

  /** Replaces the first dead worker at once, and later ones with exponential backoff. */
  const replace = async ({ id }: Worker, livedMs: number, code: number | null, signal: string | null) => {
    if (livedMs > settledMs) pauseMs = 0
    log.error({ worker: id, code, signal, pauseMs }, 'a worker ended, and is replaced')
    const waitMs = pauseMs
    pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, pauseMs * 2))
    await setTimeout(waitMs, undefined, { signal: stopSignal }).catch(() => {})
    if (!stopSignal.aborted) fork()
  }

  return {
    /** Starts one worker and then all others, so that a configuration error is logged once. Rejects when one fails. */
    start: async (listening: (worker: Worker) => Promise<unknown>) => {
      const begin = async () => {
        if (stopSignal.aborted) throw new Error('the gateway stops')
        const worker = fork()
        const hasEnded = once(worker, 'exit').then(() => true)
        if ((await Promise.race([listening(worker), hasEnded])) === true) throw new Error('a worker could not start')
      }
      await begin()
      await Promise.all(Array.from({ length: count - 1 }, begin))
      isStarted = true
    },
    isStopping: () => stopSignal.aborted,
    /** Requests each worker to stop. Resolves when all have exited. */
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
