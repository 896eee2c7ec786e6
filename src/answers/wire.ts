import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bytes } from './encodings.ts'

/**
 * Sends an answer whose head was written beforehand, status line to empty line. Node would put the same lines together out of
 * names and values, and check each of them, at each answer, which takes as long as all the rest that a kept answer needs; so
 * the text is set where Node keeps its own (`_header`, the same in Node 20 and 24, and what its own `headersSent` looks at).
 */
export const sendWhole = (response: ServerResponse, head: string, { bytes, end }: Pick<Bytes, 'bytes' | 'end'>) => {
  (response as { _header?: string })._header = head // no type of Node's tells of it
  if (end.length === 0) response.end(bytes)
  else {
    response.write(bytes)
    response.end(end, 'latin1')
  }
}

type Waiting = { response: ServerResponse; head: string; text: string }
let waiting: Waiting[] = []

const sendAll = () => {
  const all = waiting
  waiting = []
  for (const { response, head, text } of all) {
    (response as { _header?: string })._header = head
    response.end(text, 'latin1')
  }
}

/**
 * The same for text, each character a byte. What was computed in one turn of the loop leaves together at its end: a reader
 * that sleeps is woken once for all of it, and to wake one costs as much as half an answer.
 */
export const sendText = (response: ServerResponse, head: string, text: string) => {
  if (waiting.length === 0) setImmediate(sendAll)
  waiting.push({ response, head, text })
}

/** The same for an answer without a body. */
export const sendHead = (response: ServerResponse, head: string) => {
  (response as { _header?: string })._header = head
  response.end()
}

/** Reads a body to its end; of one that is cut off nobody is told. */
export const takeBody = (request: IncomingMessage, done: (body: Buffer) => void) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => { parts.push(part) })
  request.on('end', () => { done(parts.length === 1 ? parts[0] ?? Buffer.alloc(0) : Buffer.concat(parts)) })
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
