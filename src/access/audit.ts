import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { createStream } from 'rotating-file-stream'
import type { RotatingFileStream } from 'rotating-file-stream'
import { GatewayError } from '../errors.ts'
import { readAudit } from './auditReader.ts'
import type { AuditRecord } from './auditReader.ts'

export type { AuditRecord } from './auditReader.ts'

/** Takes whole lines; resolves once the operating system has them. */
export type Sink = { write: (text: string) => Promise<void>; close: () => Promise<void> }

// A line at a time: what several processes write to one pipe stays whole up to 4 kB.
const toStdout: Sink = {
  write: async (text) => {
    const lines = text.split(/(?<=\n)/).map((line) => new Promise<void>((resolve, reject) => { process.stdout.write(line, (error) => { if (error) reject(error); else resolve() }) }))
    await Promise.all(lines)
  },
  close: async () => {}
}

/** Rotated files stand beside the file itself, oldest first by name: audit.ndjson.2026-11-21T10-00-00-000Z.1 */
const rotatedName = (name: string) => (time: number | Date | null, index?: number) =>
  time === null ? name : `${name}.${new Date(time).toISOString().replace(/[:.]/g, '-')}.${index ?? 1}`

/** Does the file end in half a line? A killed process or a full disk leaves one, and the next record must not be glued to it. */
const endsInHalfALine = (path: string): boolean => {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return false // what is wrong with it, the write will say
  }
  try {
    const { size } = fstatSync(file)
    const last = Buffer.alloc(1)
    return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n'
  } catch {
    return false
  } finally {
    closeSync(file)
  }
}

/** Appends to the file at `path`, which is rotated past `maxBytes` and at midnight. One process, one file. */
export const toFile = (path: string, maxBytes: number): Sink => {
  let stream: RotatingFileStream | undefined
  let inode: number | undefined
  const current = () => statSync(path, { throwIfNoEntry: false })?.ino
  const open = () => {
    const opened = createStream(rotatedName(basename(path)), { path: dirname(path), size: `${maxBytes}B`, interval: '1d', mode: 0o600 })
    opened.on('open', () => { inode = current() })
    opened.on('rotation', () => { inode = undefined })
    if (endsInHalfALine(path)) opened.write('\n')
    // A stream that has failed takes no more writes; the next record opens a new one.
    opened.on('error', () => { if (stream === opened) stream = undefined })
    opened.setMaxListeners(0) // each write under way has one, and there are as many of those as there are readers
    return opened
  }
  return {
    write: (text) => new Promise((resolve, reject) => {
      // A file that was moved or removed by others would swallow the record.
      if (stream && inode !== undefined && current() !== inode) {
        stream.end()
        stream = undefined
      }
      inode = stream ? inode : undefined
      stream ??= open()
      const target = stream
      const failed = (error: Error) => { reject(error) }
      target.once('error', failed)
      target.write(text, (error) => {
        target.off('error', failed)
        if (error) reject(error)
        else resolve()
      })
    }),
    close: () => new Promise((resolve) => {
      if (stream) stream.end(() => { resolve() })
      else resolve()
    })
  }
}

const nothing: AsyncIterable<AuditRecord> = { async *[Symbol.asyncIterator]() {} }

/**
 * The record of every read of a person: NDJSON appended to AUDIT_FILE and rotated, or on stdout marked `"audit":true`.
 * `write` resolves once the operating system has the lines, so that an answer can wait for its record; it rejects with a
 * GatewayError (503) when they could not be written. `sink` writes instead, where another process has the file.
 */
export const createAudit = ({ file, maxBytes, sink = file === undefined ? toStdout : toFile(file, maxBytes) }: { file: string | undefined; maxBytes: number; sink?: Sink | undefined }) => {
  const line = (record: AuditRecord) => `${JSON.stringify(file === undefined ? { audit: true, ...record } : record)}\n`

  return {
    write: async (records: readonly AuditRecord[]): Promise<void> => {
      if (records.length === 0) return
      try {
        await sink.write(records.map(line).join(''))
      } catch (error) {
        throw new GatewayError('INTERNAL', 'This answer holds personal data, and the read could not be put on record; so it is not given.', { status: 503, retryAfter: 30, cause: error })
      }
    },
    /** Every record of a person, oldest first, read from the files as it goes. */
    of: (cvId: string): AsyncIterable<AuditRecord> => (file === undefined ? nothing : readAudit(file, cvId)),
    isReadable: file !== undefined,
    close: sink.close
  }
}

export type Audit = ReturnType<typeof createAudit>
