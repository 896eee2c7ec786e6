import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { catalogue, problemType } from '../errors.ts'

/**
 * Private fields of Node's sockets: the response that is written now, and the request whose head was read last. They
 * are the same in Node 20 and 24, and have no public types.
 */
export type Connection = Socket & {
  _httpMessage?: ServerResponse | null
  parser?: { incoming: IncomingMessage | null } | null
}

/** Called with the status of a response. */
type OnAnswered = (status: number) => void
type Refusal = { status: number; detail: string; headers?: readonly string[] }

const lingerMs = 2000
const malformed = 'The request is not well-formed HTTP, too large or too slow.'
const statuses: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }
const refused = new WeakSet<Socket>()

/** Calls back when all responses in progress have been sent; never, if the connection closes first. */
export const whenAnswered = (socket: Socket, then: () => void) => {
  const response = (socket as Connection)._httpMessage
  if (response) response.once('finish', () => whenAnswered(socket, then))
  else then()
}

// If the connection is destroyed at once, a client that still sends can lose the response.
const close = (socket: Socket, text = '') => {
  socket.end(text)
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref()
  socket.once('close', () => clearTimeout(timer))
}

/** Writes an error response to a socket without a framework, and closes it. No response may be in progress on it. */
export const refuse = (socket: Socket, { status, detail, headers = [] }: Refusal) => {
  const code = 'BAD_USER_INPUT'
  const body = JSON.stringify({ type: problemType(code), title: catalogue[code].title, status, detail, code })
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
 * Answers bytes that are not a request, after the responses in progress, and closes the connection. The rest of a
 * request that was already answered gets no response.
 */
const answer = (socket: Connection, status: number, onAnswered: OnAnswered) => {
  const { _httpMessage: response, parser } = socket
  const isWhole = (response?.req ?? parser?.incoming)?.complete !== false
  if (response && (isWhole || response.headersSent)) response.once('finish', () => answer(socket, status, onAnswered))
  else if (!socket.writable) socket.destroy()
  else if (response || isWhole) {
    refuse(socket, { status, detail: malformed })
    onAnswered(status)
  } else close(socket)
}

/**
 * Creates the handler of Node's `clientError`. Fastify's own handler logs the raw packet, which contains a key. `hold`
 * delays the response to an address with many refused requests.
 */
export const createClientErrorHandler =
  (hold: (address: string | undefined) => Promise<void> | undefined, onAnswered: OnAnswered = () => {}) =>
  ({ code = '' }: Error & { code?: string }, socket: Socket) => {
    // Node reports the same connection again at each further packet.
    if (socket.destroyed || code === 'ECONNRESET' || refused.has(socket)) return
    refused.add(socket)
    const status = statuses[code] ?? 400
    // The client has closed its side inside a request, so it does not wait for a response.
    if (code === 'HPE_INVALID_EOF_STATE' && (socket as Connection)._httpMessage) {
      socket.destroy()
      return
    }
    const delay = hold(socket.remoteAddress)
    if (delay === undefined) {
      answer(socket, status, onAnswered)
      return
    }
    socket.pause() // further packets of this connection are malformed too
    void delay.then(() => answer(socket, status, onAnswered))
  }
