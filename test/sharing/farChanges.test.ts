import fc from 'fast-check'
import { test, type Test } from 'tap'
import { secretOf } from '../../src/config/secret.ts'
import { createKeyRing } from '../../src/formats/seal.ts'
import { createFarCache } from '../../src/sharing/redis/farCache.ts'
import { until } from './gateways.ts'
import { hasRedis, startRedis } from './redis.ts'

const skip = hasRedis ? false : 'there is no redis-server'
const runs = Number(process.env['FAR_RUNS'] ?? 60)
const record = 'vacature a'
const page = 'vacatures {}'
const keys = [record, page]

type Versions = Readonly<Record<string, number>>
/** An answer of the source; `askedAt` is on the clock of this process. */
type Asked = { readonly key: string; readonly askedAt: number; readonly text: string }
type Command =
  | { readonly does: 'get'; readonly member: number; readonly key: number }
  | { readonly does: 'ask'; readonly key: number; readonly isLater: boolean }
  | { readonly does: 'fill'; readonly member: number; readonly which: number }
  | { readonly does: 'change' | 'race'; readonly member: number }
  | { readonly does: 'cut' | 'wipe' | 'settle' | 'wait' }

const member = fc.nat({ max: 2 })
const commands = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ does: fc.constant('ask' as const), key: fc.nat({ max: 1 }), isLater: fc.boolean() })
    },
    { weight: 8, arbitrary: fc.record({ does: fc.constant('fill' as const), member, which: fc.nat({ max: 3 }) }) },
    { weight: 8, arbitrary: fc.record({ does: fc.constant('get' as const), member, key: fc.nat({ max: 1 }) }) },
    { weight: 4, arbitrary: fc.record({ does: fc.constant('change' as const), member }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('race' as const), member }) },
    {
      weight: 8,
      arbitrary: fc.record({
        does: fc.constantFrom(
          'cut',
          'wipe',
          'settle',
          'settle',
          'settle',
          'wait',
          'wait',
          'wait',
          'wait',
          'wait',
          'wait'
        )
      })
    }
  ),
  { minLength: 30, maxLength: 60 }
) as fc.Arbitrary<Command[]> // in the last group too, `does` is a literal type

const shortly = () => new Promise((done) => setTimeout(done, 3))

type Redis = Awaited<ReturnType<typeof startRedis>>

/** Three gateways with different clocks, the source of their answers, and the oldest versions that may be found. */
const createWorld = async ({ url, client }: Redis, run: number) => {
  const settings = {
    url: secretOf(url),
    key: secretOf('a-secret-of-thirty-two-characters'),
    prefix: `run-${run}:`,
    timeoutMs: 1000,
    keysFile: '',
    ca: undefined
  }
  const ring = createKeyRing([{ id: 'a', secret: Buffer.alloc(32, 7) }], 'test')
  const members = [0, 2000, -2000].map((aheadMs) => {
    const now = () => Date.now() + aheadMs
    return { now, far: createFarCache({ settings, ring: () => ring, warn: () => {}, now }) }
  })
  const at = (index: number) => members[index] as (typeof members)[number]
  const settled = async () => {
    await shortly() // a gateway notices a closed connection after a short time
    await until(() => members.every(({ far }) => far.isOpen()))
  }
  await settled()
  const source: Record<string, number> = { [record]: 0 }
  const least: Record<string, number> = { ...source }
  const unpublished: { member: number; version: number }[] = []
  const asked: Asked[] = []
  let found = 0

  const guardOf = (key: string) => (key === page ? 'page' : 'record')
  const textOf = (key: string) => JSON.stringify(key === page ? source : { [key]: source[key] })
  /** A change counts as published once the gateway that received it uses the cache again. */
  const notePublished = () => {
    for (const change of unpublished.splice(0)) {
      if (at(change.member).far.isOpen()) least[record] = Math.max(least[record] ?? 0, change.version)
      else unpublished.push(change)
    }
  }
  const change = (index: number) => {
    source[record] = (source[record] ?? 0) + 1
    const version = source[record]
    const { far, now } = at(index)
    return {
      version,
      published: far.forget([record], now() + 1).then(() => unpublished.push({ member: index, version }))
    }
  }
  const olderThan = (text: string, wanted: Versions) =>
    Object.entries(JSON.parse(text) as Versions).filter(([record, version]) => version < (wanted[record] ?? 0))

  const get = async (index: number, key: string) => {
    notePublished()
    const wanted = { ...least }
    const { far, now } = at(index)
    const value = await far.get(key, guardOf(key))
    if (!value?.isCurrent()) return
    found += 1
    if (olderThan(value.text, wanted).length > 0) throw new Error(`an older ${key} was found: ${value.text}`)
    if (value.askedAt > now()) throw new Error('a value was asked in the future')
  }
  /** A lookup in flight while the same gateway receives a change. */
  const race = async (index: number) => {
    const looking = [record, page].map((key) => at(index).far.get(key, guardOf(key)))
    const { version, published } = change(index)
    for (const value of await Promise.all(looking))
      if (value?.isCurrent() && olderThan(value.text, { [record]: version }).length > 0)
        throw new Error('a look-up overtaken by a change counts as current')
    await published
  }

  return {
    obey: async (command: Command) => {
      if (command.does === 'ask') {
        const key = keys[command.key] ?? page
        if (command.isLater) await shortly() // timestamps of Redis are whole ms
        asked.unshift({ key, askedAt: Date.now(), text: textOf(key) })
      } else if (command.does === 'fill') {
        const one = asked[command.which]
        const { far, now } = at(command.member)
        const aheadMs = now() - Date.now()
        if (one) far.set(one.key, guardOf(one.key), { ...one, askedAt: one.askedAt + aheadMs, ttlMs: 60_000 })
      } else if (command.does === 'get') await get(command.member, keys[command.key] ?? page)
      else if (command.does === 'change') await change(command.member).published
      else if (command.does === 'race') await race(command.member)
      else if (command.does === 'cut') await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      else if (command.does === 'wipe') await client.flushall()
      else if (command.does === 'settle') await settled()
      else await shortly()
    },
    found: () => found,
    close: () => members.forEach(({ far }) => far.close())
  }
}

const interleave = async (t: Test, redis: Redis) => {
  let run = 0
  let found = 0
  await fc.assert(
    fc.asyncProperty(commands, async (all) => {
      const world = await createWorld(redis, (run += 1))
      try {
        for (const command of all) await world.obey(command)
      } finally {
        found += world.found()
        world.close()
      }
    }),
    { numRuns: runs }
  )
  t.ok(found > runs / 10, `${found} values were found`)
  t.comment(`${found} values were found in ${run} runs`)
}

test('no gateway finds a value older than a change that another has published', { skip }, async (t) => {
  await interleave(t, await startRedis(t))
})
