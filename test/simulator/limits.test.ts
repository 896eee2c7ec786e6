import t from 'tap'
import { ibm, outcome, start } from './start.ts'

const exceeded = ibm(429, 'Too Many Requests', 'Rate Limit exceeded')

t.test('an endpoint can have its own rate limit, per key and minute', async (t) => {
  const { call, post, door, pass } = await start(t)
  const limits = { callsPerMinute: 3, perEndpoint: { 'POST /vacatures': 1 } }
  t.strictSame(await door('PUT', 'limits', limits), [200, limits])
  const first = await post('v2/vacatures', [])
  t.strictSame(
    [first.status, first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')],
    [200, 'name=default,1;', 'name=default,0;']
  )
  const refused = await post('v2/vacatures', [])
  t.equal(refused.headers.get('retry-after'), null)
  t.strictSame(await outcome(refused), exceeded)
  const search = await call('v2/vacatures')
  t.strictSame([search.status, search.headers.get('x-ratelimit-remaining')], [200, 'name=default,2;'])
  pass(59_999)
  t.equal((await post('v2/vacatures', [])).status, 429)
  pass(1)
  t.equal((await post('v2/vacatures', [])).status, 200)
})

t.test('v4 has the limits of v2, and the token endpoint has none', async (t) => {
  const { call, door, logIn } = await start(t, { profile: 'v4' })
  await door('PUT', 'limits', { callsPerMinute: 2, perEndpoint: { 'GET /vacatures': 1 } })
  for (let turn = 0; turn < 5; turn++) await logIn()
  const answer = await call('vacatures/v4/vacatures')
  t.equal(answer.headers.get('x-ratelimit-limit'), 'name=default,1;')
  t.strictSame(await outcome(call('vacatures/v4.2.0/vacatures')), exceeded, 'a pinned version shares the limit')
})

t.test('a 429 has Retry-After on request: a number of seconds, or the seconds to the end of the minute', async (t) => {
  const { call, door, pass } = await start(t)
  const wait = async () => (await call('v1/talen')).headers.get('retry-after')
  await door('PUT', 'limits', { callsPerMinute: 0, retryAfter: 7 })
  t.equal(await wait(), '7')
  await door('PUT', 'limits', { callsPerMinute: 0, retryAfter: true })
  pass(20_500)
  t.equal(await wait(), '40')
  t.strictSame(await door('DELETE', 'limits'), [200, { callsPerMinute: 2000 }])
  t.equal((await call('v1/talen')).status, 200)
})

t.test('the control API names the invalid member of limits', async (t) => {
  const { door } = await start(t)
  const wrong: [unknown, RegExp][] = [
    [{}, /^callsPerMinute must be a whole number of 0 or more$/],
    [{ perMinute: 3 }, /^perMinute is not a field of the limits; known are callsPerMinute, perEndpoint, retryAfter$/],
    [{ perEndpoint: [] }, /^perEndpoint must be an object: a limit per name of an endpoint$/],
    [
      { perEndpoint: { 'GET /elders': 1 } },
      /^GET \/elders is no endpoint for perEndpoint; known are GET \/vacatures, /
    ],
    [{ perEndpoint: { 'GET /talen': -1 } }, /^perEndpoint of GET \/talen must be a whole number of 0 or more$/],
    [{ callsPerMinute: 1, retryAfter: 'x' }, /^retryAfter must be a number from 0 to 86400, or true$/]
  ]
  for (const [body, error] of wrong) t.match(await door('PUT', 'limits', body), [400, { error }])
})
