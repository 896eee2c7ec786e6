import { open, readdir, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** One read of a person, without any value of it. `groepen` holds the scopes of the fields that were read. */
export type AuditRecord = {
  readonly time: string
  readonly consumer: string
  readonly doel: string
  readonly cvId: string
  readonly groepen: readonly string[]
  readonly requestId: string
  /** the name of the GraphQL operation, or the pattern of the REST path */
  readonly deur: string
}

/** For `catch`: turns the error of a missing file or folder into `undefined`. Throws any other error again. */
export const orMissing = (error: unknown): undefined => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
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

// A killed process can leave a partial line, with the next record appended to it. Its response was never sent.
const recordInLine = (line: string): AuditRecord | undefined => {
  const start = line.lastIndexOf(recordStart)
  return recordIn(line) ?? (start > 0 ? recordIn(line.slice(start)) : undefined)
}

/** The lines of a file as a stream. node:readline would also split at U+2028, and hides errors. */
async function* linesOf(file: FileHandle): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of file.createReadStream({ encoding: 'utf8', autoClose: false })) {
    const lines = `${rest}${String(chunk)}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

async function* recordsIn(file: FileHandle, cvId: string): AsyncGenerator<AuditRecord> {
  for await (const line of linesOf(file)) {
    const record = line.includes(cvId) ? recordInLine(line) : undefined
    if (record?.cvId === cvId) yield record
  }
}

/** The rotated files next to the current one, oldest first. */
const rotatedBeside = async (path: string, liveInode: number | undefined): Promise<string[]> => {
  const entries = (await readdir(dirname(path), { withFileTypes: true }).catch(orMissing)) ?? []
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.startsWith(`${basename(path)}.`))
    .map(({ name }) => join(dirname(path), name))
  const inodes = await Promise.all(names.map(async (name) => (await stat(name).catch(orMissing))?.ino))
  return names
    .filter((_, index) => inodes[index] !== undefined && inodes[index] !== liveInode)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

/**
 * Streams all records of a person from the audit file at `path` and its rotated files, oldest first. The current file
 * is opened before the rotated ones are listed, and read after them, so that a rotation meanwhile neither loses nor
 * repeats a record.
 */
export async function* readAudit(path: string, cvId: string): AsyncGenerator<AuditRecord> {
  const live = await open(path, 'r').catch(orMissing)
  try {
    for (const name of await rotatedBeside(path, (await live?.stat())?.ino)) {
      const rotated = await open(name, 'r').catch(orMissing)
      if (!rotated) continue
      try {
        yield* recordsIn(rotated, cvId)
      } finally {
        await rotated.close()
      }
    }
    if (live) yield* recordsIn(live, cvId)
  } finally {
    await live?.close()
  }
}
