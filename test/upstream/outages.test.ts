import t from 'tap'
import { build } from '../helper.ts'

const env = { REQUESTS_PER_MINUTE: '1000000', COST_PER_MINUTE: '1000000000' }
const world = { vacatures: 100, kandidaten: 10 }
/** Requests that no cache can answer. */
const search = (index: number) => `/services/openservices/v2/vacatures?aantal=1&vanaf=${index}`

/** Sends all of them, a few at a time; returns the statuses. */
const askAll = async (get: (path: string) => Promise<Response>, first: number, count: number) => {
  const statuses: number[] = []
  let next = first
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      while (next < first + count) {
        const answer = await get(search(next++))
        await answer.arrayBuffer()
        statuses.push(answer.status)
      }
    })
  )
  return statuses
}
const shareOf = (statuses: readonly number[], status: number) =>
  statuses.filter((one) => one === status).length / statuses.length

for (const profile of ['v2', 'v4'])
  t.test(
    `with ${profile}, a VDAB that fails one call in ten fails at most one request in a thousand and gets at most 15 % more calls`,
    async (t) => {
      const { get, simulator } = await build(t, { env: { ...env, VDAB_PROFILE: profile }, simulator: world })
      await simulator.put('limits', { callsPerMinute: 1_000_000 })
      await simulator.faults([
        { status: 500, rate: 0.034 },
        { status: 503, rate: 0.034 },
        { kind: 'reset', rate: 0.0355 }
      ])
      const count = 1000
      const statuses = await askAll(get, 0, count)
      t.ok(shareOf(statuses, 200) >= 0.999, `${shareOf(statuses, 200)} succeed`)
      const added = ((await simulator.calls()).total - count) / count
      t.ok(added > 0.05 && added <= 0.15, `${added} extra calls`)
    }
  )

const failures: readonly { what: string; fault: object }[] = [
  { what: 'answers 500', fault: { status: 500 } },
  { what: 'breaks every connection', fault: { kind: 'reset' } },
  { what: 'sends no JSON', fault: { kind: 'garbage' } },
  { what: 'sends JSON of another shape', fault: { kind: 'wrong-type' } },
  { what: 'does not answer', fault: { kind: 'hang' } }
]
for (const { what, fault } of failures)
  t.test(`a VDAB that ${what} gets a few test calls a second, and all calls once it has recovered`, async (t) => {
    const clock = { now: Date.now() }
    const perSecond = 5
    const { get, simulator } = await build(t, {
      env: { ...env, VDAB_HEADERS_TIMEOUT_MS: '300', VDAB_RETRIES: '1', VDAB_CALLS_WHILE_FAILING: String(perSecond) },
      simulator: world,
      now: () => clock.now
    })
    await simulator.faults(fault)
    await askAll(get, 0, 40)
    const seconds = 4
    await simulator.reset()
    for (let second = 1; second <= seconds; second += 1) {
      clock.now += 1000
      t.equal(shareOf(await askAll(get, 100 * second, 30), 200), 0)
    }
    const { total } = await simulator.calls()
    t.ok(total > 0 && total <= seconds * perSecond, `${total} of ${seconds * 30} requests were test calls`)
    await simulator.heal()
    clock.now += 1000
    t.equal((await get(search(1000))).status, 200, 'the first test call ends the outage')
    t.equal(shareOf(await askAll(get, 1001, 30), 200), 1)
  })
