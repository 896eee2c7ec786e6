import { readFileSync } from 'node:fs'
import type { Secret } from './secret.ts'
import type { Settings } from './settings.ts'

const schemes = ['redis:', 'rediss:']

/** The certificate authority of Redis, in PEM. */
export const readCa = (path: string | undefined, refuse: (problem: string) => unknown): string | undefined => {
  try {
    return path === undefined ? undefined : readFileSync(path, 'utf8')
  } catch {
    refuse('REDIS_CA_FILE names a file that cannot be read')
    return undefined
  }
}

/** Checks the address of a Redis. */
export const readRedisUrl = (name: string, url: Secret, refuse: (problem: string) => unknown) => {
  const given = url.reveal()
  if (!URL.canParse(given) || !schemes.includes(new URL(given).protocol))
    refuse(`${name} must be a URL like redis://user:password@host:6379 or rediss://…`)
}

/** Redis, which the gateways of several machines share; undefined = each gateway has its own limits. */
export const readSharing = ({ secret, text, integer, refuse }: Settings, workers: number) => {
  const url = secret('REDIS_URL')
  const key = secret('REDIS_SECRET')
  const settings = {
    prefix: text('REDIS_PREFIX') ?? 'vdab-gateway:',
    /** the longest that a request waits for Redis */
    timeoutMs: integer('REDIS_TIMEOUT_MS', 50, 5, 5000),
    /** the number of gateways that are expected; without Redis each gives its part of the limits */
    members: integer('REDIS_MEMBERS', 2, 1, 1000),
    /** the part of VDAB's limit that the gateways keep for themselves, all together */
    quotaFloorPercent: integer('REDIS_QUOTA_FLOOR_PERCENT', 20, 1, 100),
    ca: readCa(text('REDIS_CA_FILE'), refuse)
  }
  if (!url) return undefined
  readRedisUrl('REDIS_URL', url.value, refuse)
  if ((key?.value.reveal().length ?? 0) < 32)
    refuse(
      'REDIS_SECRET is missing: 32 characters at least, the same for all gateways; names in Redis are hashed by it'
    )
  if (workers > 1) refuse('WORKERS must be 1 with REDIS_URL: start more gateways instead')
  return { url: url.value, key: key?.value, ...settings }
}

/** How the gateways of several machines reach Redis. */
export type SharingSettings = NonNullable<ReturnType<typeof readSharing>>
