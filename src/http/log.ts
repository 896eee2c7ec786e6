import { fstatSync } from 'node:fs'
import sonicBoom from 'sonic-boom'

/** PIPE_BUF: a pipe writes up to this size atomically, so that lines of several processes do not mix (POSIX). */
const pipeBytes = 4096
/** A write to a file has no such limit; a buffer of this size fits in the CPU cache. */
const fileBytes = 16_384
const flushEveryMs = 250
/** The maximum number of bytes that wait while the destination is blocked; further lines are lost. */
const waitingBytes = 1_048_576

/** The destination of log lines; `isPlain` = the line is ASCII, so that each character is one byte. */
export type LogStream = { write(line: string, isPlain?: boolean): unknown }

/**
 * Writes log lines to standard output. It buffers whole lines, up to 4 kB (16 kB for a file) or 250 ms, since one write
 * per request is expensive. The rest is written when the process exits.
 */
export const createLogStream = ({ fd }: { fd: number } = process.stdout): LogStream => {
  const bufferBytes = fstatSync(fd).isFile() ? fileBytes : pipeBytes
  const out = new sonicBoom.SonicBoom({ fd, sync: true, maxLength: waitingBytes, contentMode: 'buffer' })
  // A Buffer, since V8 keeps concatenated strings as ropes until they are flattened.
  let buffer = Buffer.allocUnsafeSlow(bufferBytes)
  let length = 0
  const flush = () => {
    if (length === 0) return
    const full = buffer.subarray(0, length)
    buffer = Buffer.allocUnsafeSlow(bufferBytes) // the old one can wait for a blocked destination
    length = 0
    out.write(full as never) // the type is string, but this content mode takes Buffers
  }
  setInterval(flush, flushEveryMs).unref()
  process.on('exit', flush)
  out.on('error', () => {}) // a full disk or a closed pipe cannot be logged
  return {
    write(line, isPlain = false) {
      const bytes = isPlain ? line.length : Buffer.byteLength(line)
      if (length + bytes > bufferBytes) flush()
      if (bytes > bufferBytes) out.write(Buffer.from(line) as never)
      else length += buffer.write(line, length, isPlain ? 'latin1' : 'utf8')
    }
  }
}
