import fc from 'fast-check'
import t from 'tap'
import { readRates } from '../../src/upstream/quota/rateHeaders.ts'
import { createWorld, minute, waitOf } from './quotaWorld.ts'
import type { Outcome } from './quotaWorld.ts'

const gone = (outcomes: readonly Outcome[], name?: string) =>
  outcomes.filter((outcome) => outcome.goneAt !== undefined && (name === undefined || outcome.name === name))
const kind = fc.constantFrom('interactive' as const, 'refresh' as const, 'feed' as const, 'export' as const)
const latency = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20_000 }))
const call = fc.record({
  afterMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 4000 })),
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  kind,
  there: latency,
  back: latency,
  fails: fc.boolean()
})

void t.test('no minute at VDAB, at any alignment, has more calls than the limit, for any network delays', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: minute }),
      fc.boolean(),
      fc.array(call, { minLength: 50, maxLength: 400 }),
      async (limit, offset, tellsRates, calls) => {
        const { time, vdab, ask } = createWorld({ limit, offset, tellsRates })
        let at = time.now()
        for (const { afterMs, ...asking } of calls) {
          at += afterMs
          time.at(at, () => ask(asking))
        }
        await time.passUntil(at + 5 * minute)
        if (vdab.most() > limit) throw new Error(`${vdab.most()} calls in a minute`)
        if (vdab.refused() > 0) throw new Error(`${vdab.refused()} calls got a 429`)
      }
    ),
    { numRuns: 40 }
  )
  t.pass()
})

void t.test('under load at least 95 % of the limit is used, from the second minute on', async (t) => {
  for (const [limit, names] of [
    [20, ['a']],
    [120, ['a']],
    [120, ['a', 'b', 'c']],
    [600, ['a', 'b']]
  ] as const) {
    const { time, vdab, askEvery } = createWorld({ limit })
    for (const name of names) askEvery(minute / limit / 2, 6 * minute, { name })
    await time.passUntil(time.start + 6 * minute)
    const uses = [1, 2, 3, 4, 5].map(
      (index) => vdab.within(time.start + index * minute, time.start + (index + 1) * minute) / limit
    )
    t.ok(
      Math.min(...uses.slice(1)) >= 0.95 && uses.reduce((a, b) => a + b) / 5 >= 0.95,
      `${limit} for ${names.join()}: ${uses.map((use) => use.toFixed(3)).join(' ')}`
    )
    t.ok(vdab.most() <= limit)
    t.equal(vdab.refused(), 0)
  }
  for (const background of ['refresh', 'feed', 'export'] as const) {
    const { time, vdab, askEvery } = createWorld()
    askEvery(250, 4 * minute, { kind: background, waitMs: Infinity })
    await time.passUntil(time.start + 4 * minute)
    t.ok(vdab.within(time.start + minute, time.start + 4 * minute) >= 0.95 * 360, background)
  }
})

void t.test('three heavy consumers and an export do not delay a light one', async (t) => {
  for (const offset of [0, 7000, 31_000]) {
    const { time, vdab, askEvery, outcomes } = createWorld({ offset })
    for (const name of ['greedy-1', 'greedy-2', 'greedy-3']) askEvery(300, 10 * minute, { name })
    askEvery(1000, 10 * minute, { name: 'copy', kind: 'export', waitMs: Infinity })
    askEvery(4000, 10 * minute, { name: 'polite' }, time.start + 500)
    await time.passUntil(time.start + 10 * minute)
    t.equal(vdab.refused(), 0)
    t.ok(vdab.most() <= 120, `${vdab.most()} calls in one minute`)
    const polite = outcomes.filter(({ name }) => name === 'polite')
    t.equal(polite.length, 150)
    t.same(
      polite.map(waitOf).filter((wait) => wait > 0),
      [],
      'no call of the light consumer waits'
    )
    const shares = ['greedy-1', 'greedy-2', 'greedy-3'].map((name) => gone(outcomes, name).length)
    t.ok(Math.max(...shares) - Math.min(...shares) <= 12, `the heavy consumers get equal shares: ${shares.join(' ')}`)
    t.ok(gone(outcomes, 'copy').length >= 30, `the export gets ${gone(outcomes, 'copy').length} calls`)
    t.ok(vdab.arrivals.length >= 0.95 * 1200, `${vdab.arrivals.length} calls`)
  }
})

void t.test('no consumer starves, and each gets a share by its weight', async (t) => {
  const { time, askEvery, outcomes } = createWorld()
  askEvery(100, 5 * minute, { name: 'flood' })
  askEvery(250, 5 * minute, { name: 'twice', weight: 2 })
  askEvery(250, 5 * minute, { name: 'once' })
  await time.passUntil(time.start + 5 * minute)
  const later = outcomes.filter(({ goneAt = 0 }) => goneAt > time.start + minute)
  const [flood, twice, once] = ['flood', 'twice', 'once'].map((name) => gone(later, name).length)
  t.ok(Math.abs((flood ?? 0) - (once ?? 0)) <= 10, `${flood} and ${once}`)
  t.ok(Math.abs((twice ?? 0) - 2 * (once ?? 0)) <= 20, `${twice} and ${once}`)
})

void t.test(
  'low demand never waits: half of the limit is sent at once, and nine tenths for a single consumer',
  async (t) => {
    const { time, ask, outcomes } = createWorld({ limit: 2000 })
    for (let index = 0; index < 1000; index += 1) ask({ name: `consumer-${index % 40}` })
    await time.settle()
    t.equal(gone(outcomes).length, 1000, 'the most expensive operation does not wait')
    const burst = createWorld({ limit: 2000 })
    for (let index = 0; index < 1800; index += 1) burst.ask({})
    await burst.time.settle()
    t.equal(gone(burst.outcomes).length, 1800)
    const alone = createWorld({ limit: 2000 })
    alone.askEvery(36, 5 * minute, {})
    await alone.time.passUntil(alone.time.start + 5 * minute)
    t.equal(Math.max(...alone.outcomes.map(waitOf)), 0, 'a single consumer at five sixths of the limit never waits')
  }
)

void t.test(
  'a call that cannot be sent before its deadline is refused at once, with a correct wait time',
  async (t) => {
    const { time, ask, askEvery, outcomes, vdab } = createWorld()
    for (const name of ['a', 'b', 'c']) askEvery(300, 4 * minute, { name, waitMs: 10_000 })
    await time.passUntil(time.start + 4 * minute)
    const refused = outcomes.filter(({ refusedAt }) => refusedAt !== undefined)
    t.ok(refused.length > 1000)
    const late = refused.filter(({ askedAt, refusedAt = Infinity }) => refusedAt > askedAt)
    t.ok(late.length <= refused.length / 20, `${late.length} of ${refused.length} are refused late`)
    t.ok(Math.max(...gone(outcomes).map(waitOf)) <= 10_000)
    t.equal(vdab.refused(), 0)
    // There is no other load now, so a client that retries after the given wait is served at once or soon.
    const full = createWorld()
    for (let index = 0; index < 200; index += 1) full.ask({ waitMs: 100_000, name: `c${index % 2}` })
    await full.time.settle()
    const one = full.ask({ waitMs: 0, name: 'b', kind: 'refresh' })
    await full.time.settle()
    t.ok((one.retryAfter ?? 0) > 60, `${one.retryAfter} s`)
    await full.time.passUntil(full.time.now() + (one.retryAfter ?? 0) * 1000)
    const again = full.ask({ waitMs: 0, name: 'b', kind: 'refresh' })
    await full.time.settle()
    t.equal(waitOf(again), 0)
    t.equal(full.time.left() > 0, true)
    await full.time.passUntil(full.time.now() + 2 * minute)
    t.equal(full.time.left(), 0, 'no timer is left when no call waits')
    ask()
  }
)

void t.test('classes are sent in priority order, and one call in twenty goes to a lower class', async (t) => {
  const { time, ask, askEvery, outcomes } = createWorld()
  for (let index = 0; index < 117; index += 1) ask({ name: `c${index % 2}` })
  await time.passUntil(time.now() + 1000)
  const from = outcomes.length
  for (const one of ['export', 'feed', 'refresh', 'interactive'] as const)
    for (let index = 0; index < 5; index += 1) ask({ kind: one, name: one, waitMs: Infinity })
  await time.passUntil(time.now() + 3 * minute)
  const order = gone(outcomes.slice(from))
    .sort((a, b) => (a.goneAt ?? 0) - (b.goneAt ?? 0))
    .map(({ name }) => name)
  t.same([...new Set(order)], ['interactive', 'refresh', 'feed', 'export'])
  askEvery(300, 5 * minute, { name: 'a' })
  askEvery(1000, 5 * minute, { name: 'feed', kind: 'feed', waitMs: Infinity })
  const before = gone(outcomes, 'feed').length
  await time.passUntil(time.now() + 5 * minute)
  const feed = gone(outcomes, 'feed').length - before
  t.ok(feed >= 20 && feed <= 40, `${feed} of 600 calls are of the feed`)
})

void t.test(
  'calls of disconnected clients use no slot, and a background call gets the priority of a request that joins it',
  async (t) => {
    const { time, ask, quota, vdab, outcomes } = createWorld()
    for (let index = 0; index < 200; index += 1) ask({ waitMs: 100_000, name: `c${index % 4}` })
    let isOver = false
    let kindNow: 'refresh' | 'interactive' = 'refresh'
    const sent = () => outcomes.filter(({ goneAt }) => goneAt !== undefined).length
    const leaving = ask({ isOver: () => isOver, waitMs: 100_000, name: 'c0' })
    const joined = ask({ kind: () => kindNow, name: 'new', waitMs: Infinity })
    await time.passUntil(time.now() + 1000)
    t.same([leaving.goneAt, joined.goneAt], [undefined, undefined])
    isOver = true
    kindNow = 'interactive'
    await time.passUntil(time.now() + 100)
    t.ok(leaving.refusedAt !== undefined)
    t.ok(waitOf(joined) < 1100, `${waitOf(joined)} ms`)
    t.notOk(quota.state()['vacatures']?.waiting.refresh)
    await time.passUntil(time.now() + 3 * minute)
    t.equal(vdab.arrivals.length, sent())
  }
)

void t.test('a batch is charged to its consumer with the lowest usage', async (t) => {
  const { time, ask, askEvery, outcomes } = createWorld()
  for (const name of ['a', 'b', 'c']) askEvery(300, 2 * minute, { name })
  askEvery(5000, 2 * minute, { names: ['a', 'polite', 'b'], name: 'batch' }, time.start + 100)
  await time.passUntil(time.start + 2 * minute)
  t.equal(Math.max(...outcomes.filter(({ name }) => name === 'batch').map(waitOf)), 0)
  ask({ names: [] })
})

void t.test("the limit in VDAB's headers is adopted, and raised only where a setting allows it", async (t) => {
  const limits: [boolean, number, number][] = [
    [false, 40, 40],
    [true, 40, 40],
    [false, 500, 120],
    [true, 500, 500]
  ]
  for (const [mayRaise, limit, learned] of limits) {
    const { time, ask, quota, vdab, askEvery } = createWorld({ limit, assumed: 120, mayRaise })
    ask()
    await time.passUntil(time.now() + 100)
    t.equal(quota.state()['vacatures']?.limit, learned)
    askEvery(100, 3 * minute, {})
    await time.passUntil(time.now() + 3 * minute)
    t.ok(vdab.most() <= learned)
    t.ok(vdab.within(time.start + minute, time.start + 3 * minute) >= 0.95 * 2 * learned)
    t.equal(vdab.refused(), 0)
  }
})

void t.test('calls of other users of the key are subtracted from the limit', async (t) => {
  const { time, vdab, askEvery, quota } = createWorld()
  for (let at = time.start; at < time.start + 5 * minute; at += 1500) time.at(at, vdab.countOther)
  for (const name of ['a', 'b']) askEvery(400, 5 * minute, { name })
  await time.passUntil(time.start + minute)
  const early = vdab.refused()
  await time.passUntil(time.start + 5 * minute)
  t.ok(vdab.refused() - early <= 8, `${vdab.refused()} calls got a 429, ${early} in the first minute`)
  t.ok(vdab.arrivals.length > 200, `${vdab.arrivals.length} calls`)
  t.equal(quota.state()['vacatures']?.limit, 120)
})

void t.test(
  'after a 429 no call is sent until its wait is over, and a wrongly announced limit is dropped',
  async (t) => {
    const { time, quota } = createWorld({ limit: 500, assumed: 120, mayRaise: true })
    const live = { kind: () => 'interactive' as const, isOver: () => false }
    const take = (waitMs: number) => quota.take({ endpoint: 'vacatures', consumers: [{ name: 'a' }], waitMs }, live)
    const [one, two] = [await take(0), await take(0)]
    one.end({ limit: 500, remaining: 499 })
    t.equal(quota.state()['vacatures']?.limit, 500)
    two.end({ fullForMs: 7000 })
    t.equal(quota.state()['vacatures']?.limit, 120)
    await t.rejects(take(6000), { code: 'UPSTREAM_RATE_LIMITED', retryAfter: 7 })
    const waiting = take(8000)
    await time.passUntil(time.now() + 6900)
    const other = quota.take({ endpoint: 'talen', consumers: [], waitMs: 0 }, live)
    ;(await other).giveBack()
    await time.passUntil(time.now() + 200)
    const slot = await waiting
    slot.giveBack()
    slot.end({})
    t.equal(quota.state()['vacatures']?.used, 2, 'a call that was not sent leaves its slot')
  }
)

void t.test('queued calls that a 429 would delay past their deadline are refused at once', async (t) => {
  const { time, ask, quota, outcomes } = createWorld()
  const live = { kind: () => 'interactive' as const, isOver: () => false }
  const slot = await quota.take({ endpoint: 'vacatures', consumers: [{ name: 'a' }] }, live)
  for (let index = 0; index < 90; index += 1) ask({ waitMs: 40_000, name: `c${index % 2}` })
  await time.settle()
  const waiting = () =>
    outcomes.filter(({ goneAt, refusedAt }) => goneAt === undefined && refusedAt === undefined).length
  t.ok(waiting() > 20)
  slot.end({ fullForMs: 60_000 })
  await time.settle()
  t.equal(waiting(), 0)
  t.ok(outcomes.every(({ retryAfter }) => retryAfter === undefined || retryAfter >= 60))
})

void t.test('a clock that is set back frees no slot early and stops no call', async (t) => {
  let offset = 0
  const { time, vdab } = createWorld()
  const { createQuota } = await import('../../src/upstream/quota/index.ts')
  const quota = createQuota({
    settings: { callsPerMinute: 10, mayRaise: false },
    now: () => time.now() + offset,
    timers: time.timers
  })
  const { createAsker } = await import('./quotaWorld.ts')
  const { ask, outcomes } = createAsker(quota, vdab, time)
  for (let index = 0; index < 20; index += 1) ask({ waitMs: 300_000 })
  await time.passUntil(time.now() + 10_000)
  offset = -3_600_000
  await time.passUntil(time.now() + 3 * minute)
  t.equal(gone(outcomes).length, 20)
  t.ok(vdab.most() <= 10)
})

void t.test('the rate limit headers of VDAB are parsed in every notation', (t) => {
  const rates: [Record<string, string | string[] | undefined>, object][] = [
    [
      { 'x-ratelimit-limit': 'name=default,2000;', 'x-ratelimit-remaining': 'name=default,1992;' },
      { limit: 2000, remaining: 1992 }
    ],
    [
      {
        'x-ratelimit-limit': 'name=burst,50;name=default,2000;',
        'x-ratelimit-remaining': 'name=burst,3;name=default,7;'
      },
      { limit: 2000, remaining: 7 }
    ],
    [
      {
        'x-ratelimit-limit': ['name=day,90000;', 'name=plan,100;'],
        'x-ratelimit-remaining': 'name=plan,0;, name=day,80000;'
      },
      { limit: 100, remaining: 0 }
    ],
    [
      { 'x-ratelimit-limit': '2000', 'x-ratelimit-remaining': ' 12 ' },
      { limit: 2000, remaining: 12 }
    ],
    [{ 'x-ratelimit-remaining': 'name=default, 12' }, { remaining: 12 }],
    [{ 'x-ratelimit-limit': 'name=default,0;', 'x-ratelimit-remaining': 'name=other,5;' }, { remaining: 5 }],
    [{ 'x-ratelimit-limit': 'name=default,2000;', 'x-ratelimit-remaining': 'name=other,5;' }, { limit: 2000 }],
    [{ 'x-ratelimit-limit': 'unlimited', 'x-ratelimit-remaining': '-1' }, {}],
    [{ 'x-ratelimit-limit': ';;,=name', 'x-ratelimit-remaining': '' }, {}],
    [{}, {}]
  ]
  for (const [headers, expected] of rates) t.same(readRates(headers), expected, JSON.stringify(headers))
  t.end()
})
