import type { FastifyBaseLogger } from 'fastify'

const quietMs = 10 * 60_000

/** Says each warning once in ten minutes, however often its reason comes back. */
export const createWarnings = ({ log, now }: { log: FastifyBaseLogger; now: () => number }) => {
  const saidAt = new Map<string, number>()
  return (message: string) => {
    if (now() - (saidAt.get(message) ?? -Infinity) < quietMs) return
    saidAt.set(message, now())
    log.warn(message)
  }
}
