import { existsSync, statSync } from 'node:fs'
import { mkdir, open as openFile, rename } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Sink } from './audit.ts'
import { mendTail } from './auditTail.ts'
import { createGroupCommit, writeWhole } from './groupCommit.ts'
import { orMissing } from './missingFile.ts'

type Open = { readonly handle: FileHandle; readonly ino: number; readonly dev: number }
type Options = {
  path: string
  /** a file that has grown so large is rotated */
  maxBytes: number
  /** ms; whose midnights, in the time zone of the machine, begin a new file */
  now?: (() => number) | undefined
  warn?: ((message: string) => void) | undefined
}

const dayOf = (time: number) => new Date(time).toDateString()
const untilMidnight = (time: number) => {
  const date = new Date(time)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime() - time
}

/** Appends, and reads what a process before this one has left. A folder that is missing is made. */
const openOrMake = async (path: string): Promise<FileHandle> => {
  const open = () => openFile(path, 'a+', 0o600)
  const handle = await open().catch(orMissing)
  if (handle) return handle
  await mkdir(dirname(path), { recursive: true })
  return open()
}

/** A name beside the file for what it holds, oldest first by name: audit.ndjson.2026-11-21T10-00-00-000Z.1 */
const rotatedName = (path: string, time: number): string => {
  const stem = `${path}.${new Date(time).toISOString().replace(/[:.]/g, '-')}`
  for (let index = 1; ; index += 1) if (!existsSync(`${stem}.${index}`)) return `${stem}.${index}`
}

/**
 * Appends lines to a file, which is rotated when it is large and at midnight. One process, one file. A text is whole in the
 * file before its write resolves; of one that could not be written whole nothing stays in it.
 */
export const toFile = ({ path, maxBytes, now = Date.now, warn = () => {} }: Options): Sink => {
  let file: Open | undefined
  let lastDay = ''

  const drop = async () => {
    const { handle } = file ?? {}
    file = undefined
    await handle?.close()
  }

  const open = async (): Promise<Open> => {
    const handle = await openOrMake(path)
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) throw Object.assign(new Error('AUDIT_FILE is not a file'), { code: 'ERR_NOT_A_FILE' })
      await mendTail(handle)
      lastDay = dayOf(stats.size === 0 ? now() : stats.mtimeMs)
      return { handle, ino: stats.ino, dev: stats.dev }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** A file that cannot be moved goes on being written to: it is too large then, and nothing is lost. */
  const rotate = async () => {
    try {
      await rename(path, rotatedName(path, now()))
    } catch {
      warn('The audit file could not be rotated; it grows on.')
      return
    }
    await drop()
    file = await open()
  }

  /** The file to write to, and how long it is. One that others have moved or removed would swallow the records. */
  const current = async (): Promise<{ handle: FileHandle; size: number }> => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (file && (file.ino !== found?.ino || file.dev !== found.dev)) await drop()
    const isOpen = file !== undefined
    file ??= await open()
    const { size } = isOpen && found ? found : await file.handle.stat()
    if (size < maxBytes && (size === 0 || lastDay === dayOf(now()))) return { handle: file.handle, size }
    await rotate()
    return { handle: file.handle, size: (await file.handle.stat()).size }
  }

  /** Removes what stands behind the last whole text. Where it cannot be told, or done, the next opening sees to it. */
  const cutBack = async (handle: FileHandle, from: number, to: number) => {
    try {
      if ((await handle.stat()).size === from) await handle.truncate(to)
    } finally {
      await drop()
    }
  }

  const commit = createGroupCommit(async (texts) => {
    const { handle, size } = await current()
    const { done, error } = await writeWhole(
      Buffer.concat(texts),
      async (rest) => (await handle.write(rest)).bytesWritten
    )
    lastDay = dayOf(now())
    if (error === undefined) return { whole: texts.length }
    let [whole, end] = [0, 0]
    for (const { length } of texts) {
      if (end + length > done) break
      end += length
      whole += 1
    }
    await cutBack(handle, size + done, size + end).catch(() => undefined) // the write has failed already, and is what is told
    return { whole, error }
  })

  /** Mends the file and rotates it where that is due; what is wrong with it, the next record says. */
  const look = () => void commit.write('').catch(() => undefined)
  if (existsSync(path)) look()
  let midnight: NodeJS.Timeout
  const awaitMidnight = () => {
    midnight = setTimeout(() => {
      if (file) look()
      awaitMidnight()
    }, untilMidnight(now())).unref()
  }
  awaitMidnight()

  return {
    write: commit.write,
    close: async () => {
      clearTimeout(midnight)
      await commit.settled()
      await drop()
    }
  }
}
