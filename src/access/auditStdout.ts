import { write } from 'node:fs'
import { promisify } from 'node:util'
import { setTimeout } from 'node:timers/promises'
import { randomBytes } from 'node:crypto'
import type { Sink } from './audit.ts'
import { createMac, type Sealed } from './auditChain.ts'
import { createJournal, toLines } from './auditJournal.ts'
import { createGroupCommit, writeWhole } from './groupCommit.ts'

/** PIPE_BUF: a pipe writes up to this size atomically, so that lines of several processes do not mix (POSIX). */
const chunkBytes = 4096
const fullPipeMs = 20
const lineEnd = 10

const writeTo = promisify(write)
const isFull = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EAGAIN'

/** Splits lines into chunks; only a longer line exceeds `chunkBytes`. */
const chunksOf = (lines: readonly Sealed[]): Buffer[] => {
  const chunks: Buffer[] = []
  let text = ''
  for (const line of lines) {
    const next = toLines([line])
    if (text !== '' && Buffer.byteLength(text) + Buffer.byteLength(next) > chunkBytes) {
      chunks.push(Buffer.from(text))
      text = ''
    }
    text += next
  }
  return text === '' ? chunks : [...chunks, Buffer.from(text)]
}

const linesIn = (bytes: Buffer): number => {
  let lines = 0
  for (let at = bytes.indexOf(lineEnd); at !== -1; at = bytes.indexOf(lineEnd, at + 1)) lines += 1
  return lines
}

/**
 * Writes records to standard output, as one chain of hashes with the id `keten`. A full pipe delays a write without
 * blocking the event loop; a full disk or a closed pipe fails it. After a partial line the next write starts with a
 * line end. The policy is written with the next record, so that a gateway without reads of personal data writes
 * nothing.
 */
export const toStdout = ({
  key,
  fd = 1,
  now = Date.now
}: {
  key?: string | undefined
  fd?: number
  now?: () => number
}): Sink => {
  const opening = `{"audit":true,"keten":"${randomBytes(8).toString('hex')}",`
  const journal = createJournal({ mac: createMac(key), now, opening })
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

  /** Writes lines. `lines` counts the written lines, also after an error. */
  const writeLines = async (sealed: readonly Sealed[]): Promise<{ lines: number; error?: unknown }> => {
    let lines = 0
    for (const chunk of chunksOf(sealed)) {
      const start = isTorn ? 1 : 0
      const bytes = isTorn ? Buffer.concat([Buffer.from('\n'), chunk]) : chunk
      const { done, error } = await writeWhole(bytes, writeChunk)
      lines += linesIn(bytes.subarray(start, Math.max(start, done)))
      if (error !== undefined) {
        isTorn = done === 0 ? isTorn : bytes[done - 1] !== lineEnd
        return { lines, error }
      }
      isTorn = false
    }
    return { lines }
  }

  const commit = createGroupCommit<readonly string[]>(async (group) => {
    const { own, entries, written } = journal.seal(group, false)
    let lines = 0
    for (const [place, records] of [own, ...entries].entries()) {
      const { lines: out, error } = await writeLines(records)
      lines += out
      if (error === undefined) continue
      written(lines)
      return { whole: Math.max(0, place - 1), error }
    }
    written(lines)
    return { whole: group.length }
  })
  return {
    write: commit.write,
    declare: async (policy) => {
      journal.declare(policy)
    },
    close: commit.settled
  }
}
