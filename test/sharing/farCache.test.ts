import { test } from 'tap'
import type { Built } from '../helper.ts'
import { farGateways, namesIn } from './farGateways.ts'
import { until } from './gateways.ts'
import { hasRedis, startRedis } from './redis.ts'

const skip = hasRedis ? false : 'there is no redis-server'
const page = '{ vacatures(first: 20) { totaal nodes { id } } }'

const callsOf = async ({ simulator }: Built) => (await simulator.calls()).total
const readPage = (gateway: Built) => gateway.query(page, {}, 'demo-frontend')
/** A fresh Redis, in which values appear when gateways have handed them over. */
const holds = (redis: Parameters<typeof namesIn>[0], count: number) =>
  until(async () => (await namesIn(redis)).length >= count)

test('600 identical cold pages over three gateways cause at most four calls to VDAB', { skip }, async (t) => {
  const redis = await startRedis(t)
  const all = await farGateways(t, redis)
  const answers = await Promise.all(
    Array.from({ length: 600 }, (_, index) => readPage(all[index % all.length] as Built))
  )
  t.ok((await callsOf(all[0])) <= 4, `calls: ${await callsOf(all[0])}`)
  t.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1, 'all answers are the same')
})

test('what one gateway has asked, the others find', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [first, ...others] = await farGateways(t, redis)
  const answer = await readPage(first)
  await holds(redis, 1)
  for (const other of others)
    for (let time = 0; time < 20; time += 1) t.strictSame(await readPage(other), answer, 'the same answer')
  t.equal(await callsOf(first), 1)
  const metrics = await (await (others[0] as Built).get('/metrics')).text()
  t.match(metrics, /cache_lookups_total\{endpoint="vacatures",layer="far",result="hit"\} 1\b/)
})
