import { write } from 'node:fs'
import { promisify } from 'node:util'
import { setTimeout } from 'node:timers/promises'
import type { Sink } from './audit.ts'
import { createGroupCommit, writeWhole } from './groupCommit.ts'

/** PIPE_BUF: a pipe writes up to this size atomically, so that lines of several processes do not mix (POSIX). */
const chunkBytes = 4096
const fullPipeMs = 20

const writeTo = promisify(write)
const isFull = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EAGAIN'

/** Splits a text into chunks of whole lines; only a longer line exceeds `chunkBytes`. */
const chunksOf = (text: Buffer): Buffer[] => {
  const chunks: Buffer[] = []
  let [start, end] = [0, 0]
  for (let next = text.indexOf('\n') + 1; next > 0; next = text.indexOf('\n', next) + 1) {
    if (next - start > chunkBytes && end > start) {
      chunks.push(text.subarray(start, end))
      start = end
    }
    end = next
  }
  return [...chunks, text.subarray(start)]
}

/**
 * Writes records to standard output. A full pipe delays a write without blocking the event loop; a full disk or a
 * closed pipe fails it. After a partial line the next write starts with a line end.
 */
export const toStdout = (fd = 1): Sink => {
  let isTorn = false

  const writeChunk = async (rest: Buffer): Promise<number> => {
    for (;;) {
      try {
        return (await writeTo(fd, rest)).bytesWritten
      } catch (error) {
        if (!isFull(error)) throw error
        await setTimeout(fullPipeMs)
      }
    }
  }

  const commit = createGroupCommit(async (texts) => {
    for (const [whole, text] of texts.entries())
      for (const chunk of chunksOf(text)) {
        const bytes = isTorn ? Buffer.concat([Buffer.from('\n'), chunk]) : chunk
        const { done, error } = await writeWhole(bytes, writeChunk)
        if (error !== undefined) {
          isTorn ||= done > 0
          return { whole, error }
        }
        isTorn = false
      }
    return { whole: texts.length }
  })
  return { write: commit.write, close: commit.settled }
}
