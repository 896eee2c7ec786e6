import t from 'tap'
import { outcome, start, type Json } from './start.ts'

const token = 'POST /isam/sps/oauth/oauth20/token'

t.test('wrong-type returns valid JSON of another shape, a different one each time', async (t) => {
  const { call, get, door } = await start(t)
  const path = 'v2/vacatures?jobdomein=JOBCAT01&postcode=1930'
  const shapes = async (asked: string) => {
    await door('PUT', 'faults', { kind: 'wrong-type' })
    const seen: Json[] = []
    for (let turn = 0; turn < 4; turn++) seen.push(await get(asked))
    return seen
  }
  t.strictSame(await shapes(path), [{ aantal: 'proef', resultaten: { eerste: 'proef' } }, 'proef', [], null])
  t.strictSame(await shapes('v1/arbeidsregimes'), [{ eerste: 'proef' }, 'proef', {}, null])
  t.match(await shapes('v2/vacatures/a3e007c0-68d3-4fb7-aa35-c36e96ede172'), [
    { vacatureReferentie: 'proef', status: 42, aantalJobs: 'proef', internationaalOpengesteld: null }
  ])
  t.strictSame(await shapes(path), [{ aantal: 'proef', resultaten: { eerste: 'proef' } }, 'proef', [], null])
  const answer = await call(path)
  t.strictSame([answer.status, answer.headers.get('content-type')], [200, 'application/json;charset=UTF-8'])
})

t.test('deep-nesting returns valid JSON of fifty thousand levels', async (t) => {
  const { call, door } = await start(t)
  await door('PUT', 'faults', { kind: 'deep-nesting' })
  const answer = await call('v2/vacatures')
  const text = await answer.text()
  t.equal(answer.status, 200)
  t.equal(text, `{"aantal":1,"resultaten":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)
})

t.test('each kind of fault can affect only the token endpoint', async (t) => {
  const { askToken, call, door } = await start(t)
  const ask = () =>
    askToken({ grant_type: 'client_credentials', client_id: 'demo-client', client_secret: 'demo-client-secret' })
  await door('PUT', 'faults', { kind: 'reset', endpoint: token })
  await t.rejects(ask(), { cause: { code: 'ECONNRESET' } })
  await door('PUT', 'faults', { kind: 'truncate', endpoint: token })
  await t.rejects((await ask()).text())
  await door('PUT', 'faults', { kind: 'garbage', endpoint: token })
  await t.rejects((await ask()).json(), SyntaxError)
  await door('PUT', 'faults', { kind: 'wrong-type', endpoint: 'POST /isam' })
  t.strictSame(await outcome(ask()), [200, { access_token: 42, token_type: 42, expires_in: 'proef' }])
  await door('PUT', 'faults', { kind: 'deep-nesting', endpoint: token })
  t.match(await (await ask()).text(), /^\{"aantal":1,"resultaten":\[{10}/)
  await door('PUT', 'faults', { kind: 'slow-body', latencyMs: 1, endpoint: token })
  t.match(await outcome(ask()), [200, { token_type: 'Bearer' }])
  const bodies: [number, string][] = [
    [401, 'invalid_client'],
    [403, 'invalid_client'],
    [400, 'invalid_request'],
    [429, 'server_error'],
    [500, 'server_error']
  ]
  for (const [status, error] of bodies) {
    await door('PUT', 'faults', { status, endpoint: token })
    t.match(await outcome(ask()), [status, { error }])
  }
  t.equal((await call('v1/talen')).status, 200, 'other endpoints are not affected')
})

t.test("a fault has a time window from the moment it was set, by the simulator's clock", async (t) => {
  const { call, door, pass } = await start(t)
  const status = async () => (await call('v1/talen')).status
  const faults = [
    { status: 503, fromMs: 1000, untilMs: 2000 },
    { status: 500, fromMs: 3000 }
  ]
  t.match(await door('PUT', 'faults', faults), [200, faults])
  const seen = [await status()]
  for (const ms of [999, 1, 999, 1, 1000, 3_600_000]) {
    pass(ms)
    seen.push(await status())
  }
  t.strictSame(seen, [200, 200, 503, 503, 200, 500, 500])
  await door('PUT', 'faults', { status: 502, untilMs: 10 })
  t.equal(await status(), 502)
  await door('PUT', 'clock', { now: '2026-03-02T12:00:00.000Z' })
  t.equal(await status(), 200)
})

t.test('rate, endpoint and time window of a fault combine', async (t) => {
  const { call, door, pass } = await start(t)
  await door('PUT', 'faults', { status: 500, rate: 0.5, endpoint: 'GET /talen', fromMs: 1 })
  const statuses = async (path: string) => {
    const seen = new Set<number>()
    for (let turn = 0; turn < 30; turn++) seen.add((await call(path)).status)
    return [...seen].sort()
  }
  t.strictSame(await statuses('v1/talen'), [200])
  pass(1)
  t.strictSame(await statuses('v1/talen'), [200, 500])
  t.strictSame(await statuses('v1/attesten'), [200])
})

t.test('the control API names the invalid member of a time window', async (t) => {
  const { door } = await start(t)
  const wrong: [object, string][] = [
    [{ status: 500, fromMs: -1 }, 'fromMs must be a number from 0 to 604800000'],
    [{ status: 500, untilMs: 'later' }, 'untilMs must be a number from 0 to 604800000'],
    [{ status: 500, fromMs: 5, untilMs: 5 }, 'untilMs must be later than fromMs']
  ]
  for (const [body, error] of wrong) t.strictSame(await door('PUT', 'faults', body), [400, { error }])
})
