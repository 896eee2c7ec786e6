import type { Config } from '../config/index.ts'
import type { FarCache } from '../sharing/redis/farCache.ts'

type Dependencies = {
  config: Pick<Config, 'farCache'>
  log: { info: (message: string) => void; error: (message: string) => void }
  warn: (message: string) => void
  now: () => number
}

/**
 * Connects to the cache of REDIS_CACHE_URL. Without that setting no code for it is loaded. Throws ConfigError when the
 * file of its keys is invalid.
 */
export const startFarCache = async ({ config, log, warn, now }: Dependencies): Promise<FarCache | undefined> => {
  const { farCache: settings } = config
  if (!settings) return undefined
  const { watchCacheKeys } = await import('../sharing/redis/cacheKeys.ts')
  const { createFarCache } = await import('../sharing/redis/farCache.ts')
  const { ring, stop } = watchCacheKeys(settings.keysFile, log)
  const far = createFarCache({ settings, ring, warn, now })
  return {
    ...far,
    close: () => {
      stop()
      far.close()
    }
  }
}
