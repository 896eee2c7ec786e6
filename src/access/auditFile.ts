import { existsSync, statSync } from 'node:fs'
import { mkdir, open as openFile, rename, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Sink } from './audit.ts'
import { isJson, orMissing } from './auditReader.ts'
import { createGroupCommit, writeWhole } from './groupCommit.ts'

type OpenFile = { readonly handle: FileHandle; readonly ino: number; readonly dev: number }
type Options = {
  path: string
  /** the size at which the file is rotated */
  maxBytes: number
  /** ms; the file is also rotated at midnight, in the time zone of the machine */
  now?: (() => number) | undefined
  warn?: ((message: string) => void) | undefined
}

const lineEnd = 10
/** Longer than any record. */
const maxRecordBytes = 65_536

const dayOf = (time: number) => new Date(time).toDateString()
const untilMidnight = (time: number) => {
  const date = new Date(time)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime() - time
}

/** Opens for reading and appending. Creates the folder where it is missing. */
const openOrCreate = async (path: string): Promise<FileHandle> => {
  const open = () => openFile(path, 'a+', 0o600)
  const handle = await open().catch(orMissing)
  if (handle) return handle
  await mkdir(dirname(path), { recursive: true })
  return open()
}

/** A free name next to the file, in order of time: audit.ndjson.2026-11-21T10-00-00-000Z.1 */
const rotatedName = (path: string, time: number): string => {
  const stem = `${path}.${new Date(time).toISOString().replace(/[:.]/g, '-')}`
  for (let index = 1; ; index += 1) if (!existsSync(`${stem}.${index}`)) return `${stem}.${index}`
}

/**
 * Makes the file end with a line end. A killed process or a full disk can leave a partial record, to which the next one
 * would be appended. It is removed, since its response was never sent; any other text gets a line end.
 */
const repairTail = async (file: FileHandle): Promise<void> => {
  const { size } = await file.stat()
  const length = Math.min(size, maxRecordBytes)
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
  const tail = buffer.subarray(buffer.lastIndexOf(lineEnd) + 1)
  if (tail.length === 0) return
  const endLine = async () => {
    await file.write('\n')
  }
  if (tail.length >= maxRecordBytes || isJson(tail.toString())) await endLine()
  else await file.truncate(size - tail.length).catch(endLine) // the file can be append-only
}

/**
 * Appends lines to a file, which it rotates by size and at midnight. Only one process may write to a file. A write
 * resolves when its text is complete in the file; a text that could not be completed is removed from it.
 */
export const toFile = ({ path, maxBytes, now = Date.now, warn = () => {} }: Options): Sink => {
  let file: OpenFile | undefined
  let lastDay = ''

  const close = async () => {
    const { handle } = file ?? {}
    file = undefined
    await handle?.close()
  }

  const open = async (): Promise<OpenFile> => {
    const handle = await openOrCreate(path)
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) throw Object.assign(new Error('AUDIT_FILE is not a file'), { code: 'ERR_NOT_A_FILE' })
      await repairTail(handle)
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

  /** Removes the bytes after the last complete text. When that fails, the next opening repairs the file. */
  const cutBack = async (handle: FileHandle, from: number, to: number) => {
    try {
      if ((await handle.stat()).size === from) await handle.truncate(to)
    } finally {
      await close()
    }
  }

  const commit = createGroupCommit(async (texts) => {
    const { handle, size } = await current()
    const append = async (rest: Buffer) => (await handle.write(rest)).bytesWritten
    const { done, error } = await writeWhole(Buffer.concat(texts), append)
    lastDay = dayOf(now())
    if (error === undefined) return { whole: texts.length }
    let [whole, end] = [0, 0]
    for (const { length } of texts) {
      if (end + length > done) break
      end += length
      whole += 1
    }
    await cutBack(handle, size + done, size + end).catch(() => undefined) // `error` is reported instead
    return { whole, error }
  })

  /** Repairs the file, and rotates it when due. An error shows at the next record. */
  const maintain = () => void commit.write('').catch(() => undefined)
  if (existsSync(path)) maintain()
  let midnight: NodeJS.Timeout
  const awaitMidnight = () => {
    midnight = setTimeout(() => {
      if (file) maintain()
      awaitMidnight()
    }, untilMidnight(now())).unref()
  }
  awaitMidnight()

  return {
    write: commit.write,
    close: async () => {
      clearTimeout(midnight)
      await commit.settled()
      await close()
    }
  }
}
