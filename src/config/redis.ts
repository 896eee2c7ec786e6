import { readFileSync } from 'node:fs'
import type { Secret } from './secret.ts'
import type { Settings } from './settings.ts'

const schemes = ['redis:', 'rediss:']
const leastCharacters = 32

const readCa = (path: string | undefined, refuse: (problem: string) => unknown): string | undefined => {
  try {
    return path === undefined ? undefined : readFileSync(path, 'utf8')
  } catch {
    refuse('REDIS_CA_FILE names a file that cannot be read')
    return undefined
  }
}

/** The settings for every Redis that the gateway uses. */
export const readRedis = ({ secret, text, integer, refuse }: Settings) => ({
  /** the key for hashing names */
  key: secret('REDIS_SECRET')?.value,
  prefix: text('REDIS_PREFIX') ?? 'vdab-gateway:',
  /** the maximum time that a request waits for Redis */
  timeoutMs: integer('REDIS_TIMEOUT_MS', 50, 5, 5000),
  ca: readCa(text('REDIS_CA_FILE'), refuse)
})

export type RedisSettings = ReturnType<typeof readRedis>

/** Checks the URL of a Redis. */
export const checkRedisUrl = (name: string, url: Secret, refuse: (problem: string) => unknown) => {
  const given = url.reveal()
  if (!URL.canParse(given) || !schemes.includes(new URL(given).protocol))
    refuse(`${name} must be a URL like redis://user:password@host:6379 or rediss://…`)
}

/** Is REDIS_SECRET long enough to be a hash key? */
export const hasLongSecret = ({ key }: RedisSettings): boolean => (key?.reveal().length ?? 0) >= leastCharacters
