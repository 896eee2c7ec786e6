import { test } from 'tap'
import { hold, lend } from '../../src/sharing/redis/scripts.ts'
import { hasRedis, startRedis } from './redis.ts'

const skip = hasRedis ? false : 'there is no redis-server'
const day = 86_400_000

test('after a failover to a clock that is behind, no window is lent twice', { skip }, async (t) => {
  const { client } = await startRedis(t)
  const keys = ['lent', 'vdab-gateway:members', 'vdab-gateway:generation']
  const ask = async () => {
    const values = ['me', 6000, 12_000, day, 90, 90, 0, -1, 0, 1]
    const [granted] = (await client.eval(lend, keys.length, ...keys, ...values)) as number[]
    return granted
  }
  const window = Math.floor(Date.now() / day)
  await client.hset('lent', { window: window + 1, other: 80 })
  t.equal(await ask(), 10, 'amounts lent in the window that had already begun still count')
  await client.hset('lent', { window: window - 1, other: 80 })
  await client.hdel('lent', 'me')
  t.equal(await ask(), 90, 'a new window starts with nothing lent')
})

test(
  'after an outage in which all members expired, the first member to return gets its even share',
  { skip },
  async (t) => {
    const { client } = await startRedis(t)
    const keys = ['held', 'vdab-gateway:members', 'vdab-gateway:generation']
    const ask = async () => {
      const values = ['me', 6000, 12_000, 9, 9, 0, 3]
      const [granted] = (await client.eval(hold, keys.length, ...keys, ...values)) as number[]
      return granted
    }
    await client.zadd('vdab-gateway:members', Date.now() - 15_000, 'other', Date.now() - 15_000, 'me')
    await client.hset('held', { other: 6 })
    t.equal(await ask(), 3)
  }
)
