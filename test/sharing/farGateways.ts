import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Built } from '../helper.ts'
import { overOneVdab, until } from './gateways.ts'
import type { startRedis } from './redis.ts'

type Redis = Awaited<ReturnType<typeof startRedis>>

/** A line for REDIS_CACHE_KEYS_FILE. */
export const cacheKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}\n`

/** A file with keys of the far cache. */
export const cacheKeysFile = (text = cacheKey('first')) => {
  const path = join(mkdtempSync(join(tmpdir(), 'cache-keys-')), 'keys')
  writeFileSync(path, text)
  return path
}

/** Resolves when `count` gateways use this Redis: the last command of each connection is a script. */
export const areUsing = async ({ client }: Redis, count: number) => {
  const isScript = (line: string) => / cmd=eval(sha)? /.test(line)
  await until(
    async () =>
      String(await client.client('LIST'))
        .split('\n')
        .filter(isScript).length >= count
  )
}

type Options = { env?: Record<string, string>; count?: number; file?: string; now?: () => number }

/** Gateways that share a far cache and a VDAB. */
export const farGateways = async (
  t: Test,
  redis: Redis,
  { env = {}, count = 3, file = cacheKeysFile(), ...rest }: Options = {}
) => {
  const shared = { REDIS_CACHE_URL: redis.url, REDIS_CACHE_KEYS_FILE: file, REDIS_TIMEOUT_MS: '500', ...env }
  const started = await overOneVdab(t, { ...rest, count, env: shared })
  await areUsing(redis, count)
  return started as [Built, ...Built[]]
}

/** The keys of the far cache in this Redis, without the key of the guards. */
export const namesIn = async ({ client }: Redis) =>
  (await client.keys('vdab-gateway:far:*')).filter((name) => name !== 'vdab-gateway:far:guards').sort()
