import type { FastifyBaseLogger } from 'fastify'

const quietMs = 10 * 60_000

/** Logs each warning at most once in ten minutes. */
export const createWarnings = ({ log, now }: { log: FastifyBaseLogger; now: () => number }) => {
  const loggedAt = new Map<string, number>()
  return (message: string) => {
    if (now() - (loggedAt.get(message) ?? -Infinity) < quietMs) return
    loggedAt.set(message, now())
    log.warn(message)
  }
}
