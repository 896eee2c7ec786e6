import { fstatSync } from 'node:fs'
import sonicBoom from 'sonic-boom'

/** The most a pipe takes in one piece, so that lines of several writers are not torn (POSIX, PIPE_BUF). */
const pipeBytes = 4096
/** A file takes any piece whole; one of this size stays in the caches of the core. */
const fileBytes = 16_384
const flushEveryMs = 250
/** What waits at most while nothing can be written; more is lost. */
const waitingBytes = 1_048_576

/** Where log lines go; `isPlain` when a line is known to be of ASCII alone, each character a byte. */
export type LogStream = { write(line: string, isPlain?: boolean): unknown }

/**
 * Standard output for log lines: whole lines, gathered up to 4 kB (16 kB where it is a file) or for a quarter of a second,
 * since a write for each request would cost a good part of the request. What is left is written when the process ends.
 */
export const createLogStream = ({ fd }: { fd: number } = process.stdout): LogStream => {
  const pieceBytes = fstatSync(fd).isFile() ? fileBytes : pipeBytes
  const out = new sonicBoom.SonicBoom({ fd, sync: true, maxLength: waitingBytes, contentMode: 'buffer' })
  // Bytes, since text that is added to text stays in pieces until it is written.
  let piece = Buffer.allocUnsafeSlow(pieceBytes)
  let length = 0
  const flush = () => {
    if (length === 0) return
    const full = piece.subarray(0, length)
    piece = Buffer.allocUnsafeSlow(pieceBytes) // where it cannot be written now, it waits
    length = 0
    out.write(full as never) // typed for text; in this mode it takes bytes
  }
  setInterval(flush, flushEveryMs).unref()
  process.on('exit', flush)
  out.on('error', () => {}) // a disk that is full, a reader that is gone: there is no other place to say so
  return {
    write(line, isPlain = false) {
      const bytes = isPlain ? line.length : Buffer.byteLength(line)
      if (length + bytes > pieceBytes) flush()
      if (bytes > pieceBytes) out.write(Buffer.from(line) as never)
      else length += piece.write(line, length, isPlain ? 'latin1' : 'utf8')
    }
  }
}
