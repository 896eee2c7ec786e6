import type { FastifyInstance } from 'fastify'
import type { Cached } from '../cache/cached.ts'
import type { Derived } from '../cache/derived.ts'
import type { RequestCache } from '../cache/requestCache.ts'
import type { Changes } from '../changes/changes.ts'
import type { createHealth } from '../upstream/health.ts'
import type { Quota } from '../upstream/quota/contract.ts'

type Options = {
  health: ReturnType<typeof createHealth>
  changes: Changes
  cached: Cached
  derived: Derived<unknown>
  requests: RequestCache
  dropped: () => Readonly<Record<string, number>>
  drift: () => Readonly<Record<string, number>>
  quota: Quota
  onSimulator: boolean
  isDraining: () => boolean
  worker?: (() => object) | undefined
  sharing?: (() => object) | undefined
}

/**
 * `/health/live`: the process responds. `/health/ready`: it can serve requests; otherwise the reason. Both need no key.
 */
export const registerHealth = (app: FastifyInstance, options: Options) => {
  const {
    health,
    changes,
    cached,
    derived,
    requests,
    dropped,
    drift,
    quota,
    onSimulator,
    isDraining,
    worker,
    sharing
  } = options
  const config = { isPublic: true }
  app.get('/health/live', { config }, (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' })
  )
  app.get('/health/ready', { config }, async (_request, reply) => {
    const { isReady: isServed, upstream } = await health.check()
    const isReady = isServed && !isDraining()
    return reply
      .code(isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({
        status: isReady ? 'ok' : isDraining() ? 'stopping' : 'unavailable',
        upstream,
        // A feed that is not followed only shortens cache times, so it does not affect readiness.
        feeds: changes.state(),
        cache: { ...cached.size(), derived: derived.size(), requests: requests.size() },
        // Members of people that the schema does not know, by type: they are removed from each response.
        dropped: dropped(),
        // Members, values and codes that the schema and the lists do not know, by name, from a sample of the responses.
        drift: drift(),
        // Calls to VDAB, per endpoint: the limit per minute, the slots in use, and the waiting calls.
        quota: await quota.state(),
        simulator: onSimulator,
        ...(worker ? { worker: worker() } : {}),
        // The gateways that share limits through Redis. A gateway without Redis still serves, with its part of the
        // limits.
        ...(sharing ? { sharing: sharing() } : {})
      })
  })
}
