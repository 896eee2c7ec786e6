import type { FileHandle } from 'node:fs/promises'

const lineEnd = 10
const pieceBytes = 4096
/** Longer than any record is. */
const mostBytes = 65_536

/** The bytes after the last line end. */
const readTail = async (file: FileHandle, size: number): Promise<Buffer> => {
  let tail = Buffer.alloc(0)
  for (let start = size; start > 0 && tail.length < mostBytes;) {
    const length = Math.min(start, pieceBytes)
    start -= length
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, start)
    const end = buffer.lastIndexOf(lineEnd)
    tail = Buffer.concat([buffer.subarray(end + 1), tail])
    if (end >= 0) break
  }
  return tail
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * Makes a file of lines end in a line end. A killed process, or a full disk, leaves a part of a record at the end, to which the
 * next one would be glued. That part is removed: its answer never left. What is whole, or is no record of ours, is closed.
 */
export const mendTail = async (file: FileHandle): Promise<void> => {
  const { size } = await file.stat()
  const tail = await readTail(file, size)
  if (tail.length === 0) return
  const close = async () => {
    await file.write('\n')
  }
  if (tail.length >= mostBytes || isJson(tail.toString())) await close()
  else await file.truncate(size - tail.length).catch(close) // a file may be append-only
}
