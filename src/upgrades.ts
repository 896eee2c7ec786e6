import { EventEmitter } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import websocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import { handleProtocols } from 'graphql-ws'

const goodbyeMs = 500
const offers = new Set(['upgrade', 'http2-settings'])

/**
 * Node takes any offer to change protocols for an upgrade once somebody listens for one. The HTTP clients of Java and curl
 * offer HTTP/2 with questions that HTTP/1.1 answers well: such a question goes back to the server without its offer.
 */
const withoutOffer = (server: Server, { method = 'GET', url = '/', httpVersion, rawHeaders }: IncomingMessage, socket: Duplex, head: Buffer) => {
  const lines = rawHeaders.flatMap((name, index) => {
    const value = rawHeaders[index + 1] ?? ''
    if (index % 2 === 1 || offers.has(name.toLowerCase())) return []
    return name.toLowerCase() === 'connection' ? [`${name}: ${value.split(',').filter((option) => !offers.has(option.trim().toLowerCase())).join(',')}`] : [`${name}: ${value}`]
  })
  socket.unshift(Buffer.concat([Buffer.from(`${[`${method} ${url} HTTP/${httpVersion}`, ...lines].join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}

/** Takes WebSockets, at the addresses that say so, in messages of bounded size; at the end it sends them elsewhere. */
export const registerUpgrades = async (app: FastifyInstance, { maxBytes }: { maxBytes: number }) => {
  const upgrades = new EventEmitter()
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() === 'websocket') upgrades.emit('upgrade', request, socket, head)
    else withoutOffer(app.server, request, socket, head)
  })
  await app.register(websocket, {
    options: { maxPayload: maxBytes, handleProtocols, server: upgrades as never }, // the plugin does no more than listen to it
    // A client that breaks the protocol, or its connection: ws has closed it with the code that says why.
    errorHandler: (_error, socket) => { if (socket.readyState === socket.OPEN) socket.terminate() },
    preClose: async () => {
      const { clients } = app.websocketServer
      const gone = [...clients].map((socket) => new Promise<void>((resolve) => {
        socket.once('close', () => { resolve() })
        socket.close(1012, 'The gateway stops: connect again, and resume after your last cursor.')
        setTimeout(() => { socket.terminate() }, goodbyeMs).unref()
      }))
      await Promise.all(gone)
    }
  })
}
