import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { createStream } from 'rotating-file-stream'
import type { RotatingFileStream } from 'rotating-file-stream'
import { GatewayError } from '../errors.ts'

/** Who saw what of whom, when, and why. Never a value: `groepen` names the scopes whose fields were shown. */
export type AuditRecord = {
  readonly time: string
  readonly consumer: string
  readonly doel: string
  readonly cvId: string
  readonly groepen: readonly string[]
  readonly requestId: string
  /** the GraphQL operation's name or the REST path's pattern */
  readonly deur: string
}

type Sink = { write: (text: string) => Promise<void>; close: () => Promise<void> }

const toStdout: Sink = {
  write: (text) => new Promise((resolve, reject) => { process.stdout.write(text, (error) => { if (error) reject(error); else resolve() }) }),
  close: async () => {}
}

/** Rotated files stand beside the file itself, oldest first by name: audit.ndjson.2026-11-21T10-00-00-000Z.1 */
const rotatedName = (name: string) => (time: number | Date | null, index?: number) =>
  time === null ? name : `${name}.${new Date(time).toISOString().replace(/[:.]/g, '-')}.${index ?? 1}`

const toFile = (path: string, maxBytes: number): Sink => {
  let stream: RotatingFileStream | undefined
  const open = () => {
    const name = basename(path)
    const opened = createStream(rotatedName(name), { path: dirname(path), size: `${maxBytes}B`, interval: '1d', mode: 0o600 })
    // A stream that has failed takes no more writes; the next record opens a new one.
    opened.on('error', () => { if (stream === opened) stream = undefined })
    opened.setMaxListeners(0) // each write under way has one, and there are as many of those as there are readers
    return opened
  }
  return {
    write: (text) => new Promise((resolve, reject) => {
      stream ??= open()
      const current = stream
      const failed = (error: Error) => { reject(error) }
      current.once('error', failed)
      current.write(text, (error) => {
        current.off('error', failed)
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

const isRecord = (value: unknown): value is AuditRecord => typeof value === 'object' && value !== null && 'cvId' in value

// A process that was killed leaves half a last line: its answer did not leave, so nobody saw anything.
const parsed = (text: string): AuditRecord | undefined => {
  try {
    const record: unknown = JSON.parse(text)
    return isRecord(record) ? record : undefined
  } catch {
    return undefined
  }
}

/**
 * The record of every read of a person: NDJSON appended to AUDIT_FILE and rotated, or on stdout marked `"audit":true`.
 * `write` resolves once the operating system has the lines, so that an answer can wait for its record; it rejects with a
 * GatewayError (503) when they could not be written.
 */
export const createAudit = ({ file, maxBytes }: { file: string | undefined; maxBytes: number }) => {
  const sink = file === undefined ? toStdout : toFile(file, maxBytes)
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
    async *of(cvId: string): AsyncGenerator<AuditRecord> {
      if (file === undefined) return
      const name = basename(file)
      const rotated = (await readdir(dirname(file))).filter((other) => other.startsWith(`${name}.`)).sort()
      for (const each of [...rotated, name]) {
        const lines = createInterface({ input: createReadStream(join(dirname(file), each), 'utf8'), crlfDelay: Infinity })
        for await (const text of lines) {
          const record = text.includes(cvId) ? parsed(text) : undefined
          if (record?.cvId === cvId) yield record
        }
      }
    },
    isReadable: file !== undefined,
    close: sink.close
  }
}

export type Audit = ReturnType<typeof createAudit>
