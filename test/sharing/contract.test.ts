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
/** A consumer that nothing was booked for. */
const newName = () => `consumer ${(names += 1)}`

type Three = readonly [Process, Process, Process]
const three = async (engine: Engine, ways = [createFaultyWay(), createFaultyWay(), createFaultyWay()]) =>
  (await engine.start(count, ways)) as unknown as Three // so many were asked for

/** Takes a part that lasts, or fails. */
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

/** Books as a script says, and returns the largest sum of one window. An engine that does not answer books nothing. */
const mostBooked = async (all: Three, kind: CounterKind, script: readonly Ask[], limit: number) => {
  const name = newName()
  const sums = new Map<number, number>()
  let first: number | undefined
  const one = async ({ process, amount }: Ask) => {
    const taken = await book((all[process] as Process).counters[kind], name, amount, limit).catch(() => undefined)
    if (!taken?.fits) return
    first ??= taken.endsAt
    // Processes know the end of a window on their own clocks.
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

/** Opens and closes as a script says; returns the largest number of what was open at once. */
const mostOpen = async (all: Three, script: readonly Ask[], limit: number) => {
  const name = newName()
  const held: number[] = []
  let most = 0
  const one = async ({ process, amount }: Ask) => {
    const closed = amount === 1 ? held.shift() : undefined
    if (closed !== undefined) all[closed]?.counters.connections.free(name, 1)
    if (!(await seat(all[process] as Process, name, limit).catch(() => false))) return
    held.push(process)
    most = Math.max(most, held.length)
  }
  const open: Promise<void>[] = []
  for (const ask of script) {
    open.push(one(ask))
    if (ask.waits) await Promise.all(open)
  }
  await Promise.all(open)
  return most
}

/** Books CVs of a day as a script says; returns the number of different ones that were allowed. */
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
  const [one, other, third] = all

  t.test('all processes together book no more than the limit in one window, whoever asks when', () =>
    fc.assert(
      fc.asyncProperty(asks(6), fc.integer({ min: 1, max: 60 }), async (script, limit) =>
        atMost(await mostBooked(all, 'requests', script, limit), limit)
      ),
      { numRuns: 100 }
    )
  )
  t.test('what lasts is lent to no more than the limit at once, while others give back', () =>
    fc.assert(
      fc.asyncProperty(asks(2), fc.integer({ min: 1, max: 5 }), async (script, limit) =>
        atMost(await mostOpen(all, script, limit), limit)
      ),
      { numRuns: 100 }
    )
  )
  t.test('a set of a day never exceeds its maximum, whoever adds when', () =>
    fc.assert(
      fc.asyncProperty(asks(30), fc.integer({ min: 1, max: 20 }), async (script, maximum) =>
        atMost(await allowed(all, script, maximum), maximum)
      ),
      { numRuns: 100 }
    )
  )

  t.test('of all who ask at once for the last unit, one gets it', async (t) => {
    const name = newName()
    const taken = await Promise.all(all.map(({ counters }) => book(counters.cost, name, 1, 1)))
    t.equal(taken.filter(({ fits }) => fits).length, 1)
    const seats = await Promise.all(all.map((process) => seat(process, name, 1)))
    t.equal(seats.filter(Boolean).length, 1)
  })
  t.test('the whole limit can be used, and what one process gives back others can book', async (t) => {
    const name = newName()
    const limit = 40
    t.equal((await book(one.counters.cost, name, 1, limit)).fits, true)
    await one.counters.cost.ready(name, 30, limit)
    let rest = limit - 1
    await until(async () => {
      one.returnUnused()
      if ((await book(other.counters.cost, name, 1, limit)).fits) rest -= 1
      other.returnUnused()
      return rest === 0
    })
    t.equal((await book(third.counters.cost, name, 1, limit)).fits, false)
  })
  t.test('a seat that one process gives back another can take', async (t) => {
    const name = newName()
    t.strictSame([await seat(one, name, 2), await seat(one, name, 2), await seat(other, name, 2)], [true, true, false])
    one.counters.connections.free(name, 1)
    await until(() => seat(other, name, 2))
    t.equal(await seat(third, name, 2), false)
  })
  t.test('a hash of a day counts once over all processes, and makes room when it is taken back', async (t) => {
    const name = newName()
    t.strictSame(await one.days.book(name, ['a', 'b', 'a'], 3), { fresh: ['a', 'b'] })
    t.strictSame(await other.days.book(name, ['b', 'c'], 3), { fresh: ['c'] })
    t.match(await third.days.book(name, ['d'], 3), { retryMs: Number })
    t.strictSame(await third.days.book(name, ['a', 'b', 'c'], 3), { fresh: [] })
    other.days.takeBack(name, ['c'])
    await until(async () => 'fresh' in (await third.days.book(name, ['d'], 3)))
    t.match(await one.days.book(name, ['c'], 3), { retryMs: Number })
  })
  t.test('a process that ends holds nothing that lasts, and has used its part of a window', async (t) => {
    const name = newName()
    const [dying, left] = await three(engine)
    t.strictSame(
      [await seat(dying, name, 2), await seat(dying, name, 2), await seat(left, name, 2)],
      [true, true, false]
    )
    t.equal((await book(dying.counters.requests, name, 3, 5)).fits, true)
    await dying.end()
    t.strictSame([await seat(left, name, 2), await seat(left, name, 2), await seat(left, name, 2)], [true, true, false])
    let sum = 0
    for (let n = 0; n < 5; n += 1) if ((await book(left.counters.requests, name, 1, 5)).fits) sum += 1
    t.ok(sum <= 2, `${sum} of 5 besides the 3 of the one that has ended`)
  })
}

/** Messages are late, lost and repeated, and answers are lost. Nothing but safety is promised then. */
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

  t.test('with faults, no window exceeds the limit by more than the docs say', () =>
    holds(6, (script, limit) => mostBooked(all, 'requests', script, limit))
  )
  t.test('with faults, no more is open at once than the docs say', () =>
    holds(2, (script, limit) => mostOpen(all, script, limit))
  )
  t.test('an engine that comes and goes lets no window exceed the limit by more than the docs say', async (t) => {
    const [one, other] = all
    const name = newName()
    const limit = 3
    let sum = 0
    for (const plan of Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? ['none'] : ['lost']) as Fault[])) {
      follow([plan, plan])
      for (const process of [one, other]) {
        if ((await book(process.counters.cost, name, 1, limit).catch(() => undefined))?.fits) sum += 1
        process.returnUnused()
      }
    }
    follow([])
    t.ok(sum <= limit + engine.excess(limit, count), `${sum} of ${limit}`)
  })
  t.test('with faults, no set of a day exceeds its maximum by more than the docs say', () =>
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
