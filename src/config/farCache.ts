import { checkRedisUrl, hasLongSecret, type RedisSettings } from './redis.ts'
import type { Settings } from './settings.ts'

/** Redis as a far cache, which several gateways share; undefined = each gateway has only its own cache. */
export const readFarCache = ({ secret, text, refuse }: Settings, redis: RedisSettings) => {
  const url = secret('REDIS_CACHE_URL')
  const keysFile = text('REDIS_CACHE_KEYS_FILE')
  const { key } = redis
  if (!url) return undefined
  checkRedisUrl('REDIS_CACHE_URL', url.value, refuse)
  if (keysFile === undefined) refuse('REDIS_CACHE_KEYS_FILE is missing: REDIS_CACHE_URL needs the keys that seal')
  if (!hasLongSecret(redis))
    refuse('REDIS_SECRET is missing: REDIS_CACHE_URL hashes names by it; 32 characters at least')
  if (keysFile === undefined || key === undefined) return undefined
  return { ...redis, url: url.value, key, keysFile }
}

/** The connection settings of the far cache. */
export type FarCacheSettings = NonNullable<ReturnType<typeof readFarCache>>
