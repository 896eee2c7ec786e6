import { test } from 'tap'
import type { Built } from '../helper.ts'
import { document, inspectorOf } from './description.ts'
import { casesOf, consumersIn, send, type Case, type State } from './produced.ts'
import { seedsOf, startIn, states } from './states.ts'

const calm = { REFUSAL_DELAY_MS: '0', VDAB_RETRIES: '0' }

test('every documented status of every operation can be produced, in its documented format', async (t) => {
  const consumers = consumersIn(t.testdir())
  const start = (state: State) => startIn(t, state, { ...calm, CONSUMERS_FILE: consumers })
  const well = await start('well')
  const cases = casesOf(await seedsOf(well))
  t.strictSame(
    cases.filter(({ request }) => !request).map(({ template, status }) => `${template} ${status}`),
    [],
    'each status has a row that produces it'
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
      // A successful call closes the circuit breaker, which opens after some failures.
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
