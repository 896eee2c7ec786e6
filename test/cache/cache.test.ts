import fc from 'fast-check'
import t from 'tap'
import { createCached } from '../../src/cache/cached.ts'
import type { CacheEvent } from '../../src/cache/cached.ts'
import { createMemoryTier } from '../../src/cache/memory.ts'
import { sizeOf } from '../../src/cache/size.ts'
import { build } from '../helper.ts'

const freshness = { row: 'vacature', freshMs: 1000, negativeMs: 100 }
const create = () => {
  const clock = { now: 0 }
  const events: CacheEvent['name'][] = []
  const cached = createCached({
    tier: createMemoryTier({ maxBytes: 1024 * 1024 }),
    now: () => clock.now,
    on: ({ name }) => void events.push(name)
  })
  return { clock, events, cached }
}
const deferred = () => {
  let resolve: (value: unknown) => void = () => {}
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<unknown>((...functions) => {
    ;[resolve, reject] = functions
  })
  return { promise, resolve, reject }
}

void t.test('a cached answer is fresh for exactly its TTL; an absence has its own TTL', async (t) => {
  const { clock, cached } = create()
  let fills = 0
  const ask = async (key: string, value: unknown) =>
    cached.get(key, freshness, async () => {
      fills += 1
      return value
    })
  await ask('a', 'A')
  await ask('b', null)
  clock.now = 99
  t.same([await ask('a', 'other'), await ask('b', 'other'), fills], ['A', null, 2])
  clock.now = 100
  t.same([await ask('a', 'other'), await ask('b', 'known now'), fills], ['A', 'known now', 3])
  clock.now = 1000
  t.same([await ask('a', 'new'), fills], ['new', 4])
})

void t.test('a failure is returned to all waiting callers and is not cached', async (t) => {
  const { cached } = create()
  const first = deferred()
  const asked = [cached.get('a', freshness, () => first.promise), cached.get('a', freshness, () => first.promise)]
  first.reject(new Error('down'))
  t.same(
    (await Promise.allSettled(asked)).map(({ status }) => status),
    ['rejected', 'rejected']
  )
  t.equal(await cached.get('a', freshness, async () => 'up'), 'up')
})

void t.test('a fetch overtaken by an invalidation is answered, but neither stored nor joined', async (t) => {
  const { cached, events } = create()
  const old = deferred()
  const waiting = cached.get('a', freshness, () => old.promise)
  cached.forget('a', 'vacature')
  const next = cached.get('a', freshness, async () => 'new')
  t.equal(await next, 'new')
  old.resolve('old')
  t.equal(await waiting, 'old')
  t.equal(
    cached.get('a', freshness, async () => 'never'),
    'new'
  )
  t.same(events, ['miss', 'forgotten', 'miss', 'stored', 'overtaken', 'hit'])
})

void t.test(
  'in any order of requests, answers, failures, invalidations and waits, no value requested before the last invalidation is served after it',
  async (t) => {
    type Step =
      { do: 'ask' | 'forget'; key: string } | { do: 'answer' | 'fail'; nth: number } | { do: 'wait'; ms: number }
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({ do: fc.constantFrom('ask' as const, 'forget' as const), key: fc.constantFrom('a', 'b') }),
      fc.record({ do: fc.constantFrom('answer' as const, 'fail' as const), nth: fc.nat(5) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.nat(1200) })
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { clock, cached } = create()
        const version = new Map([
          ['a', 0],
          ['b', 0]
        ])
        const open: { key: string; born: number; flight: ReturnType<typeof deferred> }[] = []
        const flying = new Map<string, number>()
        const answers: Promise<void>[] = []
        for (const one of steps) {
          if ('ms' in one) clock.now += one.ms
          else if ('nth' in one) {
            const [taken] = open.splice(one.nth % Math.max(1, open.length), 1)
            if (one.do === 'answer') taken?.flight.resolve(taken.born)
            else taken?.flight.reject(new Error('failed'))
            await new Promise(setImmediate)
          } else if (one.do === 'ask') {
            const minimum = version.get(one.key) ?? 0
            const asked = cached.get(one.key, freshness, () => {
              const flight = deferred()
              const born = version.get(one.key) ?? 0
              open.push({ key: one.key, born, flight })
              flying.set(`${one.key}${born}`, (flying.get(`${one.key}${born}`) ?? 0) + 1)
              if ((flying.get(`${one.key}${born}`) ?? 0) > 1) throw new Error('two fetches at a time for one key')
              return flight.promise.finally(() => flying.set(`${one.key}${born}`, 0))
            })
            answers.push(
              Promise.resolve(asked).then(
                (value) => {
                  if ((value as number) < minimum) throw new Error('stale after a forget')
                },
                (error: unknown) => {
                  if (!(error instanceof Error) || error.message !== 'failed') throw error
                }
              )
            )
          } else {
            version.set(one.key, (version.get(one.key) ?? 0) + 1)
            cached.forget(one.key, 'vacature')
          }
        }
        for (const { flight, born } of open) flight.resolve(born)
        await Promise.all(answers)
      }),
      { numRuns: 300 }
    )
    t.pass()
  }
)

void t.test(
  'the cache is bounded in bytes for any sizes, and evicts the least recently used entry first',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 200 }),
        async (lengths) => {
          const tier = createMemoryTier({ maxBytes: 64 * 1024 })
          lengths.forEach((length, index) => tier.set(String(index), { value: 'x'.repeat(length), startedAt: 1 }))
          if (tier.size().bytes > 64 * 1024) throw new Error('over the bound')
          if ((lengths.at(-1) ?? 0) < 3000 && !tier.get(String(lengths.length - 1)))
            throw new Error('the newest is gone')
        }
      )
    )
    t.pass()
  }
)

void t.test(
  'the computed size of a value is at least the bytes of its long strings, fractions and members',
  async (t) => {
    const least = (value: unknown): number => {
      if (typeof value === 'string') return value.length > 10 ? value.length : 0
      if (typeof value !== 'object' || value === null) return 0
      return Object.values(value).reduce<number>((sum, member) => sum + 8 + least(member), 16)
    }
    fc.assert(fc.property(fc.jsonValue(), (value) => sizeOf(value) >= least(value)))
    t.ok(sizeOf({ a: 'x'.repeat(1000) }) >= 1000)
  }
)

void t.test(
  'a value stored as text is returned unchanged for any characters, and callers cannot modify it for each other',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (given) => {
        const value: unknown = JSON.parse(JSON.stringify(given))
        for (const openBytes of [0, 1_000_000]) {
          const cached = createCached({ tier: createMemoryTier({ maxBytes: 1024 * 1024 }), openBytes, now: () => 0 })
          const text = { ...freshness, isText: true }
          await cached.get('a', text, async () => structuredClone(value))
          const again = cached.get('a', text, async () => 'never')
          t.strictSame(again, value)
          if (typeof again !== 'object' || again === null) throw new Error('it is no object')
          if (
            Object.values(again).some(
              (member) => typeof member === 'object' && member !== null && !Object.isFrozen(member)
            )
          )
            throw new Error('a branch can be changed')
          t.throws(() => {
            Object.assign(again, { changed: true })
          }, TypeError)
          t.equal(cached.entryVersionOf(again)?.key, 'a')
        }
      }),
      { numRuns: 50 }
    )
  }
)

void t.test(
  'a value stored as text reuses its source text where available, and takes one byte per character either way',
  async (t) => {
    const given = '{"b":"\u00e9","a":"\ud83d\ude80"}'
    const text = { ...freshness, isText: true }
    const holds = async (textOf: () => string | undefined) => {
      const cached = createCached({ tier: createMemoryTier({ maxBytes: 1024 * 1024 }), now: () => 0, textOf })
      await cached.get('a', text, async () => ({ a: '\ud83d\ude80', b: '\u00e9' }))
      return {
        keys: Object.keys(cached.get('a', text, async () => 'never') as object),
        value: cached.get('a', text, async () => 'never'),
        bytes: cached.size().bytes
      }
    }
    const [read, written] = [await holds(() => given), await holds(() => undefined)]
    t.strictSame(read.keys, ['b', 'a'], 'the stored text is the received text')
    t.strictSame(written.keys, ['a', 'b'])
    t.same(read.value, written.value)
    t.equal(read.bytes, written.bytes)
    t.end()
  }
)

void t.test('a value stored as text has one shared object while it is in use, as long as memory allows', async (t) => {
  const cached = createCached({ tier: createMemoryTier({ maxBytes: 1024 * 1024 }), openBytes: 20_000, now: () => 0 })
  const text = { ...freshness, isText: true }
  const ask = (index: number) => cached.get(`a ${index}`, text, async () => ({ index, text: 'x'.repeat(1000) }))
  for (let index = 0; index < 100; index += 1) await ask(index)
  t.match(cached.size(), { items: 100, open: 0 }, 'a value requested once is stored as text only')
  for (let index = 0; index < 100; index += 1) await ask(index)
  const { bytes, items, open } = cached.size()
  t.equal(items, 100)
  t.ok(open > 5 && open < 20, `${open} values have an object`)
  const used = ask(0)
  for (let index = 1; index < 100; index += 1) {
    t.match(ask(index), { index })
    t.equal(ask(0), used, 'a value in constant use is the same object each time')
  }
  t.ok(Math.abs(cached.size().bytes - bytes) < 2000)
  const shown = new WeakRef(ask(7) as object)
  cached.forget('a 7', 'a')
  t.equal(cached.entryVersionOf(shown.deref() ?? {})?.isGone, true)
  t.ok(cached.size().open < open + 1, 'an invalidated value is not held as an object either')
  for (let index = 0; index < 100; index += 1) cached.forget(`a ${index}`, 'a')
  t.strictSame(cached.size(), { bytes: 0, items: 0, open: 0 })
})

void t.test('expired personal data is removed at once, before its memory is needed', async (t) => {
  const { clock, cached } = create()
  await cached.get('kandidaat 1', { row: 'kandidaat', freshMs: 60_000 }, async () => ({ cvId: '1' }))
  await cached.get('vacature 1', freshness, async () => ({}))
  clock.now = 59_999
  cached.dropStale([{ row: 'kandidaat', freshMs: 60_000 }])
  t.equal(cached.size().items, 2)
  clock.now = 60_000
  cached.dropStale([{ row: 'kandidaat', freshMs: 60_000 }])
  t.equal(cached.size().items, 1)
})

const ttls = [
  { what: 'a search', ms: 30_000, path: '/services/openservices/v2/vacatures?aantal=5', endpoint: 'GET /vacatures' },
  {
    what: 'a vacancy',
    ms: 600_000,
    path: '/services/openservices/v2/vacatures/a3e007c0-68d3-4fb7-aa35-c36e96ede172',
    endpoint: 'GET /vacatures/{id}'
  },
  {
    what: 'a CV',
    ms: 60_000,
    path: '/services/openservices/v1/kandidaten/30dbfef1-59df-4521-a111-964bf0208e68',
    endpoint: 'GET /kandidaten/{id}'
  },
  { what: 'a reference list', ms: 86_400_000, path: '/services/openservices/v1/talen', endpoint: 'GET /talen' },
  {
    what: 'an unknown vacancy',
    ms: 30_000,
    path: '/services/openservices/v2/vacatures/00000000-0000-4000-8000-000000000000',
    endpoint: 'GET /vacatures/{id}'
  }
]
for (const { what, ms, path, endpoint } of ttls) {
  void t.test(`${what} stays cached for ${ms / 1000} s`, async (t) => {
    let now = Date.now()
    const { get, simulator } = await build(t, { now: () => now })
    const calls = async () => (await simulator.calls()).perEndpoint[endpoint]
    await get(path)
    now += ms - 1
    await get(path)
    t.equal(await calls(), 1)
    now += 1
    await get(path)
    t.equal(await calls(), 2)
  })
}

void t.test('a request for a change feed always calls VDAB', async (t) => {
  const { get, simulator } = await build(t)
  const path = '/services/openservices/v2/vacatures/bulk?van=2026-02-13T12:00:00.000Z&tot=2026-02-14T12:00:00.000Z'
  await get(path)
  await get(path)
  t.equal((await simulator.calls()).perEndpoint['GET /vacatures/bulk'], 2)
})
