import { checkRedisUrl, hasLongSecret, type RedisSettings } from './redis.ts'
import type { Settings } from './settings.ts'

/** Redis, which the gateways of several machines share; undefined = each gateway has its own limits. */
export const readSharing = ({ secret, integer, refuse }: Settings, redis: RedisSettings, workers: number) => {
  const url = secret('REDIS_URL')
  const settings = {
    ...redis,
    /** the expected number of gateways; without Redis, each uses its part of the limits */
    members: integer('REDIS_MEMBERS', 2, 1, 1000),
    /** the percentage of VDAB's limit that is reserved as floors for all gateways together */
    quotaFloorPercent: integer('REDIS_QUOTA_FLOOR_PERCENT', 20, 1, 100)
  }
  if (!url) return undefined
  checkRedisUrl('REDIS_URL', url.value, refuse)
  if (!hasLongSecret(redis))
    refuse(
      'REDIS_SECRET is missing: 32 characters at least, the same for all gateways; names in Redis are hashed by it'
    )
  if (workers > 1) refuse('WORKERS must be 1 with REDIS_URL: start more gateways instead')
  return { url: url.value, ...settings }
}

/** The connection settings of the Redis that gateways share. */
export type SharingSettings = NonNullable<ReturnType<typeof readSharing>>
