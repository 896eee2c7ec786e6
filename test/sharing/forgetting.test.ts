import { test } from 'tap'
import type { Built } from '../helper.ts'
import { gateways, until } from './gateways.ts'
import { hasRedis, startRedis } from './redis.ts'

const skip = hasRedis ? false : 'there is no redis-server'
const cvId = 'bbbbbbbb-0000-4000-8000-000000000001'
const document = 'query ($id: ID!) { kandidaat(id: $id) { cvId } }'

const forget = ({ url }: Built) =>
  fetch(`${url}/api/kandidaten/${cvId}/cache`, { method: 'DELETE', headers: { 'x-api-key': 'demo-beheer' } })
const readCv = (gateway: Built) => gateway.query(document, { id: cvId }, 'demo-hr')

test('forgetting a person at one gateway clears the caches of all, and Redis holds no id', { skip }, async (t) => {
  const redis = await startRedis(t)
  const all = await gateways(t, redis)
  const [first] = all as [Built]
  const monitor = await redis.client.monitor()
  const seen: string[] = []
  monitor.on('monitor', (_time: string, args: readonly string[]) => seen.push(args.join(' ')))
  for (const gateway of all) await readCv(gateway)
  const calls = async () => (await first.simulator.calls()).total
  const before = await calls()
  for (const gateway of all) await readCv(gateway)
  t.equal(await calls(), before, 'each gateway has the CV in its cache')
  t.equal((await forget(first)).status, 204)
  for (const gateway of all) await readCv(gateway)
  t.equal(await calls(), before + all.length, 'each gateway fetches the CV again')
  monitor.disconnect()
  t.ok(seen.length > 10)
  t.notOk(
    seen.some((line) => line.includes(cvId) || line.includes('demo-')),
    'no command to Redis contains an id or a name'
  )
})

test('while Redis does not answer, forgetting a person is refused with 503', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [first] = (await gateways(t, redis, { count: 2 })) as [Built]
  await readCv(first)
  await redis.kill()
  const refused = await forget(first)
  t.equal(refused.status, 503)
  t.match(await refused.json(), { code: 'INTERNAL' })
  await redis.restart()
  await redis.client.set('vdab-gateway:generation', '1:test')
  await until(async () => (await forget(first)).status === 204)
})
