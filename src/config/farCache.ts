import { readCa, readRedisUrl } from './sharing.ts'
import type { Settings } from './settings.ts'

const leastCharacters = 32

/** Redis as a far cache, which several gateways share; undefined = each has its own cache only. */
export const readFarCache = ({ secret, text, integer, refuse }: Settings) => {
  const url = secret('REDIS_CACHE_URL')
  const keysFile = text('REDIS_CACHE_KEYS_FILE')
  const key = secret('REDIS_SECRET')
  const settings = {
    prefix: text('REDIS_PREFIX') ?? 'vdab-gateway:',
    /** the longest that a request waits for it */
    timeoutMs: integer('REDIS_TIMEOUT_MS', 50, 5, 5000)
  }
  if (!url) return undefined
  readRedisUrl('REDIS_CACHE_URL', url.value, refuse)
  if (keysFile === undefined) refuse('REDIS_CACHE_KEYS_FILE is missing: REDIS_CACHE_URL needs the keys that seal')
  if ((key?.value.reveal().length ?? 0) < leastCharacters)
    refuse('REDIS_SECRET is missing: REDIS_CACHE_URL hashes names by it; 32 characters at least')
  if (keysFile === undefined || key === undefined) return undefined
  return { url: url.value, key: key.value, keysFile, ca: readCa(text('REDIS_CA_FILE'), refuse), ...settings }
}

/** How the gateway reaches its far cache. */
export type FarCacheSettings = NonNullable<ReturnType<typeof readFarCache>>
