import { existsSync, statSync } from 'node:fs'
import { mkdir, open as openFile, rename, unlink, type FileHandle } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Sink } from './audit.ts'
import { createMac, type ChainHead } from './auditChain.ts'
import { expiredFiles, headOfRotated, type Expired } from './auditFiles.ts'
import { createJournal, toLines } from './auditJournal.ts'
import { headOf, orMissing } from './auditLines.ts'
import { repairTail } from './auditRepair.ts'
import { createGroupCommit, writeWhole } from './groupCommit.ts'

type OpenFile = { readonly handle: FileHandle; readonly ino: number; readonly dev: number }
type Options = {
  path: string
  /** the size at which the file is rotated */
  maxBytes: number
  /** rotated files whose last record is older are deleted; 0 = none */
  keepDays?: number | undefined
  /** the key of the chain; undefined = SHA-256 without a key */
  key?: string | undefined
  /** ms; the file is also rotated at midnight, in the time zone of the machine */
  now?: (() => number) | undefined
  warn?: ((message: string) => void) | undefined
  /** receives the last record of the chain at the start, at midnight and at the end, to be stored elsewhere */
  onHead?: ((head: ChainHead) => void) | undefined
}

const dayMs = 86_400_000
const dayOf = (time: number) => new Date(time).toDateString()
const untilMidnight = (time: number) => {
  const date = new Date(time)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime() - time
}

/** Opens for reading and appending. Creates the folder if it is missing. */
const openOrCreate = async (path: string): Promise<FileHandle> => {
  const open = () => openFile(path, 'a+', 0o600)
  const handle = await open().catch(orMissing)
  if (handle) return handle
  await mkdir(dirname(path), { recursive: true })
  return open()
}

/** A free name next to the file, sortable by time: audit.ndjson.2026-11-21T10-00-00-000Z.1 */
const rotatedName = (path: string, time: number): string => {
  const stem = `${path}.${new Date(time).toISOString().replace(/[:.]/g, '-')}`
  for (let index = 1; ; index += 1) if (!existsSync(`${stem}.${index}`)) return `${stem}.${index}`
}

/** The bytes of the entries that were written completely, and their number. */
const wholeIn = (entries: readonly Buffer[], done: number): { whole: number; end: number } => {
  let [whole, end] = [0, 0]
  for (const { length } of entries) {
    if (end + length > done) break
    end += length
    whole += 1
  }
  return { whole, end }
}

const deletionOf = (expired: readonly Expired[]) => ({
  soort: 'verwijderd',
  bestanden: expired.map(({ path, tot, head }) => ({ naam: basename(path), tot, ...head }))
})

/**
 * Appends records to a file as one chain of hashes. It rotates the file by size and at midnight, and deletes rotated
 * files that have expired. Only one process may write to a file. A write resolves when its entry is complete in the
 * file; an entry that could not be completed is removed from it.
 */
export const toFile = (options: Options): Sink => {
  const { path, maxBytes, keepDays = 0, key, now = Date.now, warn = () => {}, onHead = () => {} } = options
  const journal = createJournal({ mac: createMac(key), now })
  let file: OpenFile | undefined
  let lastDay = ''

  const close = async () => {
    const { handle } = file ?? {}
    file = undefined
    await handle?.close()
  }

  const resume = async (handle: FileHandle) => {
    const found = await headOf(handle)
    if (found) journal.resume(found)
    else if (!journal.hasHead()) journal.resume(await headOfRotated(path))
  }

  const open = async (): Promise<OpenFile> => {
    const handle = await openOrCreate(path)
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) throw Object.assign(new Error('AUDIT_FILE is not a file'), { code: 'ERR_NOT_A_FILE' })
      const remains = await repairTail(handle)
      if (remains) journal.note({ soort: 'hersteld', ...remains })
      await resume(handle)
      lastDay = dayOf(stats.size === 0 ? now() : stats.mtimeMs)
      return { handle, ino: stats.ino, dev: stats.dev }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** When the file cannot be renamed, writes continue in it, so that no record is lost. */
  const rotate = async () => {
    try {
      await rename(path, rotatedName(path, now()))
    } catch {
      warn('The audit file could not be rotated; it keeps growing.')
      return
    }
    await close()
    file = await open()
  }

  /** The open file and its size. It is opened again when another process has moved or removed it. */
  const current = async (): Promise<{ handle: FileHandle; size: number }> => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (file && (file.ino !== found?.ino || file.dev !== found.dev)) await close()
    const isOpen = file !== undefined
    file ??= await open()
    const { size } = isOpen && found ? found : await file.handle.stat()
    if (size < maxBytes && (size === 0 || lastDay === dayOf(now()))) return { handle: file.handle, size }
    await rotate()
    return { handle: file.handle, size: (await file.handle.stat()).size }
  }

  /** Removes the bytes after the last complete entry. When that fails, the next opening repairs the file. */
  const cutBack = async (handle: FileHandle, from: number, to: number) => {
    try {
      if ((await handle.stat()).size === from) await handle.truncate(to)
    } finally {
      await close()
    }
  }

  const commit = createGroupCommit<readonly string[]>(async (group) => {
    const { handle, size } = await current()
    const { own, entries, written } = journal.seal(group, size === 0)
    const texts = [own, ...entries].map((records) => Buffer.from(toLines(records)))
    const append = async (rest: Buffer) => (await handle.write(rest)).bytesWritten
    const { done, error } = await writeWhole(Buffer.concat(texts), append)
    lastDay = dayOf(now())
    const { whole, end } = wholeIn(texts, done)
    written([own, ...entries].slice(0, whole).flat().length)
    if (error === undefined) return { whole: group.length }
    await cutBack(handle, size + done, size + end).catch(() => undefined) // `error` is reported instead
    return { whole: whole - 1, error }
  })

  /** Records the deletion of expired files before it deletes them, so that every missing file has a reason. */
  const expire = async () => {
    const expired = await expiredFiles(path, now() - keepDays * dayMs)
    if (expired.length === 0) return
    const deletion = deletionOf(expired)
    journal.note(deletion)
    try {
      await commit.write([])
    } catch (error) {
      journal.takeBack(deletion)
      throw error
    }
    for (const found of expired) await unlink(found.path)
  }

  /** Repairs the file, and rotates it when due. */
  const maintain = async () => {
    try {
      await commit.write([])
      if (keepDays > 0) await expire()
      onHead(journal.head())
    } catch {
      warn('The audit file cannot be written, or an expired one cannot be deleted.') // requests log the cause
    }
  }

  void maintain()
  let midnight: NodeJS.Timeout
  const awaitMidnight = () => {
    midnight = setTimeout(() => {
      void maintain()
      awaitMidnight()
    }, untilMidnight(now())).unref()
  }
  awaitMidnight()

  return {
    write: commit.write,
    declare: async (policy) => {
      if (journal.declare(policy)) await commit.write([])
    },
    close: async () => {
      clearTimeout(midnight)
      await commit.settled()
      if (file) onHead(journal.head())
      await close()
    }
  }
}
