import { test } from 'tap'
import type { Built } from '../helper.ts'
import { gateways } from './gateways.ts'
import { hasRedis, startRedis } from './redis.ts'

const skip = hasRedis ? false : 'there is no redis-server'
const start = Date.parse('2026-03-02T10:00:20.000Z')
const callsPerMinute = 240
const endpoint = 'GET /vacatures'

type Redis = Awaited<ReturnType<typeof startRedis>>

/** Three gateways in front of one VDAB, on a clock that the test moves. */
const world = async (t: Parameters<typeof gateways>[0], redis: Redis) => {
  const clock = { now: start }
  const all = await gateways(t, redis, {
    env: { VDAB_CALLS_PER_MINUTE: String(callsPerMinute), VDAB_MAX_WAITING: '100000' },
    now: () => clock.now
  })
  const { simulator } = all[0] as Built
  await simulator.put('limits', { callsPerMinute })
  let requested = 0
  const open: Promise<unknown>[] = []
  const ask = (gateway: Built) => {
    requested += 1
    open.push(gateway.get(`/services/openservices/v2/vacatures?vanaf=${requested}&aantal=1`))
  }
  return {
    all,
    simulator,
    /** Each second, sends every gateway `perSecond` requests for new pages. Returns the number of calls to VDAB. */
    pass: async (seconds: number, perSecond: number, to = all) => {
      await simulator.reset()
      for (let second = 0; second < seconds; second += 1) {
        for (const gateway of to) for (let n = 0; n < perSecond; n += 1) ask(gateway)
        clock.now += 1000
        await new Promise((resolve) => setTimeout(resolve, 60)) // waiting calls are checked every 50 ms
      }
      return (await simulator.calls()).perEndpoint[endpoint] ?? 0
    },
    settle: async () => {
      clock.now += 10 * 60_000
      await Promise.all(open)
    }
  }
}

test('three gateways together use almost all of one VDAB quota, and never more', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { pass, settle } = await world(t, redis)
  const counts: number[] = []
  for (let minutes = 0; minutes < 3; minutes += 1) counts.push(await pass(60, 4))
  for (const count of counts) t.ok(count <= callsPerMinute, `${count} of ${callsPerMinute}`)
  const used = counts.reduce((sum, count) => sum + count, 0) / counts.length
  t.ok(used >= 0.9 * callsPerMinute, `${counts.join(', ')} of ${callsPerMinute}`)
  await settle()
})

test('a gateway gets most of the quota while the others are idle', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { all, pass, settle } = await world(t, redis)
  await pass(60, 8, all.slice(0, 1))
  const count = await pass(60, 8, all.slice(0, 1))
  t.ok(count <= callsPerMinute && count >= 0.8 * callsPerMinute, `${count} of ${callsPerMinute}`)
  await settle()
})

test('no window exceeds the quota while Redis hangs, or after it was wiped', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { pass, settle } = await world(t, redis)
  await pass(60, 4)
  redis.freeze()
  const frozen = [await pass(60, 4), await pass(60, 4)]
  redis.thaw()
  const thawed = await pass(60, 4)
  await redis.client.flushall()
  const wiped = await pass(60, 4)
  for (const count of [...frozen, thawed, wiped]) t.ok(count <= callsPerMinute, `${count} of ${callsPerMinute}`)
  t.ok(Math.min(...frozen) >= 20, `each gateway uses its floor without Redis: ${frozen.join(' and ')}`)
  await settle()
})
