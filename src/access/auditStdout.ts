import { write } from 'node:fs'
import { promisify } from 'node:util'
import { setTimeout as after } from 'node:timers/promises'
import type { Sink } from './audit.ts'
import { createGroupCommit, writeWhole } from './groupCommit.ts'

/** The most that a pipe takes whole or not at all, so that lines of several processes do not mix (POSIX, PIPE_BUF). */
const pieceBytes = 4096
const fullPipeMs = 20

const writeTo = promisify(write)
const isFull = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EAGAIN'

/** Whole lines, as many in each piece as a pipe takes together. */
const piecesOf = (text: Buffer): Buffer[] => {
  const pieces: Buffer[] = []
  let [start, end] = [0, 0]
  for (let next = text.indexOf('\n') + 1; next > 0; next = text.indexOf('\n', next) + 1) {
    if (next - start > pieceBytes && end > start) {
      pieces.push(text.subarray(start, end))
      start = end
    }
    end = next
  }
  return [...pieces, text.subarray(start)]
}

/**
 * Standard output for records, whatever it is: a pipe that is full is waited for, without holding up anything else; a file on
 * a full disk, or a pipe that nobody reads any more, fails the write. A line that was cut off is closed before the next one.
 */
export const toStdout = (fd = 1): Sink => {
  let isTorn = false

  const writePiece = async (rest: Buffer): Promise<number> => {
    for (;;) {
      try {
        return (await writeTo(fd, rest)).bytesWritten
      } catch (error) {
        if (!isFull(error)) throw error
        await after(fullPipeMs)
      }
    }
  }

  const commit = createGroupCommit(async (texts) => {
    for (const [whole, text] of texts.entries()) {
      for (const piece of piecesOf(text)) {
        const bytes = isTorn ? Buffer.concat([Buffer.from('\n'), piece]) : piece
        const { done, error } = await writeWhole(bytes, writePiece)
        if (error !== undefined) {
          isTorn ||= done > 0
          return { whole, error }
        }
        isTorn = false
      }
    }
    return { whole: texts.length }
  })
  return { write: commit.write, close: commit.settled }
}
