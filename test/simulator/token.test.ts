import t from 'tap'
import { demoClient } from '../../src/simulator/credentials.ts'
import { ibm, outcome, read, start } from './start.ts'

const search = 'vacatures/v4/vacatures'
const grant = { grant_type: 'client_credentials' }
const form = { ...grant, client_id: demoClient.clientId, client_secret: demoClient.clientSecret }
const unauthorized = ibm(401, 'Unauthorized', 'Invalid client id or secret.')
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
})
const bearer = (token: string) => ({ headers: { 'x-ibm-client-id': 'any-key', authorization: `Bearer ${token}` } })
type Granted = { access_token: string; token_type: string; expires_in: number; scope?: string }

t.test(
  'a token is a JWT of 900 seconds, for credentials in the form or in HTTP Basic, with or without scope',
  async (t) => {
    const { askToken, call } = await start(t, { profile: 'v4' })
    const asked = [
      askToken(form),
      askToken({ ...form, scope: 'openid' }),
      askToken(grant, { headers: basic(demoClient.clientId, demoClient.clientSecret) })
    ]
    for (const response of await Promise.all(asked)) {
      t.strictSame([response.status, response.headers.get('cache-control')], [200, 'no-store'])
      const { access_token: token, ...others } = await read<Granted>(response)
      t.match(others, { token_type: 'Bearer', expires_in: 900 })
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
        iat: number
        exp: number
      }
      t.equal(claims.exp - claims.iat, 900)
      t.equal((await call(search, bearer(token))).status, 200)
    }
    t.equal((await read<Granted>(askToken({ ...form, scope: 'openid' }))).scope, 'openid')
  }
)

t.test('HTTP Basic accepts encoded and unencoded credentials', async (t) => {
  const client = { clientId: 'een:naam', clientSecret: 'a b+c%' }
  const { askToken } = await start(t, { clients: [{ ...client, clientId: 'naam' }, client] })
  const statuses = [
    basic('naam', client.clientSecret),
    basic(encodeURIComponent(client.clientId), encodeURIComponent(client.clientSecret))
  ].map(async (headers) => (await askToken(grant, { headers })).status)
  t.strictSame(await Promise.all(statuses), [200, 200])
})

t.test('an invalid token request gets the error of RFC 6749', async (t) => {
  const { askToken } = await start(t)
  const wrong: [Parameters<typeof askToken>, number, string][] = [
    [[{ ...form, client_secret: 'wrong' }], 401, 'invalid_client'],
    [[{ ...form, client_id: 'unknown' }], 401, 'invalid_client'],
    [[grant], 401, 'invalid_client'],
    [[grant, { headers: basic(demoClient.clientId, 'wrong') }], 401, 'invalid_client'],
    [[{ ...form, grant_type: 'password' }], 400, 'unsupported_grant_type'],
    [[{ client_id: 'x', client_secret: 'y' }], 400, 'invalid_request'],
    [[form, { headers: basic(demoClient.clientId, demoClient.clientSecret) }], 400, 'invalid_request'],
    [
      [
        form,
        {
          body: `${new URLSearchParams(form).toString()}&scope=a&scope=b`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' }
        }
      ],
      400,
      'invalid_request'
    ],
    [[form, { body: JSON.stringify(form), headers: { 'content-type': 'application/json' } }], 400, 'invalid_request'],
    [[form, { method: 'GET', body: null }], 405, 'invalid_request']
  ]
  for (const [ask, status, error] of wrong) {
    const [given, body] = await outcome(askToken(...ask))
    t.match([given, body], [status, { error, error_description: String }], JSON.stringify(ask))
  }
  t.equal((await askToken({ ...form, client_secret: 'wrong' })).headers.get('www-authenticate'), 'Basic realm="token"')
})

t.test('Vacature v4 needs a key and a token, Kandidaat and Referentie only the key', async (t) => {
  const { call, logIn } = await start(t, { profile: 'v4' })
  t.strictSame(await outcome(call(search)), unauthorized, 'a token is required')
  t.equal((await call('v1/kandidaten')).status, 200)
  t.equal((await call('v1/talen')).status, 200)
  const token = await logIn()
  t.equal((await call(search)).status, 200)
  t.strictSame(
    await outcome(call(search, { headers: { authorization: `Bearer ${token}` } })),
    unauthorized,
    'a key is required'
  )
  t.strictSame(await outcome(call(search, bearer('e30.e30.e30'))), unauthorized, 'an invented token is refused')
  t.strictSame(
    await outcome(call(search, { headers: { 'x-ibm-client-id': 'any', authorization: `Basic ${token}` } })),
    unauthorized
  )
  const other = await start(t, { profile: 'v4' })
  t.strictSame(
    await outcome(other.call(search, bearer(token))),
    unauthorized,
    'a token of another simulator is refused'
  )
})

t.test("a token expires after 900 seconds of the simulator's clock, or when it is revoked", async (t) => {
  const { call, logIn, pass, door } = await start(t, { profile: 'v4' })
  await logIn()
  pass(899_999)
  t.equal((await call(search)).status, 200)
  pass(1)
  t.strictSame(await outcome(call(search)), unauthorized)
  await logIn()
  t.equal((await call(search)).status, 200)
  t.strictSame(await door('DELETE', 'tokens'), [200, { revoked: 1 }])
  t.strictSame(await outcome(call(search)), unauthorized)
})

t.test('secrets and keys rotate: two are valid at once, then only the new one', async (t) => {
  const { askToken, call, door } = await start(t, { profile: 'v4' })
  const fresh = { clientId: demoClient.clientId, clientSecret: 'fresh' }
  const statuses = async () => [
    (await askToken(form)).status,
    (await askToken({ ...form, client_secret: 'fresh' })).status
  ]
  t.strictSame(await statuses(), [200, 401])
  const both = { clients: [demoClient, fresh] }
  t.strictSame(await door('PUT', 'credentials', both), [
    200,
    { clients: [demoClient.clientId, demoClient.clientId], keys: null }
  ])
  t.strictSame(await statuses(), [200, 200])
  await door('PUT', 'credentials', { clients: [fresh], keys: ['old', 'new'] })
  t.strictSame(await statuses(), [401, 200])
  const shown = async (key: string) => (await call('v1/talen', { headers: { 'x-ibm-client-id': key } })).status
  t.strictSame(await Promise.all(['old', 'new', 'other'].map(shown)), [200, 200, 401])
  await door('PUT', 'credentials', { keys: ['new'] })
  t.strictSame(await Promise.all(['old', 'new'].map(shown)), [401, 200])
  t.strictSame(await statuses(), [401, 200], 'new keys do not change the client secrets')
  await door('PUT', 'credentials', { keys: null })
  t.strictSame(await Promise.all(['old', 'wrong'].map(shown)), [200, 401])
})

t.test('calls of the token endpoint are counted, can fail and are limited under their own name', async (t) => {
  const { askToken, door } = await start(t)
  const name = 'POST /isam/sps/oauth/oauth20/token'
  await askToken(form)
  await door('PUT', 'faults', { status: 503, retryAfter: 3, endpoint: name })
  const failed = await askToken(form)
  t.equal(failed.headers.get('retry-after'), '3')
  t.match(await outcome(failed), [503, { error: 'server_error' }])
  await door('DELETE', 'faults')
  t.strictSame(await door('GET', 'calls'), [200, { total: 2, perEndpoint: { [name]: 2 } }])
  await door('PUT', 'limits', { callsPerMinute: 1 })
  t.equal((await askToken(form)).status, 200)
  t.equal((await askToken(form)).status, 200, 'the limit of the plan does not apply to the token endpoint')
  await door('PUT', 'limits', { perEndpoint: { [name]: 3 }, retryAfter: true })
  const refused = await askToken(form)
  t.strictSame([refused.status, refused.headers.get('retry-after')], [429, '60'])
})

t.test('the control API names the invalid member of credentials', async (t) => {
  const { door } = await start(t)
  const wrong: [unknown, string][] = [
    [[], 'the body must be an object with keys, clients or both'],
    [{ sleutels: [] }, 'sleutels is not a field of the credentials; known are keys, clients'],
    [{ keys: [] }, 'keys must be a list of texts that are not empty, or null: every key'],
    [{ clients: {} }, 'clients must be a list of { clientId, clientSecret }'],
    [{ clients: [{ clientId: 'a' }] }, 'a client needs clientId and clientSecret'],
    [{ clients: [{ clientId: '', clientSecret: 'b' }] }, 'clientId must be a text that is not empty']
  ]
  for (const [body, error] of wrong) t.strictSame(await door('PUT', 'credentials', body), [400, { error }])
})
