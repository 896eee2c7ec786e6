import { rmSync, writeFileSync } from 'node:fs'
import { jwtVerify } from 'jose'
import t from 'tap'
import { sha256 } from '../../src/access/consumers.ts'
import { demoClient } from '../../src/simulator/credentials.ts'
import { build, consumersFile, logged } from '../helper.ts'
import { connect } from '../live/live.ts'

const path = '/isam/sps/oauth/oauth20/token'
const secret = 'a-secret-of-at-least-32-characters!'
const grant = { grant_type: 'client_credentials' }
const basic = (id: string, key: string) => `Basic ${Buffer.from(`${id}:${key}`).toString('base64')}`
const vacatures = '/services/openservices/vacatures/v4/vacatures?aantal=1'
const query = JSON.stringify({ query: '{ referentie(lijst: JOBDOMEINEN, code: "JOBCAT01") { label } }' })

const ask = async (url: string, form: Record<string, string>, headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: new URLSearchParams(form) })
  return { response, status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const tokenOf = async (url: string, name = 'demo-hr') =>
  String((await ask(url, { ...grant, client_id: name, client_secret: name })).body['access_token'])
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

void t.test(
  "a version 4 client gets a token by form and by HTTP Basic, with the members of VDAB's answer",
  async (t) => {
    const { url, simulator } = await build(t, { env: { TOKEN_SECRET: secret } })
    const origin = new URL(simulator.base).origin
    const theirs = await ask(origin, {
      ...grant,
      client_id: demoClient.clientId,
      client_secret: demoClient.clientSecret
    })
    for (const { response, status, body } of [
      await ask(url, { ...grant, client_id: 'demo-hr', client_secret: 'demo-hr' }),
      await ask(url, { ...grant, scope: 'openid', client_id: 'demo-hr', client_secret: 'demo-hr' }),
      await ask(url, grant, { authorization: basic('demo-hr', 'demo-hr') })
    ]) {
      t.equal(status, 200)
      t.equal(response.headers.get('cache-control'), 'no-store')
      t.strictSame(Object.keys(body).sort(), Object.keys(theirs.body).sort())
      t.match(body, { token_type: 'Bearer', expires_in: 900 })
      const { payload } = await jwtVerify(String(body['access_token']), Buffer.from(secret), { algorithms: ['HS256'] })
      t.match(payload, { sub: 'demo-hr', exp: Number(payload.iat) + 900 })
      t.notMatch(JSON.stringify(payload), sha256('demo-hr').slice(0, 16))
    }
  }
)

void t.test('a token is accepted at every door, alone or with a key of the same consumer', async (t) => {
  const { url } = await build(t)
  const token = await tokenOf(url)
  const get = async (headers: Record<string, string>) => (await fetch(`${url}${vacatures}`, { headers })).status
  t.equal(await get(bearer(token)), 200)
  t.equal(await get({ ...bearer(token), 'x-ibm-client-id': 'demo-hr' }), 200)
  t.equal(await get({ ...bearer(token), 'x-api-key': 'demo-hr' }), 200)
  t.equal(await get({ ...bearer(token), 'x-ibm-client-id': 'demo-cv' }), 401)
  t.equal(await get({ ...bearer(token), 'x-api-key': 'demo-cv' }), 401)
  t.equal(await get({ 'x-api-key': token }), 401)
  t.equal(await get(bearer(`${token.slice(0, -4)}AAAA`)), 401)
  const graphql = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: query
  })
  t.match(await graphql.json(), { data: { referentie: { label: 'Aankoop' } } })
})

void t.test('a token opens a WebSocket, in connection_init or in the header, until it expires', async (t) => {
  const clock = { now: Date.now() }
  const gateway = await build(t, { now: () => clock.now })
  const token = await tokenOf(gateway.url)
  const { authorization } = bearer(token)
  const shown: Parameters<typeof connect>[1][] = [
    { payload: { authorization } },
    { payload: { Authorization: authorization, 'x-api-key': 'demo-hr' } },
    { payload: {}, headers: { authorization } }
  ]
  for (const options of shown) {
    const { socket, send, next } = await connect(gateway, options)
    send({
      type: 'subscribe',
      id: '1',
      payload: { query: '{ referentie(lijst: JOBDOMEINEN, code: "JOBCAT01") { label } }' }
    })
    t.match(await next(), { type: 'next', payload: { data: { referentie: { label: 'Aankoop' } } } })
    socket.close()
  }
  for (const payload of [
    { authorization: `${authorization.slice(0, -4)}AAAA` },
    { authorization, 'x-api-key': 'demo-cv' },
    { 'x-api-key': token }
  ])
    await t.rejects(connect(gateway, { payload }), /^closed: 4401 /)
  clock.now += 901_000
  await t.rejects(connect(gateway, { payload: { authorization } }), /^closed: 4401 /)
})

void t.test('an expired token is refused, and so is one whose key was revoked', async (t) => {
  const clock = { now: Date.now() }
  const file = consumersFile()
  const { url } = await build(t, { now: () => clock.now, env: { CONSUMERS_FILE: file, TOKEN_SECRET: secret } })
  const { body } = await ask(url, { ...grant, client_id: 'team', client_secret: 'team-key' })
  const headers = bearer(String(body['access_token']))
  const get = async () => {
    const response = await fetch(`${url}${vacatures}`, { headers })
    return { status: response.status, challenge: response.headers.get('www-authenticate'), body: await response.json() }
  }
  // The accelerator answers repeated requests, also those with a token.
  t.same([(await get()).status, (await get()).status, (await get()).status], [200, 200, 200])
  clock.now += 901_000
  t.match(await get(), {
    status: 401,
    challenge: 'Bearer realm="vdab-gateway", error="invalid_token"',
    body: {
      httpCode: '401',
      moreInformation: 'Invalid client id or secret.',
      code: 'UNAUTHENTICATED',
      detail: /expired/
    }
  })
  clock.now -= 901_000
  t.equal((await get()).status, 200)
  writeFileSync(`${file}.new`, JSON.stringify([{ name: 'team', sha256: sha256('another-key'), scopes: ['vacatures'] }]))
  rmSync(file)
  writeFileSync(file, JSON.stringify([{ name: 'team', sha256: sha256('another-key'), scopes: ['vacatures'] }]))
  while ((await get()).status === 200); // the gateway can read the file between requests
  t.match(await get(), { status: 401, body: { detail: /no longer valid/ } })
})

void t.test("an invalid token request gets the error of RFC 6749 and the members of IBM's error", async (t) => {
  const { url } = await build(t)
  const good = { client_id: 'demo-hr', client_secret: 'demo-hr' }
  const wrong: [Record<string, string>, Record<string, string>, number, string][] = [
    [{ ...grant, ...good, client_secret: 'wrong-secret-canary' }, {}, 401, 'invalid_client'],
    [{ ...grant, client_id: 'demo-cv', client_secret: 'demo-hr' }, {}, 401, 'invalid_client'],
    [grant, {}, 401, 'invalid_client'],
    [grant, { authorization: basic('demo-hr', 'wrong-secret-canary') }, 401, 'invalid_client'],
    [{ ...good, grant_type: 'password' }, {}, 400, 'unsupported_grant_type'],
    [good, {}, 400, 'invalid_request'],
    [{ ...grant, ...good }, { authorization: basic('demo-hr', 'demo-hr') }, 400, 'invalid_request'],
    [{ ...grant, ...good }, { 'content-type': 'application/json' }, 400, 'invalid_request'],
    [{ ...grant, ...good, scope: 'x'.repeat(9000) }, {}, 413, 'invalid_request']
  ]
  for (const [form, headers, status, error] of wrong) {
    const answer = await ask(url, form, headers)
    t.equal(answer.status, status, error)
    t.match(answer.body, { error, error_description: String, httpCode: String(status), requestId: String })
    t.equal(answer.response.headers.get('cache-control'), 'no-store')
    t.equal(answer.response.headers.get('www-authenticate'), status === 401 ? 'Basic realm="token"' : null)
  }
  const get = await fetch(`${url}${path}`)
  t.strictSame([get.status, get.headers.get('allow')], [405, 'OPTIONS, POST'])
  t.notOk(logged.some((line) => line.includes('wrong-secret-canary')))
})
