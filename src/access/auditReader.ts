import type { FileHandle } from 'node:fs/promises'
import { eachAuditFile } from './auditFiles.ts'
import { linesOf } from './auditLines.ts'

/**
 * One read of a person's data, without any value of it. `groepen` contains the scopes of the fields that were read.
 * Records of older versions have neither `beleid`, `nr` nor `hash`.
 */
export type AuditRecord = {
  readonly time: string
  readonly consumer: string
  readonly doel: string
  readonly cvId: string
  readonly groepen: readonly string[]
  readonly requestId: string
  /** the name of the GraphQL operation, or the pattern of the REST path */
  readonly deur: string
  /** the id of the policy in force: which scope opens which field, and which consumers have it */
  readonly beleid?: string
  /** the number and the hash of the record in the chain; the writer adds them */
  readonly nr?: number
  readonly hash?: string
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Is this text valid JSON? */
export const isJson = (text: string): boolean => parse(text) !== undefined

/** The start of each record. Inside a JSON string these quotes are escaped. */
const recordStart = '{"time":'

const recordIn = (text: string): AuditRecord | undefined => {
  const value = parse(text)
  return typeof value === 'object' && value !== null && 'cvId' in value ? (value as AuditRecord) : undefined // its type
}

// A killed process can leave a partial line, with the next record appended to it. The response of the partial record
// was never sent.
const recordInLine = (line: string): AuditRecord | undefined => {
  const start = line.lastIndexOf(recordStart)
  return recordIn(line) ?? (start > 0 ? recordIn(line.slice(start)) : undefined)
}

/** Streams the records of reads in a file whose lines contain `text`. */
export async function* recordsWith(file: FileHandle, text: string): AsyncGenerator<AuditRecord> {
  for await (const { bytes } of linesOf(file)) {
    const record = bytes.includes(text) ? recordInLine(bytes.toString()) : undefined
    if (record) yield record
  }
}

/** Streams all records of a person from the audit file at `path` and its rotated files, oldest first. */
export async function* readAudit(path: string, cvId: string): AsyncGenerator<AuditRecord> {
  for await (const record of eachAuditFile(path, (file) => recordsWith(file, cvId)))
    if (record.cvId === cvId) yield record
}
