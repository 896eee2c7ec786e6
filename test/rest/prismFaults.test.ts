import { test } from 'tap'
import { startPrism, startSwitch, throughPrism } from './prism.ts'
import { casesOf, consumersIn, type Case, type State } from './produced.ts'
import { seedsOf, startIn, states } from './states.ts'

const settings = { REFUSAL_DELAY_MS: '0', VDAB_RETRIES: '0' }

/** What VDAB does, and the statuses that the gateway may answer with. */
const faults: readonly [name: string, fault: Record<string, unknown>, status: number][] = [
  ['429', { status: 429 }, 503],
  ['500', { status: 500 }, 502],
  ['503', { status: 503 }, 502],
  ['garbage', { kind: 'garbage' }, 502],
  ['hang', { kind: 'hang' }, 504]
]

test('prism finds no violation while VDAB fails or the gateway refuses requests', { timeout: 115_000 }, async (t) => {
  const own = { ...settings, CONSUMERS_FILE: consumersIn(t.testdir()) }
  const well = await startIn(t, 'well', own)
  const cases = casesOf(await seedsOf(well))
  const way = await startSwitch(t)
  const prism = await startPrism(t, way.url)
  const right = cases.flatMap(({ status, request }) => (status === '200' && request ? [request] : []))

  for (const [name, fault, expected] of faults) {
    // a new gateway, whose cache is empty
    const gateway = await startIn(t, 'well', name === 'hang' ? { ...own, VDAB_TIMEOUT_MS: '150' } : own)
    way.pointAt(gateway.url)
    await gateway.simulator.faults([fault])
    const given = await Promise.all(right.map((request) => throughPrism(prism, request)))
    t.strictSame(
      given.flatMap((answer) => answer.violation ?? []),
      [],
      `VDAB: ${name}`
    )
    const statuses = new Set(given.map((answer) => answer.status))
    t.ok(statuses.has(expected), `VDAB: ${name}: ${[...statuses].join()}`)
  }

  const passed = new Set<string>()
  for (const state of Object.keys(states) as State[]) {
    if (state === 'well') continue
    const gateway = await startIn(t, state, own)
    way.pointAt(gateway.url)
    const check = async ({ template, status, request }: Case) => {
      if (!request) return
      const { status: given, violation, text } = await throughPrism(prism, request)
      // The circuit breaker can be open before a call hangs.
      const isRight = String(given) === status || (state === 'hanging' && given === 502)
      if (violation !== undefined || !isRight)
        t.fail(`${template} ${status}: ${given} ${violation ?? text.slice(0, 300)}`)
      passed.add(String(given))
    }
    for (const one of cases.filter(({ request }) => request?.state === state)) await check(one)
  }
  t.strictSame([...passed].sort(), ['410', '429', '502', '503', '504'])
})
