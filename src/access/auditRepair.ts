import { hash as digest } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { maxTailBytes, unendedIn } from './auditLines.ts'
import { isJson } from './auditReader.ts'

/** A partial line that could not be removed. */
export type Remains = { readonly bytes: number; readonly sha256: string }

/**
 * Makes the file end with a line end. A killed process or a full disk can leave a partial record, to which the next
 * record would be appended. It is removed, since its response was never sent; a complete record gets a line end. If a
 * partial record cannot be removed, because the file is append-only, it gets a line end too and is returned.
 */
export const repairTail = async (file: FileHandle): Promise<Remains | undefined> => {
  const tail = await unendedIn(file)
  if (tail.length === 0) return undefined
  const isWhole = isJson(tail.toString())
  const { size } = await file.stat()
  const isRemoved =
    !isWhole &&
    tail.length < maxTailBytes &&
    (await file.truncate(size - tail.length).then(
      () => true,
      () => false
    ))
  if (isRemoved) return undefined
  await file.write('\n')
  return isWhole ? undefined : { bytes: tail.length, sha256: digest('sha256', tail, 'hex') }
}
