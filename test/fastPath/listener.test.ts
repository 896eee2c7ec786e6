import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { sha256 } from '../../src/access/consumers.ts'
import { build as buildGateway, logged } from '../helper.ts'
import { dial, written } from '../hostile/raw.ts'
import type { Raw } from '../hostile/raw.ts'
import { test } from './test.ts'

const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
/** A gateway with a fixed clock, since two compared answers may fall into different seconds. */
const build = (t: Parameters<typeof buildGateway>[0], options: Parameters<typeof buildGateway>[1] = {}) =>
  buildGateway(t, { now: () => Date.parse('2026-03-02T10:00:00.000Z'), ...options })
const small = { date: '2026-02-13', vacatures: 60, kandidaten: 20 }
const page = '{ vacatures(first: 40) { totaal nodes { id status aantalJobs functie { functieTitel omschrijving } } } }'
const detail = 'query ($id: ID!) { vacature(id: $id) { id versie functie { functieTitel } } }'
const frontend = 'X-Api-Key: demo-frontend'
const asked = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body))
const posted = (body: unknown, ...headers: string[]) =>
  written(
    'POST /graphql',
    [
      ...(headers.some((line) => /^(x-api-key|authorization|x-ibm)/i.test(line)) ? [] : [frontend]),
      'Content-Type: application/json',
      ...headers
    ],
    asked(body)
  )
const got = (path: string, ...headers: string[]) =>
  written(`GET ${path}`, [
    ...(headers.some((line) => /^(x-api-key|authorization|x-ibm)/i.test(line)) ? [] : [frontend]),
    ...headers
  ])
/** The same gateway without the fast path, on the same VDAB. */
const buildPlain = (
  t: Parameters<typeof buildGateway>[0],
  { simulator, env = {} }: { simulator: { base: string }; env?: Record<string, string> }
) =>
  build(t, {
    simulator: { ...small, vacatures: 1, kandidaten: 1 },
    env: { ...env, FAST_PATH: 'off', VDAB_URL: simulator.base }
  })
/** A connection that ends is handled by fastify. */
const closing = 'Connection: close'

const ask = async (url: string, request: string, options?: { isBare?: boolean }): Promise<Raw> => {
  const line = await dial(url)
  await line.write(request)
  const raw = await line.next(options)
  line.end()
  if (!raw) throw new Error('the connection ended before an answer')
  return raw
}
const warm = async (url: string, request: string) => {
  for (let time = 0; time < 3; time += 1) await ask(url, request)
}
/** Fastify writes the security headers first, and the fast path the media type: the only difference between them. */
const isShort = ({ names }: Raw) => names[0] === 'content-type'

const ofOneAnswer = [
  'x-request-id',
  'date',
  'ratelimit-remaining',
  'x-ratelimit-remaining',
  'ratelimit-reset',
  'ratelimit',
  'x-cost-remaining',
  'content-length'
]
/** The permitted differences if nothing is stored. */
const ofKeeping = ['etag', 'age', 'cache-control', 'cache-status', 'x-accel-expires']
const common = ({ headers, status }: Raw) => ({
  status,
  headers: Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !ofOneAnswer.includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
  )
})
const bodyOf = ({ body }: Raw) => body.toString().replace(/"remaining":\d+/, '"remaining":0')
const fileOf = (content: unknown) => {
  const path = join(mkdtempSync(join(tmpdir(), 'shortcut-')), 'file.json')
  writeFileSync(path, JSON.stringify(content))
  return path
}
const until = async (isSo: () => Promise<boolean> | boolean) => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
}

const hash = createHash('sha256').update(page).digest('hex')
const inUrl = (members: Record<string, unknown>) =>
  `/graphql?${new URLSearchParams(Object.entries(members).map(([name, value]): [string, string] => [name, asked(value)])).toString()}`
const unpack = { br: promisify(zlib.brotliDecompress), gzip: promisify(zlib.gunzip) }
const versionFour = `/services/openservices/vacatures/v4/vacatures/${id}`
const enriched = `/api/vacatures/${id}`
const shapes: readonly [what: string, request: (...headers: string[]) => string][] = [
  ['a page', (...headers) => posted({ query: page }, ...headers)],
  ['a detail, with variables', (...headers) => posted({ query: detail, variables: { id } }, ...headers)],
  [
    'an unknown id',
    (...headers) => posted({ query: detail, variables: { id: '00000000-0000-4000-8000-000000000000' } }, ...headers)
  ],
  [
    'the new media type',
    (...headers) => posted({ query: page }, 'Accept: application/graphql-response+json', ...headers)
  ],
  ['a consumer that sees the calls', (...headers) => posted({ query: page }, 'X-Api-Key: demo-beheer', ...headers)],
  ['by GET', (...headers) => got(inUrl({ query: detail, variables: { id } }), ...headers)],
  [
    'by its hash',
    (...headers) => posted({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }, ...headers)
  ],
  ['a list of VDAB', (...headers) => got('/services/openservices/v1/jobdomeinen', ...headers)],
  ['a page of VDAB', (...headers) => got('/services/openservices/v2/vacatures?aantal=5', ...headers)],
  ['a detail of VDAB', (...headers) => got(`/services/openservices/v2/vacatures/${id}`, ...headers)],
  [
    'a detail with its contact person, which is not kept',
    (...headers) => got(`/services/openservices/v2/vacatures/${id}`, 'X-Api-Key: demo-hr', ...headers)
  ],
  ['a detail in version 4', (...headers) => got(versionFour, ...headers)],
  ['a detail of the enriched REST', (...headers) => got(enriched, ...headers)],
  ['some of its fields', (...headers) => got(`${enriched}?velden=functie,status`, ...headers)],
  [
    'a key as VDAB takes it',
    (...headers) => got('/services/openservices/v1/talen', 'X-IBM-Client-Id: demo-frontend', ...headers)
  ],
  [
    'a key as a bearer',
    (...headers) => got('/services/openservices/v1/talen', 'Authorization: bearer demo-frontend', ...headers)
  ]
]

/** Headers that change no answer, or only the headers of the answer itself. */
const variations: readonly (readonly string[])[] = [
  [],
  ['X-Request-Id: a-request.1'],
  ['Connection: Keep-Alive'],
  ['If-None-Match: *'],
  ['If-None-Match: W/"x"'],
  [
    'Accept-Language: nl',
    'User-Agent: a',
    'Cookie: a=b',
    'Referer: https://jobs.example/a',
    'Sec-Fetch-Mode: cors',
    'Sec-Fetch-Site: same-origin'
  ],
  ['Origin: https://jobs.example'],
  ['Origin: https://other.example'],
  ['X-Doel: bemiddeling'],
  ['Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'Forwarded: for=192.0.2.1'],
  ['Range: bytes=0-1', 'If-Match: "a"', 'If-Modified-Since: Mon, 02 Mar 2026 10:00:00 GMT']
]

const settings: readonly Record<string, string>[] = [
  {},
  { CORS_ORIGINS: 'https://jobs.example' },
  { LOG_LEVEL: 'debug' }
]
for (const env of settings) {
  void test(`an answer of the fast path has the status, headers, bytes and log line of the framework ${JSON.stringify(env)}`, async (t) => {
    const fast = await build(t, { simulator: small, env })
    const plain = await buildPlain(t, { ...fast, env })
    for (const { url } of [fast, plain])
      await ask(url, posted({ query: page, extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }))
    for (const [what, request] of shapes) {
      const isKept = request().startsWith('GET /') && !what.includes('not kept')
      for (const more of variations) {
        const said = `${what} ${more.join()}`
        for (const { url } of [fast, plain]) await warm(url, request(...more))
        const before = logged.length
        const short = await ask(fast.url, request(...more))
        const long = await ask(plain.url, request(...more))
        const isUnmodified = isKept && more.includes('If-None-Match: *')
        // a 304 has no media type, by which the fast path is recognised
        if (!isUnmodified) t.same([isShort(short), isShort(long)], [true, false], said)
        t.same([short.status, long.status], isUnmodified ? [304, 304] : [200, 200], said)
        t.strictSame(common(short), common(long), said)
        t.equal(bodyOf(short), bodyOf(long), said)
        if (short.status === 200) t.equal(Number(short.headers['content-length']), short.body.length)
        // The rate limit uses the minute of the real clock, which may end between the two requests.
        const isOneMinute = Number(long.headers['ratelimit-reset']) <= Number(short.headers['ratelimit-reset'])
        for (const name of isOneMinute
          ? ['ratelimit-remaining', 'x-ratelimit-remaining', 'x-cost-remaining']
          : ['x-cost-remaining'])
          t.equal(short.headers[name], long.headers[name], `${said} ${name}`)
        t.match(
          short.headers['x-request-id'],
          more.join().includes('a-request.1') ? /^a-request\.1$/ : /^[0-9a-f-]{36}$/
        )
        await until(() => logged.slice(before).filter((line) => line.includes('"msg":"answered"')).length === 2)
        const [one = {}, two = {}] = logged
          .slice(before)
          .filter((line) => line.includes('"msg":"answered"'))
          .map((line) => JSON.parse(line) as Record<string, unknown>)
        t.strictSame(Object.keys(one), Object.keys(two), 'both log lines have the same members')
        const ofLine = { time: 0, ms: 0, requestId: '', status: 0 }
        t.strictSame({ ...one, ...ofLine }, { ...two, ...ofLine })
        t.same([one['requestId'], one['status']], [short.headers['x-request-id'], short.status])
      }
    }
  })
}

const search =
  'query Zoek($aantal: Int, $jobdomein: [String!]) { vacatures(first: $aantal, filter: { jobdomein: $jobdomein }) { totaal nodes { id functie { functieTitel } } } }'
/** Ways to send one document with variables. */
const alike: readonly [what: string, send: (variables: object, ...headers: string[]) => string][] = [
  ['by POST', (variables, ...headers) => posted({ query: search, variables }, ...headers)],
  ['by GET', (variables, ...headers) => got(inUrl({ query: search, variables }), ...headers)],
  ['with its name', (variables, ...headers) => posted({ variables, operationName: 'Zoek', query: search }, ...headers)],
  [
    'in the new media type',
    (variables, ...headers) =>
      posted({ query: search, variables }, 'Accept: application/graphql-response+json', ...headers)
  ],
  [
    'by a consumer that sees the calls',
    (variables, ...headers) => posted({ query: search, variables }, 'X-Api-Key: demo-beheer', ...headers)
  ]
]
/** Variables, and whether their answer can be written, so that the listener sends it when they are sent again. */
const others: readonly (readonly [variables: object, isWritten: boolean])[] = [
  [{ aantal: 7 }, true],
  [{ aantal: 3, jobdomein: ['JOBCAT01'] }, true],
  [{ aantal: 3, jobdomein: null }, true],
  [{ aantal: 9, unknown: 1 }, true],
  [{}, true],
  [{ aantal: 'seven' }, false],
  [{ aantal: 201 }, false],
  [{ aantal: -1 }, false],
  [{ aantal: 4, jobdomein: ['no such'] }, false]
]

for (const mode of ['all', 'fragments']) {
  void test(`a document that is sent with other variables is answered as by the framework, the first time and the second (CACHE_ANSWERS=${mode})`, async (t) => {
    const fast = await build(t, { simulator: small, env: { CACHE_ANSWERS: mode } })
    const { url: longUrl } = await buildPlain(t, fast)
    const { url } = fast
    for (const [what, send] of alike) {
      for (const one of [url, longUrl]) await warm(one, send({ aantal: 1 }))
      for (const [variables, isWritten] of others)
        for (const time of [1, 2]) {
          const said = `${what} ${JSON.stringify(variables)}, the ${time}. time`
          const short = await ask(url, send(variables))
          const long = await ask(longUrl, send(variables))
          // over GET, the fast path sends stored answers only
          const isPast = isWritten && time === 2 && (mode === 'all' || what !== 'by GET')
          t.same([isShort(short), isShort(long)], [isPast, false], said)
          t.strictSame(common(short), common(long), said)
          t.equal(bodyOf(short), bodyOf(long), said)
          for (const name of ['ratelimit-remaining', 'x-cost-remaining', 'x-cost'])
            t.equal(short.headers[name], long.headers[name], `${said} ${name}`)
        }
    }
  })
}

const cv = '30dbfef1-59df-4521-a111-964bf0208e68'
/** Documents, and whether their answers can be written, so that the listener sends them when they are sent again. */
const newOnes: readonly (readonly [body: object, isWritten: boolean])[] = [
  [{ query: `{ vacature(id: "${id}") { id nieuw: status } }` }, true],
  [
    {
      query:
        'query Nieuw($id: ID!) { vacature(id: $id) { ...Kort } } fragment Kort on Vacature { id functie { jobdomeinen { code label } } }',
      variables: { id },
      operationName: 'Nieuw'
    },
    true
  ],
  [
    {
      query: 'query ($met: Boolean!) { vacatures(first: 2) { totaal @include(if: $met) nodes { id } } }',
      variables: { met: true }
    },
    true
  ],
  [{ query: 'query A { __typename } query B { vacatures(first: 1) { totaal } }', operationName: 'B' }, true],
  [{ query: '{ vacatures(first: 0) { totaal } }' }, false],
  [{ query: '{ kandidaten(first: 1) { totaal } }' }, false],
  [{ query: `{ kandidaat(id: "${cv}") { cvId } }` }, false],
  [{ query: `{ node(id: "Vacature:${id}") { id } }` }, false],
  [{ query: '{ vacatures { none } }' }, false],
  [{ query: '{ vacatures { totaal }' }, false],
  [{ query: 'query A { __typename } query B { __typename }' }, false],
  [{ query: 'mutation { none }' }, false],
  [{ query: 'subscription { vacatureGewijzigd { id } }' }, false],
  [
    {
      query: `{ ${Array.from({ length: 30 }, (_, index) => `a${index}: vacatures(first: 200) { nodes { functie { jobdomeinen { label } } } }`).join(' ')} }`
    },
    false
  ],
  [{ query: 'query ($id: ID!) { vacature(id: $id) { id } }', variables: {} }, false]
]

for (const mode of ['all', 'fragments', 'off']) {
  void test(`a new document is answered as by the framework, the first time, the second and the third (CACHE_ANSWERS=${mode})`, async (t) => {
    const fast = await build(t, { simulator: small, env: { CACHE_ANSWERS: mode } })
    const { url: longUrl } = await buildPlain(t, fast)
    const { url } = fast
    for (const key of [frontend, 'X-Api-Key: demo-beheer']) {
      for (const one of [url, longUrl]) await warm(one, posted({ query: page }, key))
      for (const [body, isWritten] of newOnes) {
        for (const time of [1, 2, 3]) {
          const said = `${JSON.stringify(body)}, the ${time}. time`
          const short = await ask(url, posted(body, key))
          const long = await ask(longUrl, posted(body, key))
          if (time !== 2) t.equal(isShort(short), isWritten && time === 3, said)
          t.equal(isShort(long), false, said)
          t.strictSame(common(short), common(long), said)
          t.equal(bodyOf(short), bodyOf(long), said)
          for (const name of ['ratelimit-remaining', 'x-cost-remaining', 'x-cost'])
            t.equal(short.headers[name], long.headers[name], `${said} ${name}`)
        }
      }
    }
  })
}

void test('the listener never answers a document that can return personal data, for any variables', async (t) => {
  const { url } = await build(t, { simulator: small })
  const query = 'query ($id: ID!) { node(id: $id) { id ... on Vacature { status } } }'
  const idOf = (type: string, one: string) => Buffer.from(`${type}:${one}`).toString('base64')
  for (const variables of [{ id: idOf('Vacature', id) }, { id: idOf('Vacature', id) }, { id: idOf('Kandidaat', id) }])
    t.equal(isShort(await ask(url, posted({ query, variables }))), false)
})

void test('at LOG_LEVEL=warn and silent no answer is logged, with and without the fast path', async (t) => {
  for (const LOG_LEVEL of ['warn', 'silent']) {
    const { url } = await build(t, { simulator: small, env: { LOG_LEVEL } })
    const before = logged.length
    await warm(url, posted({ query: page }))
    t.equal(isShort(await ask(url, posted({ query: page }))), true)
    t.same(
      logged.slice(before).filter((line) => line.includes('answered')),
      []
    )
  }
})

type Variant = readonly [what: string, request: string]
const restPath = '/services/openservices/v1/jobdomeinen'
const variants: readonly Variant[] = [
  ['two keys', posted({ query: page }, frontend, 'X-Api-Key: demo-hr')],
  ['one key in two places', posted({ query: page }, frontend, 'Authorization: Bearer demo-frontend')],
  ['one key twice', posted({ query: page }, frontend, frontend)],
  ['an empty key, then a key', posted({ query: page }, 'X-Api-Key: ', frontend)],
  ['no key', written('POST /graphql', ['Content-Type: application/json'], asked({ query: page }))],
  ['a wrong key', posted({ query: page }, 'X-Api-Key: wrong')],
  ['a key with spaces around it', posted({ query: page }, 'X-Api-Key:   demo-frontend  ')],
  ['another kind of authorization', posted({ query: page }, frontend, 'Authorization: Basic ZGVtbw==')],
  ['two Accepts', posted({ query: page }, 'Accept: text/html', 'Accept: application/json')],
  ['an empty Accept', posted({ query: page }, 'Accept:')],
  ['an Accept that cannot be met', posted({ query: page }, 'Accept: text/html')],
  ['an Accept for anything', posted({ query: page }, 'Accept: */*')],
  [
    'both media types',
    posted({ query: page }, 'Accept: application/graphql-response+json;q=0.5, application/json;q=0.4')
  ],
  [
    'an empty Content-Type, then a right one',
    written('POST /graphql', [frontend, 'Content-Type:', 'Content-Type: application/json'], asked({ query: page }))
  ],
  ['two Content-Types', posted({ query: page }, 'Content-Type: text/plain')],
  ['another Content-Type', written('POST /graphql', [frontend, 'Content-Type: text/plain'], asked({ query: page }))],
  [
    'a Content-Type in capitals',
    written('POST /graphql', [frontend, 'Content-Type: APPLICATION/JSON'], asked({ query: page }))
  ],
  [
    'a Content-Type with a charset',
    written('POST /graphql', [frontend, 'Content-Type: application/json;charset=UTF-8'], asked({ query: page }))
  ],
  [
    'a Content-Type with the right prefix only',
    written('POST /graphql', [frontend, 'Content-Type: application/jsonp'], asked({ query: page }))
  ],
  ['no Content-Type', written('POST /graphql', [frontend], asked({ query: page }))],
  ['two request ids', posted({ query: page }, 'X-Request-Id: a', 'X-Request-Id: b')],
  ['an empty request id, then another', posted({ query: page }, 'X-Request-Id:', 'X-Request-Id: b')],
  ['a purpose twice', posted({ query: page }, 'X-Doel: a', 'X-Doel: b')],
  ['two Origins', posted({ query: page }, 'Origin: https://jobs.example', 'Origin: https://other.example')],
  ['an Origin', posted({ query: page }, 'Origin: https://jobs.example')],
  ['a compressed body', posted({ query: page }, 'Content-Encoding: gzip')],
  ['cache-control', posted({ query: page }, 'Cache-Control: no-cache')],
  ['a body that is not JSON', posted('{"query":')],
  ['a URL as a body', posted(inUrl({ query: detail, variables: { id } }))],
  ['a list of one', posted([{ query: page }])],
  ['a body with a byte order mark', posted(`\uFEFF${asked({ query: page })}`)],
  ['__proto__', posted(`{"query":${JSON.stringify(page)},"variables":{"__proto__":{"a":1}}}`)],
  ['a trailing slash', written('POST /graphql/', [frontend, 'Content-Type: application/json'], asked({ query: page }))],
  ['POST to a path for GET', written(`POST ${restPath}`, [frontend, 'Content-Type: application/json'], '{}')],
  ['the whole address', written(`GET http://x${inUrl({ query: detail, variables: { id } })}`, [frontend])],
  ['an escaped path', got('/%67raphql?query=%7B__typename%7D')],
  ['a GET with a body', written(`GET ${restPath}`, [frontend, 'Content-Type: application/json'], '{}')],
  ['a GET with an empty body', got(restPath, 'Content-Length: 0')],
  ['a parameter that VDAB does not have', got(`${restPath}?a=b`)],
  ['two If-None-Match', got(restPath, 'If-None-Match: W/"a"', 'If-None-Match: W/"b"')],
  ['an If-Match', got(restPath, 'If-Match: "a"')],
  [
    'chunks',
    written(
      'POST /graphql',
      [frontend, 'Content-Type: application/json', 'Transfer-Encoding: chunked'],
      `${Buffer.byteLength(asked({ query: page })).toString(16)}\r\n${asked({ query: page })}\r\n0\r\n\r\n`
    )
  ],
  [
    'chunks and a length',
    written(
      'POST /graphql',
      [frontend, 'Content-Type: application/json', 'Content-Length: 3', 'Transfer-Encoding: chunked'],
      '3\r\nabc\r\n0\r\n\r\n'
    )
  ],
  [
    'two lengths',
    written(
      'POST /graphql',
      [frontend, 'Content-Type: application/json', 'Content-Length: 2', 'Content-Length: 3'],
      '{} '
    )
  ],
  ['HTTP/1.0', got(restPath).replace('HTTP/1.1', 'HTTP/1.0')],
  ['HTTP/1.0 that stays', got(restPath, 'Connection: keep-alive').replace('HTTP/1.1', 'HTTP/1.0')],
  ['a connection that ends', got(restPath, 'Connection: close')],
  ['no Host', got(restPath).replace('Host: x\r\n', '')],
  [
    'a client of Java',
    got(restPath, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA')
  ]
]

void test('unusual requests get the answers of fastify', async (t) => {
  const env = { CORS_ORIGINS: 'https://jobs.example' }
  const ready = await build(t, { simulator: small, env })
  const plain = await buildPlain(t, { ...ready, env })
  for (const { url } of [ready, plain]) {
    for (const request of [
      posted({ query: page }),
      got(inUrl({ query: detail, variables: { id } })),
      got(restPath),
      posted({ query: page }, 'Accept: application/json')
    ])
      await warm(url, request)
  }
  for (const [what, request] of variants) {
    for (let time = 0; time < 3; time += 1) {
      const [one, two] = await Promise.all([ready, plain].map(async ({ url }) => ask(url, request)))
      if (!one || !two) throw new Error(what)
      const shown = (raw: Raw) => {
        const { status, headers } = common(raw)
        const compared = Object.entries(headers).filter(([name]) => !ofKeeping.includes(name))
        return {
          status,
          compared,
          body: bodyOf(raw)
            .replaceAll(raw.headers['x-request-id'] ?? '-', 'id')
            .replace(/"upstreamCalls":\d+/, '')
        }
      }
      t.strictSame(shown(one), shown(two), `${what}, time ${time}`)
    }
  }
})

void test('a failing or unknown detail with contact person is refused as by fastify, and nothing of it is stored', async (t) => {
  const clock = { now: Date.parse('2026-03-02T10:00:00.000Z') }
  const options = { env: { VDAB_RETRIES: '0' }, now: () => clock.now }
  const fast = await build(t, { ...options, simulator: small })
  const plain = await build(t, {
    simulator: { ...small, vacatures: 1, kandidaten: 1 },
    now: () => clock.now,
    env: { ...options.env, FAST_PATH: 'off', VDAB_URL: fast.simulator.base }
  })
  const request = got(`/services/openservices/v2/vacatures/${id}`, 'X-Api-Key: demo-hr')
  const compare = async (status: number, pattern: RegExp) => {
    const [short, long] = [await ask(fast.url, request), await ask(plain.url, request)]
    t.same([isShort(short), isShort(long), short.status], [true, false, status])
    t.strictSame(common(short), common(long))
    const withoutId = (raw: Raw) => bodyOf(raw).replaceAll(raw.headers['x-request-id'] ?? '-', 'id')
    t.equal(withoutId(short), withoutId(long))
    t.match(bodyOf(short), pattern)
    for (const name of ['ratelimit-remaining', 'x-cost-remaining'])
      t.equal(short.headers[name], long.headers[name], name)
  }
  for (const { url } of [fast, plain]) await warm(url, request)
  await compare(200, /"contactpersoon":\{/)
  t.equal(
    ((await (await fetch(`${fast.url}/health/ready`)).json()) as { cache: { derived: { items: number } } }).cache
      .derived.items,
    0
  )
  clock.now += 3 * 24 * 3_600_000
  await fast.simulator.faults({ status: 500 })
  await compare(502, /UPSTREAM_UNAVAILABLE/)
  await fast.simulator.heal()
  clock.now += 60_000
  await compare(200, /"contactpersoon":\{/)
  await fast.simulator.remove(`vacatures/${id}`)
  clock.now += 60 * 60_000
  await compare(404, /geen bestaande/)
})

void test('version 4 and enriched REST details are the same with and without the fast path', async (t) => {
  const fast = await build(t, { simulator: small })
  const plain = await buildPlain(t, fast)
  const tagOf = ({ headers }: Raw) => headers['etag']?.replace('-gzip"', '"')
  const textOf = async ({ headers, body }: Raw) =>
    (headers['content-encoding'] === 'gzip' ? await unpack.gzip(body) : body).toString()
  const withoutCoding = (headers: Raw['headers']) => ({ ...headers, etag: '', 'content-encoding': '' })
  for (const path of [versionFour, enriched]) {
    const first = await ask(fast.url, got(path))
    await ask(plain.url, got(path))
    const tag = first.headers['etag'] ?? ''
    t.match(tag, /^"[\w-]{22}"$/)
    const asks: [what: string, request: string, isBare?: boolean][] = [
      ['it', got(path)],
      ['with its ETag', got(path, `If-None-Match: ${tag}`), true],
      ['with its compressed ETag', got(path, `If-None-Match: ${tag.replace(/"$/, '-gzip"')}`), true],
      ['with another ETag', got(path, 'If-None-Match: "other"')],
      ['gzip', got(path, 'Accept-Encoding: gzip')],
      ['HEAD', got(path).replace('GET', 'HEAD'), true],
      ['HEAD with its ETag', got(path, `If-None-Match: ${tag}`).replace('GET', 'HEAD'), true],
      ['another consumer', got(path, 'X-Api-Key: demo-cv')],
      ['another consumer with its ETag', got(path, 'X-Api-Key: demo-cv', `If-None-Match: ${tag}`), true],
      ['a consumer with more scopes and its ETag', got(path, 'X-Api-Key: demo-hr', `If-None-Match: ${tag}`)],
      ['an unknown key', got(path, 'X-Api-Key: nothing')]
    ]
    for (const [what, request, isBare = false] of asks)
      for (let time = 1; time <= 5; time += 1) {
        const said = `${what}, ${path}, time ${time}`
        const named = request.replace('\r\n', '\r\nX-Request-Id: the-same\r\n')
        const short = await ask(fast.url, named, { isBare })
        const long = await ask(plain.url, named, { isBare })
        const { status, headers } = common(short)
        const expected = common(long)
        t.equal(status, expected.status, said)
        t.strictSame(withoutCoding(headers), withoutCoding(expected.headers), said)
        t.equal(tagOf(short), tagOf(long), said)
        t.equal(await textOf(short), await textOf(long), said)
      }
  }
})

void test('HEAD returns the head of the GET and no body, repeatedly', async (t) => {
  const { url } = await build(t, { simulator: small })
  for (const path of [restPath, inUrl({ query: detail, variables: { id } })]) {
    await warm(url, got(path))
    const line = await dial(url)
    for (let time = 0; time < 3; time += 1) {
      await line.write(got(path).replace('GET', 'HEAD'))
      const head = await line.next({ isBare: true })
      t.same([head?.status, head && isShort(head), line.left()], [200, false, 0])
    }
    line.end()
  }
})

void test('pipelined requests are answered in order, with and without the fast path', async (t) => {
  const { url, simulator } = await build(t, { simulator: small })
  await warm(url, posted({ query: page }))
  await warm(url, got(restPath))
  await simulator.faults({ latencyMs: 100 })
  const line = await dial(url)
  const fresh = posted({ query: '{ vacatures(first: 3) { totaal } }' })
  await line.write(
    [
      posted({ query: page }),
      got(restPath),
      fresh,
      got(restPath),
      got(restPath, 'X-Api-Key: wrong'),
      posted({ query: page }),
      posted([{ query: page }]),
      got(restPath, closing)
    ].join('')
  )
  const answers = []
  for (let time = 0; time < 8; time += 1) answers.push(await line.next())
  t.same(
    answers.map((raw) => raw && [raw.status, isShort(raw)]),
    [
      [200, true],
      [200, true],
      [200, false],
      [200, true],
      [401, false],
      [200, true],
      [200, false],
      [200, false]
    ]
  )
  t.match(answers[2]?.body.toString(), /^\{"data":\{"vacatures":\{"totaal":\d+\}\}/)
  await line.over()
  t.equal(line.left(), 0)
})

void test('a thousand pipelined requests of a client that does not read are all answered once it reads', async (t) => {
  const { url } = await build(t, { simulator: small, env: { REQUESTS_PER_MINUTE: '100000' } })
  await warm(url, posted({ query: page }))
  const line = await dial(url)
  line.socket.pause()
  void line.write(posted({ query: page }).repeat(1000))
  t.equal((await ask(url, posted({ query: page }))).status, 200, 'other requests are answered in the meantime')
  line.socket.resume()
  const bodies = new Set<string>()
  for (let time = 0; time < 1000; time += 1)
    bodies.add(
      bodyOf(
        (await line.next()) ??
          (() => {
            throw new Error('cut off')
          })()
      )
    )
  t.equal(bodies.size, 1)
  line.end()
})

void test('a body can arrive in any number of pieces; one that is shorter or longer than content-length is handled as by fastify', async (t) => {
  const { url } = await build(t, { simulator: small })
  const request = posted({ query: page })
  await warm(url, request)
  const line = await dial(url)
  for (const byte of request) await line.write(byte)
  const slow = await line.next()
  t.same([slow?.status, slow && isShort(slow)], [200, true])

  line.end()
  for (const one of [request, posted([{ query: page }])]) {
    const long = await dial(url)
    await long.write(`${one}rubbish\r\n\r\n`)
    t.same(
      [(await long.next())?.status, (await long.next())?.status],
      [200, 400],
      'bytes after the body are neither part of it nor a valid request'
    )
    await long.over()
    t.equal(long.left(), 0)
  }

  const short = await dial(url)
  const before = logged.length
  await short.write(request.slice(0, -10))
  short.socket.end()
  const refused = await short.next()
  await short.over()
  t.equal(refused?.status ?? 400, 400, 'an incomplete body is refused')
  t.equal((await ask(url, request)).status, 200)
  t.equal(logged.slice(before).filter((one) => one.includes('"level":50')).length, 0)
})

void test('a request with Expect: 100-continue gets its 100 and its answer', async (t) => {
  const { url } = await build(t, { simulator: small })
  await warm(url, posted({ query: page }))
  const request = posted({ query: page }, 'Expect: 100-continue')
  const line = await dial(url)
  const [head = '', body = ''] = request.split('\r\n\r\n')
  await line.write(`${head}\r\n\r\n`)
  t.equal((await line.next())?.status, 100)
  await line.write(body)
  t.equal((await line.next())?.status, 200)
  line.end()
})

void test('bodies just below and above the size that the listener reads are answered alike', async (t) => {
  const { url } = await build(t, { simulator: small })
  for (const length of [64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 256 * 1024]) {
    const bare = asked({ query: '{ __typename }' })
    const request = posted(`${bare}${' '.repeat(length - bare.length)}`)
    for (let time = 0; time < 3; time += 1)
      t.match((await ask(url, request)).body.toString(), /^\{"data":\{"__typename":"Query"\}/)
  }
  t.equal((await ask(url, posted(' '.repeat(256 * 1024 + 1)))).status, 413)
})

void test('with GRAPHQL_MAX_BODY_KB=1 a longer body is refused, also where the listener has read it', async (t) => {
  const { url } = await build(t, { simulator: small, env: { GRAPHQL_MAX_BODY_KB: '1' } })
  for (let time = 0; time < 3; time += 1)
    t.equal((await ask(url, posted({ query: '{ __typename }', variables: { a: 'x'.repeat(2000) } }))).status, 413)
})

const consumersIn = (
  path: string,
  entries: readonly { name: string; key: string; scopes: string[]; limits?: object }[]
) => {
  writeFileSync(path, JSON.stringify(entries.map(({ key, ...entry }) => ({ ...entry, sha256: sha256(key) }))))
  return path
}
const consumersFile = (...entries: Parameters<typeof consumersIn>[1]) =>
  consumersIn(join(mkdtempSync(join(tmpdir(), 'shortcut-')), 'consumers.json'), entries)

void test('a revoked key or removed scope takes effect at the next request on the same connection', async (t) => {
  const path = consumersFile(
    { name: 'team', key: 'team-key', scopes: ['vacatures'] },
    { name: 'other', key: 'other-key', scopes: ['vacatures'] }
  )
  const { url } = await build(t, { simulator: small, env: { CONSUMERS_FILE: path } })
  const request = posted({ query: page }, 'X-Api-Key: team-key')
  await warm(url, request)
  const line = await dial(url)
  const next = async () => {
    await line.write(request)
    const raw = await line.next()
    return raw ? [raw.status, isShort(raw), /"code":"(\w+)"/.exec(raw.body.toString())?.[1]] : []
  }
  t.same(await next(), [200, true, undefined])
  consumersIn(path, [
    { name: 'team', key: 'team-key', scopes: [] },
    { name: 'other', key: 'other-key', scopes: ['vacatures'] }
  ])
  await until(async () => (await next())[2] !== undefined)
  t.same(await next(), [200, false, 'FORBIDDEN'])
  consumersIn(path, [{ name: 'team', key: 'new-key', scopes: ['vacatures'] }])
  await until(async () => (await next())[0] !== 200)
  t.same(await next(), [401, false, 'UNAUTHENTICATED'])
  t.equal(
    isShort(await ask(url, posted({ query: page }, 'X-Api-Key: new-key'))),
    true,
    'a replacement key gets the stored answer'
  )
  line.end()
})

void test('scopes that grow while a body arrives open nothing to consumers with the old scopes', async (t) => {
  const before = [
    { name: 'team', key: 'team-key', scopes: [] },
    { name: 'bare', key: 'bare-key', scopes: [] }
  ]
  const path = consumersFile(...before)
  const { url } = await build(t, { simulator: small, env: { CONSUMERS_FILE: path } })
  const request = posted({ query: page }, 'X-Api-Key: team-key')
  const slow = await Promise.all([1, 2, 3].map(async () => dial(url)))
  for (const line of slow) await line.write(request.slice(0, -5))
  consumersIn(path, [
    { name: 'team', key: 'team-key', scopes: ['vacatures'] },
    { name: 'bare', key: 'bare-key', scopes: [] }
  ])
  await until(async () => !(await ask(url, request)).body.toString().includes('FORBIDDEN'))
  for (const line of slow) {
    await line.write(request.slice(-5))
    t.match((await line.next())?.body.toString(), /^\{"data":\{"vacatures":\{"totaal"/)
    line.end()
  }
  t.match((await ask(url, posted({ query: page }, 'X-Api-Key: bare-key'))).body.toString(), /FORBIDDEN/)
})

void test('limits and budgets are exact to the last request over all code paths and doors', async (t) => {
  const path = consumersFile(
    { name: 'team', key: 'team-key', scopes: ['vacatures'], limits: { requestsPerMinute: 40 } },
    { name: 'thrifty', key: 'thrifty-key', scopes: ['vacatures'], limits: { costPerMinute: 61 } },
    { name: 'other', key: 'other-key', scopes: ['vacatures'] }
  )
  const { url } = await build(t, { simulator: small, env: { CONSUMERS_FILE: path } })
  const query = '{ vacature(id: "a3e007c0-68d3-4fb7-aa35-c36e96ede172") { id } }'
  const ways = (key: string) => [
    posted({ query }, `X-Api-Key: ${key}`),
    posted([{ query }], `X-Api-Key: ${key}`),
    got(restPath, `X-Api-Key: ${key}`),
    got(restPath, `X-Api-Key: ${key}`, closing),
    got(restPath, `X-Api-Key: ${key}`, 'If-None-Match: *')
  ]
  for (const request of ways('other-key')) await warm(url, request)
  const all = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => ask(url, ways('team-key')[index % 5] ?? ''))
  )
  t.equal(all.filter(({ status }) => status < 400).length, 40)
  t.equal(all.filter(({ status }) => status === 429).length, 20)
  t.same(
    all
      .filter(({ status }) => status < 400)
      .map(({ headers }) => Number(headers['ratelimit-remaining']))
      .sort((a, b) => a - b),
    Array.from({ length: 40 }, (_, index) => index)
  )

  const costs = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => ask(url, ways('thrifty-key')[index % 5] ?? ''))
  )
  const spent = costs
    .filter(({ status }) => status < 400)
    .reduce((sum, { headers }) => sum + Number(headers['x-cost']), 0)
  t.ok(spent > 59 && spent <= 61, `${spent} of 61`)
  t.ok(costs.some(({ status }) => status === 429))
  t.equal(
    (await ask(url, ways('other-key')[0] ?? '')).headers['ratelimit-limit'],
    '20000',
    'another consumer has its own limits'
  )
})

void test('TRUSTED_DOCUMENTS logs or refuses unknown documents, with and without the fast path', async (t) => {
  const file = fileOf({ trusted: page })
  const warned = await build(t, {
    simulator: small,
    env: { TRUSTED_DOCUMENTS: 'warn', TRUSTED_DOCUMENTS_FILE: file }
  })
  const before = logged.length
  for (let time = 0; time < 4; time += 1)
    t.equal((await ask(warned.url, posted({ query: detail, variables: { id } }))).status, 200)
  t.equal(logged.slice(before).filter((line) => line.includes('not in the manifest')).length, 4)
  const enforced = await build(t, {
    simulator: small,
    env: { TRUSTED_DOCUMENTS: 'enforce', TRUSTED_DOCUMENTS_FILE: file }
  })
  for (let time = 0; time < 3; time += 1)
    t.match((await ask(enforced.url, posted({ query: detail, variables: { id } }))).body.toString(), /FORBIDDEN/)
  for (const request of [posted({ documentId: 'trusted' }), got('/graphql?documentId=trusted')]) {
    await warm(enforced.url, request)
    t.equal(isShort(await ask(enforced.url, request)), true)
  }
})

void test('compressed answers decompress to the plain ones byte for byte, with the end of their own request', async (t) => {
  const { url } = await build(t, { simulator: small, env: { REQUESTS_PER_MINUTE: '100000' } })
  for (const request of [
    (...headers: string[]) => posted({ query: page }, ...headers),
    (...headers: string[]) => posted({ query: page }, 'X-Api-Key: demo-beheer', ...headers),
    (...headers: string[]) => got('/services/openservices/v2/vacatures?aantal=40', ...headers)
  ]) {
    const plain = await ask(url, request())
    for (const encoding of ['br', 'gzip'] as const) {
      let packed = await ask(url, request(`Accept-Encoding: ${encoding}`))
      while (!isShort(packed) || packed.headers['content-encoding'] === undefined)
        packed = await ask(url, request(`Accept-Encoding: ${encoding}`))
      for (const way of [[], [closing]]) {
        packed = await ask(url, request(`Accept-Encoding: ${encoding}`, ...way))
        t.equal(isShort(packed), way.length === 0)
        t.equal(packed.headers['content-encoding'], encoding)
        t.ok(packed.body.length < plain.body.length / 2)
        const text = (await unpack[encoding](packed.body)).toString()
        t.equal(bodyOf({ ...packed, body: Buffer.from(text) }), bodyOf(plain))
        if (text.startsWith('{"data"'))
          t.equal(
            (JSON.parse(text) as { extensions: { cost: { remaining: number } } }).extensions.cost.remaining,
            Number(packed.headers['x-cost-remaining'])
          )
        t.match(packed.headers['vary'], /accept-encoding/)
      }
    }
    for (const [header, expected] of [
      ['gzip;q=0', undefined],
      ['br;q=0, gzip', 'gzip'],
      ['br;q=0.1, gzip', 'gzip'],
      ['*', 'br'],
      ['*;q=0', undefined],
      ['identity;q=0, *', 'br'],
      ['identity', undefined],
      ['gzip;q=0.5, identity', undefined],
      ['x', undefined],
      ['', undefined],
      ['GZIP', 'gzip'],
      ['br;q=zzz', undefined]
    ] as const) {
      t.equal((await ask(url, request(`Accept-Encoding: ${header}`))).headers['content-encoding'], expected, header)
    }
  }
})

void test('the listener leaves WebSocket upgrades at the same address alone', async (t) => {
  const { url } = await build(t, { simulator: small })
  await warm(url, got(inUrl({ query: '{ __typename }' })))
  const line = await dial(url)
  await line.write(
    got(
      inUrl({ query: '{ __typename }' }),
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: graphql-transport-ws'
    )
  )
  t.equal((await line.next())?.status, 101)
  line.end()
})

void test('a request whose body is arriving when the gateway stops gets an answer, and then the connection closes', async (t) => {
  for (const [FAST_PATH, status] of [
    ['on', 503],
    ['off', 200]
  ] as const) {
    const { url, app } = await build(t, { simulator: small, env: { FAST_PATH } })
    await warm(url, posted({ query: page }))
    const request = posted({ query: page })
    const line = await dial(url)
    await line.write(request.slice(0, -10))
    await ask(url, posted({ query: page })) // half of it has been read by now
    const closing = app.close()
    await new Promise((resolve) => setImmediate(resolve))
    await line.write(request.slice(-10))
    const last = await line.next()
    t.same([last?.status, last?.headers['connection']], [status, 'close'])
    await line.over()
    await closing
  }
})

void test('while the gateway stops fastify refuses every request and closes the connections', async (t) => {
  const { url, app } = await build(t, { simulator: small })
  await warm(url, posted({ query: page }))
  // A WebSocket without a close frame keeps the server open for half a second.
  const socket = await dial(url)
  await socket.write(
    got(
      '/graphql',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: graphql-transport-ws'
    )
  )
  t.equal((await socket.next())?.status, 101)
  const line = await dial(url)
  await line.write(posted({ query: page }))
  t.equal((await line.next())?.status, 200)
  const closing = app.close()
  await new Promise((resolve) => setImmediate(resolve))
  await line.write(posted({ query: page }))
  const last = await line.next()
  t.same([last?.status, last?.headers['connection']], [503, 'close'])
  await line.over()
  socket.end()
  await closing
})

void test('clients that disconnect during an answer affect neither other clients nor the log', async (t) => {
  const { url } = await build(t, { simulator: { ...small, vacatures: 400 }, env: { REQUESTS_PER_MINUTE: '100000' } })
  const request = posted({ query: '{ vacatures(first: 200) { nodes { id functie { functieTitel omschrijving } } } }' })
  await warm(url, request)
  const before = logged.length
  for (let time = 0; time < 20; time += 1) {
    const line = await dial(url)
    await line.write(request.repeat(5))
    if (time % 2 === 0) await line.next()
    line.socket.resetAndDestroy()
  }
  t.equal(isShort(await ask(url, request)), true)
  t.equal(logged.slice(before).filter((line) => !line.includes('"level":30') && !line.includes('"level":20')).length, 0)
})

void test('of many identical new requests at one moment one enters fastify; the others wait, are charged separately and get the same answer', async (t) => {
  const { url, simulator } = await build(t, { simulator: small })
  await simulator.faults({ latencyMs: 200 })
  const herd = async (request: string) => {
    const lines = await Promise.all(Array.from({ length: 40 }, async () => dial(url)))
    await simulator.reset()
    await Promise.all(lines.map(async (line) => line.write(request)))
    const answers = await Promise.all(lines.map(async (line) => line.next()))
    for (const line of lines) line.end()
    return { answers: answers.filter((one) => one !== undefined), calls: (await simulator.calls()).total }
  }
  const { answers, calls } = await herd(posted({ query: page }))
  t.equal(calls, 2)
  t.same([answers.length, answers.filter((one) => !isShort(one)).length], [40, 1])
  t.same(
    [...new Set(answers.map(bodyOf))].map((body) => body.startsWith('{"data":{"vacatures":{"totaal"')),
    [true]
  )
  t.same(new Set(answers.map(({ headers }) => headers['x-cost-remaining'])).size, 40)
  t.same(new Set(answers.map(({ headers }) => headers['ratelimit-remaining'])).size, 40)

  await simulator.faults({ latencyMs: 200, status: 404 })
  const failed = await herd(posted({ query: page.replace('40', '39') }))
  t.match(
    failed.answers.map(bodyOf),
    Array.from({ length: 40 }, () => /"data":null,"errors":\[\{/)
  )
  await simulator.heal()
  t.match(
    bodyOf(await ask(url, posted({ query: page.replace('40', '39') }))),
    /^\{"data":\{"vacatures":\{"totaal"/,
    'a failed answer is not stored'
  )
})

void test('an answer that the fast path computes when the gateway stops is sent, and then the connection closes', async (t) => {
  for (const FAST_PATH of ['on', 'off']) {
    const clock = { now: Date.parse('2026-03-02T10:00:00.000Z') }
    const { url, app, simulator } = await build(t, { simulator: small, now: () => clock.now, env: { FAST_PATH } })
    const request = posted({ query: detail, variables: { id } })
    await warm(url, posted({ query: detail, variables: { id } }))
    clock.now += 25 * 3_600_000
    await simulator.reset()
    await simulator.faults({ latencyMs: 300 })
    const line = await dial(url)
    await line.write(request)
    await until(async () => (await simulator.calls()).total > 0)
    const startedAt = performance.now()
    const closing = app.close()
    const last = await line.next()
    t.same([last?.status, last?.headers['connection']], [200, 'close'], FAST_PATH)
    await line.over()
    await closing
    t.ok(performance.now() - startedAt < 5000)
  }
})
