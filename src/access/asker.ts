import type { FastifyRequest } from 'fastify'

/** Who asks one operation, and under which request id: a request of HTTP, or an operation on a connection that stays open. */
export type Asker = Pick<FastifyRequest, 'consumer' | 'headers' | 'id' | 'log' | 'routeOptions'>

/** Where it is noted how a consumer stands: the headers of an answer. An open connection has none any more. */
export type Notes = { headers(values: Readonly<Record<string, string | number>>): unknown }
