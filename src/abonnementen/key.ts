import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { ConfigError, redacted } from '../errors.ts'

const minLength = 32
const newKey = () => randomBytes(48).toString('base64')

const keyIn = (path: string): string => {
  if (existsSync(path)) {
    const found = readFileSync(path, 'utf8').trim()
    if (found.length >= minLength) return found
  }
  const key = newKey()
  writeFileSync(path, `${key}\n`, { mode: 0o600 })
  return key
}

/**
 * The key that encrypts URLs and secrets. It is ABONNEMENTEN_KEY if set. Otherwise it is in a file next to STATE_FILE
 * that only this user can read, created at the first start. With a database in memory, each start makes a new key.
 * Throws ConfigError when the file cannot be used.
 */
export const sealingKey = (given: string | undefined, stateFile: string | undefined): string => {
  if (given !== undefined) return given
  if (stateFile === undefined) return newKey()
  try {
    return keyIn(`${stateFile}.key`)
  } catch (error) {
    const reason = redacted(error).code ?? redacted(error).name
    throw new ConfigError([`ABONNEMENTEN_KEY is missing, and the file beside STATE_FILE cannot be used (${reason})`])
  }
}
