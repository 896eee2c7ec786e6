import { test } from 'tap'
import type { Built } from '../helper.ts'
import { createWindowLender } from '../../src/sharing/redis/windowLender.ts'
import { gateways, isJoined, until } from './gateways.ts'
import { hasRedis, startRedis } from './redis.ts'

const skip = hasRedis ? false : 'there is no redis-server'
const minute = 60_000
/** Waits until the current minute has room for a test of some seconds: windows are minutes of Redis' clock. */
const earlyInMinute = async () => {
  await until(() => Promise.resolve(Date.now() % minute < 45_000))
}

const ask = async ({ url }: Built, key = 'demo-frontend') =>
  (await fetch(`${url}/graphql?query={__typename}`, { headers: { 'x-api-key': key } })).status

/** Sends requests to all gateways in turn, some at once, and counts those that were served. */
const served = async (all: readonly Built[], requests: number, key?: string) => {
  let count = 0
  for (let at = 0; at < requests; at += 12) {
    const statuses = await Promise.all(
      Array.from({ length: Math.min(12, requests - at) }, (_, index) =>
        ask(all[(at + index) % all.length] as Built, key)
      )
    )
    count += statuses.filter((status) => status === 200).length
  }
  return count
}

test('three gateways share one limit of requests', { skip }, async (t) => {
  const redis = await startRedis(t)
  const all = await gateways(t, redis, { env: { REQUESTS_PER_MINUTE: '90' } })
  await earlyInMinute()
  const count = await served(all, 240)
  t.ok(count <= 90, `${count} of 90 were served`)
  t.ok(count >= 80, `${count} of 90 were served`)
  t.ok((await served(all, 30, 'demo-hr')) === 30, 'another consumer has its own limit')
  const keys = (await redis.client.keys('*')).join(' ')
  t.notMatch(keys, /demo-/, 'Redis holds no name of a consumer')
})

test('without Redis each gateway grants its even share, and no request waits or fails', { skip }, async (t) => {
  const redis = await startRedis(t)
  const all = await gateways(t, redis, { env: { REQUESTS_PER_MINUTE: '90' } })
  await earlyInMinute()
  redis.freeze()
  const count = await served(all, 240)
  redis.thaw()
  t.ok(count <= 90, `${count} of 90 were served`)
  t.ok(count >= 30, `${count} of 90 were served`)
  await until(() => isJoined(all[0] as Built))
})

test('a Redis that was wiped does not double a limit', { skip }, async (t) => {
  const redis = await startRedis(t)
  const all = await gateways(t, redis, { env: { REQUESTS_PER_MINUTE: '90' } })
  await earlyInMinute()
  const before = await served(all, 45)
  await redis.client.flushall()
  const after = await served(all, 240)
  t.ok(before + after <= 90, `${before} and ${after} of 90 were served`)
})

test('three gateways share one daily limit of different CVs, and Redis holds only hashes', { skip }, async (t) => {
  const redis = await startRedis(t)
  const all = await gateways(t, redis, { env: { CVS_PER_DAY: '10' } })
  const [first] = all as [Built]
  const page = async (key: string, from: string) => {
    const { data } = (await first.query(
      `{ kandidaten(first: 10 ${from}) { nodes { cvId } pageInfo { endCursor } } }`,
      {},
      key
    )) as {
      data: { kandidaten: { nodes: { cvId: string }[]; pageInfo: { endCursor: string } } }
    }
    return data.kandidaten
  }
  const one = await page('demo-cv', '')
  const two = await page('demo-beheer', `after: "${one.pageInfo.endCursor}"`)
  const ids = [...one.nodes, ...two.nodes].map(({ cvId }) => cvId)
  const codes: string[] = []
  for (const [index, id] of ids.entries()) {
    const gateway = all[index % all.length] as Built
    const document = 'query ($id: ID!) { kandidaat(id: $id) { cvId } }'
    const { errors } = (await gateway.query(document, { id }, 'demo-hr')) as {
      errors?: { extensions: { code: string } }[]
    }
    codes.push(errors?.[0]?.extensions.code ?? 'read')
  }
  t.strictSame(codes, [...Array<string>(10).fill('read'), ...Array<string>(10).fill('RATE_LIMITED')])
  const dump = JSON.stringify(await redis.client.keys('*'))
  const sets = await Promise.all((await redis.client.keys('*:day:*')).map((key) => redis.client.smembers(key)))
  t.notOk(
    ids.some((id) => `${dump}${JSON.stringify(sets)}`.includes(id)),
    'no cvId is in Redis'
  )
})

test('without Redis, leases that are returned unused do not use up the share of a gateway', async (t) => {
  const lender = createWindowLender({
    members: {
      run: () => Promise.reject(new Error('away')),
      count: () => 3,
      noteAlive: () => {},
      redisNow: () => 1_000_000
    },
    isOpen: () => false,
    windowMs: minute,
    keyOf: (name) => name,
    atLeast: 3,
    now: () => 1_000_000
  })
  for (let turn = 0; turn < 100; turn += 1) {
    const { granted, endsAt } = await lender.lend('team', { want: 1, limit: 90, returned: 0, endsAt: 0 })
    t.ok(granted >= 1 && granted <= 30, `${granted} of 30`)
    lender.giveBack('team', { amount: granted, endsAt })
  }
  let sum = 0
  for (let turn = 0; turn < 100; turn += 1)
    sum += (await lender.lend('team', { want: 1, limit: 90, returned: 0, endsAt: 0 })).granted
  t.equal(sum, 30, 'no more than the share is granted')
})
