import { test } from 'tap'
import { build, type Built } from '../helper.ts'
import { document, inspectorOf } from './description.ts'
import { casesOf, consumersIn, send, type Case, type State } from './produced.ts'

const calm = { REFUSAL_DELAY_MS: '0', VDAB_RETRIES: '0' }

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

test('every documented status of every operation can be produced, in its documented format', async (t) => {
  const consumers = consumersIn(t.testdir())
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

test('a breaking change of the OpenAPI description is found, and a compatible one is accepted', async (t) => {
  const { breakingChanges } = (await import(new URL('../../scripts/breaking-openapi.mjs', import.meta.url).href)) as {
    breakingChanges: (before: unknown, after: unknown) => string[] // a script has no types
  }
  const get = (parameters: object[], schema: object, status = 200) => ({
    paths: { '/a': { get: { parameters, responses: { [status]: { content: { 'application/json': { schema } } } } } } }
  })
  const parameter = (schema: object, required = false) => [{ name: 'p', in: 'query', required, schema }]
  const text = { type: 'string' }
  const one = { type: 'object', properties: { a: text } }
  const pairs: [object, object, RegExp | undefined][] = [
    [document, document, undefined],
    [get([], one), get(parameter(text), { ...one, properties: { a: text, b: text } }), undefined],
    [get([], one), { paths: {} }, /^\/a was removed/],
    [get([], one), { paths: { '/a': {} } }, /GET \/a was removed/],
    [get([], one), get([], one, 201), /response 200 was removed/],
    [get([], one), get([], { type: 'object', properties: {} }), /200\.a was removed/],
    [get([], text), get([], { type: ['string', 'null'] }), /now allows null/],
    [get([], one), get(parameter(text, true), one), /new and required/],
    [get(parameter(text), one), get([], one), /was removed/],
    [get(parameter(text), one), get(parameter(text, true), one), /now required/],
    [get(parameter({ enum: ['a', 'b'] }), one), get(parameter({ enum: ['a'] }), one), /no longer allows b/],
    [get(parameter({ enum: ['a'] }), one), get(parameter({ enum: ['a', 'b'] }), one), undefined],
    [get(parameter({ type: ['string', 'integer'] }), one), get(parameter(text), one), /no longer allows integer/]
  ]
  for (const [before, after, expected] of pairs) {
    const found = breakingChanges(before, after)
    if (expected) t.match([found.length, found[0]], [1, expected])
    else t.strictSame(found, [])
  }
})
