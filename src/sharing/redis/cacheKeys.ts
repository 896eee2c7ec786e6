import { readFileSync } from 'node:fs'
import { watchFile } from '../../access/watchFile.ts'
import { ConfigError } from '../../errors.ts'
import { createKeyRing, type KeyRing, type RingKey } from '../../formats/seal.ts'

const line = /^([\w-]{1,32}):([A-Za-z0-9+/]{43}=)$/
const setting = 'REDIS_CACHE_KEYS_FILE'

/**
 * Reads the keys of the far cache, one per line: `id:32 bytes in base64`. Empty lines and lines that start with `#` are
 * skipped. Throws ConfigError.
 */
export const loadCacheKeys = (path: string): readonly RingKey[] => {
  let text = ''
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new ConfigError([`${setting} names a file that cannot be read`])
  }
  const lines = text.split('\n').map((one) => one.trim())
  const keys = lines
    .filter((one) => one !== '' && !one.startsWith('#'))
    .map((one): RingKey => {
      const [, id, secret] = line.exec(one) ?? []
      if (id === undefined || secret === undefined)
        throw new ConfigError([`${setting} must hold lines like id:KEY, the key being 32 bytes in base64`])
      return { id, secret: Buffer.from(secret, 'base64') }
    })
  if (keys.length === 0) throw new ConfigError([`${setting} holds no key`])
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new ConfigError([`${setting} holds an id twice`])
  return keys
}

type Log = { info: (message: string) => void; error: (message: string) => void }

/**
 * The key ring of a file. The file is read again within two seconds of a change. An invalid file is logged, and the old
 * keys stay in use. Throws ConfigError when the file is invalid at the start.
 */
export const watchCacheKeys = (path: string, log: Log) => {
  const watched = watchFile(path)
  const ringOf = (keys: readonly RingKey[]): KeyRing => createKeyRing(keys, 'vdab-gateway far cache')
  let ring = ringOf(loadCacheKeys(path))
  const read = () => {
    const keys = loadCacheKeys(path)
    ring = ringOf(keys)
    log.info(`${setting} was read again: ${keys.length} keys`)
  }
  const failed = (reason: string) =>
    log.error(`${setting} has changed and is invalid; the previous keys stay. ${reason}`)
  return { ring: () => ring, stop: watched.onChange(read, failed) }
}
