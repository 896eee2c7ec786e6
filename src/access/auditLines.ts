import type { FileHandle } from 'node:fs/promises'
import { unseal, type ChainHead } from './auditChain.ts'

const lineEnd = 10
const firstTailBytes = 65_536
/** Longer than any record. */
export const maxTailBytes = 16 * 1024 * 1024

/** For `catch`: turns the error of a missing file or folder into `undefined`. Throws any other error again. */
export const orMissing = (error: unknown): undefined => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

/** One line as its bytes, without its line end. Only the last line of a file can lack one (`isEnded` is false). */
export type Line = { readonly bytes: Buffer; readonly isEnded: boolean }

/** The lines of a file as a stream. node:readline would also split at U+2028, decodes the bytes, and hides errors. */
export async function* linesOf(file: FileHandle): AsyncGenerator<Line> {
  let rest: Buffer[] = []
  // Without an encoding, a stream reads buffers.
  for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, start)) {
      const part = chunk.subarray(start, end)
      yield { bytes: rest.length === 0 ? part : Buffer.concat([...rest, part]), isEnded: true }
      rest = []
      start = end + 1
    }
    if (start < chunk.length) rest.push(chunk.subarray(start))
  }
  if (rest.length > 0) yield { bytes: Buffer.concat(rest), isEnded: false }
}

/** The end of a file: up to the first part for which `isEnough` is true, the whole file, or 16 MB. */
const tailOf = async (file: FileHandle, isEnough: (tail: Buffer) => boolean): Promise<Buffer> => {
  const { size } = await file.stat()
  for (let length = firstTailBytes; ; length *= 4) {
    const bytes = Math.min(size, length)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, size - bytes)
    const tail = buffer.subarray(0, bytesRead)
    if (bytes === size || length >= maxTailBytes || isEnough(tail)) return tail
  }
}

/** The bytes after the last line end. */
export const unendedIn = async (file: FileHandle): Promise<Buffer> => {
  const tail = await tailOf(file, (bytes) => bytes.includes(lineEnd))
  return tail.subarray(tail.lastIndexOf(lineEnd) + 1)
}

const lastOf = <T>(tail: Buffer, read: (line: string) => T | undefined): T | undefined => {
  const lines = tail.toString('latin1').split('\n')
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const found = read(lines[index] ?? '')
    if (found !== undefined) return found
  }
  return undefined
}

/** Finds the last line for which `read` returns a value. It receives each byte of a line as one character. */
export const lastLine = async <T>(file: FileHandle, read: (line: string) => T | undefined): Promise<T | undefined> =>
  lastOf(await tailOf(file, (tail) => lastOf(tail, read) !== undefined), read)

/** The last chained record of a file; undefined when it has none. */
export const headOf = (file: FileHandle): Promise<ChainHead | undefined> =>
  lastLine(file, (line) => {
    const found = unseal(line)
    return found && { nr: found.nr, hash: found.hash }
  })

const timeMember = /"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/

/** The time of a record, in ms; undefined when the line has none. */
export const timeIn = (line: string): number | undefined => {
  const time = Date.parse(timeMember.exec(line)?.[1] ?? '')
  return Number.isNaN(time) ? undefined : time
}
