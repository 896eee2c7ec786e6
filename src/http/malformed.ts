import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * What Node keeps with a connection: the response that is written now (others wait behind it), and the request whose head
 * was read last. The fields are the same in Node 20 and 24; no type of Node's names them.
 */
export type Connection = Socket & {
  _httpMessage?: ServerResponse | null
  parser?: { incoming: IncomingMessage | null } | null
}

type Refusal = { status: number; detail: string; headers?: readonly string[] }

const lingerMs = 2000
const malformed = 'The request is not well-formed HTTP, too large or too slow.'
const statuses: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }
const refused = new WeakSet<Socket>()

/** Calls back when every response under way on this connection has been sent; never, if the connection ends before. */
export const whenAnswered = (socket: Socket, then: () => void) => {
  const response = (socket as Connection)._httpMessage
  if (response) response.once('finish', () => whenAnswered(socket, then))
  else then()
}

// To destroy a connection at once could take the answer from a client that still sends.
const close = (socket: Socket, text = '') => {
  socket.end(text)
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref()
  socket.once('close', () => clearTimeout(timer))
}

/** Answers on a connection that no framework writes to any more, and closes it. No response may be under way there. */
export const refuse = (socket: Socket, { status, detail, headers = [] }: Refusal) => {
  const body = JSON.stringify({
    type: 'about:blank',
    title: 'The request is not right',
    status,
    detail,
    code: 'BAD_USER_INPUT'
  })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...headers
  ]
  close(socket, `${head.join('\r\n')}\r\n\r\n${body}`)
}

/**
 * Answers bytes that are not a request. Responses under way are sent whole first, and the connection is closed after the
 * answer. Nothing is said about the rest of a request that has been answered already.
 */
const answer = (socket: Connection, status: number) => {
  const { _httpMessage: response, parser } = socket
  const isWhole = (response?.req ?? parser?.incoming)?.complete !== false
  if (response && (isWhole || response.headersSent)) response.once('finish', () => answer(socket, status))
  else if (!socket.writable) socket.destroy()
  else if (response || isWhole) refuse(socket, { status, detail: malformed })
  else close(socket)
}

/**
 * Makes what Node calls when it cannot read a request. Fastify's own handler logs the raw packet, and a packet holds a key.
 * `hold` delays the answer to an address that is refused again and again.
 */
export const createClientErrorHandler =
  (hold: (address: string | undefined) => Promise<void> | undefined) =>
  ({ code = '' }: Error & { code?: string }, socket: Socket) => {
    // Node reports the same connection again at each further packet.
    if (socket.destroyed || code === 'ECONNRESET' || refused.has(socket)) return
    refused.add(socket)
    const status = statuses[code] ?? 400
    // The client has closed its side in the middle of a request: it waits for nothing.
    if (code === 'HPE_INVALID_EOF_STATE' && (socket as Connection)._httpMessage) {
      socket.destroy()
      return
    }
    const held = hold(socket.remoteAddress)
    if (held === undefined) {
      answer(socket, status)
      return
    }
    socket.pause() // what else comes on it is as wrong
    void held.then(() => answer(socket, status))
  }
