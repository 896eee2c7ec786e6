import type { FastifyInstance } from 'fastify'

const exposed = [
  'age, cache-status, x-request-id, x-vdab-simulator, x-cost, x-cost-remaining, x-cost-limit',
  'ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after'
].join(', ')
const allowedHeaders =
  'accept, authorization, cache-control, content-type, x-api-key, x-doel, x-ibm-client-id, x-request-id'
const maxAgeSeconds = 600

/**
 * Allows pages of these origins to read answers, and answers preflight requests, which have no key. Without origins it
 * does nothing: browsers then refuse every cross-origin request, since each needs a header for its key.
 */
export const registerCors = (app: FastifyInstance, origins: readonly string[]) => {
  if (origins.length === 0) return
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    void reply.header('vary', 'origin')
    if (origin === undefined || !origins.includes(origin)) return undefined
    void reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed })
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return undefined
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': allowedHeaders,
        'access-control-max-age': maxAgeSeconds
      })
      .send()
  })
}
