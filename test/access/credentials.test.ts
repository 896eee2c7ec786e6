import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import t from 'tap'
import { sha256 } from '../../src/access/consumers.ts'
import { build } from '../helper.ts'
import { connect } from '../live/live.ts'
import { dial, written } from '../hostile/raw.ts'

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** A token as VDAB issues it to v4 clients: signed by an issuer that this gateway does not know. */
const foreign = `${part({ alg: 'RS256', kid: 'x' })}.${part({ iss: 'https://op-derden.vdab.be', exp: 4_000_000_000 })}.c2lnbmF0dXJl`
const base = '/services/openservices'
const two = 'Two different keys in one request.'

type Case = [what: string, headers: Record<string, string>, consumer: string | undefined]
const cases: Case[] = [
  [
    'a client of v4: its key, and a token of VDAB',
    { 'x-ibm-client-id': 'demo-hr', authorization: `Bearer ${foreign}` },
    'demo-hr'
  ],
  [
    'its key, and a token that is no JWT',
    { 'x-ibm-client-id': 'demo-hr', authorization: 'Bearer 2YotnFZFEjr1zCsicMWpAA' },
    'demo-hr'
  ],
  ['its key twice', { 'x-ibm-client-id': 'demo-hr', authorization: 'Bearer demo-hr' }, 'demo-hr'],
  ['its key, and Basic', { 'x-ibm-client-id': 'demo-hr', authorization: 'Basic ZGVtby1ocjpkZW1vLWhy' }, 'demo-hr'],
  [
    'its key, and the key of another',
    { 'x-ibm-client-id': 'demo-hr', authorization: 'Bearer demo-frontend' },
    undefined
  ],
  ['a wrong key, and a token', { 'x-ibm-client-id': 'nonsense', authorization: `Bearer ${foreign}` }, undefined],
  [
    'a wrong key, and a right one as Bearer',
    { 'x-ibm-client-id': 'nonsense', authorization: 'Bearer demo-hr' },
    undefined
  ],
  [
    'a token where a key belongs, and a right one as Bearer',
    { 'x-ibm-client-id': foreign, authorization: 'Bearer demo-hr' },
    undefined
  ],
  ['our own header, and a token', { 'x-api-key': 'demo-hr', authorization: `Bearer ${foreign}` }, undefined],
  ['our own header, and another key', { 'x-api-key': 'demo-hr', 'x-ibm-client-id': 'demo-frontend' }, undefined],
  [
    'our own header, another key, and a token',
    { 'x-api-key': 'demo-hr', 'x-ibm-client-id': 'demo-frontend', authorization: `Bearer ${foreign}` },
    undefined
  ],
  ['a token alone', { authorization: `Bearer ${foreign}` }, undefined]
]

void t.test(
  'a VDAB client key identifies the consumer beside a token of an unknown issuer; two valid credentials are refused',
  async (t) => {
    const { url } = await build(t, { env: { REFUSAL_DELAY_MS: '0' } })
    const paths = [
      `${base}/v2/vacatures?aantal=1`,
      `${base}/v1/talen`,
      '/graphql?query={__typename}',
      '/schema.graphql',
      '/api/vacatures/wijzigingen'
    ]
    for (const [what, headers, consumer] of cases) {
      for (const round of [1, 2, 3]) {
        for (const path of paths) {
          const right = await fetch(`${url}${path}`, { headers: { 'x-ibm-client-id': 'demo-hr' } })
          const answer = await fetch(`${url}${path}`, { headers })
          t.equal(answer.status, consumer === undefined ? 401 : right.status, `${what} at ${path}, time ${round}`)
          if (consumer !== undefined && right.status === 200 && path.startsWith(base))
            t.same(await answer.json(), await right.json(), what)
        }
      }
      const body = (await (await fetch(`${url}${base}/v2/vacatures`, { headers })).json()) as {
        httpCode?: string
        moreInformation?: string
      }
      if (consumer === undefined)
        t.match(body, { httpCode: '401', httpMessage: 'Unauthorized', code: 'UNAUTHENTICATED' }, what)
      const socket = await connect({ url, look: () => {} }, { headers, payload: {}, isSilent: true })
      socket.send({ type: 'connection_init' })
      t.match(
        await Promise.race([socket.next(), socket.closed]),
        consumer === undefined ? [4401, 'Unauthorized'] : { type: 'connection_ack' },
        `${what} at the WebSocket`
      )
      socket.socket.close()
      const stream = await fetch(`${url}/graphql?query={__typename}`, {
        headers: { ...headers, accept: 'text/event-stream' }
      })
      t.equal(stream.status, consumer === undefined ? 401 : 200, `${what} at the event stream`)
      await stream.body?.cancel()
    }
  }
)

void t.test('credentials in connection_init and in headers count together', async (t) => {
  const { url, look } = await build(t)
  const enter = async (headers: Record<string, string>, payload: Record<string, string>) => {
    const socket = await connect({ url, look }, { headers, isSilent: true })
    socket.send({ type: 'connection_init', payload })
    const first = await Promise.race([socket.next(), socket.closed])
    socket.socket.close()
    return 'type' in first ? first.type : first[0]
  }
  t.equal(await enter({ authorization: `Bearer ${foreign}` }, { 'x-ibm-client-id': 'demo-frontend' }), 'connection_ack')
  t.equal(await enter({ 'x-ibm-client-id': 'demo-frontend' }, { authorization: `Bearer ${foreign}` }), 'connection_ack')
  t.equal(await enter({ authorization: 'Bearer demo-hr' }, { 'x-ibm-client-id': 'demo-frontend' }), 4401)
  t.equal(await enter({ 'x-ibm-client-id': 'nonsense' }, { authorization: 'Bearer demo-hr' }), 4401)
})

void t.test('a repeated credential header is not read as two different credentials', async (t) => {
  const { url } = await build(t)
  const status = async (...headers: string[]) => {
    const line = await dial(url)
    await line.write(written(`GET ${base}/v1/talen`, headers))
    const answer = await line.next()
    line.end()
    return answer?.status
  }
  const bearer = `Authorization: Bearer ${foreign}`
  t.equal(await status('X-IBM-Client-Id: demo-hr', bearer), 200)
  t.equal(await status(bearer, 'X-IBM-Client-Id: demo-hr'), 200, 'the order of the headers does not matter')
  t.equal(await status('X-IBM-Client-Id: demo-hr', 'X-IBM-Client-Id: demo-hr', bearer), 401)
  t.equal(await status('X-IBM-Client-Id: demo-hr', bearer, 'Authorization: Bearer demo-frontend'), 401)
  t.equal(await status('X-IBM-Client-Id: demo-hr', bearer, 'Authorization: Bearer other'), 401)
})

void t.test('two different keys of one consumer in one request are refused', async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), 'consumers-')), 'consumers.json')
  writeFileSync(
    file,
    JSON.stringify([{ name: 'team', sha256: [sha256('old-key'), sha256('new-key')], scopes: ['vacatures'] }])
  )
  const { url } = await build(t, { env: { CONSUMERS_FILE: file } })
  t.match(
    await (
      await fetch(`${url}${base}/v1/talen`, {
        headers: { 'x-ibm-client-id': 'old-key', authorization: 'Bearer new-key' }
      })
    ).json(),
    { httpCode: '401', detail: two }
  )
})

void t.test(
  'if tokens of an issuer are accepted, a token in addition to a key is a second consumer, valid or not',
  async (t) => {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const jwks = createServer((_, response) => {
      void exportJWK(publicKey).then((key) =>
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify({ keys: [{ ...key, kid: 'a', alg: 'RS256' }] }))
      )
    })
    await new Promise<void>((resolve) => jwks.listen(0, '127.0.0.1', resolve))
    t.teardown(
      () =>
        new Promise<void>((resolve) => {
          jwks.close(() => {
            resolve()
          })
        })
    )
    const { url } = await build(t, {
      env: {
        AUTH_JWKS_URL: `http://127.0.0.1:${(jwks.address() as AddressInfo).port}/`,
        AUTH_ISSUER: 'https://issuer.example',
        AUTH_AUDIENCE: 'gateway'
      }
    })
    const sign = (exp: number) =>
      new SignJWT({ client_id: 'website', scope: 'vacatures' })
        .setProtectedHeader({ alg: 'RS256', kid: 'a' })
        .setIssuer('https://issuer.example')
        .setAudience('gateway')
        .setExpirationTime(exp)
        .sign(privateKey)
    const soon = Math.floor(Date.now() / 1000) + 600
    const valid = await sign(soon)
    const of = async (headers: Record<string, string>) => {
      const answer = await fetch(`${url}${base}/v2/vacatures?aantal=1`, { headers })
      return [answer.status, ((await answer.json()) as { detail?: string }).detail]
    }
    const both = 'A key and a token in one request: they are two consumers.'
    t.strictSame(await of({ authorization: `Bearer ${valid}` }), [200, undefined])
    t.strictSame(await of({ 'x-ibm-client-id': 'demo-hr', authorization: `Bearer ${valid}` }), [401, both])
    t.strictSame(
      await of({ 'x-ibm-client-id': 'demo-hr', authorization: `Bearer ${await sign(soon - 6000)}` }),
      [401, both],
      'an expired token counts too'
    )
    t.strictSame(
      await of({ 'x-ibm-client-id': 'demo-hr', authorization: `Bearer ${valid.slice(0, -8)}AAAAAAAA` }),
      [401, both],
      'a forged token counts too'
    )
    t.strictSame(await of({ 'x-ibm-client-id': 'nonsense', authorization: `Bearer ${valid}` }), [401, two])
    t.strictSame(
      await of({ 'x-ibm-client-id': 'demo-hr', authorization: `Bearer ${foreign}` }),
      [200, undefined],
      'a token of VDAB is ignored'
    )
    t.equal((await of({ authorization: `Bearer ${foreign}` }))[0], 401, 'a token of VDAB alone is refused')
  }
)

void t.test('a path that VDAB does not have is 404 in the form of its gateway, with any credentials', async (t) => {
  const { url } = await build(t, { env: { REFUSAL_DELAY_MS: '0' } })
  const paths = [
    '/services',
    '/services/',
    '/services/x',
    '/services?x=1',
    '/services/opendata/competent/v2',
    base,
    `${base}/`,
    `${base}/v9/vacatures`,
    `${base}/vacatures/v5/vacatures`,
    `${base}/vacatures/v5/vacatures/x`,
    `${base}/v2/vacatures/a/b`,
    `${base}/v2/%zz`,
    '/services/%zz',
    '/isam',
    '/isam/x',
    '/isam/sps/oauth/oauth20/authorize',
    '/isam/%zz'
  ]
  const shown: Record<string, string>[] = [
    {},
    { 'x-api-key': 'demo-hr' },
    { 'x-api-key': 'nonsense' },
    { 'x-ibm-client-id': 'demo-hr', authorization: `Bearer ${foreign}` },
    { 'x-ibm-client-id': 'demo-hr', authorization: 'Bearer demo-frontend' }
  ]
  for (const path of paths) {
    for (const headers of shown) {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
        const answer = await fetch(`${url}${path}`, { method, headers: { ...headers, 'x-request-id': 'mine' } })
        t.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
        t.strictSame(
          [answer.status, await answer.json()],
          [
            404,
            {
              httpCode: '404',
              httpMessage: 'Not Found',
              moreInformation: 'No resources match requested URI',
              code: 'NOT_FOUND',
              requestId: 'mine'
            }
          ],
          `${method} ${path}`
        )
      }
    }
  }
  for (const [type, body] of [
    ['application/x-www-form-urlencoded', 'grant_type=client_credentials'],
    ['application/json', '{'],
    ['application/xml', '<a/>']
  ] as const) {
    t.equal(
      (
        await fetch(`${url}/isam/sps/oauth/oauth20/authorize`, {
          method: 'POST',
          headers: { 'content-type': type },
          body
        })
      ).status,
      404,
      `with any body: ${type}`
    )
  }
  for (const path of ['/servicesx', '/isamx', '/x/services', '/nothing'])
    t.equal((await fetch(`${url}${path}`)).status, 401, `${path} is not a path of VDAB`)
})

void t.test("a wrong method is 405 in the form of VDAB's gateway, and 401 without a key", async (t) => {
  const { url } = await build(t)
  for (const [path, allowed] of [
    ['/v2/vacatures', 'GET, HEAD, OPTIONS, POST'],
    ['/v2/vacatures/bulk', 'GET, HEAD, OPTIONS'],
    ['/v2/vacatures/a3e007c0-68d3-4fb7-aa35-c36e96ede172', 'GET, HEAD, OPTIONS'],
    ['/v1/kandidaten', 'GET, HEAD, OPTIONS'],
    ['/v1/talen', 'GET, HEAD, OPTIONS']
  ] as const) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter((one) => !allowed.includes(one))) {
      const answer = await fetch(`${url}${base}${path}`, { method, headers: { 'x-ibm-client-id': 'demo-hr' } })
      t.match(
        [answer.status, answer.headers.get('allow'), await answer.json()],
        [
          405,
          allowed,
          {
            httpCode: '405',
            httpMessage: 'Method Not Allowed',
            moreInformation: 'The method is not allowed for the requested URL'
          }
        ],
        `${method} ${path}`
      )
      t.equal((await fetch(`${url}${base}${path}`, { method })).status, 401)
      t.equal(
        (
          await fetch(`${url}${base}${path}`, {
            method,
            headers: { 'x-ibm-client-id': 'demo-hr', 'content-type': 'application/xml' },
            body: '<a/>'
          })
        ).status,
        405,
        'a wrong method is 405 with any body'
      )
    }
    if (!path.endsWith('bulk'))
      t.equal(
        (
          await fetch(`${url}${base}${path}`, {
            method: 'HEAD',
            headers: { 'x-ibm-client-id': 'demo-hr', 'x-doel': 'a test' }
          })
        ).status,
        200,
        `HEAD ${path}`
      )
  }
})
