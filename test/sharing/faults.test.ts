import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { vdabKey, type Built } from '../helper.ts'
import { createCanary } from './canary.ts'
import { gateways, isJoined, until } from './gateways.ts'
import { startProxy, type Proxy } from './proxy.ts'
import { hasRedis, startRedis } from './redis.ts'

const skip = hasRedis ? false : 'there is no redis-server'
const [limit, minute] = [90, 60_000]
/** Longer than a healthy Redis takes to answer on a busy machine. */
const timeoutMs = '400'

type Fault = { name: string; start: (proxy: Proxy) => void }
const faults: readonly Fault[] = [
  { name: 'slow by 300 ms', start: ({ delay }) => delay(300) },
  { name: 'a black hole', start: ({ set }) => set('deaf') },
  {
    name: 'closed',
    start: ({ set, reset }) => {
      set('closed')
      reset()
    }
  }
]

const ask = async ({ url }: Built) =>
  (await fetch(`${url}/graphql?query={__typename}`, { headers: { 'x-api-key': 'demo-frontend' } })).status

/** Three gateways that reach Redis through a proxy. */
const world = async (t: Test, env: Record<string, string>) => {
  const redis = await startRedis(t)
  const proxy = await startProxy(redis.port)
  t.teardown(proxy.close)
  const all = await gateways(t, { ...redis, url: proxy.url }, { env: { REDIS_TIMEOUT_MS: timeoutMs, ...env } })
  return { redis, proxy, all }
}
const areJoined = async (all: readonly Built[]) => (await Promise.all(all.map(isJoined))).every(Boolean)

for (const { name, start } of faults)
  test(
    `Redis is ${name}: no request fails or waits again, at most 10 % above the limit, and Redis is used again`,
    { skip },
    async (t) => {
      const { proxy, all } = await world(t, { REQUESTS_PER_MINUTE: String(limit) })
      await until(() => Date.now() % minute < minute / 2)
      const statuses: number[] = []
      const askAll = async () => statuses.push(...(await Promise.all(all.map(ask))))
      for (let turn = 0; turn < 10; turn += 1) await askAll()
      start(proxy)
      await until(async () => {
        await askAll()
        return (await Promise.all(all.map(isJoined))).every((joined) => !joined)
      })
      const before = proxy.scripts()
      for (let turn = 0; turn < 20; turn += 1) await askAll()
      t.equal(proxy.scripts(), before, 'no command is sent to a Redis that is known to be unreachable')
      proxy.heal()
      await until(() => areJoined(all))
      for (let turn = 0; turn < 40; turn += 1) await askAll()
      t.ok(proxy.scripts() > before, 'Redis is used again')
      t.strictSame([...new Set(statuses)].sort(), [200, 429], 'no request fails because of Redis')
      const served = statuses.filter((status) => status === 200).length
      t.ok(served <= 1.1 * limit, `${served} of ${limit} were served`)
      t.ok(served >= limit / 3, `${served} of ${limit} were served`)
    }
  )

test('Redis receives, stores and logs no key, name, id or personal data', { skip }, async (t) => {
  const canary = createCanary()
  t.teardown(canary.close)
  const folder = () => canary.log(mkdtempSync(join(tmpdir(), 'aof-')))
  const redis = await startRedis(t, { folder })
  await canary.watch(redis.client)
  const all = await gateways(t, redis, { env: { FEED_INTERVAL_MS: '200' } })
  const [first] = all as [Built]
  const { data } = (await first.query('{ kandidaten(first: 20) { nodes { cvId } } }')) as {
    data: { kandidaten: { nodes: { cvId: string }[] } }
  }
  const ids = data.kandidaten.nodes.map(({ cvId }) => cvId)
  for (const [index, id] of ids.entries()) {
    const gateway = all[index % all.length] as Built
    await gateway.query('query ($id: ID!) { kandidaat(id: $id) { cvId voornaam } }', { id }, 'demo-hr')
    await first.simulator.patch(`kandidaten/${id}`, { vrijeTekst: `Proefka ${id}` })
  }
  for (const gateway of all) await gateway.poll()
  await redis.client.sadd('vdab-gateway:planted', 'kanarie-afnemer')
  const secrets = [vdabKey, 'demo-hr', 'demo-beheer', 'demo-frontend', ...ids]
  t.strictSame((await canary.find(redis.client, secrets)).leaks, [])
  const { leaks, commands, keys, bytes } = await canary.find(redis.client, ['kanarie-afnemer'])
  t.equal(leaks.length, 3, 'a planted secret is found in the commands, the values and the log')
  t.ok(commands > 20 && keys > 3 && bytes > 1000)
})
