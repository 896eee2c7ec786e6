import type { Socket } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { isClosed } from '../access/requestContext.ts'
import type { RequestContext } from '../access/requestContext.ts'
import type { Consumer } from '../access/consumers.ts'

const route: RequestContext['routeOptions'] = { config: { url: '/graphql', method: 'POST' } }

/**
 * Makes askers of requests that nothing else is to be known of: their other headers have no say in what they are
 * answered.
 */
export const createRequestContexts =
  (log: FastifyBaseLogger) =>
  (id: string, consumer: Consumer, socket: Socket): RequestContext => ({
    consumer,
    present: () => consumer, // whoever sends the answer looks
    isGone: () => isClosed(socket),
    headers: {},
    id,
    get log() {
      return log.child({ requestId: id })
    },
    routeOptions: route
  })
