import type { FastifyBaseLogger } from 'fastify'
import { isClosed } from '../access/requestContext.ts'
import type { RequestContext } from '../access/requestContext.ts'
import type { Exchange } from './exchange.ts'

const route: RequestContext['routeOptions'] = { config: { url: '/graphql', method: 'POST' } }

/** Creates the contexts of requests that the listener answers. None of their headers changes the answer. */
export const createRequestContexts =
  (log: FastifyBaseLogger) =>
  (exchange: Exchange): RequestContext => {
    const {
      consumer,
      requestId: id,
      request: { socket },
      head: { traceparent }
    } = exchange
    return {
      consumer,
      present: () => consumer, // the sender of the answer checks it
      isGone: () => isClosed(socket),
      headers: traceparent === undefined ? {} : { traceparent },
      id,
      get log() {
        return log.child({ requestId: id })
      },
      routeOptions: route,
      account: undefined,
      carrier: exchange
    }
  }
