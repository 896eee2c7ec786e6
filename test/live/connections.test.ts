import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { build } from '../helper.ts'
import { dial, written } from '../hostile/raw.ts'
import type { Raw } from '../hostile/raw.ts'

const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const key = 'x-api-key: demo-frontend'
const list = '/services/openservices/v1/talen'
const h2c = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA']
const handshake = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: graphql-transport-ws'
]
const got = (path: string, ...headers: string[]) => written(`GET ${path}`, [key, ...headers])
const posted = (query: string, ...headers: string[]) =>
  written('POST /graphql', [key, 'Content-Type: application/json', ...headers], JSON.stringify({ query }))
const details = '{ vacatures(first: 40) { nodes { id functie { functieTitel omschrijving } vrijeVereiste } } }'
const chunked = (...headers: string[]) =>
  written('POST /graphql', [key, 'Content-Type: application/json', 'Transfer-Encoding: chunked', ...headers])

/** All answers until the connection ends; throws on bytes that belong to no answer. */
const conversation = async (url: string, ...parts: readonly string[]): Promise<Raw[]> => {
  const line = await dial(url)
  for (const part of parts) await line.write(part)
  const answers: Raw[] = []
  for (;;) {
    const answer = await line.next()
    if (answer === undefined) break
    answers.push(answer)
  }
  if (line.left() > 0) throw new Error(`${line.left()} bytes belong to no answer`)
  return answers
}
const statusesOf = (answers: readonly Raw[]) => answers.map(({ status }) => status)

const firsts: readonly [name: string, request: string][] = [
  ['health', written('GET /health/live', [])],
  ['a list', got(list)],
  ['a known GraphQL question', posted(`{ vacature(id: "${id}") { id } }`)],
  ['a GraphQL question that takes long', posted(details)],
  ['an export', got('/api/vacatures/export')],
  ['GraphiQL', written('GET /graphiql', [])],
  ['an h2c offer', got(list, ...h2c)],
  ['a refusal', written(`GET ${list}`, [])]
]
const seconds: readonly [name: string, bytes: string, status: number][] = [
  ['garbage', 'garbage\r\n\r\n', 400],
  ['an unknown method', 'FLY / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  [
    'an unknown transfer coding',
    written('POST /graphql', [key, 'Content-Type: application/json', 'Transfer-Encoding: foo'], '{}'),
    400
  ],
  ['two lengths', written('POST /graphql', [key, 'Content-Length: 2', 'Content-Length: 3'], '{}'), 400],
  [
    'a length beside a transfer coding',
    written('POST /graphql', [key, 'Content-Length: 2', 'Transfer-Encoding: chunked'], '{}'),
    400
  ],
  ['a header of 20 kB', got(list, `x: ${'y'.repeat(20_000)}`), 431],
  ['1,001 headers', got(list, 'Connection: close', ...Array.from({ length: 998 }, (_, index) => `a${index}:`)), 431],
  ['a broken chunk', `${chunked()}zz\r\n`, 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ['a WebSocket on another path', got(list, ...handshake), 404],
  ['a WebSocket without its key header', got('/graphql', 'Connection: Upgrade', 'Upgrade: websocket'), 400]
]

t.test(
  'bytes after a request, in the same packet or a later one, do not damage its answer and get their own',
  async (t) => {
    const { url, simulator } = await build(t, {
      simulator: { vacatures: 60, kandidaten: 5 },
      env: { CACHE_ANSWERS: 'all', REFUSAL_DELAY_MS: '0', REQUESTS_PER_MINUTE: '100000', COST_PER_MINUTE: '100000000' }
    })
    await simulator.faults({ latencyMs: 5 })
    for (const [first, request] of firsts) {
      const alone = await dial(url)
      await alone.write(request)
      const expected = await alone.next()
      alone.end()
      for (const [second, bytes, status] of seconds) {
        for (const parts of [[request + bytes], [request, bytes]]) {
          const [answer, ...more] = await conversation(url, ...parts)
          t.equal(answer?.status, expected?.status, `${second} behind ${first}`)
          if (first === 'a list' || first === 'a known GraphQL question')
            t.equal(answer?.body.length, expected?.body.length, `${second} behind ${first}`)
          t.strictSame(statusesOf(more), [status], `${second} behind ${first}`)
        }
      }
    }
    t.equal((await fetch(`${url}/health/live`)).status, 200)
  }
)

t.test('an event stream continues when its client sends more bytes, and reports changes', async (t) => {
  const { url, app, simulator, poll } = await build(t, {
    simulator: { vacatures: 20, kandidaten: 5 },
    env: { FEED_INTERVAL_MS: '3600000', FEED_OVERLAP_MS: '0' }
  })
  for (const [second, bytes, status] of seconds.filter(([name]) => !name.startsWith('1,001'))) {
    const line = await dial(url)
    const [read] = await Promise.all([
      once(app.server, 'request'),
      line.write(got('/api/vacatures/wijzigingen', 'Accept: text/event-stream', 'Connection: close'))
    ])
    t.ok(read, second)
    const { socket } = read[0] as { socket: Socket }
    while (socket.bytesWritten < 300) await new Promise(setImmediate) // its first event has been sent
    await line.write(bytes)
    await simulator.patch(`vacatures/${id}`, {})
    await poll()
    while (!line.text().includes('event: wijziging')) await line.more()
    t.notMatch(line.text().slice(10), /HTTP\/1\.1/, `${second}: ${status} must not be inside the stream`)
    line.end()
  }
})

t.test('a slow pipelined request gets its timeout error after the answer to the first', async (t) => {
  const { url, app, simulator } = await build(t, { simulator: { vacatures: 20, kandidaten: 5 } })
  await simulator.faults({ kind: 'hang' })
  app.server.headersTimeout = 1
  const line = await dial(url)
  await line.write(`${posted('{ vacatures(first: 1) { totaal } }')}GET ${list} HTTP/1.1\r\n`)
  await once(app.server, 'clientError') // Node checks every 5 s
  await simulator.heal()
  const [first, second] = [await line.next(), await line.next()]
  t.match(first?.body.toString(), /^\{"data":\{"vacatures"/)
  t.equal(second?.status, 408)
  await line.over()
  t.equal(line.left(), 0)
})

t.test('a request with an invalid body gets one answer, whether the body arrived with it or later', async (t) => {
  const { url } = await build(t, { simulator: { vacatures: 20, kandidaten: 5 } })
  const cases: readonly [name: string, parts: readonly string[], statuses: readonly number[]][] = [
    ['a broken chunk', [chunked(), 'zz\r\n'], [400]],
    ['a chunk longer than it says', [chunked(), '2\r\n{}{}\r\n'], [400]],
    ['more than the length says', [`${posted('{ __typename }')}more\r\n\r\n`], [200, 400]],
    [
      'trailers that look like a key',
      [
        `${chunked()}19\r\n{"query":"{__typename }"}\r\n0\r\nx-api-key: demo-hr\r\n\r\n${got(list, 'Connection: close')}`
      ],
      [200, 200]
    ]
  ]
  for (const [name, parts, statuses] of cases)
    t.strictSame(statusesOf(await conversation(url, ...parts)), statuses, name)
  const line = await dial(url)
  await line.write(written('POST /graphql', ['Transfer-Encoding: chunked', 'Content-Type: application/json']))
  t.equal((await line.next())?.status, 401, 'a request without a key is refused before its body arrives')
  await line.write('zz\r\n')
  await line.over()
  t.equal(line.left(), 0, 'the broken body gets no second answer')
})

/** The answer without the values that depend on time. */
const lasting = ({ status, headers, body }: Raw) => {
  const left = Object.entries(headers).filter(
    ([name]) =>
      !/^(date|age|cache-status|x-request-id|ratelimit|ratelimit-re.*|x-ratelimit-remaining|x-cost-remaining|x-accel-expires)$/.test(
        name
      )
  )
  return {
    status,
    // derived from the age
    headers: Object.fromEntries(left.map(([name, value]) => [name, value.replace(/s-maxage=\d+/, 's-maxage')])),
    body: body.toString().replace(/"remaining":\d+|"requestId":"[^"]+"/g, '')
  }
}
const offers: readonly [name: string, headers: readonly string[]][] = [
  ['HTTP/2 as curl and Java offer it', h2c],
  [
    'HTTP/2 in lower case, in a Connection with other options',
    ['connection: keep-alive, upgrade, http2-settings', 'upgrade: h2c', 'http2-settings: AAMA']
  ],
  ['an unknown protocol', ['Connection: Upgrade', 'Upgrade: foo/1, TLS/1.0']],
  ['two offers', ['Connection: Upgrade', 'Upgrade: h2c', 'Upgrade: foo']],
  ['a WebSocket among others', ['Connection: Upgrade', 'Upgrade: h2c, websocket']],
  ['Upgrade that Connection does not name', ['Upgrade: h2c']],
  ['a WebSocket that Connection does not name', ['Upgrade: websocket']],
  ['Connection without Upgrade', ['Connection: Upgrade']]
]

t.test(
  'an offer to upgrade the protocol is ignored, sequential or pipelined, with or without a body, and the connection stays open',
  async (t) => {
    const { url, app } = await build(t, { simulator: { vacatures: 20, kandidaten: 5 }, env: { REFUSAL_DELAY_MS: '0' } })
    const requests: readonly [what: string, request: (...headers: string[]) => string][] = [
      ['a list', (...headers) => got(list, ...headers)],
      ['GraphQL', (...headers) => posted(`{ vacature(id: "${id}") { id } }`, ...headers)],
      ['GraphQL in chunks', (...headers) => `${chunked(...headers)}19\r\n{"query":"{__typename }"}\r\n0\r\n\r\n`],
      ['an unknown path', (...headers) => got('/nothing', ...headers)],
      ['HEAD', (...headers) => written(`HEAD ${list}`, [key, ...headers])]
    ]
    for (const [what, request] of requests) {
      const options = { isBare: what === 'HEAD' }
      const plain = await dial(url)
      for (let time = 0; time < 3; time += 1) {
        await plain.write(request())
        await plain.next(options)
      }
      await plain.write(request())
      const expected = await plain.next(options)
      for (const [name, headers] of offers) {
        const line = await dial(url)
        for (let time = 0; time < 3; time += 1) {
          await line.write(request(...headers))
          t.strictSame(lasting((await line.next(options)) as Raw), lasting(expected as Raw), `${what}: ${name}`)
        }
        await line.write(request(...headers).repeat(3) + request())
        for (let time = 0; time < 4; time += 1)
          t.strictSame(
            lasting((await line.next(options)) as Raw),
            lasting(expected as Raw),
            `${what} all at once: ${name}`
          )
        t.equal(line.left(), 0)
        line.end()
      }
      plain.end()
    }
    t.equal(app.server.listenerCount('upgrade'), 1)
  }
)

const listenersOf = (socket: Socket) => socket.eventNames().map((name) => [name, socket.listenerCount(name)])

t.test('a thousand HTTP/2 offers on a connection add no listener and cause no warning', async (t) => {
  const { url, app } = await build(t, {
    simulator: { vacatures: 20, kandidaten: 5 },
    env: { REQUESTS_PER_MINUTE: '100000' }
  })
  const warnings: Error[] = []
  const warn = (warning: Error) => {
    warnings.push(warning)
  }
  process.on('warning', warn)
  t.teardown(() => process.removeListener('warning', warn))
  const [[socket], line] = await Promise.all([once(app.server, 'connection') as Promise<[Socket]>, dial(url)])
  const ask = async (count: number) => {
    await line.write(got(list, ...h2c).repeat(count))
    for (let time = 0; time < count; time += 1) t.equal((await line.next())?.status, 200)
  }
  await ask(3)
  const before = listenersOf(socket)
  for (let time = 0; time < 100; time += 1) await ask(10)
  t.strictSame(listenersOf(socket), before)
  t.strictSame(warnings, [])
  line.end()
})

t.test('a client that offers a WebSocket and disconnects before the answer ends its own connection only', async (t) => {
  const { url, app } = await build(t, { simulator: { vacatures: 20, kandidaten: 5 } })
  for (const request of [
    got('/graphql', ...handshake),
    got(list, ...h2c),
    posted(details) + got('/graphql', ...handshake),
    posted(details) + got(list, ...h2c),
    `${posted(details)}CONNECT x:1 HTTP/1.1\r\n\r\n`
  ]) {
    const [[socket], line] = await Promise.all([once(app.server, 'connection') as Promise<[Socket]>, dial(url)])
    await line.write(request)
    line.socket.resetAndDestroy()
    await new Promise((resolve) => {
      if (socket.closed) resolve(undefined)
      else socket.on('close', resolve)
    })
  }
  t.equal((await fetch(`${url}/health/live`)).status, 200)
})

t.test('a request has at most 1,000 headers, so that no header is overlooked', async (t) => {
  const { url } = await build(t, { simulator: { vacatures: 20, kandidaten: 5 }, env: { REFUSAL_DELAY_MS: '0' } })
  /** A request with this number of headers that ends with the given ones, after Host and a key. */
  const many = (count: number, last: readonly string[], path = list) =>
    got(path, 'Connection: close', ...Array.from({ length: count - 3 - last.length }, () => 'a:'), ...last)
  const cases: readonly [name: string, request: string, status: number][] = [
    ['1,000', many(1000, ['b:']), 200],
    ['1,000, the last a second key', many(1000, ['x-api-key: demo-hr']), 401],
    ['1,000, the last a second key of the same consumer', many(1000, [key]), 401],
    ['1,001', many(1001, ['b:']), 431],
    ['1,001, the last a second key', many(1001, ['x-api-key: demo-hr']), 431],
    ['1,001, the last a token', many(1001, ['authorization: Bearer demo-hr']), 431],
    ['3,500, the last a second key', many(3500, ['x-api-key: demo-hr']), 431],
    ['1,002 on a path without a key', many(1002, ['b:'], '/health/live'), 431],
    [
      '1,002, of which three are an offer',
      got(list, ...h2c, ...Array.from({ length: 996 }, () => 'a:'), 'x-api-key: demo-hr'),
      431
    ],
    [
      '3,500, of which most are offers',
      got(list, 'Connection: Upgrade', ...Array.from({ length: 1200 }, () => 'Upgrade: a'), 'x-api-key: demo-hr'),
      431
    ],
    ['1,002 for a WebSocket', got('/graphql', ...handshake, ...Array.from({ length: 1000 }, () => 'a:')), 431],
    ['1,001 on an unknown path', many(1001, ['b:'], '/nothing'), 431]
  ]
  for (const [name, request, status] of cases) {
    for (let time = 0; time < 2; time += 1) {
      const answers = await conversation(url, request)
      t.strictSame(statusesOf(answers), [status], name)
      if (status === 431) t.match(answers[0]?.body.toString(), /"code":"BAD_USER_INPUT"/, name)
    }
  }
})

const forms: readonly [name: string, request: string, status: number][] = [
  ['HTTP/1.0', `GET ${list} HTTP/1.0\r\n${key}\r\n\r\n`, 200],
  ['HTTP/1.0 with an offer', `GET ${list} HTTP/1.0\r\n${key}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`, 200],
  ['an absolute URL', written(`GET http://another.example${list}`, [key, 'Connection: close']), 200],
  ['names of headers in mixed case', written(`GET ${list}`, ['X-aPi-KeY: demo-frontend', 'cOnNeCtIoN: close']), 200],
  [
    'a name with an underscore is another name',
    written(`GET ${list}`, ['x_api_key: demo-frontend', 'Connection: close']),
    401
  ],
  ['spaces around a value', written(`GET ${list}`, ['x-api-key: \t demo-frontend \t', 'Connection: close']), 200],
  ['a space before the colon', written(`GET ${list}`, ['x-api-key : demo-frontend', 'Connection: close']), 400],
  ['a folded header', written(`GET ${list}`, ['x-api-key:', ' demo-frontend', 'Connection: close']), 400],
  ['a bare line feed', `GET ${list} HTTP/1.1\nHost: x\n${key}\n\n`, 400],
  ['a bare carriage return', written(`GET ${list}`, [`${key}\rx: y`]), 400],
  ['a NUL', written(`GET ${list}`, [`${key}\0`]), 400],
  ['a name with a NUL', written(`GET ${list}`, [key, 'a\0b: c']), 400],
  ['no Host', `GET ${list} HTTP/1.1\r\n${key}\r\n\r\n`, 400],
  ['an unknown expectation', got(list, 'Expect: tea', 'Connection: close'), 417],
  ['OPTIONS of everything', written('OPTIONS *', [key, 'Connection: close']), 204],
  ['TRACE', written(`TRACE ${list}`, [key, 'Connection: close']), 405],
  ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ['CONNECT with a body', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc', 405],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['a WebSocket by POST', posted('{ __typename }', ...handshake), 404],
  ['a WebSocket on another path', got(list, ...handshake), 404],
  ['a WebSocket on an unknown path', got('/nothing', ...handshake), 404],
  ['a WebSocket with a body', got(list, 'Content-Length: 3', ...handshake).concat('abc'), 404]
]

const isSaid = (t: Test, name: string, { headers, body }: Raw) => {
  t.equal(headers['connection']?.toLowerCase(), 'close', name)
  t.notMatch(body.toString(), /demo-|INTERNAL/, name)
}
t.test(
  'every form of a request gets one answer, the same each time, and the connection closes where it must',
  async (t) => {
    const { url } = await build(t, { simulator: { vacatures: 20, kandidaten: 5 }, env: { REFUSAL_DELAY_MS: '0' } })
    for (const [name, request, status] of forms) {
      for (let time = 0; time < 3; time += 1) {
        const answers = await conversation(url, request)
        t.strictSame(statusesOf(answers), [status], name)
        for (const answer of answers) isSaid(t, name, answer)
      }
    }
  }
)

t.test('a hundred pipelined requests are answered in order, and a malformed one last', async (t) => {
  const { url } = await build(t, { simulator: { vacatures: 20, kandidaten: 5 }, env: { REFUSAL_DELAY_MS: '0' } })
  const kinds: readonly [request: string, status: number][] = [
    [got(list), 200],
    [posted(details), 200],
    [got('/nothing'), 404],
    [got(list, ...h2c), 200],
    [written(`GET ${list}`, []), 401]
  ]
  const all = Array.from({ length: 100 }, (_, index) => kinds[index % kinds.length] as (typeof kinds)[number]) // the index is never out of range
  const answers = await conversation(url, `${all.map(([request]) => request).join('')}garbage\r\n\r\n`)
  t.strictSame(statusesOf(answers), [...all.map(([, status]) => status), 400])
})
