import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/** The response headers that pages may read, in addition to those that every browser allows. */
const exposedHeaders = [
  ...['age', 'allow', 'cache-status', 'deprecation', 'etag', 'link', 'retry-after', 'sunset', 'www-authenticate'],
  ...['ratelimit', 'ratelimit-limit', 'ratelimit-policy', 'ratelimit-remaining', 'ratelimit-reset'],
  ...['x-cost', 'x-cost-limit', 'x-cost-remaining', 'x-problemen', 'x-request-id', 'x-total-count'],
  ...['x-vdab-simulator', 'x-verborgen'],
  ...['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset']
]
/** The request headers that pages may send. */
const allowedHeaders = [
  ...['accept', 'authorization', 'cache-control', 'content-type', 'if-none-match', 'last-event-id'],
  ...['traceparent', 'tracestate', 'x-api-key', 'x-doel', 'x-explain', 'x-ibm-client-id', 'x-request-id'],
  ...['apollographql-client-name', 'apollographql-client-version']
]
const methods = ['GET', 'HEAD', 'POST', 'DELETE']
const maxAge = 600

/**
 * Allows pages of these origins to read responses, and answers their preflight requests, which have no key. Without
 * origins it does nothing: browsers then refuse every cross-origin request, since each needs a header for its key.
 */
export const registerCors = async (app: FastifyInstance, origins: readonly string[]) => {
  if (origins.length === 0) return
  await app.register(cors, {
    // Only a preflight of these origins is answered here; every other OPTIONS goes to the routes.
    delegator: ({ headers, method }, done) => {
      const isAllowed = headers.origin !== undefined && origins.includes(headers.origin)
      const preflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
      done(null, {
        origin: isAllowed ? headers.origin : false,
        preflight,
        exposedHeaders,
        allowedHeaders,
        methods,
        maxAge
      })
    }
  })
}
