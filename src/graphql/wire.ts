import type { WebSocket as Port } from 'graphql-ws'
import type { WebSocket } from 'ws'

/** The limit of the send buffer of a connection, in bytes. */
export type WireSettings = { maxBytes: number }
/** An error with the code to close a connection with. */
export class Closing extends Error {
  override readonly name = 'Closing'
  readonly status: number
  constructor(status: number, reason: string) {
    super(reason)
    this.status = status
  }
}

/** Codes of RFC 6455 and of graphql-transport-ws. */
export const closeCodes = {
  unsupported: 1003,
  tryAgainLater: 1013,
  badRequest: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  internal: 4500
} as const

const closeTimeoutMs = 1000
const maxReasonBytes = 123

/** Closes a connection; it is destroyed after a second without the client's close frame. */
export const close = (socket: WebSocket, code: number, reason: string) => {
  socket.close(code, Buffer.byteLength(reason) > maxReasonBytes ? reason.slice(0, maxReasonBytes / 4) : reason)
  setTimeout(() => socket.terminate(), closeTimeoutMs).unref()
}

/** Pings every connection, and destroys those that have not responded to the previous ping. */
export const keepAlive = (sockets: ReadonlySet<WebSocket>, everyMs: number) => {
  const waiting = new WeakSet<WebSocket>()
  const timer = setInterval(() => {
    for (const socket of sockets) {
      if (socket.readyState !== socket.OPEN) continue
      if (waiting.has(socket)) {
        socket.terminate()
        continue
      }
      waiting.add(socket)
      socket.once('pong', () => waiting.delete(socket))
      socket.ping()
    }
  }, everyMs).unref()
  return () => clearInterval(timer)
}

/**
 * Adapts a WebSocket for graphql-ws. `send` resolves when the operating system has accepted the bytes, which gives
 * backpressure; when many operations together exceed `maxBytes`, the connection is closed.
 */
export const portOf = (
  socket: WebSocket,
  { maxBytes }: WireSettings,
  onFailure: (error: unknown) => Closing
): Port => ({
  protocol: socket.protocol,
  send: (text) =>
    new Promise((resolve) => {
      if (socket.readyState !== socket.OPEN) {
        resolve()
        return
      }
      if (socket.bufferedAmount > maxBytes) {
        close(
          socket,
          closeCodes.tryAgainLater,
          'You read too slowly: connect again, and resume after your last cursor.'
        )
        resolve()
        return
      }
      socket.send(text, () => resolve()) // a broken connection emits `close`
    }),
  close: (code, reason) => close(socket, code ?? closeCodes.internal, reason ?? ''),
  onMessage: (take) => {
    socket.on('message', (data: Buffer, isBinary) => {
      if (socket.readyState !== socket.OPEN) return
      if (isBinary) {
        close(socket, closeCodes.unsupported, 'Messages are text.')
        return
      }
      take(data.toString()).catch((error: unknown) => {
        const { status, message } = onFailure(error)
        close(socket, status, message)
      })
    })
  }
})
