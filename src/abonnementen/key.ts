import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const minLength = 32
const newKey = () => randomBytes(48).toString('base64')

/**
 * The key that seals URLs and secrets: ABONNEMENTEN_KEY, else one in a file beside STATE_FILE that only this user can
 * read, made at the first start; in memory, one for each start. Throws when the file cannot be read or written.
 */
export const sealingKey = (given: string | undefined, stateFile: string | undefined): string => {
  if (given !== undefined) return given
  if (stateFile === undefined) return newKey()
  const path = `${stateFile}.key`
  try {
    const found = readFileSync(path, 'utf8').trim()
    if (found.length >= minLength) return found
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error
  }
  const key = newKey()
  writeFileSync(path, `${key}\n`, { mode: 0o600 })
  return key
}
