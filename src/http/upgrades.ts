import { EventEmitter } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import websocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import { handleProtocols } from 'graphql-ws'
import { hasTooManyHeaders, maxHeaders } from './headers.ts'
import { refuse, whenAnswered, type Connection } from './malformed.ts'

const goodbyeMs = 500
const offers = new Set(['upgrade', 'http2-settings'])

/** The head of a request without its protocol upgrade. */
const headWithoutUpgrade = ({ method = 'GET', url = '/', httpVersion, rawHeaders }: IncomingMessage) => {
  const lines = rawHeaders.flatMap((name, index) => {
    const value = rawHeaders[index + 1] ?? ''
    if (index % 2 === 1 || offers.has(name.toLowerCase())) return []
    if (name.toLowerCase() !== 'connection') return [`${name}: ${value}`]
    const options = value.split(',').filter((option) => !offers.has(option.trim().toLowerCase()))
    const rest = options.join(',')
    return rest.trim() === '' ? [] : [`${name}: ${rest}`]
  })
  return `${[`${method} ${url} HTTP/${httpVersion}`, ...lines].join('\r\n')}\r\n\r\n`
}

/**
 * Once a server listens for upgrades, Node treats each upgrade header as one. The HTTP clients of Java and curl offer
 * an upgrade to HTTP/2 with ordinary requests. Such a request is parsed again, without the header. The connection is
 * passed only to Node's own listener, since it is not a new one, and the listeners that Node added before are removed
 * first.
 */
const createParseAgain = (server: Server) => {
  // Node adds its own listener when it creates the server.
  const [connectionListener] = server.listeners('connection') as ((this: Server, socket: Socket) => void)[]
  return (request: IncomingMessage, socket: Socket, head: Buffer) => {
    for (const name of ['pause', 'resume']) socket.removeAllListeners(name)
    // Node sets it for a slow reader and clears it at a drain, which was missed
    Object.assign(socket, { _paused: false })
    socket.unshift(Buffer.concat([Buffer.from(headWithoutUpgrade(request), 'latin1'), head]))
    connectionListener?.call(server, socket)
  }
}

function onError(this: Socket) {
  this.destroy()
}
function onDrain(this: Connection) {
  if (this._httpMessage?.writableNeedDrain === true) this._httpMessage.emit('drain')
}

/**
 * Calls back when the responses in progress on a connection have been sent. Before an upgrade event Node removes its
 * own listeners. Without an `error` listener a broken connection would end the process; without a `drain` listener a
 * response would stall.
 */
const afterAnswers = (socket: Socket, then: () => void) => {
  if (!socket.listeners('error').includes(onError)) socket.on('error', onError)
  socket.on('drain', onDrain)
  whenAnswered(socket, () => {
    socket.removeListener('drain', onDrain)
    if (!socket.destroyed) then()
  })
}

/**
 * Accepts WebSockets on the routes that support them, limits their messages, and closes them when the gateway stops.
 */
export const registerUpgrades = async (app: FastifyInstance, { maxBytes }: { maxBytes: number }) => {
  const upgrades = new EventEmitter()
  const parseAgain = createParseAgain(app.server)
  const accept = (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (hasTooManyHeaders(request))
      refuse(socket, { status: 431, detail: `The request has more than ${maxHeaders} headers.` })
    else if (request.headers.upgrade?.toLowerCase() === 'websocket') upgrades.emit('upgrade', request, socket, head)
    else parseAgain(request, socket, head)
  }
  app.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
    afterAnswers(socket, () => accept(request, socket, head))
  )
  // Without a listener Node closes the connection, with the responses in progress.
  const refusal = { status: 405, detail: 'This is not a proxy.', headers: ['allow: GET, HEAD, POST'] }
  app.server.on('connect', (_request: IncomingMessage, socket: Socket) =>
    afterAnswers(socket, () => refuse(socket, refusal))
  )
  await app.register(websocket, {
    // The plugin only listens to `server`.
    options: { maxPayload: maxBytes, handleProtocols, server: upgrades as never },
    // A protocol error or a broken connection: ws has already closed it with the right code.
    errorHandler: (_error, socket) => {
      if (socket.readyState === socket.OPEN) socket.terminate()
    },
    preClose: async () => {
      const closed = [...app.websocketServer.clients].map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.once('close', () => resolve())
            socket.close(1012, 'The gateway stops: connect again, and resume after your last cursor.')
            setTimeout(() => socket.terminate(), goodbyeMs).unref()
          })
      )
      await Promise.all(closed)
    }
  })
}
