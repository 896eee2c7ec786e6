import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { once } from 'node:events'

/** The bytes of a request, as they go over the wire. */
export const requestOf = (path: string, headers: Readonly<Record<string, string>>, body?: string) =>
  Buffer.from(
    [
      `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`,
      'host: bench',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...(body === undefined ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
      '',
      body ?? ''
    ].join('\r\n')
  )

/** The longest silence in an answer, in ms. */
const longestMs = 30_000
const end = Buffer.from('\r\n\r\n')

/**
 * One answer from the socket: resolves to its text at the last byte. Throws without a content-length or on a status
 * other than 200.
 */
const answerOf = (socket: Socket) =>
  new Promise<{ at: number; text: () => string }>((resolve, reject) => {
    const chunks: Buffer[] = []
    let [held, whole, start] = [0, Infinity, 0]
    const closed = () => reject(new Error('a connection was closed, or nothing came on it for 30 s'))
    const finish = () => socket.off('data', take).off('error', reject).off('close', closed)
    const take = (chunk: Buffer) => {
      chunks.push(chunk)
      held += chunk.length
      if (whole === Infinity) {
        const head = Buffer.concat(chunks)
        const place = head.indexOf(end)
        if (place === -1) return
        const text = head.subarray(0, place).toString()
        const length = /content-length: (\d+)/i.exec(text)?.[1]
        if (length === undefined || !text.startsWith('HTTP/1.1 200')) {
          reject(new Error(`a herd was answered with ${text}`))
          return
        }
        start = place + end.length
        whole = start + Number(length)
      }
      if (held < whole) return
      finish()
      resolve({ at: performance.now(), text: () => Buffer.concat(chunks).subarray(start).toString() })
    }
    socket.on('data', take).on('error', reject).on('close', closed)
    if (socket.destroyed) closed()
  })

/** This number of open connections that can send one request at the same moment, with little work in this process. */
export const openHerd = async (url: string, count: number) => {
  const { hostname, port } = new URL(url)
  const sockets = Array.from({ length: count }, () => connect(Number(port), hostname).setNoDelay())
  for (const socket of sockets) socket.on('timeout', () => socket.destroy())
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const ask = async (request: Buffer) => {
    const startedAt = performance.now()
    const waiting = sockets.map(async (socket) => {
      socket.setTimeout(longestMs).write(request)
      return answerOf(socket)
    })
    const answers = await Promise.all(waiting)
    for (const socket of sockets) socket.setTimeout(0) // between two requests a longer silence is allowed
    return { times: answers.map(({ at }) => at - startedAt), text: answers[0]?.text() ?? '' }
  }
  return {
    /**
     * Sends on each connection at once: the ms from the first byte sent to each last byte received, and one of the
     * texts.
     */
    ask,
    close: () => {
      for (const socket of sockets) socket.destroy()
    }
  }
}
