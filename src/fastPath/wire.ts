import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { fill, lengthOf } from './byteChunks.ts'
import type { ByteChunks } from './byteChunks.ts'
import type { EncodedBytes } from './encodings.ts'

/**
 * Where Node keeps the head that it sends, and whether that has left (`_header`, `_headerSent`: no type of its own
 * tells of them).
 */
type Written = { _header: string; _headerSent: boolean }

const writtenOf = (response: ServerResponse): Written => response as unknown as Written

/**
 * Sends an answer whose head was written beforehand, as one piece that begins with it (text: each character a byte).
 * Node would put the head together out of names and values, and check each of them, at each answer, which takes as long
 * as all the rest that a kept answer needs; so the text is set where Node keeps its own (the same in Node 20 and 24,
 * and what its own `headersSent` looks at). It goes to the socket by one plain write: Node's way of an end with a body
 * is a gathered one, which costs a tenth of the answer. An answer whose turn has not come yet, since it was asked for
 * behind others on its connection, waits where Node keeps those.
 */
const sendPiece = (response: ServerResponse, head: string, piece: string | Buffer) => {
  const { socket } = response
  const written = writtenOf(response)
  written._header = head
  written._headerSent = true
  if (socket?.writable === true) {
    socket.write(piece, 'latin1')
    response.end()
  } else response.end(piece, 'latin1')
}

type Waiting = { response: ServerResponse; head: string; text: string; pieces: ByteChunks | undefined }
/** ms that an answer waits for others of its turn of the loop. */
const longestMs = 1
let waiting: Waiting[] = []
let since = 0

const wait = (one: Waiting) => {
  const now = performance.now()
  if (waiting.length === 0) {
    since = now
    setImmediate(sendWaiting)
  }
  waiting.push(one)
  if (now - since >= longestMs) sendWaiting()
}

/**
 * Sends head and body as one piece of text, with all else that is answered in this turn of the loop: a reader that
 * sleeps is woken once for all of it, and to wake one costs more than an answer that is ready.
 */
export const sendText = (response: ServerResponse, head: string, text = '') => {
  wait({ response, head, text, pieces: undefined })
}

/** The same for bytes, and what follows them: text where there is one of them, which is what small ones have. */
export const sendWhole = (
  response: ServerResponse,
  head: string,
  { bytes, text, end }: Pick<EncodedBytes, 'bytes' | 'text' | 'end'>
) => {
  if (text !== undefined) {
    sendText(response, head, text + end)
    return
  }
  writtenOf(response)._header = head
  if (end === '') response.end(bytes)
  else {
    response.write(bytes)
    response.end(end, 'latin1')
  }
}

const mostKept = 256 * 1024
/** Memory that answers are put together in, one after the other. */
let room = Buffer.allocUnsafeSlow(32 * 1024)

/**
 * Sends what is in pieces; they are put together without making a text of them first, which would be as much again to
 * take away.
 */
const sendPieces = (response: ServerResponse, head: string, pieces: ByteChunks) => {
  const length = head.length + lengthOf(pieces)
  if (length > room.length) room = Buffer.allocUnsafeSlow(length * 2)
  const bytes = room.subarray(0, length)
  fill(bytes, bytes.write(head, 'latin1'), pieces)
  sendPiece(response, head, bytes)
  // Until the system has taken the bytes they must stay as they are; and what is large is not held.
  if (response.writableLength > 0 || length > mostKept) room = Buffer.allocUnsafeSlow(32 * 1024)
}

/** Sends what waits now: before work that may take long. */
export const sendWaiting = () => {
  if (waiting.length === 0) return
  const all = waiting
  waiting = []
  for (const { response, head, text, pieces } of all) {
    if (pieces) sendPieces(response, head, pieces)
    else sendPiece(response, head, head + text)
  }
}

/** Sends pieces, as `sendText` sends text. */
export const sendTogether = (response: ServerResponse, head: string, pieces: ByteChunks) => {
  if (pieces.parts.length === 0) wait({ response, head, text: pieces.text, pieces: undefined })
  else wait({ response, head, text: '', pieces })
}

/**
 * Tells Node that a request has nothing to be read, so that it does not read to the end of nothing, which takes it a
 * tenth of such an answer. (`_dumped` is a field of its own: where it means nothing, it reads.)
 */
export const leaveUnread = (request: IncomingMessage) => {
  ;(request as { _dumped?: boolean })._dumped = true
} // no type of Node's tells of it

/** Reads a body to its end; of one that is cut off nobody is told. */
export const takeBody = (request: IncomingMessage, done: (body: Buffer) => void) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => {
    parts.push(part)
  })
  request.on('end', () => {
    done(parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts))
  })
}

/** A body that was read already, as a stream that the framework reads once more. */
export const readableOf = (body: Buffer): Readable => {
  const read = function (this: Readable) {
    this.push(body)
    this.push(null)
  }
  return Object.assign(new Readable({ read }), { receivedEncodedLength: body.length })
}

let second = 0
let date = ''

/** The Date header's value of this second (RFC 9110, 5.6.7). */
export const httpDate = (): string => {
  const now = Math.floor(Date.now() / 1000)
  if (now !== second) {
    second = now
    date = new Date(now * 1000).toUTCString()
  }
  return date
}
