import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'
import type { Account } from './account.ts'
import type { Session } from './sessions.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Has the client disconnected? */
    isGone: () => boolean
    /** the account of its response */
    account?: Account | undefined
  }
}

/** Has the client closed this connection? A client that closes only its writing side counts as disconnected in Node. */
export const isClosed = ({ destroyed, writableEnded }: Pick<Socket, 'destroyed' | 'writableEnded'>): boolean =>
  destroyed || writableEnded

/** The consumer and the request id of one operation: an HTTP request, or an operation on an open connection. */
export type RequestContext = Pick<
  FastifyRequest,
  'consumer' | 'present' | 'headers' | 'id' | 'isGone' | 'log' | 'account'
> & {
  readonly routeOptions: Pick<FastifyRequest['routeOptions'], 'config'>
  /** the HTTP request that carries it, if that is another object */
  readonly carrier?: object | undefined
  /** the session of an open connection */
  readonly hold?: Session['hold'] | undefined
}

/** Receives the headers of limits and costs: a reply, or a no-op on an open connection. */
export type Notes = { headers(values: Readonly<Record<string, string | number>>): unknown }

const mostTries = 3

/**
 * Computes a response for the consumer as configured when the response is sent: it computes again when scopes, purpose,
 * limits or name have changed in between. Rejects when the key or token is no longer valid by then.
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
