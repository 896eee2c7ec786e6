import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { startProxy } from '../../test/sharing/proxy.ts'
import type { Proxy } from '../../test/sharing/proxy.ts'
import { startRedis } from '../../test/sharing/redis.ts'
import { folder } from '../processes.ts'
import { startGateway, startVdab } from '../product.ts'
import { createCanary } from '../../test/sharing/canary.ts'
import { limits, writeConsumers } from './consumers.ts'
import { startVdabDoor } from './vdabDoor.ts'

export const members = 3
export const pollMs = 2000
const [vacatures, kandidaten] = [2000, 400]
/** The key of the gateways at VDAB. */
export const vdabKey = 'c0ffee00-5ec1-4e7a-b0a7-vdabkeycanary'
const secret = 'a-secret-of-thirty-two-characters'

type Redis = Awaited<ReturnType<typeof startRedis>>

/** Three gateways in front of one VDAB; each reaches Redis through its own proxy, which can fail. */
export const startWorld = async (rows: number) => {
  const ends: (() => unknown)[] = []
  const canary = createCanary()
  ends.push(canary.close)
  const t = { teardown: (done: () => Promise<unknown>) => void ends.push(done) }
  const newRedis = async (before: readonly string[] = []): Promise<Redis> => {
    const redis = await startRedis(t, {
      isOld: before.length === 0,
      folder: () => canary.log(mkdtempSync(join(folder, 'aof-'))),
      before
    })
    await canary.watch(redis.client)
    return redis
  }
  const vdab = await startVdab(vacatures, kandidaten)
  const ids = await vdab.ids(1700)
  const door = await startVdabDoor(vdab.base)
  await vdab.tell('PUT', 'limits', { callsPerMinute: limits.callsPerMinute })
  ends.push(door.close)
  let redis = await newRedis()
  const proxies: Proxy[] = []
  for (let at = 0; at < members; at += 1) proxies.push(await startProxy(redis.port))
  for (const { close } of proxies) ends.push(close)
  const consumersFile = writeConsumers(rows)
  const gateways: Awaited<ReturnType<typeof startGateway>>[] = []
  for (const { url } of proxies)
    gateways.push(
      await startGateway({
        vdab: door.base,
        env: {
          VDAB_API_KEY: vdabKey,
          CONSUMERS_FILE: consumersFile,
          REDIS_URL: url,
          REDIS_SECRET: secret,
          REDIS_MEMBERS: String(members),
          // when all cores are busy, an answer of a healthy Redis often takes more than the default of 50 ms
          REDIS_TIMEOUT_MS: '400',
          FEED_INTERVAL_MS: String(pollMs),
          // without Redis each gateway polls 30 times a minute, and replays for its readers
          REDIS_QUOTA_FLOOR_PERCENT: '60',
          VDAB_CALLS_PER_MINUTE: String(limits.callsPerMinute),
          STREAMS_PER_CONSUMER: String(limits.streams),
          MAX_EVENT_LOOP_DELAY_MS: '0',
          REFUSAL_DELAY_MS: '0'
        }
      })
    )
  return {
    vdab,
    /** published vacancies */
    ids,
    door,
    proxies,
    urls: gateways.map(({ url }) => url),
    canary,
    redis: () => redis,
    newRedis,
    /** Connects all gateways to this Redis, and ends the previous one. */
    failOver: async (to: Redis) => {
      const before = redis
      redis = to
      await before.kill()
      for (const { leadTo } of proxies) leadTo(to.port)
    },
    close: async () => {
      for (const end of ends.reverse()) await end()
    }
  }
}

export type World = Awaited<ReturnType<typeof startWorld>>
