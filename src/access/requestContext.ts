import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'
import type { Session } from './sessions.ts'

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
export const isClosed = ({ destroyed, writableEnded }: Pick<Socket, 'destroyed' | 'writableEnded'>): boolean =>
  destroyed || writableEnded

/** Who asks one operation, and under which request id: a request of HTTP, or an operation on a connection that stays open. */
export type RequestContext = Pick<FastifyRequest, 'consumer' | 'present' | 'headers' | 'id' | 'isGone' | 'log'> & {
  readonly routeOptions: Pick<FastifyRequest['routeOptions'], 'config'>
  /** holds something open for it, where a connection stays open */
  readonly hold?: Session['hold'] | undefined
}

/** Where it is noted how a consumer stands: the headers of an answer. An open connection has none any more. */
export type Notes = { headers(values: Readonly<Record<string, string | number>>): unknown }

const mostTries = 3

/**
 * An answer as the consumer may have it at the moment when it leaves: one that was computed for a consumer who has changed
 * since, in scopes, purpose, limits or name, is computed anew. Rejects when the key or the token is no longer valid by then.
 */
export const forPresent = async <T>(
  requestContext: Pick<RequestContext, 'present'>,
  compute: () => T | Promise<T>
): Promise<T> => {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const consumer = requestContext.present()
    const answer = await compute()
    if (requestContext.present() === consumer) return answer
  }
  throw new GatewayError('INTERNAL', 'Your scopes change faster than this can be answered; ask again.', {
    status: 503,
    retryAfter: 1
  })
}
