import { readFileSync } from 'node:fs'
import { isLoopback, type Settings } from './settings.ts'

const shortestSecret = 32
const keyBytes = 32
const prefixPattern = /^[A-Za-z0-9._-]+:$/

const readable = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** redis:// or rediss://; the value may hold a password, so it is never part of a message. */
const redisUrl = ({ secretText, refuse }: Settings, name: string): URL | undefined => {
  const given = secretText(name)
  if (given === undefined) return undefined
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '') return url
  refuse(`${name} must be an address like rediss://user:password@host:6379/0`)
  return undefined
}

/** The keys that seal the far cache, the newest first: a file with one key of 32 bytes in base64 on each line. */
const readKeys = ({ text, refuse }: Settings, isNeeded: boolean): readonly Buffer[] => {
  const path = text('REDIS_CACHE_KEYS_FILE')
  if (path === undefined) {
    if (isNeeded) refuse('REDIS_CACHE_KEYS_FILE is missing: REDIS_CACHE_URL needs the keys that seal its values')
    return []
  }
  const lines = readable(path)
    ?.split('\n')
    .filter((line) => line.trim() !== '')
  const keys = (lines ?? []).map((line) => Buffer.from(line.trim(), 'base64'))
  if (keys.length === 0 || keys.some(({ length }) => length !== keyBytes))
    refuse(`REDIS_CACHE_KEYS_FILE must name a file with a key of ${keyBytes} bytes in base64 on each line`)
  return keys
}

/** What several machines share through Redis; undefined = this machine works alone. Times in ms. */
export const readSharing = (settings: Settings) => {
  const { text, integer, secretText, refuse } = settings
  const url = redisUrl(settings, 'REDIS_URL')
  const cacheUrl = redisUrl(settings, 'REDIS_CACHE_URL')
  const prefix = text('REDIS_PREFIX') ?? 'vdab-gateway:'
  const secret = secretText('REDIS_SECRET')
  const caFile = text('REDIS_CA_FILE')
  const ca = caFile === undefined ? undefined : readable(caFile)
  const shared = {
    prefix,
    timeoutMs: integer('REDIS_TIMEOUT_MS', 100, 5, 5000),
    members: integer('REDIS_MEMBERS', 4, 1, 1000),
    quotaFloorPercent: integer('REDIS_QUOTA_FLOOR_PERCENT', 10, 1, 50)
  }
  const cacheKeys = readKeys(settings, cacheUrl !== undefined)
  if (!prefixPattern.test(prefix)) refuse('REDIS_PREFIX must be letters, digits, ".", "_" or "-", and end with ":"')
  if (caFile !== undefined && ca === undefined) refuse('REDIS_CA_FILE names a file that cannot be read')
  if (url && (secret === undefined || secret.length < shortestSecret))
    refuse(`REDIS_SECRET must have ${shortestSecret} characters at least: it hides the ids that Redis holds`)
  for (const [name, given] of [
    ['REDIS_URL', url],
    ['REDIS_CACHE_URL', cacheUrl]
  ] as const)
    if (given && given.protocol === 'redis:' && given.password === '' && !isLoopback(given))
      refuse(`${name} must have a password: only a Redis on this machine itself (loopback) may have none`)
  return {
    redis: url && secret !== undefined ? { ...shared, url, ca, secret } : undefined,
    farCache: cacheUrl ? { ...shared, url: cacheUrl, ca, keys: cacheKeys } : undefined
  }
}

export type RedisSettings = NonNullable<ReturnType<typeof readSharing>['redis']>
export type FarCacheSettings = NonNullable<ReturnType<typeof readSharing>['farCache']>
