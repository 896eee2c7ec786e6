import type { ServerResponse } from 'node:http'
import { fill, lengthOf } from './byteChunks.ts'
import type { ByteChunks } from './byteChunks.ts'
import type { EncodedBytes } from './encodings.ts'

/** Private fields of Node's ServerResponse: the head to send, and whether it was sent. */
type PrivateFields = { _header: string; _headerSent: boolean }

/**
 * Sends a whole answer, head and body in one piece; in text, each character is a byte. Node would assemble the head from
 * names and values and check each of them, which takes as long as the rest of a stored answer. So this sets the head
 * where Node keeps its own (the same in Node 20 and 24; `headersSent` reads it). One plain write replaces the gathered
 * write of `end(body)`, which takes a tenth of the time of an answer. Without a writable socket, because the answers to
 * earlier requests of the connection come first, Node queues the answer.
 */
export const sendText = (response: ServerResponse, head: string, body: string | Buffer = head) => {
  const { socket } = response
  const fields = response as unknown as PrivateFields // Node's types do not have them
  fields._header = head
  fields._headerSent = true
  if (socket?.writable === true) {
    socket.write(body, 'latin1')
    response.end()
  } else response.end(body, 'latin1')
}

/** Sends bytes and the text that follows them; in one piece with the head if there is a text form of the bytes. */
export const sendBytes = (
  response: ServerResponse,
  head: string,
  { bytes, text, end }: Pick<EncodedBytes, 'bytes' | 'text' | 'end'>
) => {
  if (text !== undefined) {
    sendText(response, head, head + text + end)
    return
  }
  ;(response as unknown as PrivateFields)._header = head // as in `sendText`
  if (end === '') response.end(bytes)
  else {
    response.write(bytes)
    response.end(end, 'latin1')
  }
}

/** A larger buffer is not reused. */
const maxReusedBytes = 256 * 1024
const createBuffer = (bytes = 32 * 1024) => Buffer.allocUnsafeSlow(bytes)
/** The buffer in which answers are assembled, one after the other. */
let shared = createBuffer()

/** Sends chunks. Assembles them as bytes: an intermediate text would double the garbage. */
export const sendChunks = (response: ServerResponse, head: string, chunks: ByteChunks) => {
  if (chunks.parts.length === 0) {
    sendText(response, head, head + chunks.text)
    return
  }
  const length = head.length + lengthOf(chunks)
  if (length > shared.length) shared = createBuffer(length * 2)
  const bytes = shared.subarray(0, length)
  fill(bytes, bytes.write(head, 'latin1'), chunks)
  sendText(response, head, bytes)
  // Bytes that the kernel has not taken yet must not be overwritten.
  if (response.writableLength > 0 || length > maxReusedBytes) shared = createBuffer()
}
