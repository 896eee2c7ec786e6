import { GatewayError } from '../errors.ts'
import { whoCouldSee, type FieldAccess } from './auditAccess.ts'
import { lastHead } from './auditFiles.ts'
import { toFile } from './auditFile.ts'
import type { ChainHead } from './auditChain.ts'
import type { AccessPolicy } from './auditPolicy.ts'
import { readAudit, type AuditRecord } from './auditReader.ts'
import { toStdout } from './auditStdout.ts'

export type { AuditRecord } from './auditReader.ts'

/**
 * Writes records, each an object in JSON. `write` resolves when the operating system has all of them, and rejects when
 * it refuses any. `declare` records the policy in force, if it is not yet recorded.
 */
export type Sink = {
  write: (records: readonly string[]) => Promise<void>
  declare: (policy: string) => Promise<void>
  close: () => Promise<void>
}

type Options = {
  file: string | undefined
  maxBytes: number
  keepDays?: number
  /** the key of the chain of hashes */
  key?: string | undefined
  /** the policy in force; each record refers to it */
  policy?: AccessPolicy | undefined
  /** replaces the file when another process writes it */
  sink?: Sink | undefined
  now?: () => number
  warn?: (message: string) => void
  onHead?: ((head: ChainHead) => void) | undefined
}

const nothing: AsyncIterable<AuditRecord> = { async *[Symbol.asyncIterator]() {} }

const createSink = ({ file, maxBytes, keepDays, key, now, warn, onHead }: Options): Sink =>
  file === undefined ? toStdout({ key, now }) : toFile({ path: file, maxBytes, keepDays, key, now, warn, onHead })

/**
 * The audit log of reads of personal data: NDJSON in AUDIT_FILE, with rotation, or on stdout, marked `"audit":true`.
 * `write` resolves when the operating system has the lines, so that a response can wait for its records. It rejects
 * with a GatewayError (503) when the write fails.
 */
export const createAudit = (options: Options) => {
  const { file, policy, now = Date.now, warn = () => {} } = options
  const sink = options.sink ?? createSink(options)
  const declare = () => {
    if (policy) void sink.declare(policy.text()).catch(() => warn('The policy could not be put in the audit log yet.'))
  }
  declare()
  policy?.onChange(declare)

  return {
    write: async (records: readonly AuditRecord[]): Promise<void> => {
      if (records.length === 0) return
      const beleid = policy?.id()
      try {
        await sink.write(records.map((record) => JSON.stringify({ ...record, beleid })))
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
    /** The last record of the chain. */
    head: (): Promise<ChainHead | undefined> => (file === undefined ? Promise.resolve(undefined) : lastHead(file)),
    /** The consumers that could read a field on a day. Throws BAD_USER_INPUT for an unknown field or day. */
    access: async (field: string, day: string): Promise<FieldAccess | undefined> =>
      file === undefined ? undefined : whoCouldSee(file, { field, day, now: now() }),
    isReadable: file !== undefined,
    close: sink.close
  }
}

export type Audit = ReturnType<typeof createAudit>
