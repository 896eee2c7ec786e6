import { test } from 'tap'
import { secretOf } from '../../src/config/secret.ts'
import type { LogPlace, SharedLog } from '../../src/sharing/contract.ts'
import { createConnection } from '../../src/sharing/redis/connection.ts'
import { createLog } from '../../src/sharing/redis/log.ts'
import { createMembers } from '../../src/sharing/redis/members.ts'
import { secret, until } from './gateways.ts'
import { createMemoryLog } from './memoryLog.ts'
import { hasRedis, startRedis } from './redis.ts'

type Test = Parameters<typeof startRedis>[0]
type Logs = {
  /** the log as two members see it */
  readonly members: readonly [SharedLog, SharedLog]
  /** lets the lease of the leader expire */
  readonly expire: () => unknown
  readonly wipe: () => unknown
}

/** The in-memory log of test/sharing/feedOrder.test.ts, which must behave like Redis. */
const openMemory = (): Promise<Logs> => {
  let time = 1_000_000
  const log = createMemoryLog({ now: () => time })
  const of = (member: number) => log.of(member, { isCut: () => false, fate: () => 'arrives' })
  return Promise.resolve({ members: [of(0), of(1)], expire: () => (time += 5000), wipe: log.wipe })
}

const openRedis = async (t: Test): Promise<Logs> => {
  const redis = await startRedis(t)
  const prefix = 'vdab-gateway:'
  const settings = { url: secretOf(redis.url), ca: undefined, timeoutMs: 5000 }
  const join = async () => {
    const connection = createConnection({ settings, warn: () => {} })
    const facts = () => ({ name: 'one', version: '1', digests: {} })
    const members = createMembers({ connection, prefix, facts, atLeast: 2, warn: () => {}, now: Date.now })
    await until(connection.isOpen)
    t.teardown(async () => {
      await members.close()
      connection.close()
    })
    return createLog({ members, prefix, secret }, 'vacature')
  }
  return {
    members: [await join(), await join()],
    expire: () => redis.client.del(`${prefix}leader:vacature`),
    wipe: () => redis.client.flushall()
  }
}

const start: LogPlace = { epoch: 0, number: 0 }
const none = { known: 0, own: undefined }
const append = ({ append: send, now }: SharedLog, epoch: number, number: number) =>
  send({ epoch, number, text: `entry ${number} of ${epoch}`, madeAt: now() })
const led = async ({ lead }: SharedLog, asked: Parameters<SharedLog['lead']>[0] = none) => (await lead(asked)) ?? 0

for (const [engine, open] of [
  ['in memory', openMemory],
  ['in Redis', openRedis]
] as const) {
  const skip = engine === 'in Redis' && !hasRedis ? 'there is no redis-server' : false

  test(`${engine}: one member leads at a time, and each new epoch is higher`, { skip }, async (t) => {
    const {
      members: [one, other],
      expire
    } = await open(t)
    const first = await led(one)
    t.ok(first > 0)
    t.equal(await other.lead(none), undefined)
    t.equal(await one.lead({ known: 0, own: first }), first, 'a leader that renews its lease keeps its epoch')
    t.ok((await led(one)) > first, 'a leader that does not name its epoch gets a new one')
    await one.resign()
    const second = await led(other)
    t.ok(second > first)
    await expire()
    t.ok((await led(one, { known: second + 100_000, own: undefined })) > second + 100_000)
  })

  test(`${engine}: all members read the entries of a leader in order, from any position`, { skip }, async (t) => {
    const {
      members: [one, other]
    } = await open(t)
    const epoch = await led(one)
    for (const number of [1, 2, 3]) await append(one, epoch, number)
    const { entries, last } = await other.read(start)
    t.strictSame(
      entries.map(({ number, text }) => [number, text]),
      [1, 2, 3].map((number) => [number, `entry ${number} of ${epoch}`])
    )
    t.strictSame(last, { epoch, number: 3 })
    t.strictSame((await one.read({ epoch, number: 2 })).entries.length, 1)
    t.strictSame((await one.read(last)).entries, [])
  })

  test(`${engine}: an entry of a member that does not lead, or a repeated entry, is refused`, { skip }, async (t) => {
    const {
      members: [one, other],
      expire,
      wipe
    } = await open(t)
    const epoch = await led(one)
    await append(one, epoch, 1)
    await t.rejects(append(one, epoch, 1), 'a repeated entry is refused')
    await t.rejects(append(other, epoch, 2), 'an entry of another member is refused')
    await expire()
    await t.rejects(append(one, epoch, 2), 'an entry of an expired leader is refused')
    const next = await led(other)
    await append(other, next, 1)
    await t.rejects(append(one, epoch, 2), 'an entry of an old epoch is refused')
    const { entries, last } = await one.read(start)
    t.equal(entries.length, 2)
    t.strictSame(last, { epoch: next, number: 1 })
    await wipe()
    await t.rejects(append(other, next, 2), 'the lease is lost when the log is wiped')
    t.strictSame(await one.read(last), { entries: [], last: start })
  })
}
