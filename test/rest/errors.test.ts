import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { demoConsumers, sha256 } from '../../src/access/consumers.ts'
import { build, type Built } from '../helper.ts'
import { document, inspectorOf } from './description.ts'
import { casesOf, send, type Case, type State } from './produced.ts'

const consumersOf = (t: Test) => {
  const file = join(t.testdir(), 'consumers.json')
  const more = { name: 'cvs-only', sha256: sha256('cvs-only'), scopes: ['kandidaten'] }
  writeFileSync(file, JSON.stringify([...demoConsumers, more]))
  return file
}
const calm = { MAX_EVENT_LOOP_DELAY_MS: '0', REFUSAL_DELAY_MS: '0', VDAB_RETRIES: '0' }

/** The settings of each state, and what brings a gateway into it. */
const states: Readonly<
  Record<State, { env?: Record<string, string>; now?: () => number; start?: (gateway: Built) => Promise<unknown> }>
> = {
  well: {},
  limited: { env: { REQUESTS_PER_MINUTE: '1' }, start: ({ get }) => get('/api/referenties') },
  overloaded: {
    env: { MAX_HEAP_MB: '1' },
    start: async ({ get }) => {
      while ((await get('/api/referenties')).status !== 503);
    }
  },
  failing: { start: ({ simulator }) => simulator.faults([{ status: 500 }]) },
  hanging: { env: { VDAB_TIMEOUT_MS: '150' }, start: ({ simulator }) => simulator.faults([{ kind: 'hang' }]) },
  refusing: { start: ({ simulator }) => simulator.faults([{ status: 401 }]) },
  late: { now: () => Date.now() + 6 * 86_400_000 }
}

test('every documented status of every operation is produced, in its documented shape', async (t) => {
  const consumers = consumersOf(t)
  const start = async (state: State) => {
    const { env, now, start: begin } = states[state]
    const gateway = await build(t, { env: { ...calm, CONSUMERS_FILE: consumers, ...env }, ...(now ? { now } : {}) })
    await begin?.(gateway)
    return gateway
  }
  const well = await start('well')
  const read = async (path: string) => (await (await well.get(path)).json()) as Record<string, unknown>
  const { nodes } = (await read('/api/kandidaten?first=1')) as { nodes: { cvId: string }[] }
  const { cursor } = (await read('/api/vacatures/wijzigingen')) as { cursor: string }
  const cases = casesOf({ cvId: nodes[0]?.cvId ?? '', cursor })
  t.strictSame(
    cases.filter(({ request }) => !request).map(({ template, status }) => `${template} ${status}`),
    [],
    'each has a row that says how it is produced'
  )
  const inspect = inspectorOf(document)
  const check = async (gateway: Built, { template, status, request }: Case) => {
    if (!request) return
    const answer = await send(gateway.url, request)
    const name = `${request.method} ${template} ${status}`
    const finding = inspect(template, request.method, answer.status, answer.type, answer.text)
    const isRight = status === '4XX' ? answer.status === 431 : String(answer.status) === status
    if (!isRight || finding !== undefined)
      t.fail(`${name}: ${answer.status} ${finding ?? ''} ${answer.text.slice(0, 200)}`)
  }
  for (const state of Object.keys(states) as State[]) {
    const gateway = state === 'well' ? well : await start(state)
    const own = cases.filter(({ request }) => request?.state === state)
    for (const [index, one] of own.entries()) {
      // An answer of VDAB closes the circuit breaker, which opens after some failures.
      if (state === 'hanging' && index % 2 === 0) {
        await gateway.simulator.heal()
        await gateway.get(`/services/openservices/v2/vacatures?aantal=${index + 1}`)
        await states.hanging.start?.(gateway)
      }
      await check(gateway, one)
    }
    t.ok(own.length > 0, `${state}: ${own.length} statuses`)
  }
})
