import { GatewayError } from '../errors.ts'
import { toFile } from './auditFile.ts'
import { readAudit } from './auditReader.ts'
import type { AuditRecord } from './auditReader.ts'
import { toStdout } from './auditStdout.ts'

export type { AuditRecord } from './auditReader.ts'

/** Takes whole lines; resolves once the operating system has all of them, and rejects when it does not take them. */
export type Sink = { write: (text: string) => Promise<void>; close: () => Promise<void> }

type Options = {
  file: string | undefined
  maxBytes: number
  /** writes instead, where another process has the file */
  sink?: Sink | undefined
  now?: () => number
  warn?: (message: string) => void
}

const nothing: AsyncIterable<AuditRecord> = { async *[Symbol.asyncIterator]() {} }

/**
 * The record of every read of a person: NDJSON appended to AUDIT_FILE and rotated, or on stdout marked `"audit":true`.
 * `write` resolves once the operating system has the lines, so that an answer can wait for its record; it rejects with a
 * GatewayError (503) when they could not be written.
 */
export const createAudit = ({
  file,
  maxBytes,
  now,
  warn,
  sink = file === undefined ? toStdout() : toFile({ path: file, maxBytes, now, warn })
}: Options) => {
  const line = (record: AuditRecord) => `${JSON.stringify(file === undefined ? { audit: true, ...record } : record)}\n`

  return {
    write: async (records: readonly AuditRecord[]): Promise<void> => {
      if (records.length === 0) return
      try {
        await sink.write(records.map(line).join(''))
      } catch (error) {
        throw new GatewayError(
          'INTERNAL',
          'This answer holds personal data, and the read could not be put on record; so it is not given.',
          { status: 503, retryAfter: 30, cause: error }
        )
      }
    },
    /** Every record of a person, oldest first, read from the files as it goes. */
    of: (cvId: string): AsyncIterable<AuditRecord> => (file === undefined ? nothing : readAudit(file, cvId)),
    isReadable: file !== undefined,
    close: sink.close
  }
}

export type Audit = ReturnType<typeof createAudit>
