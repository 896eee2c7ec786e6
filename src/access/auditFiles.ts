import { mkdtempSync } from 'node:fs'
import { open, readdir, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { noHead, unseal, type ChainHead } from './auditChain.ts'
import { headOf, lastLine, orMissing, timeIn } from './auditLines.ts'

/** Runs `read` on an open file; undefined when there is none. */
const opened = async <T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T | undefined> => {
  const file = await open(path, 'r').catch(orMissing)
  try {
    return file && (await read(file))
  } finally {
    await file?.close()
  }
}

/** Longer than the first record of a file. */
const firstRecordBytes = 1024

/** The number of the first record of a file; 0 when it is not chained. */
const firstNumber = async (file: FileHandle): Promise<number> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(firstRecordBytes), 0, firstRecordBytes, 0)
  const [line = ''] = buffer.toString('latin1', 0, bytesRead).split('\n')
  return unseal(line)?.nr ?? 0
}

/**
 * The rotated files next to the current one, oldest first: by the number of their first record, since a clock can be
 * set back, and those of older versions by their name.
 */
export const rotatedFiles = async (path: string, liveInode?: number): Promise<string[]> => {
  const entries = (await readdir(dirname(path), { withFileTypes: true }).catch(orMissing)) ?? []
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.startsWith(`${basename(path)}.`))
    .map(({ name }) => join(dirname(path), name))
  const found: { name: string; nr: number }[] = []
  for (const name of names) {
    const file = await opened(name, async (handle) => ({
      ino: (await handle.stat()).ino,
      nr: await firstNumber(handle)
    }))
    if (file && file.ino !== liveInode) found.push({ name, nr: file.nr })
  }
  return found
    .sort((a, b) => a.nr - b.nr || a.name.localeCompare(b.name, 'en', { numeric: true }))
    .map(({ name }) => name)
}

/**
 * Calls `read` for each audit file, oldest first, while it is open. The current file is opened before the rotated ones
 * are listed, and read after them, so that a rotation in between neither loses nor repeats a record.
 */
export async function* eachAuditFile<T>(
  path: string,
  read: (file: FileHandle, name: string) => AsyncIterable<T>
): AsyncGenerator<T> {
  const live = await open(path, 'r').catch(orMissing)
  try {
    for (const name of await rotatedFiles(path, (await live?.stat())?.ino)) {
      const rotated = await open(name, 'r').catch(orMissing)
      if (!rotated) continue
      try {
        yield* read(rotated, name)
      } finally {
        await rotated.close()
      }
    }
    if (live) yield* read(live, path)
  } finally {
    await live?.close()
  }
}

/** The last chained record in the files next to the current one; `noHead` when there is none. */
export const headOfRotated = async (path: string): Promise<ChainHead> => {
  for (const name of (await rotatedFiles(path)).reverse()) {
    const head = await opened(name, headOf)
    if (head) return head
  }
  return noHead
}

/** The last chained record of the audit log at `path`; `noHead` when there is none. */
export const lastHead = async (path: string): Promise<ChainHead> => (await opened(path, headOf)) ?? headOfRotated(path)

/** The names that the gateway gives to rotated files. It deletes no other files. */
const ownName = /\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z\.\d+$/

export type Expired = { readonly path: string; readonly tot: string; readonly head: ChainHead | undefined }

/** The oldest rotated files whose last record is older than `before` (ms); the list ends at the first newer file. */
export const expiredFiles = async (path: string, before: number): Promise<Expired[]> => {
  const expired: Expired[] = []
  for (const name of (await rotatedFiles(path)).filter((found) => ownName.test(found))) {
    const found = await opened(name, async (file) => {
      const time = (await lastLine(file, timeIn)) ?? (await file.stat()).mtimeMs
      return { time, head: await headOf(file) }
    })
    if (found && found.time >= before) break
    if (found) expired.push({ path: name, tot: new Date(found.time).toISOString(), head: found.head })
  }
  return expired
}

/** A file in a new temporary folder that only its owner can open; undefined when it cannot be created. */
export const temporaryAuditFile = (): string | undefined => {
  try {
    return join(mkdtempSync(join(tmpdir(), 'vdab-gateway-audit-')), 'audit.ndjson') // mkdtemp sets mode 700
  } catch {
    return undefined // such as a read-only file system
  }
}
