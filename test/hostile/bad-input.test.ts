import { connect } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { build, logged } from '../helper.ts'

// access.test.ts (keys), graphql-http.test.ts (bodies, batches, fragments), tokens.test.ts and leaks.test.ts (bytes
// that are not HTTP) cover other invalid input.
const { url, post, get, simulator } = await build(t, {
  simulator: { vacatures: 20, kandidaten: 20 },
  env: { REQUESTS_PER_MINUTE: '100000' }
})
const cv = 'bbbbbbbb-0000-4000-8000-000000000001'
const beginnings = logged.length

/** Sends raw bytes and returns the raw answer, up to the close of the connection. */
const raw = (bytes: string | Buffer) =>
  new Promise<string>((resolve) => {
    const { port, hostname } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      resolve(answer)
    })
  })
const request = (lines: readonly string[], path = `/services/openservices/v1/kandidaten/${cv}`) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`
const keyed = ['x-api-key: demo-hr', 'x-doel: a test']

/** Checks for one answer with one code and without internal details. */
const isClear = (t: Test, text: string, name: string) => {
  t.equal(text.split(/"code":"[A-Z_]+"/).length, 2, `${name}: one error: ${text.slice(0, 300)}`)
  t.notMatch(text, /^\s+at |node_modules|\/src\/|TypeError|RangeError|INTERNAL|\bMaximum call stack/m, name)
  t.ok(text.length < 3000, `${name}: the answer is short`)
}

t.test('malformed keys and purposes, sent as raw bytes, are refused', async (t) => {
  const cases: [name: string, answer: string, status: number, code: string][] = [
    ['a key with a tab', await raw(request(['x-api-key: demo-hr\tdemo-hr', 'x-doel: a test'])), 401, 'UNAUTHENTICATED'],
    [
      'a key of raw bytes',
      await raw(Buffer.from(request(['x-api-key: \xff\xfe\x80demo-hr', 'x-doel: a test']), 'latin1')),
      401,
      'UNAUTHENTICATED'
    ],
    ['a key with a NUL', await raw(request(['x-api-key: demo-hr\u0000', 'x-doel: a test'])), 400, 'BAD_USER_INPUT'],
    ['a key of 1 MB', await raw(request([`x-api-key: ${'k'.repeat(1_000_000)}`])), 431, 'BAD_USER_INPUT'],
    [
      'two keys in two headers of one name',
      await raw(request(['x-api-key: demo-hr', 'x-api-key: demo-frontend'])),
      401,
      'UNAUTHENTICATED'
    ],
    [
      'one key twice, in two headers of one name',
      await raw(request(['x-api-key: demo-hr', 'x-api-key: demo-hr'])),
      401,
      'UNAUTHENTICATED'
    ],
    [
      'two Bearers',
      await raw(request(['authorization: Bearer demo-hr', 'authorization: Bearer demo-frontend'])),
      401,
      'UNAUTHENTICATED'
    ],
    ['two Hosts', await raw(request([...keyed, 'Host: y'])), 200, ''],
    [
      'two lengths',
      await raw(
        `POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-api-key: demo-hr\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}`
      ),
      400,
      'BAD_USER_INPUT'
    ],
    [
      'headers of 20 kB',
      await raw(request([...keyed, ...Array.from({ length: 200 }, (_, index) => `x-${index}: ${'1'.repeat(100)}`)])),
      431,
      'BAD_USER_INPUT'
    ],
    [
      'a purpose with a bare line feed',
      await raw(request(['x-api-key: demo-hr', 'x-doel: a\n{"level":60,"msg":"injected"}'])),
      400,
      'BAD_USER_INPUT'
    ],
    [
      'a purpose with a bare carriage return',
      await raw(request(['x-api-key: demo-hr', 'x-doel: a\rinjected'])),
      400,
      'BAD_USER_INPUT'
    ],
    [
      'a purpose that ends the header',
      await raw(request(['x-api-key: demo-hr', 'x-doel: a\r\ninjected'])),
      400,
      'BAD_USER_INPUT'
    ],
    [
      'a purpose folded over two lines',
      await raw(request(['x-api-key: demo-hr', 'x-doel: a\r\n injected'])),
      400,
      'BAD_USER_INPUT'
    ],
    ['a purpose with a tab', await raw(request(['x-api-key: demo-hr', 'x-doel: a\tinjected'])), 400, 'BAD_USER_INPUT'],
    [
      'a purpose with NEL',
      await raw(Buffer.from(request(['x-api-key: demo-hr', 'x-doel: a\x85injected']), 'latin1')),
      400,
      'BAD_USER_INPUT'
    ],
    [
      'a purpose of 4 kB',
      await raw(request(['x-api-key: demo-hr', `x-doel: ${'a'.repeat(4096)}`])),
      400,
      'BAD_USER_INPUT'
    ],
    ['a purpose of spaces', await raw(request(['x-api-key: demo-hr', 'x-doel:    '])), 403, 'FORBIDDEN'],
    ['no purpose', await raw(request(['x-api-key: demo-hr'])), 403, 'FORBIDDEN']
  ]
  for (const [name, answer, status, code] of cases) {
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    t.equal(head.slice(9, 12), String(status), `${name}: ${head.slice(0, 100)}`)
    if (status === 200) continue
    t.match(body, `"code":"${code}"`, name)
    isClear(t, body, name)
    t.notMatch(answer, /injected|demo-/, name)
  }
})

const asked = async (body: unknown) => {
  const response = await post(body, { key: 'demo-cv' })
  return [response.status, await response.text()] as const
}

t.test('malicious operations are refused once, quickly, before any call to VDAB', async (t) => {
  await post({ query: `{ kandidaat(id: "${cv}") { cvId } }` })
  await simulator.reset()
  const deep = (count: number, open: string, close: string) => `{ ${open.repeat(count)}x${close.repeat(count)} }`
  const cases: [name: string, body: unknown][] = [
    ['10,000 deep', { query: deep(10_000, 'a{', '}') }],
    [
      '10,000 lists deep',
      { query: `{ kandidaten(filter: { studies: ${'['.repeat(10_000)}${']'.repeat(10_000)} }) { totaal } }` }
    ],
    [
      '10,000 objects deep',
      { query: `{ kandidaten(filter: ${'{a:'.repeat(10_000)}1${'}'.repeat(10_000)}) { totaal } }` }
    ],
    [
      'variables 10,000 deep',
      `{"query":"query($f: KandidaatFilter) { kandidaten(filter: $f) { totaal } }","variables":{"f":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}}`
    ],
    [
      'lists 10,000 deep in a variable',
      `{"query":"query($f: KandidaatFilter) { kandidaten(filter: $f) { totaal } }","variables":{"f":{"studies":${'['.repeat(10_000)}${']'.repeat(10_000)}}}}`
    ],
    [
      'a variable of a type 10,000 lists deep',
      { query: `query($a: ${'['.repeat(10_000)}Int${']'.repeat(10_000)}) { __typename }` }
    ],
    ['a circular fragment', { query: '{ kandidaten { nodes { ...F } } } fragment F on Kandidaat { cvId ...F }' }],
    [
      'a circle of fragments',
      { query: '{ kandidaten { nodes { ...F } } } fragment F on Kandidaat { ...G } fragment G on Kandidaat { ...F }' }
    ],
    ['an open string of 200 kB', { query: `{ a(b: "${'x'.repeat(200_000)}` }],
    ['2,000 operations in one POST', Array.from({ length: 2000 }, () => ({ query: '{ __typename }' }))],
    [
      '__proto__ as variables',
      '{"query":"query($id: ID!) { kandidaat(id: $id) { cvId } }","variables":{"__proto__":{"id":"x"}}}'
    ],
    [
      '__proto__ inside a variable',
      '{"query":"query($f: KandidaatFilter) { kandidaten(filter: $f) { totaal } }","variables":{"f":{"__proto__":{"studies":["x"]}}}}'
    ],
    [
      'constructor.prototype inside a variable',
      '{"query":"query($f: KandidaatFilter) { kandidaten(filter: $f) { totaal } }","variables":{"f":{"constructor":{"prototype":{"studies":["x"]}}}}}'
    ],
    ['__proto__ beside the query', '{"__proto__":{"query":"{ __typename }"}}'],
    ['a batch of batches', [[{ query: '{ __typename }' }]]]
  ]
  for (const [name, body] of cases) {
    const began = performance.now()
    const [status, text] = await asked(body)
    t.ok([200, 400].includes(status), `${name}: ${status}`)
    isClear(t, text, name)
    t.ok(performance.now() - began < 5000, `${name}: it is refused quickly`) // generous: only proves that it is not stuck
  }
  t.equal((await simulator.calls()).total, 0)
  t.equal(({} as { studies?: unknown; query?: unknown }).studies, undefined)
})

t.test('a personal field with 1,000 aliases is hidden under each alias', async (t) => {
  const names = Array.from({ length: 1000 }, (_, index) => `a${index}`)
  for (let time = 0; time < 2; time += 1) {
    const [status, text] = await asked({
      query: `{ kandidaat(id: "${cv}") { natuurlijkPersoon { ${names.map((name) => `${name}: email`).join(' ')} } } }`
    })
    const answer = JSON.parse(text) as {
      data?: { kandidaat: { natuurlijkPersoon: Record<string, unknown> } }
      errors?: unknown[]
    }
    t.equal(status, 200)
    if (answer.data) t.strictSame(new Set(Object.values(answer.data.kandidaat.natuurlijkPersoon)), new Set([null]))
    else isClear(t, text, '1,000 aliases')
  }
})

t.test('an id in a path cannot traverse to another path', async (t) => {
  const climbs = [
    '..%2f..',
    '%2e%2e%2f%2e%2e',
    '..%5c..',
    '%252e%252e%252f',
    `${cv}%2f..%2f..%2f_simulator%2fcalls`,
    `${cv}%00`,
    `${cv}%0d%0aX-Injected:%201`,
    `${cv}%3fvelden=x`,
    `${cv}%23x`,
    '%c0%ae%c0%ae%2f',
    'audit.ndjson',
    '__proto__',
    'constructor',
    `${cv};x=1`,
    ` ${cv}`.replace(' ', '%20')
  ]
  await simulator.reset()
  for (const id of climbs) {
    for (const path of [
      '/api/audit/kandidaten/ID',
      '/services/openservices/v1/kandidaten/ID',
      '/services/openservices/v2/vacatures/ID'
    ]) {
      const answer = await raw(request(['x-api-key: demo-beheer', 'x-doel: a test'], path.replace('ID', id)))
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      t.match(head, /^HTTP\/1\.1 40[04] /, `${path} ${id}`)
      isClear(t, body, `${path} ${id}`)
      t.notMatch(head, /x-injected/i)
    }
    const forgotten = await fetch(`${url}/api/kandidaten/${id}/cache`, {
      method: 'DELETE',
      headers: { 'x-api-key': 'demo-beheer' }
    })
    t.ok([400, 404].includes(forgotten.status), `forgetting ${id}: ${forgotten.status}`)
    isClear(t, await forgotten.text(), id)
  }
  for (const path of [
    '/api/audit/kandidaten/../../../etc/passwd',
    '/services/openservices/v1/kandidaten/../../../../_simulator/calls',
    '//evil/graphql',
    '/\\..\\..'
  ]) {
    const answer = await raw(request(['x-api-key: demo-beheer', 'x-doel: a test'], path))
    t.match(answer, /^HTTP\/1\.1 40[04] /, path)
  }
  t.equal((await simulator.calls()).total, 0, 'there was no call to VDAB')
})

t.test(
  'after all these requests the gateway still works, and its log has one JSON object per line, no stack trace and no injected line',
  async (t) => {
    t.equal((await get('/health/live')).status, 200)
    t.equal((await get(`/services/openservices/v1/kandidaten/${cv}`)).status, 200)
    const lines = logged.slice(beginnings)
    t.ok(lines.length > 50, 'there are lines to check')
    t.strictSame(
      lines.filter((line) => line.trim().includes('\n') || /injected|"stack"|"level":[56]0/.test(line)),
      []
    )
    for (const line of lines) JSON.parse(line)
    const records = await (await get(`/api/audit/kandidaten/${cv}?aantal=1000`)).text()
    t.notMatch(records, /injected/)
  }
)
