import type { Socket } from 'node:net'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Consumer } from './consumers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Has the client hung up? Then its answer reaches nobody. */
    isGone: () => boolean
  }
}

/**
 * Has the other side closed this connection? Node closes its own side when it hears of it, so that a client which closes only
 * its half for writing has hung up, too.
 */
export const isClosed = ({ destroyed, writableEnded }: Pick<Socket, 'destroyed' | 'writableEnded'>): boolean => destroyed || writableEnded

/** Who asks one operation, and under which request id: a request of HTTP, or an operation on a connection that stays open. */
export type Asker = Pick<FastifyRequest, 'consumer' | 'headers' | 'id' | 'isGone' | 'log'> & { readonly routeOptions: Pick<FastifyRequest['routeOptions'], 'config'> }

/** Where it is noted how a consumer stands: the headers of an answer. An open connection has none any more. */
export type Notes = { headers(values: Readonly<Record<string, string | number>>): unknown }

const route: Asker['routeOptions'] = { config: { url: '/graphql', method: 'POST' } }

/** Makes askers of requests that nothing else is to be known of: their other headers have no say in what they are answered. */
export const askersOf = (log: FastifyBaseLogger) => (id: string, consumer: Consumer, socket: Socket): Asker => ({
  consumer,
  isGone: () => isClosed(socket),
  headers: {},
  id,
  get log() { return log.child({ requestId: id }) },
  routeOptions: route
})
