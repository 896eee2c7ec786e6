import { test } from 'tap'
import type { Built } from '../helper.ts'
import { build } from '../helper.ts'
import { scrape } from '../telemetry/scrape.ts'
import { gateways, isJoined, until } from './gateways.ts'
import { hasRedis, startRedis } from './redis.ts'

const skip = hasRedis ? false : 'there is no redis-server'

test('metrics show whether Redis answers, the number of gateways and their differences', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [first] = (await gateways(t, redis, { count: 2 })) as [Built]
  const [other] = (await gateways(t, redis, { count: 1, env: { CVS_PER_DAY: '7' } })) as [Built]
  const of = async ({ url }: Built) => scrape(url)
  // The last gateway finds the others at its first heartbeat.
  await until(async () => (await of(other)).sum('sharing_members') === 3)
  const { sum, samples } = await of(other)
  t.equal(sum('redis_up'), 1)
  t.strictSame(
    samples
      .filter(({ name }) => name === 'vdab_gateway_sharing_differences')
      .map(({ labels: { what }, value }) => [what, value]),
    [
      ['version', 0],
      ['CONSUMERS_FILE', 0],
      ['TRUSTED_DOCUMENTS_FILE', 0],
      ['settings', 1]
    ]
  )
  t.ok(sum('redis_commands_total', { result: 'ok' }) > 0)

  await redis.kill()
  await until(async () => (await of(first)).sum('redis_up') === 0)
  const refused = async () => (await of(first)).sum('redis_commands_total', { result: 'refused' })
  const before = await refused()
  await first.query('{ __typename }')
  t.ok((await refused()) > before, 'commands that are not sent are counted')
  await redis.restart()
  await until(() => isJoined(first))
  t.equal((await of(first)).sum('redis_up'), 1)
})

test('without REDIS_URL there are no metrics of Redis', async (t) => {
  const { url } = await build(t)
  t.notMatch((await scrape(url)).text, /vdab_gateway_(redis|sharing)/)
})
