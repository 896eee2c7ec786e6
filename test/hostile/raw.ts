import { connect } from 'node:net'

/** An answer as received: names of headers in lower case, in their original order. */
export type Raw = { status: number; names: readonly string[]; headers: Readonly<Record<string, string>>; body: Buffer }

const unchunked = (bytes: Buffer): { body: Buffer; rest: Buffer } | undefined => {
  const parts: Buffer[] = []
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return undefined
    const size = parseInt(bytes.toString('latin1', at, end), 16)
    if (bytes.length < end + 4 + size) return undefined
    if (size === 0) return { body: Buffer.concat(parts), rest: bytes.subarray(end + 4) }
    parts.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 4 + size
  }
}

/**
 * Removes one complete answer from the front; undefined while there is none. `isBare`: it has no body, for any
 * headers.
 */
const takeOne = (bytes: Buffer, isBare: boolean): { raw: Raw; rest: Buffer } | undefined => {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const pairs = lines.map(
    (line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const
  )
  const headers: Record<string, string> = {}
  for (const [name, value] of pairs) headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  const status = Number(first.slice(9, 12))
  const head = { status, names: pairs.map(([name]) => name), headers }
  const after = bytes.subarray(end + 4)
  if (isBare || status < 200 || status === 204 || status === 304)
    return { raw: { ...head, body: Buffer.alloc(0) }, rest: after }
  if (headers['transfer-encoding'] === 'chunked') {
    const found = unchunked(after)
    return found && { raw: { ...head, body: found.body }, rest: found.rest }
  }
  const length = Number(headers['content-length'])
  return after.length < length
    ? undefined
    : { raw: { ...head, body: after.subarray(0, length) }, rest: after.subarray(length) }
}

/** A connection on which a test writes raw bytes and reads the answers in order. */
export const dial = async (url: string) => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let bytes = Buffer.alloc(0)
  let isOver = false
  let wake = () => {}
  socket.on('data', (part) => {
    bytes = Buffer.concat([bytes, part])
    wake()
  })
  socket.on('error', () => {}) // a reset counts as an end
  socket.on('close', () => {
    isOver = true
    wake()
  })
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const woken = () =>
    new Promise<void>((resolve) => {
      wake = resolve
    })
  return {
    socket,
    write: (text: string | Buffer) =>
      new Promise<void>((resolve) => {
        socket.write(text, () => {
          resolve()
        })
      }),
    /** The next answer; undefined when the connection ended before it was complete. */
    async next({ isBare = false } = {}): Promise<Raw | undefined> {
      for (;;) {
        const found = takeOne(bytes, isBare)
        if (found) {
          bytes = Buffer.from(found.rest)
          return found.raw
        }
        if (isOver) return undefined
        await woken()
      }
    },
    /** Resolves when the other side has closed the connection. */
    async over(): Promise<void> {
      while (!isOver) await woken()
    },
    /** The received bytes that were not read yet, one character per byte. */
    text: () => bytes.toString('latin1'),
    /** Resolves when more bytes have arrived; throws at the end of the connection. */
    async more(): Promise<void> {
      if (isOver) throw new Error(`the connection is over: ${bytes.toString('latin1').slice(-300)}`)
      await woken()
    },
    /** The received bytes that belong to no answer. */
    left: () => bytes.length,
    end: () => {
      socket.destroy()
    }
  }
}

/** The head and body of a request as text; content-length is added unless `headers` has it. */
export const written = (start: string, headers: readonly string[], body = ''): string => {
  const saysLength = body === '' || headers.some((line) => /^(content-length|transfer-encoding):/i.test(line))
  return `${[`${start} HTTP/1.1`, 'Host: x', ...headers, ...(saysLength ? [] : [`Content-Length: ${Buffer.byteLength(body)}`])].join('\r\n')}\r\n\r\n${body}`
}
