import type { Socket } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { isClosed } from '../access/requestContext.ts'
import type { RequestContext } from '../access/requestContext.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Head } from './head.ts'

const route: RequestContext['routeOptions'] = { config: { url: '/graphql', method: 'POST' } }

/** Creates the contexts of requests that the listener answers. Of their headers, none changes the answer. */
export const createRequestContexts =
  (log: FastifyBaseLogger) =>
  (id: string, consumer: Consumer, socket: Socket, { traceparent }: Pick<Head, 'traceparent'>): RequestContext => ({
    consumer,
    present: () => consumer, // the sender of the answer checks it
    isGone: () => isClosed(socket),
    headers: traceparent === undefined ? {} : { traceparent },
    id,
    get log() {
      return log.child({ requestId: id })
    },
    routeOptions: route,
    account: undefined
  })
