import { connect } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { GatewayError } from '../../src/errors.ts'
import { holds } from '../canary.ts'
import { build, logged, vdabKey } from '../helper.ts'

const { url, post, get, query, simulator } = await build(t, {
  simulator: { vacatures: 60, kandidaten: 60, date: '2026-02-13' },
  env: {
    LOG_LEVEL: 'trace',
    VDAB_TIMEOUT_MS: '3000',
    VDAB_HEADERS_TIMEOUT_MS: '2500',
    VDAB_BODY_TIMEOUT_MS: '2500',
    REQUESTS_PER_MINUTE: '100000',
    CACHE_MAX_MB: '1'
  }
})
const vdab = new URL(simulator.base).host
const consumerKeys = ['demo-hr-canary-key', 'demo-frontend', 'demo-hr', 'demo-cv', 'demo-beheer']
const cv = '30dbfef1-59df-4521-a111-964bf0208e68'
const documented = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'

/** The values that may appear only in the record of a person. */
const everythingOfAPerson = `{ id cvId iklId natuurlijkPersoon { gsm email achternaam voornaam roepnaam website geboortedatum officieelAdres { straat huisnummer busnummer postcode gemeente } contactAdres { straat } }
  ervaringen { functieTitel werkgever { naam } } opleidingen { info naam { label } } competenties { naam beschrijving label } gewensteJob { functies { titel } } }`

const answers: string[] = []
const keep = async (response: Response): Promise<string> => {
  const text = await response.text()
  answers.push(`${response.status} ${JSON.stringify([...response.headers])} ${text}`)
  return text
}

/** Sends raw bytes and returns the raw answer. */
const raw = (bytes: string) =>
  new Promise<string>((resolve) => {
    const { port, hostname } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.end(bytes))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      resolve(answer)
    })
  })

/** Personal data, collected from the CVs before the faults begin. */
const personal = new Set<string>()
const collect = (value: unknown): void => {
  if (typeof value === 'string' && (/proef/i.test(value) || /\d{4}/.test(value)) && value.length > 5)
    personal.add(value)
  else if (typeof value === 'number' && value > 9999) personal.add(String(value))
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect)
}

const stackLine = /^\s+at .*[:(]/m
const checkAnswer = (t: Test, text: string) => {
  t.notOk(text.includes(vdabKey), 'the key of VDAB is not shown')
  t.notOk(text.includes(vdab), 'the address of VDAB is not shown')
  t.notMatch(text, stackLine)
  t.notMatch(text, /node_modules|\/src\/|ECONN|UND_ERR|SyntaxError|TypeError/)
}

const operations = [
  '{ vacatures(first: 5) { totaal nodes { id functie { functieTitel jobdomeinen { label } } } } }',
  `{ vacature(id: "${documented}") { id sollicitatieprocedure { contactpersoon { naam email } } } }`,
  `{ vacaturesOpId(ids: ["${documented}", "9d86dbb5-3cba-4ef5-9172-38c0e6782746", "23fa5224-15f6-4934-98ab-829587a7420e"]) { id } }`,
  `{ kandidaten(first: 5) { nodes ${everythingOfAPerson} } }`,
  `{ kandidaat(id: "${cv}") ${everythingOfAPerson} }`,
  '{ kandidaatWijzigingen(van: "2026-02-12T00:00:00Z", tot: "2026-02-13T00:00:00Z", first: 5) { nodes { cvId kandidaat { natuurlijkPersoon { email } } } } }',
  '{ vacatureWijzigingen(van: "2026-02-12T00:00:00Z", tot: "2026-02-13T00:00:00Z", first: 5) { nodes { vacature { id } } } }',
  '{ referenties(lijst: SOFTSKILLS) { label } }'
]
const paths = [
  '/v2/vacatures?aantal=3',
  `/v2/vacatures/${documented}`,
  `/v1/kandidaten/${cv}`,
  '/v1/kandidaten?aantal=3',
  '/v1/talen',
  '/v1/nonsense'
]

t.test('reading CVs leaves no personal data in the log', async (t) => {
  const before = logged.length
  const { data } = await query(
    `{ kandidaten(first: 60) { totaal nodes ${everythingOfAPerson} } kandidaat(id: "${cv}") ${everythingOfAPerson} }`,
    {},
    'demo-hr'
  )
  const { nodes } = (data as { kandidaten: { nodes: { cvId: string }[] } }).kandidaten
  collect(data)
  t.ok(personal.size > 200, 'there are personal values to look for')
  for (const { cvId } of nodes.slice(0, 5))
    collect(JSON.parse(await (await get(`/services/openservices/v1/kandidaten/${cvId}`, { key: 'demo-hr' })).text()))
  const lines = logged.slice(before).join('')
  t.strictSame(
    [...personal].filter((value) => holds(lines, value)),
    []
  )
  t.notMatch(lines, /proef/i)
})

t.test('no failure of VDAB reveals its key, its address, a stack trace or personal data', async (t) => {
  for (const fault of [
    { status: 500 },
    { status: 401 },
    { status: 403 },
    { status: 429, retryAfter: 5 },
    { status: 404 },
    { status: 400 },
    { status: 503 },
    { status: 302 },
    { status: 204 },
    { kind: 'reset' },
    { kind: 'garbage' },
    { kind: 'truncate' },
    { kind: 'hang' },
    { kind: 'slow-body', latencyMs: 1000 }
  ]) {
    await t.test(JSON.stringify(fault), async (t) => {
      // each fault has a new gateway, so that no answer comes from the cache
      const fresh = await build(t, {
        simulator: { vacatures: 20, kandidaten: 20, date: '2026-02-13' },
        env: { VDAB_TIMEOUT_MS: '300', VDAB_HEADERS_TIMEOUT_MS: '200', VDAB_BODY_TIMEOUT_MS: '200' }
      })
      const host = new URL(fresh.simulator.base).host
      await fresh.simulator.faults(fault)
      const texts = await Promise.all([
        ...operations.map(async (operation) => keep(await fresh.post({ query: operation }, { key: 'demo-beheer' }))),
        ...paths.map(async (path) => keep(await fresh.get(`/services/openservices${path}`, { key: 'demo-hr' }))),
        fresh.get('/health/ready').then(keep)
      ])
      for (const text of texts)
        t.notOk(
          text.includes(host) || text.includes(vdabKey) || stackLine.test(text) || /proef/i.test(text),
          text.slice(0, 200)
        )
      t.ok(
        texts.some((text) => text.includes('status' in fault && fault.status === 400 ? 'BAD_USER_INPUT' : 'UPSTREAM_')),
        'the fault affected an answer'
      )
      t.notOk(
        texts.some((text) => text.includes('INTERNAL')),
        'there is no unexpected error'
      )
      t.notOk(
        logged.some((line) => line.includes(host) && !line.includes('listening')),
        'the address is not in the log'
      )
    })
  }
})

t.test('no client error reveals any of these either', async (t) => {
  const keyed = { key: 'demo-frontend' }
  const bad: (() => Promise<Response>)[] = [
    ...[
      '{',
      '[]',
      'null',
      '{"query":1}',
      '{"query":"{"}',
      '{"query":"{ x }"}',
      `{"query":"${'{a'.repeat(3000)}"}`,
      '{"query":"{ __typename }","variables":{"__proto__":{"a":1}}}',
      '\u0000\u0001'
    ].map((body) => () => post(body, keyed)),
    ...[
      '',
      '*',
      vdabKey,
      'a'.repeat(5000),
      "' OR 1=1",
      '../../_simulator/calls',
      '\u0000',
      '😀',
      `Kandidaat:${cv}`,
      'Vacature:'
    ].flatMap((id) => [
      () =>
        post(
          {
            query: 'query($id: ID!) { vacature(id: $id) { id } node(id: $id) { id } vacaturesOpId(ids: [$id]) { id } }',
            variables: { id: id.replace(vdabKey, 'x') }
          },
          keyed
        ),
      () =>
        post(
          { query: 'query($id: ID!) { kandidaat(id: $id) { id } }', variables: { id: id.replace(vdabKey, 'x') } },
          { key: 'demo-hr' }
        )
    ]),
    () => post({ query: '{ vacatures(after: "nonsense") { totaal } }' }, keyed),
    () => post({ query: '{ vacatures(filter: { jobdomein: "x\\r\\nX-Injected: 1" }) { totaal } }' }, keyed),
    () => post({ query: '{ kandidaten(filter: { studies: ["%00"] }) { totaal } }' }, { key: 'demo-hr' }),
    ...[
      '/%zz',
      '/graphql?query=%7B',
      '/graphql?variables=%7B',
      '/services/openservices/v2/vacatures?x=1',
      '/services/openservices/v2/vacatures?aantal=-1',
      '/services/openservices/v2/vacatures/%00',
      `/services/openservices/v2/vacatures/${'a'.repeat(2000)}`,
      '/services/openservices/v1/kandidaten/x',
      '/..%2f..%2fetc%2fpasswd',
      '/graphiql/assets/..%2f..%2fpackage.json',
      '/?__proto__=1&constructor=2'
    ].map((path) => () => get(path, keyed)),
    () =>
      fetch(`${url}/services/openservices/v2/vacatures`, {
        method: 'POST',
        headers: { 'x-api-key': 'demo-frontend', 'content-type': 'application/json' },
        body: '{"a":["x"],"b":["y"]}'
      }),
    () => fetch(`${url}/graphql`, { method: 'PUT', headers: { 'x-api-key': 'demo-frontend' } }),
    () => fetch(`${url}/graphql`, { headers: { 'x-api-key': 'demo-hr-canary-key' } }),
    () => fetch(`${url}/graphql`, { headers: { 'x-api-key': 'demo-hr-canary-key', authorization: 'Bearer demo-hr' } })
  ]
  for (const ask of bad) {
    const response = await ask()
    t.ok(response.status < 500, `${response.status} is not a failure of the gateway`)
    const text = await keep(response)
    checkAnswer(t, text)
    t.notMatch(text, /INTERNAL/)
  }
})

t.test('bytes that are not HTTP are refused without being repeated, and are not logged', async (t) => {
  const head = 'Host: x\r\nx-api-key: demo-hr-canary-key\r\nauthorization: Bearer demo-hr\r\nConnection: close\r\n'
  for (const bytes of [
    `GET /graphql HTTP/1.1\r\n${head}bad header line\r\n\r\n`,
    `GET /graphql HTTP/9.9\r\n${head}\r\n`,
    `GRRR /graphql HTTP/1.1\r\n${head}\r\n`,
    `GET /gra phql HTTP/1.1\r\n${head}\r\n`,
    `GET /graphql HTTP/1.1\r\n${head.replace('Host: x\r\n', '')}\r\n`,
    `POST /graphql HTTP/1.1\r\n${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    `POST /graphql HTTP/1.1\r\n${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\ndemo-hr-canary-key\r\n`,
    `POST /graphql HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 999\r\n\r\n{"query":"demo-hr-canary-key`,
    `POST /graphql HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: -1\r\n\r\n`,
    `GET /graphql?query={__typename} HTTP/1.1\r\n${head}X-Big: ${'demo-hr-canary-key'.repeat(2000)}\r\n\r\n`,
    `GET /graphql?key=demo-hr-canary-key%zz HTTP/1.1\r\n${head}\r\n`,
    `GET /%zzdemo-hr-canary-key HTTP/1.1\r\n${head}\r\n`,
    `CONNECT demo-hr-canary-key:1 HTTP/1.1\r\n${head}\r\n`,
    `OPTIONS * HTTP/1.1\r\n${head}\r\n`,
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ndemo-hr-canary-key',
    '\u0016\u0003\u0001demo-hr-canary-key\r\n\r\n',
    '\r\n\r\n\r\ndemo-hr-canary-key'
  ]) {
    const answer = await raw(bytes)
    t.match(answer, /^(HTTP\/1\.1 (204|4\d\d|503)[^]*)?$/, JSON.stringify(bytes.slice(0, 60)))
    t.notMatch(answer, /demo-hr/)
    answers.push(answer)
  }
})

t.test('a client that disconnects during a request leaves at most one log line', async (t) => {
  await simulator.faults({ latencyMs: 100 })
  await Promise.all(
    operations.map(async (operation) => {
      const stop = new AbortController()
      const asked = post({ query: `${operation} # again` }, { key: 'demo-hr' }).catch(() => undefined)
      const left = fetch(`${url}/graphql?query=${encodeURIComponent(operation)}`, {
        headers: { 'x-api-key': 'demo-hr' },
        signal: stop.signal
      }).catch(() => undefined)
      setImmediate(() => {
        stop.abort()
      })
      await Promise.all([asked, left])
    })
  )
  await simulator.heal()
  t.equal((await get('/health/live')).status, 200)
})

t.test('the log of these requests contains no key, address, personal data or stack trace', (t) => {
  const lines = logged.filter((line) => !/"msg":"(Server listening|the gateway listens)/.test(line))
  t.ok(lines.length > 200, 'there are lines to check')
  t.strictSame(
    lines.filter((line) => line.includes(vdabKey)),
    []
  )
  t.strictSame(
    lines.filter((line) => line.includes(vdab)),
    []
  )
  t.strictSame(
    lines.filter((line) => consumerKeys.some((key) => line.replaceAll(`"consumer":"${key}"`, '').includes(key))),
    [],
    'a demo key occurs only as the name of its consumer'
  )
  t.strictSame(
    lines.filter((line) => /proef/i.test(line) || [...personal].some((value) => holds(line, value))),
    []
  )
  t.strictSame(
    lines.filter((line) => line.includes('"stack"') || /\\n\s+at /.test(line)),
    []
  )
  t.strictSame(
    lines.filter((line) => line.includes(cv) || line.includes(documented)),
    [],
    'no id is logged'
  )
  t.strictSame(
    lines.filter((line) => /"level":(50|60)/.test(line)),
    [],
    'no unexpected error is logged'
  )
  t.end()
})

t.test('the answers to these requests contain no key, address or stack trace', (t) => {
  t.ok(answers.length > 150, 'there are answers to check')
  t.strictSame(
    answers.filter(
      (answer) =>
        answer.includes(vdabKey) ||
        answer.includes(vdab) ||
        consumerKeys.some((key) => answer.includes(key)) ||
        stackLine.test(answer)
    ),
    []
  )
  t.end()
})

t.test('an error keeps the class and code of its cause, never the message', (t) => {
  const cause = Object.assign(
    new SyntaxError(`Unexpected token in ${vdabKey} of proef.persoon@proef.invalid at http://${vdab}`),
    { code: 'ERR_X', headers: { 'x-ibm-client-id': vdabKey } }
  )
  const error = new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB failed.', { cause: new Error('outer', { cause }) })
  t.strictSame(new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB failed.', { cause }).cause, {
    name: 'SyntaxError',
    code: 'ERR_X'
  })
  t.notMatch(JSON.stringify([error, error.cause, error.extensions]), new RegExp(`${vdabKey}|proef|outer`))
  t.end()
})
