import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { createSimulator } from '../../src/simulator/server.ts'
import { ibm, outcome, start } from './start.ts'

const scenarios = new URL('../../examples/scenarios/', import.meta.url)
const none = [200, { name: null, steps: 0, step: 0 }]

t.test('steps run in order, each for its duration; after the last one everything works', async (t) => {
  const { call, door, pass } = await start(t)
  const status = async () => (await call('v1/talen')).status
  const steps = [
    { note: 'slow start', forMs: 1000, faults: { status: 500 } },
    { forMs: 1000, limits: { callsPerMinute: 0 } },
    { forMs: 1000 },
    { forMs: 1000, faults: [{ status: 502, fromMs: 500 }] }
  ]
  t.strictSame(await door('PUT', 'script', { name: 'proef', steps }), [
    200,
    { name: 'proef', steps: 4, step: 1, note: 'slow start' }
  ])
  const seen = [await status()]
  for (const ms of [999, 1, 1000, 1000, 500, 500]) {
    pass(ms)
    seen.push(await status())
  }
  t.strictSame(seen, [500, 500, 429, 200, 200, 502, 200])
  t.strictSame(await door('GET', 'script'), [200, { name: 'proef', steps: 4, step: 0 }])
})

t.test('steps that elapse between two requests still run, each at its own time', async (t) => {
  const { get, door, pass } = await start(t, { vacatures: 10 })
  await door('PUT', 'script', [{ forMs: 1000 }, { forMs: 1000, changes: { vacatures: 25 } }, { forMs: 500 }, {}])
  pass(60_000)
  t.match(await door('GET', 'script'), [200, { step: 4 }])
  const bulk = (van: string, tot: string) =>
    get<{ aantal: number }>(`v2/vacatures/bulk?van=2026-03-01T${van}Z&tot=2026-03-01T${tot}Z`)
  t.equal(
    (await bulk('12:00:01.000', '12:00:01.000')).aantal,
    25,
    'the changes of a step are listed, several for each of ten vacancies'
  )
  t.equal((await bulk('12:00:02.000', '12:30:00.000')).aantal, 0)
  t.match(
    await get('v2/vacatures/23fa5224-15f6-4934-98ab-829587a7420e'),
    { versie: 1 },
    'this vacancy was changed once'
  )
})

t.test('a step can last for a number of calls', async (t) => {
  const { call, door } = await start(t)
  await door('PUT', 'script', [{ forCalls: 2, faults: { status: 503 } }, { forCalls: 1 }, { faults: { status: 500 } }])
  const seen: number[] = []
  for (let turn = 0; turn < 5; turn++) seen.push((await call('v1/talen')).status)
  t.strictSame(seen, [503, 503, 200, 500, 500])
})

t.test('a step can expire the tokens and change CVs', async (t) => {
  const { call, get, door, logIn, pass } = await start(t, { profile: 'v4' })
  await logIn()
  await door('PUT', 'script', [{ forMs: 1000 }, { revokeTokens: true, changes: { kandidaten: 3 } }])
  t.equal((await call('vacatures/v4/vacatures')).status, 200)
  pass(1000)
  t.strictSame(await outcome(call('vacatures/v4/vacatures')), ibm(401, 'Unauthorized', 'Invalid client id or secret.'))
  t.match(await get('v1/kandidaten/bulk?van=2026-03-01T12:00:01.000Z&tot=2026-03-01T12:00:01.000Z'), { aantal: 3 })
})

t.test('a script can be stopped, which removes its faults', async (t) => {
  const { call, door } = await start(t)
  await door('PUT', 'script', [{ faults: { status: 500 }, limits: { callsPerMinute: 1 } }])
  t.equal((await call('v1/talen')).status, 500)
  t.strictSame(await door('DELETE', 'script'), none)
  t.strictSame(await door('GET', 'script'), none)
  const answer = await call('v1/talen')
  t.strictSame([answer.status, answer.headers.get('x-ratelimit-limit')], [200, 'name=default,2000;'])
})

t.test('the control API names the invalid member of a script, and its step', async (t) => {
  const { door } = await start(t)
  const wrong: [unknown, string][] = [
    ['proef', 'a scenario must be a list of steps, or an object with steps'],
    [[], 'steps must be a list of one step or more'],
    [{ stappen: [] }, 'stappen is not a field of a scenario; known are name, description, steps'],
    [[3], 'step 1: a step must be an object'],
    [
      [{}, { forS: 1 }],
      'step 2: forS is not a field of a step; known are note, forMs, forCalls, faults, limits, revokeTokens, changes'
    ],
    [[{ forMs: 0 }], 'step 1: forMs must be a number from 1 to 604800000'],
    [[{ forCalls: 1.5 }], 'step 1: forCalls must be a whole number from 1 to 1000000'],
    [[{ faults: { rate: 1 } }], 'step 1: a fault needs latencyMs, status or kind'],
    [[{ limits: {} }], 'step 1: callsPerMinute must be a whole number of 0 or more'],
    [[{ revokeTokens: 1 }], 'step 1: revokeTokens must be true or false'],
    [[{ changes: { cvs: 1 } }], 'step 1: cvs is not a field of the changes; known are vacatures, kandidaten'],
    [[{ changes: { vacatures: 100_001 } }], 'step 1: vacatures must be a whole number from 0 to 100000']
  ]
  for (const [body, error] of wrong) t.strictSame(await door('PUT', 'script', body), [400, { error }])
  t.strictSame(await door('GET', 'script'), none, 'a wrong script does not start')
})

t.test('every scenario of examples/scenarios is valid and ends with everything working', async (t) => {
  const names = readdirSync(scenarios).filter((name) => name.endsWith('.json'))
  t.ok(names.length >= 5)
  for (const name of names) {
    const text = readFileSync(new URL(name, scenarios), 'utf8')
    const scenario = JSON.parse(text) as { name: string; description: string; steps: { note: string }[] }
    const { call, door, pass } = await start(t, { profile: 'both' })
    const [status, report] = await door('PUT', 'script', scenario)
    const { steps } = scenario
    t.strictSame(
      [status, report],
      [200, { name: name.replace('.json', ''), steps: steps.length, step: 1, note: steps[0]?.note }]
    )
    pass(3_600_000)
    t.equal((await call('v1/talen')).status, 200)
    t.match(await door('GET', 'script'), [200, { step: 0 }])
  }
})

t.test('a simulator can run a scenario from its start; an invalid one is refused', async (t) => {
  const { call } = await start(t, { scenario: [{ forCalls: 1, faults: { status: 503 } }] })
  t.strictSame([(await call('v1/talen')).status, (await call('v1/talen')).status], [503, 200])
  t.throws(() => createSimulator({ scenario: { steps: [{ forMs: 'x' }] } }), {
    message: 'step 1: forMs must be a number from 1 to 604800000'
  })
})
