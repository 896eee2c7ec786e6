import { GatewayError } from '../errors.ts'
import { toFile } from './auditFile.ts'
import { readAudit, type AuditRecord } from './auditReader.ts'
import { toStdout } from './auditStdout.ts'

export type { AuditRecord } from './auditReader.ts'

/** Writes whole lines. `write` resolves when the operating system has all of them, and rejects when it refuses any. */
export type Sink = { write: (text: string) => Promise<void>; close: () => Promise<void> }

type Options = {
  file: string | undefined
  maxBytes: number
  /** replaces the file where another process writes it */
  sink?: Sink | undefined
  now?: () => number
  warn?: (message: string) => void
}

const nothing: AsyncIterable<AuditRecord> = { async *[Symbol.asyncIterator]() {} }

/**
 * The audit log of reads of personal data: NDJSON in AUDIT_FILE, with rotation, or on stdout, marked `"audit":true`.
 * `write` resolves when the operating system has the lines, so that a response can wait for its records. It rejects
 * with a GatewayError (503) when the write fails.
 */
export const createAudit = (options: Options) => {
  const { file, maxBytes, now, warn } = options
  const sink = options.sink ?? (file === undefined ? toStdout() : toFile({ path: file, maxBytes, now, warn }))
  const line = (record: AuditRecord) => `${JSON.stringify(file === undefined ? { audit: true, ...record } : record)}\n`

  return {
    write: async (records: readonly AuditRecord[]): Promise<void> => {
      if (records.length === 0) return
      try {
        await sink.write(records.map(line).join(''))
      } catch (error) {
        throw new GatewayError(
          'INTERNAL',
          'This answer reads personal data, which could not be put on record in the audit log, so it is not sent.',
          { status: 503, retryAfter: 30, cause: error }
        )
      }
    },
    /** All records of a person, oldest first, streamed from the files. */
    of: (cvId: string): AsyncIterable<AuditRecord> => (file === undefined ? nothing : readAudit(file, cvId)),
    isReadable: file !== undefined,
    close: sink.close
  }
}

export type Audit = ReturnType<typeof createAudit>
