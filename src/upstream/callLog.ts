import type { FastifyBaseLogger } from 'fastify'
import type { CallEvent } from './attempt.ts'

/** Logs one line per call to VDAB: `debug`, or `warn` when it failed. An unknown id (404) is not a failure. */
export const logCall =
  (log: FastifyBaseLogger) =>
  ({ endpoint, status, ms, transaction, requestId, error }: CallEvent) => {
    const isWell = status !== undefined && (status < 400 || status === 404)
    const details = { endpoint, status, ms, transaction, requestId, cause: error?.cause }
    log[isWell ? 'debug' : 'warn'](details, 'VDAB was called')
  }
