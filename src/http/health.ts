import type { FastifyInstance } from 'fastify'
import type { Cached } from '../cache/cached.ts'
import type { Derived } from '../cache/derived.ts'
import type { RequestCache } from '../cache/requestCache.ts'
import type { Changes } from '../changes/changes.ts'
import type { createHealth } from '../upstream/health.ts'

type Options = {
  health: ReturnType<typeof createHealth>
  changes: Changes
  cached: Cached
  derived: Derived<unknown>
  requests: RequestCache
  dropped: () => Readonly<Record<string, number>>
  onSimulator: boolean
  worker?: (() => object) | undefined
}

/** `/health/live`: the process answers. `/health/ready`: it is of use, and if not, why not. Neither takes a key. */
export const registerHealth = (
  app: FastifyInstance,
  { health, changes, cached, derived, requests, dropped, onSimulator, worker }: Options
) => {
  const config = { isPublic: true }
  app.get('/health/live', { config }, () => ({ status: 'ok' }))
  app.get('/health/ready', { config }, async (_request, reply) => {
    const { isReady, upstream } = await health.check()
    return reply
      .code(isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({
        status: isReady ? 'ok' : 'unavailable',
        upstream,
        // a feed that is not followed takes nothing out of service: what is cached is kept for shorter
        feeds: changes.state(),
        cache: { ...cached.size(), derived: derived.size(), requests: requests.size() },
        // members of people that VDAB sends and the schema does not know, by type: left out of every answer
        dropped: dropped(),
        simulator: onSimulator,
        ...(worker ? { worker: worker() } : {})
      })
  })
}
