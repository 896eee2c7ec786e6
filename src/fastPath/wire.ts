import type { ServerResponse } from 'node:http'
import { fill, lengthOf } from './byteChunks.ts'
import type { ByteChunks } from './byteChunks.ts'

/** Private fields of Node's ServerResponse: the head to send, and whether it was sent. */
type PrivateFields = { _header: string; _headerSent: boolean }

/**
 * Writes a whole answer, head and body in one piece; in text, each character is a byte. Node would assemble the head
 * from names and values and check each of them, which takes as long as the rest of a cached answer. So this function
 * sets the head in Node's own private field (the same in Node 20 and 24; `headersSent` reads it). One plain write
 * replaces the gathered write of `end(body)`, which takes a tenth of the time of an answer. When there is no writable
 * socket, because earlier answers of the connection come first, Node queues the answer.
 */
const write = (response: ServerResponse, head: string, body: string | Buffer) => {
  const { socket } = response
  const fields = response as unknown as PrivateFields // Node's types do not have them
  fields._header = head
  fields._headerSent = true
  if (socket?.writable === true) {
    socket.write(body, 'latin1')
    response.end()
  } else response.end(body, 'latin1')
}

/** A larger buffer is not reused. */
const maxReusedBytes = 256 * 1024
const createBuffer = (bytes = 32 * 1024) => Buffer.allocUnsafeSlow(bytes)
/** The buffer in which answers are assembled, one after another. */
let shared = createBuffer()

/** Bytes, and the text that follows them. */
type Bytes = { readonly bytes: Buffer; readonly end: string }
type Body = ByteChunks | Bytes

const bytesIn = (body: Body): number => ('bytes' in body ? body.bytes.length + body.end.length : lengthOf(body))

const copy = (into: Buffer, at: number, body: Body) => {
  if (!('bytes' in body)) return fill(into, at, body)
  into.set(body.bytes, at)
  return into.write(body.end, at + body.bytes.length, 'latin1')
}

/** Assembles head and body as bytes and writes them: an intermediate text would double the garbage. */
const writeBytes = (response: ServerResponse, head: string, body: Body) => {
  const length = head.length + bytesIn(body)
  if (length > shared.length) shared = createBuffer(length * 2)
  const bytes = shared.subarray(0, length)
  copy(bytes, bytes.write(head, 'latin1'), body)
  write(response, head, bytes)
  // Bytes that the kernel has not taken yet must not be overwritten.
  if (response.writableLength > 0 || length > maxReusedBytes) shared = createBuffer()
}

type Pending = { readonly response: ServerResponse; readonly head: string; readonly body: string | Body }
/** the maximum delay in ms of an answer that waits for other answers */
const maxDelayMs = 1
let pending: Pending[] = []
let pendingSince = 0

/** Sends the waiting answers. To be called before work that may take long. */
export const sendPending = () => {
  const answers = pending
  pending = []
  for (const { response, head, body } of answers)
    if (typeof body === 'string') write(response, head, head + body)
    else writeBytes(response, head, body)
}

const enqueue = (answer: Pending) => {
  const now = performance.now()
  if (pending.length === 0) {
    pendingSince = now
    setImmediate(sendPending)
  }
  pending.push(answer)
  if (now - pendingSince >= maxDelayMs) sendPending()
}

/**
 * Sends head and body in one piece, at the end of this turn of the event loop, together with the other answers of the
 * turn. A client on the same machine then wakes up once for all of them.
 */
export const sendText = (response: ServerResponse, head: string, body = '') => {
  enqueue({ response, head, body })
}

/** Sends chunks, as `sendText` does. */
export const sendChunks = (response: ServerResponse, head: string, chunks: ByteChunks) => {
  enqueue({ response, head, body: chunks.parts.length === 0 ? chunks.text : chunks })
}

/** Sends bytes and the text that follows them; many bytes are not copied. */
export const sendBytes = (response: ServerResponse, head: string, { bytes, end }: Bytes) => {
  if (bytes.length <= maxReusedBytes / 2) {
    enqueue({ response, head, body: { bytes, end } })
    return
  }
  ;(response as unknown as PrivateFields)._header = head // as in `write`
  if (end === '') response.end(bytes)
  else {
    response.write(bytes)
    response.end(end, 'latin1')
  }
}
