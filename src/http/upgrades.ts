import { EventEmitter } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import websocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import { handleProtocols } from 'graphql-ws'
import { hasTooManyHeaders, maxHeaders } from './headers.ts'
import { refuse, whenAnswered } from './malformed.ts'
import type { Connection } from './malformed.ts'

const goodbyeMs = 500
const offers = new Set(['upgrade', 'http2-settings'])

/** The head of a request without its offer to change protocols. */
const headWithoutOffer = ({ method = 'GET', url = '/', httpVersion, rawHeaders }: IncomingMessage) => {
  const lines = rawHeaders.flatMap((name, index) => {
    const value = rawHeaders[index + 1] ?? ''
    if (index % 2 === 1 || offers.has(name.toLowerCase())) return []
    if (name.toLowerCase() !== 'connection') return [`${name}: ${value}`]
    const options = value
      .split(',')
      .filter((option) => !offers.has(option.trim().toLowerCase()))
      .join(',')
    return options.trim() === '' ? [] : [`${name}: ${options}`]
  })
  return `${[`${method} ${url} HTTP/${httpVersion}`, ...lines].join('\r\n')}\r\n\r\n`
}

/**
 * Node takes any offer to change protocols for an upgrade once somebody listens for one. The HTTP clients of Java and curl
 * offer HTTP/2 with questions that HTTP/1.1 answers well: such a question is read again without its offer. The connection
 * goes to Node's own listener alone, since nobody has connected anew; and what that listener added before, and Node leaves
 * there, is taken away first.
 */
const createReadAgain = (server: Server) => {
  const [connectionListener] = server.listeners('connection') as ((this: Server, socket: Socket) => void)[] // Node adds its own when it makes the server
  return (request: IncomingMessage, socket: Socket, head: Buffer) => {
    for (const name of ['pause', 'resume']) socket.removeAllListeners(name)
    Object.assign(socket, { _paused: false }) // so Node marks one whose reader is slow, until a drain that it was not told of
    socket.unshift(Buffer.concat([Buffer.from(headWithoutOffer(request), 'latin1'), head]))
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
 * Calls back when the responses under way on a connection have been sent. Before it tells of an upgrade Node takes its own
 * listeners off: without one for errors a broken connection would end the process, without one for drains an answer would stop.
 */
const afterAnswers = (socket: Socket, then: () => void) => {
  if (!socket.listeners('error').includes(onError)) socket.on('error', onError)
  socket.on('drain', onDrain)
  whenAnswered(socket, () => {
    socket.removeListener('drain', onDrain)
    if (!socket.destroyed) then()
  })
}

/** Takes WebSockets, at the addresses that say so, in messages of bounded size; at the end it sends them elsewhere. */
export const registerUpgrades = async (app: FastifyInstance, { maxBytes }: { maxBytes: number }) => {
  const upgrades = new EventEmitter()
  const readAgain = createReadAgain(app.server)
  const take = (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (hasTooManyHeaders(request))
      refuse(socket, { status: 431, detail: `The request has more than ${maxHeaders} headers.` })
    else if (request.headers.upgrade?.toLowerCase() === 'websocket') upgrades.emit('upgrade', request, socket, head)
    else readAgain(request, socket, head)
  }
  app.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
    afterAnswers(socket, () => take(request, socket, head))
  )
  // Without a listener Node ends the connection, and the answers under way with it.
  app.server.on('connect', (_request: IncomingMessage, socket: Socket) =>
    afterAnswers(socket, () =>
      refuse(socket, { status: 405, detail: 'This is not a proxy.', headers: ['allow: GET, HEAD, POST'] })
    )
  )
  await app.register(websocket, {
    options: { maxPayload: maxBytes, handleProtocols, server: upgrades as never }, // the plugin does no more than listen to it
    // A client that breaks the protocol, or its connection: ws has closed it with the code that says why.
    errorHandler: (_error, socket) => {
      if (socket.readyState === socket.OPEN) socket.terminate()
    },
    preClose: async () => {
      const { clients } = app.websocketServer
      const gone = [...clients].map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.once('close', () => resolve())
            socket.close(1012, 'The gateway stops: connect again, and resume after your last cursor.')
            setTimeout(() => socket.terminate(), goodbyeMs).unref()
          })
      )
      await Promise.all(gone)
    }
  })
}
