import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { maxHeaders } from './headers.ts'

/** Configures the connections of a server, and closes those without a request when it stops. */
export const configureConnections = (app: FastifyInstance) => {
  // The idle timeout is enough. With a keep-alive timeout Node would create two timers per request. Fastify's option
  // treats 0 as its default, so the property is set here.
  app.server.keepAliveTimeout = 0
  app.server.maxHeadersCount = maxHeaders + 1
  // Node does not count a connection without a request as idle, so it would delay the stop.
  const unused = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  app.server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket))
  app.addHook('preClose', async () => {
    for (const socket of unused) socket.destroy()
  })
}
