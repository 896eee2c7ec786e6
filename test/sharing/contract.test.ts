import fc from 'fast-check'
import t, { type Test } from 'tap'
import { book } from '../../src/access/counters.ts'
import type { CounterKind } from '../../src/sharing/contract.ts'
import { openRedis, openWorkers, type Engine, type Process } from './engines.ts'
import { createFaultyWay, faults, type Fault } from './faults.ts'
import { until } from './gateways.ts'
import { hasRedis } from './redis.ts'

const count = 3
const minuteMs = 60_000
let names = 0
/** The name of a consumer without bookings. */
const newName = () => `consumer ${(names += 1)}`

type Three = readonly [Process, Process, Process]
const three = async (engine: Engine, ways = [createFaultyWay(), createFaultyWay(), createFaultyWay()]) =>
  (await engine.start(count, ways)) as unknown as Three // `start` returns `count` processes

/** Takes one connection; false if the limit is reached. */
const seat = async ({ counters: { connections } }: Process, name: string, limit: number) => {
  await connections.ready(name, 1, limit)
  return connections.take(name, 1, limit)?.fits ?? false
}
const asks = (most: number) =>
  fc.array(fc.record({ process: fc.nat(count - 1), amount: fc.integer({ min: 1, max: most }), waits: fc.boolean() }), {
    maxLength: 60
  })
const plans = fc.array(fc.array(fc.constantFrom(...faults), { minLength: 1, maxLength: 12 }), {
  minLength: count,
  maxLength: count
})

/** Books by a script, and returns the largest sum of one window. A call without an answer counts as no booking. */
const mostBooked = async (all: Three, kind: CounterKind, script: readonly Ask[], limit: number) => {
  const name = newName()
  const sums = new Map<number, number>()
  let first: number | undefined
  const one = async ({ process, amount }: Ask) => {
    const taken = await book((all[process] as Process).counters[kind], name, amount, limit).catch(() => undefined)
    if (!taken?.fits) return
    first ??= taken.endsAt
    // Each process computes the end of a window on its own clock.
    const window = Math.round((taken.endsAt - first) / minuteMs)
    sums.set(window, (sums.get(window) ?? 0) + amount)
  }
  const open: Promise<void>[] = []
  for (const [at, ask] of script.entries()) {
    open.push(one(ask))
    if (ask.waits) await Promise.all(open)
    if (at % 7 === 0) for (const { returnUnused } of all) returnUnused()
  }
  await Promise.all(open)
  return Math.max(0, ...sums.values())
}
type Ask = { readonly process: number; readonly amount: number; readonly waits: boolean }

/** Opens and closes connections by a script; returns the largest number that was open at once. */
const mostOpen = async (all: Three, script: readonly Ask[], limit: number) => {
  const name = newName()
  const holders: number[] = []
  let most = 0
  const one = async ({ process, amount }: Ask) => {
    const closed = amount === 1 ? holders.shift() : undefined
    if (closed !== undefined) all[closed]?.counters.connections.free(name, 1)
    if (!(await seat(all[process] as Process, name, limit).catch(() => false))) return
    holders.push(process)
    most = Math.max(most, holders.length)
  }
  const open: Promise<void>[] = []
  for (const ask of script) {
    open.push(one(ask))
    if (ask.waits) await Promise.all(open)
  }
  await Promise.all(open)
  return most
}

/** Books CVs of a day by a script; returns the number of different CVs that were allowed. */
const allowed = async (all: Three, script: readonly Ask[], maximum: number) => {
  const name = newName()
  const read = new Set<string>()
  const one = async ({ process, amount }: Ask) => {
    const hashes = [`cv ${amount}`, `cv ${amount + 1}`]
    const booked = await Promise.resolve((all[process] as Process).days.book(name, hashes, maximum)).catch(() => {})
    if (booked && 'fresh' in booked) for (const hash of hashes) read.add(hash)
  }
  const open: Promise<void>[] = []
  for (const ask of script) {
    open.push(one(ask))
    if (ask.waits) await Promise.all(open)
  }
  await Promise.all(open)
  return read.size
}

const atMost = (most: number, bound: number) => {
  if (most > bound) throw new Error(`${most} of ${bound}`)
}

const promises = async (t: Test, engine: Engine) => {
  const all = await three(engine)
  const [first, second, third] = all

  t.test('all processes together book no more than the limit in one window, in any order of requests', () =>
    fc.assert(
      fc.asyncProperty(asks(6), fc.integer({ min: 1, max: 60 }), async (script, limit) =>
        atMost(await mostBooked(all, 'requests', script, limit), limit)
      ),
      { numRuns: 100 }
    )
  )
  t.test('no more connections than the limit are open at once, while others are closed', () =>
    fc.assert(
      fc.asyncProperty(asks(2), fc.integer({ min: 1, max: 5 }), async (script, limit) =>
        atMost(await mostOpen(all, script, limit), limit)
      ),
      { numRuns: 100 }
    )
  )
  t.test('the set of a day never exceeds its maximum, in any order of additions', () =>
    fc.assert(
      fc.asyncProperty(asks(30), fc.integer({ min: 1, max: 20 }), async (script, maximum) =>
        atMost(await allowed(all, script, maximum), maximum)
      ),
      { numRuns: 100 }
    )
  )

  t.test('when all processes request the last unit at once, one gets it', async (t) => {
    const name = newName()
    const taken = await Promise.all(all.map(({ counters }) => book(counters.cost, name, 1, 1)))
    t.equal(taken.filter(({ fits }) => fits).length, 1)
    const seats = await Promise.all(all.map((process) => seat(process, name, 1)))
    t.equal(seats.filter(Boolean).length, 1)
  })
  t.test('the whole limit can be used, and other processes can book what one process gives back', async (t) => {
    const name = newName()
    const limit = 40
    t.equal((await book(first.counters.cost, name, 1, limit)).fits, true)
    await first.counters.cost.ready(name, 30, limit)
    let rest = limit - 1
    await until(async () => {
      first.returnUnused()
      if ((await book(second.counters.cost, name, 1, limit)).fits) rest -= 1
      second.returnUnused()
      return rest === 0
    })
    t.equal((await book(third.counters.cost, name, 1, limit)).fits, false)
  })
  t.test('a process can take a connection that another process gives back', async (t) => {
    const name = newName()
    t.strictSame(
      [await seat(first, name, 2), await seat(first, name, 2), await seat(second, name, 2)],
      [true, true, false]
    )
    first.counters.connections.free(name, 1)
    await until(() => seat(second, name, 2))
    t.equal(await seat(third, name, 2), false)
  })
  t.test('a hash counts once per day over all processes, and frees its place when it is taken back', async (t) => {
    const name = newName()
    t.strictSame(await first.days.book(name, ['a', 'b', 'a'], 3), { fresh: ['a', 'b'] })
    t.strictSame(await second.days.book(name, ['b', 'c'], 3), { fresh: ['c'] })
    t.match(await third.days.book(name, ['d'], 3), { retryMs: Number })
    t.strictSame(await third.days.book(name, ['a', 'b', 'c'], 3), { fresh: [] })
    second.days.takeBack(name, ['c'])
    await until(async () => 'fresh' in (await third.days.book(name, ['d'], 3)))
    t.match(await first.days.book(name, ['c'], 3), { retryMs: Number })
  })
  t.test('a process that ends frees its connections, and its bookings in the window still count', async (t) => {
    const name = newName()
    const [ending, other] = await three(engine)
    t.strictSame(
      [await seat(ending, name, 2), await seat(ending, name, 2), await seat(other, name, 2)],
      [true, true, false]
    )
    t.equal((await book(ending.counters.requests, name, 3, 5)).fits, true)
    await ending.end()
    t.strictSame(
      [await seat(other, name, 2), await seat(other, name, 2), await seat(other, name, 2)],
      [true, true, false]
    )
    let sum = 0
    for (let n = 0; n < 5; n += 1) if ((await book(other.counters.requests, name, 1, 5)).fits) sum += 1
    t.ok(sum <= 2, `${sum} of 5, in addition to the 3 of the process that ended`)
  })
}

/** Messages are late, lost or repeated, and answers are lost. Only the upper bounds are promised then. */
const promisesWithFaults = async (t: Test, engine: Engine) => {
  const ways = Array.from({ length: count }, createFaultyWay)
  const all = await three(engine, ways)
  const follow = (given: readonly (readonly Fault[])[]) => ways.forEach((way, at) => way.follow(given[at] ?? []))
  const holds = (most: number, run: (script: readonly Ask[], limit: number) => Promise<number>) =>
    fc.assert(
      fc.asyncProperty(asks(most), fc.integer({ min: 1, max: 30 }), plans, async (script, limit, plan) => {
        follow(plan)
        const found = await run(script, limit)
        follow([])
        atMost(found, limit + engine.excess(limit, count))
      }),
      { numRuns: 150 }
    )

  t.test('with faults, no window exceeds the limit by more than documented', () =>
    holds(6, (script, limit) => mostBooked(all, 'requests', script, limit))
  )
  t.test('with faults, no more connections are open at once than documented', () =>
    holds(2, (script, limit) => mostOpen(all, script, limit))
  )
  t.test('while an engine fails and recovers, no window exceeds the limit by more than documented', async (t) => {
    const [first, second] = all
    const name = newName()
    const limit = 3
    let sum = 0
    for (const plan of Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? ['none'] : ['lost']) as Fault[])) {
      follow([plan, plan])
      for (const process of [first, second]) {
        if ((await book(process.counters.cost, name, 1, limit).catch(() => undefined))?.fits) sum += 1
        process.returnUnused()
      }
    }
    follow([])
    t.ok(sum <= limit + engine.excess(limit, count), `${sum} of ${limit}`)
  })
  t.test('with faults, no set of a day exceeds its maximum by more than documented', () =>
    holds(60, (script, limit) => allowed(all, script, limit))
  )
}

const engines = [
  { name: 'the primary of WORKERS', open: openWorkers, skip: false as const },
  { name: 'Redis', open: openRedis, skip: hasRedis ? (false as const) : 'there is no redis-server' }
]
for (const { name, open, skip } of engines)
  t.test(name, { skip }, async (t) => {
    const engine = await open(t)
    await promises(t, engine)
    await promisesWithFaults(t, engine)
  })
