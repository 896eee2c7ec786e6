import type { IncomingMessage, ServerResponse } from 'node:http'
import zlib, { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { request } from 'undici'
import { test } from 'tap'
import { catalogue } from '../../src/errors.ts'
import { build, buildBefore, logged } from '../helper.ts'

const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const cvId = '30dbfef1-59df-4521-a111-964bf0208e68'
const base = '/services/openservices'
const detail = `${base}/v2/vacatures/${id}`
const lists = `${base}/v1/jobdomeinen`
const origin = 'https://jobs.example'
const gql = (query: string) => `/graphql?query=${encodeURIComponent(query)}`
const vacature = gql(`{ vacature(id: "${id}") { id vrijeVereiste functie { functieTitel omschrijving } } }`)
const chrome = {
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'nl-BE,nl;q=0.9',
  'sec-fetch-mode': 'cors',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36'
}
const vary = 'origin, x-api-key, x-ibm-client-id, authorization, accept, accept-encoding'

type Asked = { method?: string; key?: string; headers?: Record<string, string>; body?: string }
const ask = async (url: string, { method = 'GET', key = 'demo-frontend', headers = {}, body }: Asked = {}) => {
  const all = { ...(key === '' ? {} : { 'x-api-key': key }), 'x-request-id': 'the-same', ...headers }
  const answer = await request(url, { method: method as 'GET', headers: all, ...(body === undefined ? {} : { body }) })
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  return { status: answer.statusCode, headers: answer.headers as Record<string, string | undefined>, bytes }
}
const decoded = ({ headers, bytes }: Awaited<ReturnType<typeof ask>>) => {
  const coding = headers['content-encoding']
  return (coding === 'br' ? brotliDecompressSync(bytes) : coding === 'gzip' ? gunzipSync(bytes) : bytes).toString()
}

void test('a cacheable answer has a strong ETag for each encoding, and each of them gives 304', async (t) => {
  const { url } = await build(t)
  for (const path of [detail, lists, vacature]) {
    const texts = new Set<string>()
    const tags = new Map<string, string>()
    for (let time = 0; time < 6; time += 1) {
      for (const coding of ['identity', 'gzip', 'br']) {
        const answer = await ask(url + path, { headers: { 'accept-encoding': coding } })
        const { etag = '', vary: varies } = answer.headers
        t.equal(answer.status, 200)
        t.match(etag, /^"[\w-]{22}(-gzip|-br)?"$/, path)
        t.equal(
          etag.endsWith(`-${answer.headers['content-encoding'] ?? ''}"`),
          answer.headers['content-encoding'] !== undefined
        )
        t.match(answer.headers['cache-control'], /^public, max-age=\d+/)
        t.equal(varies, vary)
        texts.add(decoded(answer))
        const known = tags.get(etag)
        if (known === undefined) tags.set(etag, answer.bytes.toString('base64'))
        else t.equal(answer.bytes.toString('base64'), known, `${etag} has the same bytes each time`)
        await new Promise(setImmediate)
      }
    }
    t.equal(texts.size, 1, `${path} has the same content each time`)
    for (const etag of tags.keys())
      for (const sent of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const answer = await ask(url + path, { headers: { 'if-none-match': sent } })
        t.same([answer.status, answer.bytes.length], [304, 0], `${path} ${sent}`)
        t.match(answer.headers, { etag: /^"/, vary, 'cache-control': /^public/, 'x-request-id': 'the-same' })
        t.notOk(answer.headers['content-type'])
        t.notOk(answer.headers['content-encoding'])
      }
    t.equal((await ask(url + path, { headers: { 'if-none-match': '"other"' } })).status, 200)
  }
})

void test('the cost of an operation is in the headers for GET, and also in the body for POST', async (t) => {
  const { url } = await build(t)
  for (let time = 0; time < 3; time += 1) {
    const got = await ask(url + vacature)
    t.same(Object.keys(JSON.parse(decoded(got)) as object), ['data'])
    t.match(got.headers, { 'x-cost': /\d/, 'x-cost-remaining': /\d/, 'x-cost-limit': /\d/ })
    const operator = await ask(url + vacature, { key: 'demo-beheer' })
    t.notOk((JSON.parse(decoded(operator)) as { extensions?: { cost?: unknown } }).extensions?.cost)
  }
})

void test('an answer that is personal, incomplete or failed has no-store and no ETag', async (t) => {
  const { url } = await build(t)
  const doel = { 'x-doel': 'a test' }
  const asks: [path: string, Asked][] = [
    [`${base}/v1/kandidaten/${cvId}`, { key: 'demo-hr', headers: doel }],
    [`${base}/v1/kandidaten?aantal=2`, { key: 'demo-hr', headers: doel }],
    [detail, { key: 'demo-hr' }],
    [gql(`{ kandidaat(id: "${cvId}") { id natuurlijkPersoon { voornaam } } }`), { key: 'demo-hr', headers: doel }],
    [gql(`{ kandidaat(id: "${cvId}") { id natuurlijkPersoon { voornaam } } }`), { key: 'demo-cv', headers: doel }],
    [gql('{ vacature(id: 1) { nothing } }'), {}],
    [`${base}/v2/vacatures/00000000-0000-4000-8000-000000000000`, {}],
    [`${base}/v2/vacatures/bulk?van=2026-02-11T00:00:00.000Z&tot=2026-02-12T00:00:00.000Z`, {}],
    ['/nothing', {}]
  ]
  for (const [path, asked] of asks)
    for (let time = 0; time < 3; time += 1) {
      const { headers } = await ask(url + path, asked)
      t.same(
        [headers['cache-control'], headers['etag'], headers['x-accel-expires']],
        ['private, no-store', undefined, undefined],
        path
      )
      t.equal(headers['vary'], vary)
    }
})

void test('HEAD returns the status and headers of GET, and no body', async (t) => {
  const { url } = await build(t)
  const changing =
    /^(date|age|connection|x-cost-remaining|ratelimit|x-ratelimit-remaining|ratelimit-(remaining|reset)|cache-status|x-accel-expires|cache-control|keep-alive)$/
  for (const path of [
    detail,
    lists,
    vacature,
    '/health/live',
    '/graphiql',
    '/api/vacatures/wijzigingen',
    `${base}/v2/nothing`
  ]) {
    await ask(url + path)
    const get = await ask(url + path)
    const head = await ask(url + path, { method: 'HEAD' })
    const lasting = ({ headers }: typeof get) =>
      Object.entries(headers)
        .filter(([name]) => !changing.test(name) && name !== 'content-security-policy')
        .sort()
    t.same([head.status, head.bytes.length], [get.status, 0], path)
    t.same(lasting(head), lasting(get), path)
  }
})

void test('Accept-Encoding is negotiated by its weights, also for browsers', async (t) => {
  const { url } = await build(t)
  const body = JSON.stringify({ query: '{ vacatures(first: 20) { nodes { id functie { functieTitel } } } }' })
  const posted = { method: 'POST', body }
  const sent = async (acceptEncoding: string) => {
    const headers = { 'content-type': 'application/json', 'accept-encoding': acceptEncoding }
    const codings = new Set<string>()
    for (let time = 0; time < 5; time += 1) {
      const answer = await ask(`${url}/graphql`, { ...posted, headers })
      t.match(decoded(answer), /"data"/)
      codings.add(answer.headers['content-encoding'] ?? 'identity')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return [...codings]
  }
  t.ok((await sent('gzip')).includes('gzip'))
  t.ok((await sent(chrome['accept-encoding'])).includes('br'))
  t.ok((await sent('gzip;q=1, br;q=0.5')).includes('gzip'))
  t.ok((await sent('*')).includes('br'))
  t.same(await sent('gzip;q=0, br;q=0'), ['identity'])
  t.same(await sent('identity'), ['identity'])
  t.same(await sent('gzip, identity;q=0'), ['gzip'], 'the first answers are compressed too')
  const small = await ask(`${url}/services/openservices/v1/nothing`, {
    headers: { 'accept-encoding': 'identity;q=0, gzip' }
  })
  t.equal(small.headers['content-encoding'], 'gzip', 'short answers are compressed too')
  const none = await ask(url + detail, { headers: { 'accept-encoding': 'identity;q=0' } })
  t.equal(none.status, 406)
  t.equal((await ask(url + detail, { headers: chrome })).status, 200)
})

// The types are those of Node 20.
const { zstdDecompressSync } = zlib as typeof zlib & { zstdDecompressSync?: (bytes: Buffer) => Buffer }
const skip = zstdDecompressSync === undefined && 'zlib of this Node has no zstd: it came with Node 22.15'
void test('zstd is sent to clients that accept it, with its own ETag', { skip }, async (t) => {
  const { url } = await build(t)
  const headers = { 'accept-encoding': 'zstd, gzip;q=0.5' }
  const page = `${base}/v2/vacatures?aantal=20`
  for (const path of [detail, `/api/vacatures/${id}`, page]) {
    const plain = await ask(url + path, { headers: { 'accept-encoding': 'identity' } })
    let packed = await ask(url + path, { headers })
    for (let time = 0; time < 20 && packed.headers['content-encoding'] === undefined; time += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      packed = await ask(url + path, { headers })
    }
    const { etag = '', 'content-encoding': coding } = packed.headers
    t.equal(coding, 'zstd', path)
    t.equal(etag, plain.headers['etag']?.replace(/"$/, '-zstd"'))
    t.equal(zstdDecompressSync?.(packed.bytes).toString(), plain.bytes.toString())
    t.equal((await ask(url + path, { headers: { ...headers, 'if-none-match': etag } })).status, 304)
  }
  const body = JSON.stringify({ query: '{ vacatures(first: 20) { nodes { id functie { functieTitel } } } }' })
  const posted = { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } }
  const codings = new Set<string | undefined>()
  for (let time = 0; time < 6; time += 1) {
    const { headers: sent, bytes } = await ask(`${url}/graphql`, posted)
    codings.add(sent['content-encoding'])
    const text = sent['content-encoding'] === 'zstd' ? zstdDecompressSync?.(bytes) : bytes
    t.equal((JSON.parse(String(text)) as { data: { vacatures: { nodes: object[] } } }).data.vacatures.nodes.length, 20)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  t.ok(codings.has('zstd'))
})

void test('a request that accepts no available media type gets 406 with the list', async (t) => {
  const { url } = await build(t)
  for (const path of [detail, '/api/vacatures/wijzigingen', '/api/vacatures/export', vacature]) {
    const answer = await ask(url + path, { headers: { accept: 'application/xml' } })
    t.equal(answer.status, 406, path)
    t.match(decoded(answer), /"allowed":\[".*json/, path)
  }
  for (const accept of ['*/*', 'application/*', 'application/json', 'application/problem+json', 'text/html, */*;q=0.1'])
    t.equal((await ask(url + detail, { headers: { accept } })).status, 200, accept)
})

void test('every door that reads a body refuses an encoded one with 415', async (t) => {
  const { url } = await build(t)
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  for (const path of ['/graphql', `${base}/v2/vacatures`]) {
    const answer = await ask(url + path, { method: 'POST', headers, body: '{}' })
    t.same([answer.status, answer.headers['accept-encoding']], [415, 'identity'], path)
  }
})

void test('an existing path refuses other methods with 405 and a complete Allow, and lists them for OPTIONS', async (t) => {
  const { url } = await build(t)
  const paths: [path: string, allow: string, isPublic?: boolean][] = [
    ['/graphql', 'GET, HEAD, OPTIONS, POST'],
    [`${base}/v2/vacatures`, 'GET, HEAD, OPTIONS, POST'],
    [detail, 'GET, HEAD, OPTIONS'],
    [lists, 'GET, HEAD, OPTIONS'],
    ['/api/vacatures/wijzigingen', 'GET, HEAD, OPTIONS'],
    ['/api/vacatures/export', 'GET, HEAD, OPTIONS'],
    [`/api/audit/kandidaten/${cvId}`, 'GET, HEAD, OPTIONS'],
    ['/api/audit/toegang', 'GET, HEAD, OPTIONS'],
    ['/api/audit/keten', 'GET, HEAD, OPTIONS'],
    [`/api/kandidaten/${cvId}/cache`, 'DELETE, OPTIONS'],
    ['/health/live', 'GET, HEAD, OPTIONS', true],
    ['/health/ready', 'GET, HEAD, OPTIONS', true],
    ['/graphiql', 'GET, HEAD, OPTIONS', true]
  ]
  for (const [path, allow, isPublic = false] of paths)
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'POST', 'OPTIONS'].filter(
      (one) => !allow.includes(one) || one === 'OPTIONS'
    )) {
      const answer = await ask(url + path, { method })
      t.same([answer.status, answer.headers['allow']], [method === 'OPTIONS' ? 204 : 405, allow], `${method} ${path}`)
      if (!isPublic)
        t.equal((await ask(url + path, { method, key: '' })).status, 401, `${method} ${path} without a key`)
    }
  t.match(
    decoded(await ask(url + detail, { method: 'PUT' })),
    /"httpCode":"405"/,
    'a VDAB path has the error form of IBM'
  )
  t.match(
    decoded(await ask(`${url}/graphql`, { method: 'PUT' })),
    /^{"errors":/,
    '/graphql has the error form of GraphQL'
  )
  t.match(decoded(await ask(`${url}/health/live`, { method: 'PUT' })), /"type":"\/problems\/BAD_USER_INPUT"/)
})

void test('each 401 has a WWW-Authenticate challenge with the reason for a wrong token', async (t) => {
  const { url } = await build(t)
  for (const path of ['/graphql', detail, '/api/vacatures/export', '/nothing']) {
    const bare = await ask(url + path, { key: '' })
    t.same([bare.status, bare.headers['www-authenticate']], [401, 'Bearer realm="vdab-gateway"'], path)
    const wrong = await ask(url + path, { key: '', headers: { authorization: 'Bearer nothing' } })
    t.equal(wrong.headers['www-authenticate'], 'Bearer realm="vdab-gateway", error="invalid_token"', path)
  }
})

void test('the type of each problem is the URL of its code', async (t) => {
  const { url } = await build(t)
  const problem = JSON.parse(decoded(await ask(`${url}/nothing`))) as { type: string; code: string }
  t.equal(problem.type, '/problems/NOT_FOUND')
  t.ok(Object.hasOwn(catalogue, problem.code))
})

void test('rate limits are in the headers of the current draft and of the earlier ones', async (t) => {
  const { url } = await build(t)
  for (const path of [detail, vacature])
    for (let time = 0; time < 3; time += 1) {
      const { headers } = await ask(url + path)
      const { 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': reset } = headers
      t.equal(headers['ratelimit-policy'], `"default";q=${limit ?? ''};w=60`)
      t.equal(headers['ratelimit'], `"default";r=${remaining ?? ''};t=${reset ?? ''}`)
    }
})

void test('a page of an allowed origin may send and read the headers that it needs; every answer varies by origin', async (t) => {
  const { url } = await build(t, { env: { CORS_ORIGINS: origin } })
  const asked = [
    'if-none-match',
    'last-event-id',
    'traceparent',
    'x-explain',
    'tracestate',
    'x-doel',
    'x-api-key',
    'apollographql-client-name'
  ]
  const preflight = await ask(url + detail, {
    method: 'OPTIONS',
    key: '',
    headers: { origin, 'access-control-request-method': 'DELETE', 'access-control-request-headers': asked.join(',') }
  })
  t.equal(preflight.status, 204)
  t.equal(preflight.headers['access-control-allow-origin'], origin)
  for (const name of asked) t.match(preflight.headers['access-control-allow-headers'], name)
  t.match(preflight.headers['access-control-allow-methods'], /DELETE/)
  for (let time = 0; time < 3; time += 1) {
    const answer = await ask(url + detail, { headers: { ...chrome, origin } })
    t.equal(answer.headers['access-control-allow-origin'], origin)
    for (const name of [
      'etag',
      'retry-after',
      'x-request-id',
      'link',
      'x-total-count',
      'age',
      'www-authenticate',
      'sunset'
    ])
      t.match(answer.headers['access-control-expose-headers'], name)
    t.equal(answer.headers['vary'], vary)
    const other = await ask(url + detail, { headers: { origin: 'https://other.example' } })
    t.same([other.headers['access-control-allow-origin'], other.headers['vary']], [undefined, vary])
  }
  t.match((await ask(`${url}/health/live`, { key: '' })).headers['vary'], /origin, accept-encoding/i)
})

void test('with and without the fast path, a log line has the trace id of a valid traceparent', async (t) => {
  const { url } = await build(t)
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const linesAfter = async (traceparent: string) => {
    const before = logged.length
    for (let time = 0; time < 3; time += 1) await ask(url + detail, { headers: { traceparent } })
    const lines = () => logged.slice(before).filter((line) => line.includes('"msg":"answered"'))
    while (lines().length < 3) await new Promise(setImmediate)
    return lines().map((line) => (JSON.parse(line) as { traceId?: string }).traceId)
  }
  t.same(await linesAfter(`00-${traceId}-00f067aa0ba902b7-01`), [traceId, traceId, traceId])
  for (const wrong of ['x', `ff-${traceId}-00f067aa0ba902b7-01`, `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`])
    t.same(await linesAfter(wrong), [undefined, undefined, undefined], wrong)
})

void test('a trace is propagated to VDAB only if the operator allows it, with a new parent id and no other trace header', async (t) => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const parentId = '00f067aa0ba902b7'
  const key = 'team-key'
  const body = JSON.stringify({ query: `{ vacature(id: "${id}") { status } }` })
  for (const [setting, expected] of [
    ['on', new RegExp(`^00-${traceId}-(?!${parentId})[0-9a-f]{16}-01$`)],
    ['off', undefined]
  ] as const) {
    const seen: (string | undefined)[][] = []
    const clock = { now: Date.parse('2026-03-02T10:00:00.000Z') }
    const vdab = ({ headers }: IncomingMessage, response: ServerResponse) => {
      const { traceparent, tracestate, baggage } = headers as Record<string, string | undefined>
      seen.push([traceparent, tracestate, baggage])
      response.end(JSON.stringify({ vacatureReferentie: { interneReferentie: id }, status: 'GEPUBLICEERD' }))
    }
    const { url } = await buildBefore(t, vdab, { VDAB_TRACEPARENT: setting }, () => clock.now)
    const sent = { traceparent: `00-${traceId}-${parentId}-03`, tracestate: 'a=b', baggage: 'c=d' }
    for (const headers of [sent, sent, sent, { ...sent, traceparent: 'x' }, {}] as Record<string, string>[]) {
      clock.now += 3_600_000 // all cache entries have expired
      const answer = await ask(`${url}/graphql`, {
        method: 'POST',
        key,
        headers: { 'content-type': 'application/json', ...headers },
        body
      })
      t.equal(answer.status, 200)
      t.match(decoded(answer), /GEPUBLICEERD/)
    }
    t.equal(seen.length, 5)
    for (const [index, [traceparent, ...others]] of seen.entries()) {
      if (expected && index < 3) t.match(traceparent, expected)
      else t.equal(traceparent, undefined)
      t.same(others, [undefined, undefined])
    }
    t.equal(new Set(seen.slice(0, 3).map(([one]) => one)).size, expected ? 3 : 1, 'each call has its own parent id')
  }
})
