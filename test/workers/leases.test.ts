import fc from 'fast-check'
import t from 'tap'
import { book } from '../../src/access/counters.ts'
import { createLeases } from '../../src/sharing/leases.ts'
import type { Returned } from '../../src/sharing/contract.ts'
import { createPool } from '../../src/workers/pool.ts'

const minuteMs = 60_000
const turn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve)
  })

/** One pool and its workers. A message stays in its ordered channel until it is delivered. */
const together = (count: number, windowMs: number) => {
  let time = 1_000_000
  const now = () => time
  const gone = new Set<number>()
  const dead = new Set<number>() // the workers that the pool knows
  const channels = Array.from({ length: count }, () => ({ up: [] as (() => void)[], down: [] as (() => void)[] }))
  const of = (worker: number) => channels[worker] ?? { up: [], down: [] }
  const unheard: (() => void)[] = [] // callbacks of calls to a killed worker

  const pool = createPool({
    windowMs,
    now,
    workers: () => count,
    maxWaitMs: 2_000_000_000,
    recall: (worker, name) =>
      new Promise<Returned>((resolve, reject) => {
        if (dead.has(worker)) reject(new Error('gone'))
        unheard.push(() => {
          if (gone.has(worker)) reject(new Error('gone'))
        })
        of(worker).down.push(() => {
          const returned = workers[worker]?.recall(name) ?? { amount: 0, endsAt: 0 }
          of(worker).up.push(() => {
            resolve(returned)
          })
        })
      })
  })
  const workers = channels.map((_, worker) =>
    createLeases({
      isLasting: windowMs === Infinity,
      now,
      lender: {
        lend: (name, asked) =>
          new Promise((resolve, reject) => {
            of(worker).up.push(() => {
              pool.lend(worker, name, asked).then((grant) => {
                of(worker).down.push(() => {
                  resolve(grant)
                })
              }, reject)
            })
          }),
        giveBack: (name, returned) => {
          of(worker).up.push(() => {
            pool.giveBack(worker, name, returned)
          })
        }
      }
    })
  )

  const deliver = async (pick: number): Promise<boolean> => {
    await turn()
    const full = channels.flatMap(({ up, down }, worker) => [
      ...(up.length > 0 ? [up] : []),
      ...(down.length > 0 && !gone.has(worker) ? [down] : [])
    ])
    const message = full[pick % Math.max(1, full.length)]?.shift()
    message?.()
    return message !== undefined
  }
  return {
    counters: workers.map(({ counter }) => counter),
    deliver,
    settle: async () => {
      while (await deliver(0));
    },
    advance: (ms: number) => {
      time += ms
    },
    window: () => time,
    /** Messages that the worker has already sent still arrive. */
    kill: (worker: number) => {
      gone.add(worker)
      of(worker).up.push(() => {
        dead.add(worker)
        for (const tell of unheard) tell()
        pool.releaseWorker(worker)
      })
    },
    isGone: (worker: number) => gone.has(worker)
  }
}

type Step =
  | { do: 'book'; worker: number; amount: number }
  | { do: 'deliver'; pick: number }
  | { do: 'advance' }
  | { do: 'kill'; worker: number }
  | { do: 'free' }

const steps = (weights: { advance: number; kill: number; free: number; most: number }) =>
  fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('book' as const),
          worker: fc.nat(2),
          amount: fc.integer({ min: 1, max: weights.most })
        })
      },
      { weight: 8, arbitrary: fc.record({ do: fc.constant('deliver' as const), pick: fc.nat(20) }) },
      { weight: weights.advance, arbitrary: fc.record({ do: fc.constant('advance' as const) }) },
      { weight: weights.kill, arbitrary: fc.record({ do: fc.constant('kill' as const), worker: fc.nat(2) }) },
      { weight: weights.free, arbitrary: fc.record({ do: fc.constant('free' as const) }) }
    ),
    { maxLength: 120 }
  ) as fc.Arbitrary<Step[]> // an action of weight 0 is omitted

t.test(
  'for any order of messages, all workers together book no more than the limit per minute, also after a worker dies',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        steps({ advance: 1, kill: 1, free: 0, most: 5 }),
        fc.integer({ min: 1, max: 60 }),
        async (script, limit) => {
          const gateway = together(3, minuteMs)
          const booked = new Map<number, number>()
          const check = ({ fits, endsAt }: { fits: boolean; endsAt: number }, amount: number) => {
            if (!fits) return
            const sum = (booked.get(endsAt) ?? 0) + amount
            booked.set(endsAt, sum)
            if (sum > limit) throw new Error(`${sum} of ${limit}`)
          }
          for (const step of script) {
            if (step.do === 'book' && !gateway.isGone(step.worker)) {
              const counter = gateway.counters[step.worker]
              if (counter)
                void book(counter, 'team', step.amount, limit).then((taken) => {
                  check(taken, step.amount)
                })
            } else if (step.do === 'deliver') await gateway.deliver(step.pick)
            else if (step.do === 'advance') gateway.advance(minuteMs / 2)
            else if (step.do === 'kill') gateway.kill(step.worker)
          }
          await gateway.settle()
        }
      ),
      { numRuns: 300 }
    )
  }
)

t.test('sequential requests on any workers can use the whole limit to the last unit, and no more', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ worker: fc.nat(2), amount: fc.integer({ min: 1, max: 9 }) }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 120 }),
      async (script, limit) => {
        const gateway = together(3, minuteMs)
        let sum = 0
        for (const { worker, amount } of script) {
          const counter = gateway.counters[worker]
          if (!counter) continue
          const booking = book(counter, 'team', amount, limit)
          await gateway.settle()
          const { fits } = await booking
          if (fits !== sum + amount <= limit)
            throw new Error(`${amount} after ${sum} of ${limit} was ${fits ? 'booked' : 'refused'}`)
          if (fits) sum += amount
        }
      }
    ),
    { numRuns: 200 }
  )
})

t.test('open connections never exceed the limit, and are released on close or when their worker dies', async () => {
  await fc.assert(
    fc.asyncProperty(
      steps({ advance: 0, kill: 1, free: 4, most: 1 }),
      fc.integer({ min: 1, max: 8 }),
      async (script, limit) => {
        const gateway = together(3, Infinity)
        let open: number[] = []
        const seat = async (worker: number) => {
          const counter = gateway.counters[worker]
          if (!counter) return false
          await counter.ready('team', 1, limit)
          if (gateway.isGone(worker) || !counter.take('team', 1, limit)?.fits) return false
          open.push(worker)
          if (open.length > limit) throw new Error(`${open.length} of ${limit}`)
          return true
        }
        for (const step of script) {
          if (step.do === 'book') void seat(step.worker)
          else if (step.do === 'deliver') await gateway.deliver(step.pick)
          else if (step.do === 'kill' && step.worker !== 0) {
            gateway.kill(step.worker)
            open = open.filter((worker) => worker !== step.worker)
          } else if (step.do === 'free') {
            const worker = open.shift()
            if (worker !== undefined) gateway.counters[worker]?.free('team', 1)
          }
        }
        await gateway.settle()
        while (open.length < limit) {
          const taking = seat(0)
          await gateway.settle()
          if (!(await taking)) throw new Error(`a seat is lost: ${open.length} of ${limit} are taken`)
        }
        const taking = seat(0)
        await gateway.settle()
        if (await taking) throw new Error('one too many')
      }
    ),
    { numRuns: 300 }
  )
})

t.test('a changed limit applies from the next booking on', async (t) => {
  const gateway = together(2, minuteMs)
  const [one, other] = gateway.counters
  const booked = async (counter: typeof one, amount: number, limit: number) => {
    const booking = counter && book(counter, 'team', amount, limit)
    await gateway.settle()
    return (await booking)?.fits
  }
  t.strictSame([await booked(one, 10, 100), await booked(other, 10, 100)], [true, true])
  t.strictSame([await booked(one, 1, 20), await booked(other, 1, 20)], [false, false], 'twenty are already booked')
  t.strictSame([await booked(one, 5, 25), await booked(other, 1, 25)], [true, false])
  gateway.advance(minuteMs)
  t.equal(await booked(other, 25, 25), true, 'the whole limit is available a minute later')
})
