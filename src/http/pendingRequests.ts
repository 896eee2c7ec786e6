import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

// Who connects in order to ask does so within this; a browser that connects beforehand is not waited for any longer.
const askWithinMs = 50

/**
 * Who is at the door: has connected, or has sent a request that was not read or let in yet. Whoever
 * gathers questions may wait a moment for them. A request that was refused, or that is being answered, asks nothing more.
 */
export const createPendingRequests = () => {
  const sockets = new Map<Socket, number>()
  const requests = new Map<FastifyRequest, FastifyReply>()

  const isConnecting = () => {
    const since = performance.now() - askWithinMs
    for (const [socket, at] of sockets) if (at < since) sockets.delete(socket)
    return sockets.size > 0
  }

  const isAsking = () => {
    for (const { raw, statusCode } of requests.values()) if (!raw.headersSent && statusCode < 400) return true
    return false
  }

  return {
    /** Watches the door of a server that is not listening yet. */
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
      // From here on a request asks what it has to ask, in no time; one that was refused does not come so far.
      app.addHook('preHandler', leave)
      app.addHook('onResponse', leave)
    },
    /** A request that has its answer, and asks nothing. */
    leave: (socket: Socket) => sockets.delete(socket),
    isAnyone: () => isAsking() || isConnecting()
  }
}
