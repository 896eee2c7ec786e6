import { generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { request as httpRequest, createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { base64url, CompactSign, exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose'
import type { CryptoKey, JWK, JWTPayload } from 'jose'
import Provider from 'oidc-provider'
import t from 'tap'
import type { Test } from 'tap'
import { sha256 } from '../../src/access/consumers.ts'
import { readConfig } from '../../src/config/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { build, logged, withoutCost } from '../helper.ts'
import type { Built } from '../helper.ts'
import { connect, listen as hear } from '../live/live.ts'

const world = { vacatures: 20, kandidaten: 20, date: '2026-02-13' }
const documented = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const audience = 'https://gateway.example'

// One clock for the gateway, the key cache of the library and the provider; only the test moves it.
let now = Date.parse('2026-02-13T12:00:00Z')
t.intercept(Date, 'now', { value: () => now })
const seconds = (offset = 0) => Math.floor(now / 1000) + offset

const listen = async (t: Test, handler: (request: IncomingMessage, response: ServerResponse) => unknown) => {
  const server = createServer((request, response) => {
    void handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An issuer that only publishes keys, for tokens that a real provider would never sign. */
const createIssuer = async (t: Test, keys: JWK[]) => {
  const issuer = { url: '', keys, fetches: 0, answer: undefined as ((response: ServerResponse) => unknown) | undefined }
  issuer.url = await listen(t, (_request, response) => {
    issuer.fetches += 1
    if (issuer.answer) return issuer.answer(response)
    return response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: issuer.keys }))
  })
  return issuer
}
type Issuer = Awaited<ReturnType<typeof createIssuer>>

const gatewayOf = (t: Test, { url }: { url: string }, env: Record<string, string> = {}) =>
  build(t, {
    now: () => now,
    simulator: world,
    env: {
      AUTH_JWKS_URL: `${url}/jwks`,
      AUTH_ISSUER: url,
      AUTH_AUDIENCE: audience,
      REQUESTS_PER_MINUTE: '100000',
      ...env
    }
  })

const keyPair = async (alg: string, kid: string) => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return { publicKey, privateKey, jwk: { ...(await exportJWK(publicKey)), kid } }
}

/** Every token sent by this file: no log line or answer may contain one. */
const shown: string[] = []
const show = <T extends string>(token: T): T => {
  shown.push(token)
  return token
}

const [rsa, ec, ed, stranger] = await Promise.all([
  keyPair('RS256', 'rsa'),
  keyPair('ES256', 'ec'),
  keyPair('EdDSA', 'ed'),
  keyPair('RS256', 'rsa')
])
const pss = await importJWK(await exportJWK(rsa.privateKey), 'PS256') // the same key, for its other algorithm
const issuer = await createIssuer(t, [rsa.jwk, ec.jwk, ed.jwk])
const gateway = await gatewayOf(t, issuer)

const claims = (changes: Record<string, unknown> = {}, { url }: { url: string } = issuer): JWTPayload => ({
  iss: url,
  aud: audience,
  iat: seconds(),
  exp: seconds(60),
  sub: 'subject-of-nobody',
  client_id: 'client',
  scope: 'vacatures',
  ...changes
})
const sign = async (
  payload: JWTPayload,
  {
    key = rsa.privateKey,
    ...header
  }: { key?: CryptoKey | Uint8Array; alg?: string; kid?: string; typ?: string; [name: string]: unknown } = {}
) => show(await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'rsa', ...header }).sign(key))
/** A token with a valid signature and any content. */
const signText = async (text: string) =>
  show(
    await new CompactSign(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: 'RS256', kid: 'rsa' })
      .sign(rsa.privateKey)
  )
/** A token assembled by hand, for content that the library refuses to sign. */
const crafted = (header: object, payload: object = claims(), signature = '') =>
  show(`${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(payload))}.${signature}`)

const ask = async (
  { url }: Pick<Built, 'url'>,
  headers: Record<string, string>,
  path = '/graphql?query={__typename}'
) => {
  const response = await fetch(`${url}${path}`, { headers: { 'x-request-id': 'mine', 'x-doel': 'a test', ...headers } })
  const text = await response.text()
  for (const token of shown) if (text.includes(token)) throw new Error('an answer holds a token')
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse(text) as { data?: unknown; errors?: { message: string; extensions: object }[] }
  }
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const query = async (token: string, text: string, at: Pick<Built, 'url'> = gateway) =>
  (await ask(at, bearer(token), `/graphql?query=${encodeURIComponent(text)}`)).body
const refusal = async (headers: Record<string, string>, at: Pick<Built, 'url'> = gateway) => {
  const { status, body } = await ask(at, headers)
  return [status, withoutCost(body)]
}
const said = (message: string) => [401, { errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] }]
const unread = [
  503,
  {
    errors: [
      {
        message: "Tokens cannot be checked at the moment: their issuer's keys cannot be read. Ask again in 5 s.",
        extensions: { code: 'UNAUTHENTICATED', retryAfter: 5 }
      }
    ]
  }
]
const unpublished = said('This token is signed with a key that its issuer does not publish.')
const unknownKey = said('This key is not known here.')

t.test('a token of a real OpenID provider grants exactly its scopes', async (t) => {
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => {}
  const url = await listen(t, (request, response) => handle(request, response))
  const open = async (alg: string, kid: string) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true })
    const provider = new Provider(url, {
      clients: ['website', 'hr'].map((id) => ({
        client_id: id,
        client_secret: `secret-of-${id}`,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: alg
      })),
      jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg, use: 'sig' }] },
      scopes: ['openid'],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_context, resource) => ({
            scope: 'vacatures kandidaten elsewhere:admin',
            audience: resource,
            accessTokenTTL: 600,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg } }
          })
        }
      }
    })
    handle = provider.callback()
  }
  const obtain = async (id: string, scope: string, resource: string = audience) => {
    const response = await fetch(`${url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:secret-of-${id}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope, ...(resource === '' ? {} : { resource }) })
    })
    const body = (await response.json()) as { access_token?: string; error?: string }
    if (body.access_token === undefined) throw new Error(`the provider gave no token: ${JSON.stringify(body)}`)
    return show(body.access_token)
  }
  await open('RS256', 'first')
  const at = await gatewayOf(t, { url })
  const both = `{ vacature(id: "${documented}") { id } kandidaten(first: 1) { nodes { id } } }`

  const website = await obtain('website', 'vacatures elsewhere:admin')
  t.match(await query(website, `{ vacature(id: "${documented}") { id } }`, at), {
    data: { vacature: { id: `Vacature:${documented}` } },
    errors: undefined
  })
  t.match(await query(website, both, at), {
    data: null,
    errors: [{ message: /"kandidaten"/, path: ['kandidaten'], extensions: { code: 'FORBIDDEN' } }]
  })
  t.match(await ask(at, bearer(website), '/services/openservices/v2/vacatures?aantal=1'), {
    status: 200,
    body: { resultaten: [{}] }
  })
  t.match(await ask(at, bearer(website), '/services/openservices/v1/kandidaten?aantal=1'), {
    status: 403,
    body: { httpCode: '403', code: 'FORBIDDEN' }
  })
  t.match(await query(await obtain('hr', 'vacatures kandidaten'), both, at), {
    data: { vacature: {}, kandidaten: { nodes: [{}] } },
    errors: undefined
  })
  t.match(
    await query(await obtain('website', 'elsewhere:admin'), `{ vacature(id: "${documented}") { id } }`, at),
    { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
    'a scope of another service grants nothing'
  )

  t.strictSame(
    await refusal(bearer(await obtain('website', 'vacatures', 'https://another.example')), at),
    said('This token has the wrong audience: it is not for this gateway.')
  )
  t.strictSame(
    await refusal(bearer(await obtain('website', '', '')), at),
    unknownKey,
    'an opaque token is an unknown key'
  )
  t.strictSame(
    await refusal(bearer(await obtain('website', 'vacatures'))),
    unpublished,
    'a gateway with another issuer refuses the token'
  )

  await open('ES256', 'second')
  const rotated = await obtain('website', 'vacatures')
  t.strictSame(await refusal(bearer(rotated), at), unpublished, 'keys are not fetched again within 30 s')
  now += 30_001
  t.equal((await ask(at, bearer(rotated))).status, 200, 'the new key is accepted after 30 s, without a restart')
  t.strictSame(await refusal(bearer(website), at), unpublished, 'the old key is no longer accepted')
  now += 600_000
  t.strictSame(await refusal(bearer(rotated), at), said('This token has expired.'))
  t.equal((await ask(at, bearer(await obtain('website', 'vacatures')))).status, 200)
})

t.test('a token for this gateway with a valid signature identifies a consumer', async (t) => {
  issuer.fetches = 0
  now += 600_001
  const cases: [name: string, token: string][] = [
    ['RS256', await sign(claims())],
    ['PS256', await sign(claims(), { alg: 'PS256', key: pss })],
    ['ES256', await sign(claims(), { alg: 'ES256', kid: 'ec', key: ec.privateKey })],
    ['EdDSA', await sign(claims(), { alg: 'EdDSA', kid: 'ed', key: ed.privateKey })],
    ['a list of audiences', await sign(claims({ aud: ['https://another.example', audience] }))],
    ['without scopes', await sign(claims({ scope: undefined }))],
    ['an access token by its type', await sign(claims(), { typ: 'at+jwt' })],
    ['the long form of that type', await sign(claims(), { typ: 'application/AT+JWT' })],
    ['a second past its end', await sign(claims({ exp: seconds(-4) }))],
    ['a second before its start', await sign(claims({ nbf: seconds(5) }))],
    ['no key id, where one key fits', await sign(claims(), { kid: undefined as unknown as string })]
  ]
  for (const [name, token] of cases)
    t.strictSame(await refusal(bearer(token)), [200, { data: { __typename: 'Query' } }], name)
  t.equal((await ask(gateway, { authorization: `bearer   ${await sign(claims())}` })).status, 200)
  t.equal((await gateway.get('/graphql?query={__typename}', { key: 'demo-hr' })).status, 200, 'keys still work')
  t.equal(issuer.fetches, 1, 'the keys were fetched once')
})

t.test('any other token is refused with the reason', async (t) => {
  const valid = await sign(claims())
  const [head = '', , signature = ''] = valid.split('.')
  const publicPem = new TextEncoder().encode(await exportSPKI(rsa.publicKey))
  let asked = 0
  const elsewhere = await listen(t, (_request, response) => {
    asked += 1
    response.end(JSON.stringify({ keys: [stranger.jwk] }))
  })
  const malformed = 'This token is malformed.'
  const algorithm = 'This token is signed with an algorithm that is not allowed here.'
  const signed = 'This token has a bad signature.'
  const noExpiry = 'This token does not say when it expires (exp).'
  const nobody = 'This token does not say whose it is (client_id, azp, sub).'
  const wrongAudience = 'This token has the wrong audience: it is not for this gateway.'
  const cases: [name: string, token: string, message: string][] = [
    ['expired', await sign(claims({ exp: seconds(-5) })), 'This token has expired.'],
    ['expired, and badly signed', await sign(claims({ exp: seconds(-5) }), { key: stranger.privateKey }), signed],
    ['no expiry', await sign(claims({ exp: undefined })), noExpiry],
    ['an expiry in words', await signText(JSON.stringify({ ...claims(), exp: '2099' })), noExpiry],
    ['not yet valid', await sign(claims({ nbf: seconds(6) })), 'This token is not valid yet.'],
    ['another audience', await sign(claims({ aud: 'https://another.example' })), wrongAudience],
    ['an audience that begins like ours', await sign(claims({ aud: `${audience}.evil` })), wrongAudience],
    ['no audience', await sign(claims({ aud: undefined })), wrongAudience],
    ['another issuer', await sign(claims({ iss: 'https://another.example' })), 'This token has the wrong issuer.'],
    ['the issuer with a slash', await sign(claims({ iss: `${issuer.url}/` })), 'This token has the wrong issuer.'],
    ['no issuer', await sign(claims({ iss: undefined })), 'This token has the wrong issuer.'],
    ['alg: none', crafted({ alg: 'none' }), algorithm],
    ['alg: nOnE', crafted({ alg: 'nOnE', kid: 'rsa' }), algorithm],
    ['alg: none with a signature', crafted({ alg: 'none' }, claims(), signature), algorithm],
    ['HS256 with the public key as its secret', await sign(claims(), { alg: 'HS256', key: publicPem }), algorithm],
    [
      'HS256 with the modulus as its secret',
      await sign(claims(), { alg: 'HS256', key: base64url.decode(rsa.jwk.n ?? '') }),
      algorithm
    ],
    ['an algorithm that is not on the list', crafted({ alg: 'RS512', kid: 'rsa' }, claims(), signature), algorithm],
    ['no algorithm', crafted({ kid: 'rsa' }, claims(), signature), malformed],
    [
      'an algorithm of another key',
      crafted({ alg: 'ES256', kid: 'rsa' }, claims(), signature),
      'This token is signed with a key that its issuer does not publish.'
    ],
    ['the key of somebody else', await sign(claims(), { key: stranger.privateKey }), signed],
    ['that key in its header', await sign(claims(), { key: stranger.privateKey, jwk: stranger.jwk }), signed],
    [
      'the address of that key in its header',
      await sign(claims(), { key: stranger.privateKey, jku: elsewhere, x5u: elsewhere }),
      signed
    ],
    [
      'an unknown key id',
      await sign(claims(), { kid: 'unknown' }),
      'This token is signed with a key that its issuer does not publish.'
    ],
    [
      'more scopes than were signed',
      show(`${head}.${base64url.encode(JSON.stringify(claims({ scope: 'beheer' })))}.${signature}`),
      signed
    ],
    ['no signature', show(valid.slice(0, valid.lastIndexOf('.') + 1)), signed],
    ['half a signature', show(valid.slice(0, -100)), signed],
    [
      'an extension that must be understood',
      crafted({ alg: 'RS256', kid: 'rsa', crit: ['x'], x: 1 }, claims(), signature),
      'This token asks for something that this gateway does not support.'
    ],
    ['a payload that is no JSON', await signText('nonsense'), malformed],
    ['a payload that is a list', await signText('[]'), malformed],
    ['an empty payload', show(`${head}..${signature}`), signed],
    ['an empty header', crafted({}, {}, 'x'), malformed],
    [
      'a token to log out with',
      await sign(claims(), { typ: 'logout+jwt' }),
      'This token is not an access token (typ).'
    ],
    ["nobody's", await sign(claims({ client_id: undefined, sub: undefined })), nobody],
    ['of a number', await sign(claims({ client_id: 7 })), nobody],
    ['of a name that cannot be written', await sign(claims({ client_id: 'line\nbreak' })), nobody],
    ['of too long a name', await sign(claims({ client_id: 'x'.repeat(129) })), nobody],
    ['two parts', show(valid.slice(0, valid.lastIndexOf('.'))), 'This key is not known here.'],
    ['five parts, as an encrypted one has', show(`${valid}.x.y`), 'This key is not known here.'],
    ['a header that is no JSON', show(`nonsense${valid}`), 'This key is not known here.'],
    [
      'a header that is a list',
      show(`${base64url.encode('[]')}.${valid.split('.').slice(1).join('.')}`),
      'This key is not known here.'
    ],
    ['base64 that is not for addresses', show(`${valid}+/=`), 'This key is not known here.']
  ]
  for (const [name, token, message] of cases) t.strictSame(await refusal(bearer(token)), said(message), name)
  t.strictSame([asked, issuer.fetches], [0, 1], 'they cause no fetch of keys, and none from a URL in a token')
  t.match(
    await ask(gateway, bearer(cases[0]?.[1] ?? ''), '/services/openservices/v2/vacatures'),
    { status: 401, body: { httpCode: '401', detail: 'This token has expired.', code: 'UNAUTHENTICATED' } },
    'the other door uses its own error format'
  )
  t.match(
    await ask(gateway, bearer(cases[0]?.[1] ?? ''), '/nothing'),
    { status: 401, body: { detail: 'This token has expired.', code: 'UNAUTHENTICATED' } },
    'an unknown path refuses it too'
  )
  t.strictSame(
    await refusal({}),
    said('No key: show yours in x-api-key, in Authorization: Bearer, or in X-IBM-Client-Id.')
  )
})

t.test('a token is accepted in one Authorization: Bearer header only', async (t) => {
  const [one, other] = [await sign(claims()), await sign(claims({ client_id: 'other' }))]
  const alone = said('Send a token in Authorization: Bearer, and in no other header.')
  const two = said('Two different keys in one request.')
  t.strictSame(await refusal({ 'x-api-key': one }), alone)
  t.strictSame(await refusal({ 'x-ibm-client-id': one }), alone)
  t.strictSame(await refusal({ 'x-api-key': one, ...bearer(one) }), alone)
  t.strictSame(await refusal({ 'x-api-key': 'demo-hr', ...bearer(one) }), two)
  t.strictSame(
    await refusal({ authorization: one }),
    said('No key: show yours in x-api-key, in Authorization: Bearer, or in X-IBM-Client-Id.'),
    'a token without the scheme is refused'
  )

  const twice = (...authorizations: string[]) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = ['host', 'gateway', ...authorizations.flatMap((value) => ['Authorization', value])]
      httpRequest(`${gateway.url}/graphql?query={__typename}`, { headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
  t.equal(await twice(`Bearer ${one}`), 200)
  t.equal(await twice(`Bearer ${one}`, `Bearer ${one}`), 200, 'the same token in two headers is one token')
  t.equal(await twice(`Bearer ${one}`, `Bearer ${other}`), 401)
  t.equal(await twice(`Bearer ${one}`, 'Bearer demo-hr'), 401)
  t.equal(await twice(`Bearer ${one}, Bearer ${other}`), 401)
})

t.test('a token of 100 kB is refused', async (t) => {
  const large = await sign(claims({ padding: 'x'.repeat(75_000) }))
  t.ok(large.length > 100_000)
  const response = await fetch(`${gateway.url}/graphql?query={__typename}`, { headers: bearer(large) }).catch(
    (error: unknown) => error
  )
  if (response instanceof Response) t.equal(response.status, 431)
  else
    t.type(
      response,
      TypeError,
      'the gateway answers after the first 16 kB; a client that is still sending may not read the answer'
    )
  const { statusCode, json } = await gateway.app.inject({ url: '/graphql?query={__typename}', headers: bearer(large) })
  t.strictSame(
    [statusCode, json()],
    said('This token is too long.'),
    'the token is refused even if the server accepts the header'
  )
})

t.test('scopes may be a string or an array; scopes that the gateway does not know are ignored', async (t) => {
  const opens = async (scope: unknown) => {
    const { data, errors = [] } = await query(await sign(claims({ scope })), '{ vacaturesOpId(ids: []) { id } }')
    t.match(errors, data == null ? [{ extensions: { code: 'FORBIDDEN' } }] : [])
    return data != null
  }
  for (const scope of ['vacatures', 'openid vacatures', ['vacatures'], ['kandidaten', 'vacatures']])
    t.equal(await opens(scope), true, JSON.stringify(scope))
  for (const scope of [
    undefined,
    null,
    '',
    'VACATURES',
    'vacatures:contact',
    'vacatures,kandidaten',
    ['kandidaten vacatures'],
    [['vacatures']],
    { vacatures: true },
    true,
    7
  ])
    t.equal(await opens(scope), false, JSON.stringify(scope))
  t.match(await query(await sign(claims({ scope: 'beheer' })), '{ __typename }'), { extensions: { upstreamCalls: 0 } })
  t.match(
    await query(await sign(claims({ scope: 'elsewhere' })), '{ referentie(lijst: TALEN, code: "N") { label } }'),
    { data: { referentie: { label: 'Nederlands' } }, errors: undefined },
    'the reference lists are open to any token'
  )
})

t.test('a token and a key of the same name are two different consumers', async (t) => {
  const file = `${t.testdir()}/consumers.json`
  writeFileSync(
    file,
    JSON.stringify([
      { name: 'website', sha256: sha256('website-key'), scopes: ['vacatures'], limits: { requestsPerMinute: 7 } }
    ])
  )
  const at = await gatewayOf(t, issuer, { CONSUMERS_FILE: file, REQUESTS_PER_MINUTE: '3' })
  const standing = async (headers: Record<string, string>) => {
    const { headers: given } = await ask(at, headers)
    return [given.get('ratelimit-limit'), given.get('ratelimit-remaining')]
  }
  const website = bearer(await sign(claims({ client_id: 'website' })))
  t.strictSame(
    [await standing(website), await standing({ 'x-api-key': 'website-key' })],
    [
      ['3', '2'],
      ['7', '6']
    ]
  )
  t.strictSame(
    await standing(bearer(await sign(claims({ client_id: 'website', scope: 'beheer' })))),
    ['3', '1'],
    'two tokens of one client share one limit'
  )
  t.strictSame(await standing(bearer(await sign(claims({ client_id: 'another' })))), ['3', '2'])
  t.strictSame(
    await standing(bearer(await sign(claims({ client_id: undefined, azp: 'website' })))),
    ['3', '2'],
    'without client_id the consumer is azp, which is a different consumer'
  )
  await ask(at, website)
  t.equal((await ask(at, website)).status, 429)
  t.strictSame(
    await standing(bearer(await sign(claims({ client_id: undefined, sub: 'subject' })))),
    ['3', '2'],
    'without both the consumer is sub'
  )
  t.ok(logged.some((line) => line.includes('"consumer":"jwt:client_id:website"')))
})

t.test('the claims for scopes and consumer, the algorithms and the clock tolerance are settings', async (t) => {
  const at = await gatewayOf(t, issuer, {
    AUTH_SCOPE_CLAIM: 'scp',
    AUTH_CONSUMER_CLAIM: 'appid',
    AUTH_ALGORITHMS: 'ES256, PS256',
    AUTH_CLOCK_TOLERANCE_S: '60'
  })
  const ok = await sign(claims({ scp: ['beheer'], scope: '', appid: 'app', exp: seconds(-59) }), {
    alg: 'PS256',
    key: pss
  })
  t.match(await query(ok, '{ __typename }', at), { data: { __typename: 'Query' }, extensions: { upstreamCalls: 0 } })
  t.strictSame(
    await refusal(bearer(await sign(claims({ appid: 'app' }))), at),
    said('This token is signed with an algorithm that is not allowed here.')
  )
  t.strictSame(
    await refusal(bearer(await sign(claims(), { alg: 'PS256', key: pss })), at),
    said('This token does not say whose it is (appid).')
  )
})

t.test(
  'a new key of the issuer is accepted without a restart; an unknown key id does not cause repeated JWKS requests',
  async (t) => {
    const next = await keyPair('ES256', 'next')
    const rotating = await createIssuer(t, [rsa.jwk])
    const at = await gatewayOf(t, rotating)
    const by = (which: 'old' | 'new') =>
      sign(claims({}, rotating), which === 'old' ? {} : { alg: 'ES256', kid: 'next', key: next.privateKey })
    const many = async (token: string) =>
      new Set(
        (await Promise.all(Array.from({ length: 20 }, () => refusal(bearer(token), at)))).map((answer) =>
          JSON.stringify(answer)
        )
      )

    t.strictSame(
      [(await many(await by('old'))).size, rotating.fetches],
      [1, 1],
      'twenty simultaneous requests wait for one fetch'
    )
    t.strictSame(await many(await by('new')), new Set([JSON.stringify(unpublished)]))
    t.equal(rotating.fetches, 1, 'there is no second fetch within 30 s')
    now += 30_001
    t.strictSame(await many(await by('new')), new Set([JSON.stringify(unpublished)]))
    t.equal(rotating.fetches, 2, 'there is one fetch after 30 s')
    rotating.keys = [rsa.jwk, next.jwk]
    now += 30_001
    t.strictSame(
      [await refusal(bearer(await by('new')), at), rotating.fetches],
      [[200, { data: { __typename: 'Query' } }], 3]
    )
    rotating.keys = [next.jwk]
    t.strictSame(
      (await refusal(bearer(await by('old')), at))[0],
      200,
      'a withdrawn key is accepted for ten minutes at most'
    )
    now += 600_001
    t.strictSame([await refusal(bearer(await by('old')), at), rotating.fetches], [unpublished, 4])
  }
)

t.test('while the JWKS of the issuer cannot be read, tokens are refused with a hint to retry', async (t) => {
  const failures: [name: string, answer: (response: ServerResponse) => unknown][] = [
    ['an error', (response) => response.writeHead(500).end()],
    ['a broken connection', (response) => response.destroy()],
    ['a redirect', (response) => response.writeHead(302, { location: `${issuer.url}/jwks` }).end()],
    ['no JSON', (response) => response.end('<html>')],
    ['JSON that is no key set', (response) => response.end('{"keys":"none"}')],
    [
      'a key that cannot be read',
      (response) => response.end(JSON.stringify({ keys: [{ kty: 'RSA', kid: 'rsa', e: 'AQAB' }] }))
    ],
    [
      'a private key',
      (response) => {
        void exportJWK(rsa.privateKey).then((jwk) => response.end(JSON.stringify({ keys: [{ ...jwk, kid: 'rsa' }] })))
      }
    ]
  ]
  for (const [name, answer] of failures) {
    const broken: Issuer = await createIssuer(t, [rsa.jwk])
    broken.answer = answer
    const at = await gatewayOf(t, broken)
    const token = await sign(claims({}, broken))
    t.strictSame(await refusal(bearer(token), at), unread, name)
    t.equal((await ask(at, bearer(token))).headers.get('retry-after'), '5', name)
    t.equal((await at.get('/graphql?query={__typename}', { key: 'demo-hr' })).status, 200, `${name}: keys keep working`)
  }
})

t.test('a request to the issuer times out after five seconds', async (t) => {
  const silent = await createIssuer(t, [rsa.jwk])
  const at = await gatewayOf(t, silent)
  const given: number[] = []
  const end = new AbortController()
  t.intercept(AbortSignal, 'timeout', {
    value: (ms: number) => {
      given.push(ms)
      return end.signal
    }
  })
  silent.answer = () => end.abort(new DOMException('', 'TimeoutError'))
  t.strictSame([await refusal(bearer(await sign(claims({}, silent))), at), given], [unread, [5000]])
})

t.test('a token signed with a weak key of the issuer is refused', async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const weak = await createIssuer(t, [{ ...publicKey.export({ format: 'jwk' }), kid: 'rsa' }])
  const [head = '', payload = ''] = (await sign(claims({}, weak))).split('.')
  const token = show(
    `${head}.${payload}.${signBytes('sha256', Buffer.from(`${head}.${payload}`), privateKey).toString('base64url')}`
  )
  t.strictSame(await refusal(bearer(token), await gatewayOf(t, weak)), said('This token cannot be checked.'))
})

t.test(
  'a failing issuer is requested at most once in five seconds, and known keys stay valid for their lifetime',
  async (t) => {
    const failing = await createIssuer(t, [rsa.jwk])
    failing.answer = (response) => response.writeHead(503).end()
    const at = await gatewayOf(t, failing)
    const token = () => sign(claims({}, failing))
    for (let time = 0; time < 5; time += 1) t.strictSame(await refusal(bearer(await token()), at), unread)
    t.match(await ask(at, bearer(await token()), '/services/openservices/v2/vacatures'), {
      status: 503,
      body: { httpCode: '503', httpMessage: 'Service Unavailable', code: 'UNAUTHENTICATED', retryAfter: 5 }
    })
    t.equal(failing.fetches, 1)
    t.ok(
      logged.some((line) => /"code":"UNAUTHENTICATED","cause":\{"name":"Error","code":"STATUS_503"\}/.test(line)),
      'the log has the reason'
    )
    failing.answer = undefined
    t.strictSame(await refusal(bearer(await token()), at), unread)
    now += 5000
    t.strictSame([(await refusal(bearer(await token()), at))[0], failing.fetches], [200, 2])

    failing.answer = (response) => response.destroy()
    now += 60_000
    t.strictSame(
      [(await refusal(bearer(await token()), at))[0], failing.fetches],
      [200, 2],
      'known keys are still accepted'
    )
    t.strictSame(
      await refusal(bearer(await sign(claims({}, failing), { kid: 'unknown' })), at),
      unread,
      'an unknown key id cannot be checked'
    )
    t.equal((await refusal(bearer(await token()), at))[0], 200)
    now += 600_000
    t.strictSame(
      await refusal(bearer(await token()), at),
      unread,
      'known keys are no longer accepted after ten minutes'
    )
  }
)

t.test('without the settings a token is treated as an unknown key', async (t) => {
  const plain = await build(t, { simulator: world })
  t.strictSame(await refusal(bearer(await sign(claims())), plain), unknownKey)
})

t.test('an incomplete or too permissive token configuration stops the start', async (t) => {
  const problemsOf = (env: Record<string, string>) => {
    try {
      return readConfig(env).auth
    } catch (error) {
      if (error instanceof ConfigError) return error.problems
      throw error
    }
  }
  const env = {
    AUTH_JWKS_URL: 'https://login.example/jwks',
    AUTH_ISSUER: 'https://login.example',
    AUTH_AUDIENCE: audience
  }
  const { href, ...rules } = {
    href: env.AUTH_JWKS_URL,
    issuer: env.AUTH_ISSUER,
    audience,
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    scopeClaim: 'scope',
    consumerClaims: ['client_id', 'azp', 'sub'],
    clockToleranceSeconds: 5
  }
  t.strictSame(problemsOf(env), { ...rules, jwksUrl: new URL(href) })
  t.equal(problemsOf({}), undefined)
  t.strictSame(problemsOf({ AUTH_JWKS_URL: env.AUTH_JWKS_URL }), [
    'AUTH_ISSUER is missing: AUTH_JWKS_URL needs the issuer of the tokens',
    'AUTH_AUDIENCE is missing: AUTH_JWKS_URL needs the audience of the tokens'
  ])
  t.strictSame(problemsOf({ AUTH_ISSUER: 'x', AUTH_AUDIENCE: 'y' }), [
    'AUTH_ISSUER needs AUTH_JWKS_URL, which is missing',
    'AUTH_AUDIENCE needs AUTH_JWKS_URL, which is missing'
  ])
  for (const url of ['http://127.0.0.1:8080/jwks', 'http://localhost/jwks', 'https://login.example/keys?p=policy'])
    t.match(problemsOf({ ...env, AUTH_JWKS_URL: url }), { jwksUrl: new URL(url) }, url)
  for (const url of [
    'http://login.example/jwks',
    'login.example',
    'file:///jwks',
    'https://me:secret@login.example/jwks',
    'https://login.example/jwks#x',
    'data:application/json,{}',
    'http://127.0.0.1.example/'
  ]) {
    t.strictSame(
      problemsOf({ ...env, AUTH_JWKS_URL: url }),
      [
        'AUTH_JWKS_URL must be an https:// address without credentials or a fragment; http:// is only for this machine itself (loopback)'
      ],
      url
    )
  }
  for (const algorithms of ['none', 'HS256', 'RS256,HS512', 'RS256, none', 'rs256', 'RSA1_5', 'ES256K']) {
    t.strictSame(
      problemsOf({ ...env, AUTH_ALGORITHMS: algorithms }),
      ['AUTH_ALGORITHMS may name only: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519'],
      algorithms
    )
  }
  t.match(problemsOf({ ...env, AUTH_ALGORITHMS: ' , ' }), { algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'] })
  t.strictSame(readConfig({ ...env, EXPORT_CALLS_PER_MINUTE: 'x' }).notYet, ['EXPORT_CALLS_PER_MINUTE'])
})

t.test('no part of a token is logged, at any level', async (t) => {
  const log = logged.join('')
  t.ok(shown.length > 80 && log.includes('"level":30'))
  const parts = new Set(
    shown.flatMap((token) => [token, ...token.split('.').slice(1)]).filter((part) => part.length > 30)
  )
  t.strictSame(
    [...parts].filter((part) => log.includes(part)),
    []
  )
  t.notMatch(log, /eyJ|subject-of-nobody|gateway\.example/)
})

t.test('connections opened with a token are closed when it expires; a wrong token opens none', async (t) => {
  const at = await gatewayOf(t, issuer, { FEED_INTERVAL_MS: '3600000' })
  const authorization = `Bearer ${await sign(claims({ exp: seconds(60) }))}`
  const socket = await connect(at, { payload: { authorization } })
  t.match(await socket.ask('{ __typename }'), { type: 'next', payload: { data: { __typename: 'Query' } } })
  const stream = await hear(
    at,
    { query: 'subscription { vacatureGewijzigd { id } }' },
    { headers: { authorization }, key: '' }
  )
  for (const token of [
    await sign(claims({ exp: seconds(-5) })),
    await sign(claims(), { key: stranger.privateKey }),
    crafted({ alg: 'none' })
  ]) {
    await t.rejects(connect(at, { payload: { authorization: `Bearer ${token}` } }), {
      message: 'closed: 4401 Unauthorized'
    })
  }
  await t.rejects(connect(at, { payload: { authorization: `Bearer ${await sign(claims({ scope: 'elsewhere' }))}` } }), {
    message: 'closed: 4403 Forbidden'
  })
  await t.rejects(
    connect(at, { payload: { 'x-api-key': authorization.slice(7) } }),
    { message: 'closed: 4401 Unauthorized' },
    'a token is not accepted as a key'
  )
  now += 66_000
  t.strictSame(await socket.closed, [4401, 'Unauthorized'])
  t.match(
    [await stream.payload(), await stream.next(), await stream.ended],
    [
      { errors: [{ message: 'Your token has expired.', extensions: { code: 'UNAUTHENTICATED' } }] },
      { event: 'complete' },
      'ended'
    ]
  )
})

t.test('an answer in progress is not sent once its token has expired', async (t) => {
  const at = await gatewayOf(t, issuer)
  const token = await sign(claims({ exp: seconds(60) }))
  await at.simulator.faults({ endpoint: 'GET /vacatures', latencyMs: 1500 })
  await at.simulator.reset()
  for (const path of [
    `/graphql?query=${encodeURIComponent('{ vacatures { totaal } }')}`,
    '/services/openservices/v2/vacatures?aantal=3'
  ]) {
    const before = (await at.simulator.calls()).total
    const answer = ask(at, bearer(token), path)
    while ((await at.simulator.calls()).total === before) await new Promise(setImmediate)
    now += 66_000
    const { status, body } = await answer
    t.match([status, JSON.stringify(body)], [401, /Your token has expired/], path)
    now -= 66_000
  }
})
