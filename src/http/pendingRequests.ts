import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

// A client that connects for a request sends it within this time. A preconnect of a browser may send nothing for
// longer.
const sendWithinMs = 50

/**
 * Tracks connections whose first request has not arrived, and requests that have not been authenticated. The batcher
 * waits briefly for them, since they may need VDAB. Refused or answered requests are no longer tracked.
 */
export const createPendingRequests = () => {
  const sockets = new Map<Socket, number>()
  const requests = new Map<FastifyRequest, FastifyReply>()

  const hasConnection = () => {
    const since = performance.now() - sendWithinMs
    for (const [socket, at] of sockets) if (at < since) sockets.delete(socket)
    return sockets.size > 0
  }

  const hasRequest = () => {
    for (const { raw, statusCode } of requests.values()) if (!raw.headersSent && statusCode < 400) return true
    return false
  }

  return {
    /** Tracks a server that does not listen yet. */
    watch: (app: FastifyInstance) => {
      app.server.on('connection', (socket: Socket) => {
        sockets.set(socket, performance.now())
        socket.once('close', () => sockets.delete(socket))
      })
      app.addHook('onRequest', (request, reply, done) => {
        sockets.delete(request.raw.socket)
        if (!request.ws) requests.set(request, reply)
        done()
      })
      const leave = (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
        requests.delete(request)
        done()
      }
      // The handler runs next and makes its calls at once. A refused request does not reach this hook.
      app.addHook('preHandler', leave)
      app.addHook('onResponse', leave)
    },
    /** The first request of this connection was answered without fastify. */
    leave: (socket: Socket) => sockets.delete(socket),
    hasAny: () => hasRequest() || hasConnection()
  }
}

export type PendingRequests = ReturnType<typeof createPendingRequests>
