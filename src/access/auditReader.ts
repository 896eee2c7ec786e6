import { open, readdir, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { orMissing } from './missingFile.ts'

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

const isRecord = (value: unknown): value is AuditRecord =>
  typeof value === 'object' && value !== null && 'cvId' in value

const recordIn = (text: string): AuditRecord | undefined => {
  try {
    const record: unknown = JSON.parse(text)
    return isRecord(record) ? record : undefined
  } catch {
    return undefined
  }
}

/** How each record begins. Within a text, JSON would escape these quotes. */
const beginning = '{"time":'

// A process that was killed leaves a part of a line: its answer did not leave, so nobody saw anything. A record may be glued to it.
const parsed = (text: string): AuditRecord | undefined => {
  const begin = text.lastIndexOf(beginning)
  return recordIn(text) ?? (begin > 0 ? recordIn(text.slice(begin)) : undefined)
}

/** The lines of a file, read as they are asked for. Not by node:readline, which also splits at U+2028 and hides errors. */
async function* linesOf(file: FileHandle): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of file.createReadStream({ encoding: 'utf8', autoClose: false })) {
    const lines = `${rest}${String(chunk)}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

/** The files beside the one that is written to, oldest first: those it was rotated into, whoever moved them. */
const rotatedBeside = async (path: string, liveInode: number | undefined): Promise<string[]> => {
  const entries = (await readdir(dirname(path), { withFileTypes: true }).catch(orMissing)) ?? []
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.startsWith(`${basename(path)}.`))
    .map(({ name }) => join(dirname(path), name))
  const found = await Promise.all(
    names.map(async (name) => ({ name, inode: (await stat(name).catch(orMissing))?.ino }))
  )
  return found
    .filter(({ inode }) => inode !== undefined && inode !== liveInode)
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

/**
 * Every record of a person in the audit file at `path` and those it was rotated into, oldest first, read as they are asked
 * for. The file that is written to is opened before the others are looked for and read after them: if it is rotated
 * meanwhile, nothing is left out and nothing comes twice.
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

async function* recordsIn(file: FileHandle, cvId: string): AsyncGenerator<AuditRecord> {
  for await (const text of linesOf(file)) {
    const record = text.includes(cvId) ? parsed(text) : undefined
    if (record?.cvId === cvId) yield record
  }
}
