import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Consumer } from '../access/consumers.ts'
import { traceIdOf } from './traceparent.ts'

/** Logs one line per request, with its route, since its URL contains ids. The fast path writes the same line. */
export const registerAccessLog = (
  app: FastifyInstance,
  traceOf: (request: FastifyRequest) => string | undefined = () => undefined
) => {
  app.addHook('onResponse', (request, { statusCode: status, elapsedTime }, done) => {
    const { method, routeOptions, consumer, log, headers } = request
    const traceId = traceOf(request) ?? traceIdOf(headers['traceparent'])
    const name = (consumer as Consumer | undefined)?.name // a public route has no consumer
    log.info(
      { method, route: routeOptions.url ?? 'unknown', status, ms: Math.round(elapsedTime), consumer: name, traceId },
      'answered'
    )
    done()
  })
}
