import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getIntrospectionQuery } from 'graphql'
import t from 'tap'
import { readConfig } from '../../src/config/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { buildServer } from '../../src/server.ts'
import { build, consumersFile, logged, withoutCost } from '../helper.ts'
import type { Built } from '../helper.ts'

const small = { date: '2026-02-13', vacatures: 20, kandidaten: 20 }
const current = 'application/graphql-response+json'
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const written = (content: unknown) => {
  const path = join(mkdtempSync(join(tmpdir(), 'documents-')), 'manifest.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
type Body = { data?: unknown; errors?: { message: string; extensions: { code: string } }[] }
const read = async (response: Response) => {
  const { data, errors } = withoutCost((await response.json()) as Body)
  return [response.status, data ?? errors?.map(({ message, extensions }) => `${extensions.code}: ${message}`)]
}
const requestContext =
  ({ post }: Built, key = 'demo-frontend') =>
  async (body: unknown) =>
    read(await post(body, { key, headers: { accept: current } }))
const persisted = (sha256Hash: string, version = 1) => ({ extensions: { persistedQuery: { version, sha256Hash } } })

const query = '{ referentie(lijst: TALEN, code: "N") { code } }'
const answer = [200, { referentie: { code: 'N' } }]
const hash = hashOf(query)
const notFound = [400, ['NOT_FOUND: PersistedQueryNotFound']]
const untrusted = [
  400,
  ['FORBIDDEN: Only the documents that were registered beforehand can be asked here, and this is none of them.']
]

t.test('a document is registered once with its hash, and later requests send the hash only', async (t) => {
  const gateway = await build(t, { simulator: small })
  const ask = requestContext(gateway)
  t.strictSame(await ask(persisted(hash)), notFound)
  t.strictSame(await ask({ query, ...persisted(hashOf('other')) }), [
    400,
    ['BAD_USER_INPUT: extensions.persistedQuery.sha256Hash is not the SHA-256 of the query.']
  ])
  t.strictSame(await ask(persisted(hash)), notFound, 'a wrong hash registers nothing')
  t.strictSame(await ask({ query, ...persisted(hash.toUpperCase()) }), answer)
  for (let time = 0; time < 3; time += 1) t.strictSame(await ask(persisted(hash)), answer)
  t.strictSame(await ask({ documentId: `sha256:${hash}` }), answer)
  t.strictSame(await ask([persisted(hash), { query }]).then(([status]) => status), 200, 'the hash works in a batch')
  const inUrl = new URLSearchParams({ extensions: JSON.stringify(persisted(hash).extensions) }).toString()
  t.strictSame(
    await read(await gateway.get(`/graphql?${inUrl}`, { key: 'demo-hr', headers: { accept: current } })),
    answer,
    'the hash works by GET and for another consumer'
  )

  const withVariables = 'query($code: String!) { referentie(lijst: TALEN, code: $code) { code } }'
  t.strictSame(await ask({ query: withVariables, variables: { code: 'F' }, ...persisted(hashOf(withVariables)) }), [
    200,
    { referentie: { code: 'F' } }
  ])
  t.strictSame(await ask({ variables: { code: 'N' }, ...persisted(hashOf(withVariables)) }), answer)

  const wrong = '{ banen }'
  t.match(await ask({ query: wrong, ...persisted(hashOf(wrong)) }), [400, [/^BAD_USER_INPUT: Cannot query field/]])
  t.strictSame(await ask(persisted(hashOf(wrong))), notFound, 'an invalid document is not registered')
})

t.test('a malformed hash, version or id is refused', async (t) => {
  const ask = requestContext(await build(t, { simulator: small }))
  for (const [body, message] of [
    [persisted('abc'), 'extensions.persistedQuery.sha256Hash must be a SHA-256 in hex.'],
    [persisted(hash, 2), 'extensions.persistedQuery.version must be 1.'],
    [{ extensions: { persistedQuery: 'x' } }, 'extensions.persistedQuery must be an object.'],
    [{ documentId: 7 }, 'documentId must be a string.'],
    [{ documentId: 'x', query }, 'documentId and query exclude each other.'],
    [{ query: ' ', ...persisted(hash) }, 'query is missing: it must be a GraphQL document.']
  ] as const)
    t.strictSame(await ask(body), [400, [`BAD_USER_INPUT: ${message}`]])
  for (const documentId of ['x', '__proto__', 'constructor', '../../etc/passwd'])
    t.strictSame(await ask({ documentId }), [400, ['NOT_FOUND: No document is known by this documentId.']])
})

t.test('registered documents are bounded in bytes: the oldest is evicted', async (t) => {
  const { post } = await build(t, { simulator: small, env: { CACHE_MAX_MB: '16' } })
  const ask = requestContext({ post } as Built)
  const large = (index: number) => `{ __typename } # ${index} ${'x'.repeat(90_000)}`
  for (let index = 0; index < 30; index += 1)
    t.equal((await ask({ query: large(index), ...persisted(hashOf(large(index))) }))[0], 200)
  t.strictSame(await ask(persisted(hashOf(large(0)))), notFound)
  t.equal((await ask(persisted(hashOf(large(29)))))[0], 200)
})

t.test(
  'a document that contains an id in any form is executed and not registered, because the id can be that of a person',
  async (t) => {
    const { post } = await build(t, { simulator: small })
    const ask = requestContext({ post } as Built)
    const cv = 'bbbbbbbb-0000-4000-8000-000000000001'
    for (const text of [
      `{ kandidaat(id: "${cv}") { status } }`,
      `{ kandidaat(id: "Kandidaat:${cv}") { status } }`,
      `{ kandidaat(id: "${cv.replace('b', '\\u0062')}") { status } }`,
      `{ kandidaat(id: """
${cv}
""") { status } }`,
      `{ __typename } # ${cv}`
    ]) {
      t.equal((await ask({ query: text, ...persisted(hashOf(text)) }))[0], 200, text)
      t.strictSame(await ask(persisted(hashOf(text))), notFound, text)
    }
    const variable = 'query($id: ID!) { kandidaat(id: $id) { status } }'
    await ask({ query: variable, variables: { id: cv }, ...persisted(hashOf(variable)) })
    t.equal((await ask({ variables: { id: cv }, ...persisted(hashOf(variable)) }))[0], 200)
  }
)

t.test('enforce: only documents of the manifest are executed', async (t) => {
  const other = '{ vacatures(first: 1) { totaal } }'
  const file = written({ [hash]: query, zoek: other })
  const gateway = await build(t, {
    simulator: small,
    env: { TRUSTED_DOCUMENTS: 'enforce', TRUSTED_DOCUMENTS_FILE: file }
  })
  const ask = requestContext(gateway)
  t.strictSame(await ask(persisted(hash)), answer)
  t.strictSame(await ask({ documentId: hash }), answer)
  t.strictSame(await ask({ query }), answer, 'a document of the manifest is executed by its text')
  t.strictSame(await ask({ documentId: 'zoek' }), [200, { vacatures: { totaal: 17 } }])
  await gateway.simulator.reset()
  const strange = '{ kandidaten { totaal } }'
  t.strictSame(await ask({ query: strange }), untrusted)
  t.strictSame(await ask({ query: strange, ...persisted(hashOf(strange)) }), untrusted, 'it cannot be registered')
  t.strictSame(await ask(persisted(hashOf(strange))), notFound)
  t.strictSame(await ask({ query: `${query} ` }), untrusted, 'one extra space makes another document')
  t.strictSame(await ask({ query: getIntrospectionQuery() }), untrusted)
  t.equal((await gateway.simulator.calls()).total, 0)
})

t.test('warn: other documents are executed too, and the log names their hash', async (t) => {
  const file = written({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [{ id: hash, name: 'Taal', type: 'query', body: query }]
  })
  const ask = requestContext(
    await build(t, { simulator: small, env: { TRUSTED_DOCUMENTS: 'warn', TRUSTED_DOCUMENTS_FILE: file } })
  )
  logged.length = 0
  t.strictSame(await ask({ documentId: hash }), answer)
  t.notOk(logged.some((line) => line.includes('not in the manifest')))
  const strange = '{ canaryname: __typename }'
  t.strictSame(await ask({ query: strange }), [200, { canaryname: 'Query' }])
  t.match(
    logged.filter((line) => line.includes('not in the manifest')).map((line) => JSON.parse(line) as object),
    [{ level: 40, document: hashOf(strange) }]
  )
  t.notMatch(logged.join(''), /canaryname/)
})

t.test('a missing, broken or malformed manifest stops the start', async (t) => {
  const problemsOf = async (env: Record<string, string>) => {
    try {
      await (await buildServer(readConfig({ LOG_LEVEL: 'silent', ...env }))).app.close()
      return []
    } catch (error) {
      if (error instanceof ConfigError) return error.problems
      throw error
    }
  }
  const TRUSTED_DOCUMENTS = 'enforce'
  t.strictSame(await problemsOf({ TRUSTED_DOCUMENTS }), [
    'TRUSTED_DOCUMENTS_FILE is missing: TRUSTED_DOCUMENTS needs the documents that are trusted'
  ])
  t.strictSame(await problemsOf({ TRUSTED_DOCUMENTS: 'yes' }), ['TRUSTED_DOCUMENTS must be one of: off, warn, enforce'])
  for (const path of ['/nowhere/at-all', written('{')])
    t.strictSame(await problemsOf({ TRUSTED_DOCUMENTS, TRUSTED_DOCUMENTS_FILE: path }), [
      'TRUSTED_DOCUMENTS_FILE names a file that cannot be read, or is not JSON'
    ])
  for (const content of [[], 7, { a: 7 }, { operations: [{ id: 'a' }] }])
    t.strictSame(await problemsOf({ TRUSTED_DOCUMENTS, TRUSTED_DOCUMENTS_FILE: written(content) }), [
      'TRUSTED_DOCUMENTS_FILE must be a JSON object of documents by their hash or id'
    ])
})

t.test('in production a consumer may introspect and errors suggest names, unless a setting disables it', async (t) => {
  const production = { NODE_ENV: 'production', CONSUMERS_FILE: consumersFile() }
  const closed = requestContext(
    await build(t, { simulator: small, env: { ...production, INTROSPECTION: 'false' } }),
    'team-key'
  )
  const off = (name: string) => `FORBIDDEN: Introspection is off at this gateway, so "${name}" cannot be asked.`
  t.strictSame(await closed({ query: getIntrospectionQuery() }), [400, [off('__schema')]])
  t.strictSame(await closed({ query: '{ ...F } fragment F on Query { a: __type(name: "Vacature") { name } }' }), [
    400,
    [off('__type')]
  ])
  t.strictSame(
    await closed({ query: 'query A { __typename } query B { __schema { queryType { name } } }', operationName: 'A' }),
    [400, [off('__schema')]]
  )
  t.strictSame(await closed({ query: '{ __typename }' }), [200, { __typename: 'Query' }])
  const suggesting = [
    [{ query: '{ vacature(id: "x") { statu } }' }, 'Cannot query field "statu" on type "Vacature".'],
    [{ query: '{ vacatures(frist: 1) { totaal } }' }, 'Unknown argument "frist" on field "Query.vacatures".'],
    [{ query: '{ referenties(lijst: TALE) { code } }' }, 'Value "TALE" does not exist in "Referentielijst" enum.'],
    [{ query: '{ ... on Vacatur { id } }' }, 'Unknown type "Vacatur".'],
    [
      {
        query: 'query($f: VacatureFilter) { vacatures(filter: $f) { totaal } }',
        variables: { f: { jobdomei: 'x' } }
      },
      'Variable "$f" got invalid value { jobdomei: "x" }; Field "jobdomei" is not defined by type "VacatureFilter".'
    ],
    [
      { query: 'query($l: Referentielijst!) { referenties(lijst: $l) { code } }', variables: { l: 'TALE' } },
      'Variable "$l" got invalid value "TALE"; Value "TALE" does not exist in "Referentielijst" enum.'
    ]
  ] as const
  for (const [body, message] of suggesting)
    for (let time = 0; time < 3; time += 1) t.strictSame(await closed(body), [400, [`BAD_USER_INPUT: ${message}`]])

  const open = requestContext(await build(t, { simulator: small, env: production }), 'team-key')
  t.equal((await open({ query: getIntrospectionQuery() }))[0], 200)
  for (const [body] of suggesting) t.match(await open(body), [400, [/Did you mean/]])
  const development = requestContext(await build(t, { simulator: small, env: { INTROSPECTION: 'false' } }))
  t.strictSame(await development({ query: getIntrospectionQuery() }), [400, [off('__schema')]])
})

t.test(
  'a page of another origin cannot send a request: the key needs a header that triggers a CORS preflight',
  async (t) => {
    const { url, get } = await build(t, { simulator: small })
    // The requests that a page can send without a preflight: GET and POST, three content types, no custom header.
    for (const init of [
      { method: 'GET' },
      ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'].map((type) => ({
        method: 'POST',
        headers: { 'content-type': type, cookie: 'x-api-key=demo-hr' },
        body: JSON.stringify({ query: '{ __typename }' })
      }))
    ])
      t.equal((await fetch(`${url}/graphql?query={__typename}&x-api-key=demo-hr`, init)).status, 401)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      t.equal(
        (
          await fetch(`${url}/graphql`, {
            method: 'POST',
            headers: { 'x-api-key': 'demo-hr', 'content-type': type },
            body: '{"query":"{ __typename }"}'
          })
        ).status,
        415
      )
    }
    const asked = {
      method: 'OPTIONS',
      headers: {
        origin: 'https://jobs.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-api-key'
      }
    }
    const preflight = await fetch(`${url}/graphql`, asked)
    t.strictSame([preflight.status, preflight.headers.get('access-control-allow-origin')], [401, null])
    t.equal(
      (await get('/graphql?query={__typename}', { headers: { origin: 'https://jobs.example' } })).headers.get(
        'access-control-allow-origin'
      ),
      null
    )
  }
)

t.test('only pages of listed origins may read answers', async (t) => {
  const { url, get } = await build(t, {
    simulator: small,
    env: { CORS_ORIGINS: 'https://jobs.example, http://localhost:5173' }
  })
  const preflight = (origin: string) =>
    fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-api-key,content-type'
      }
    })
  const allowed = await preflight('https://jobs.example')
  t.strictSame(
    [
      allowed.status,
      allowed.headers.get('access-control-allow-origin'),
      allowed.headers.get('access-control-allow-methods'),
      allowed.headers.get('vary')
    ],
    [204, 'https://jobs.example', 'GET, HEAD, POST, DELETE', 'Origin']
  )
  t.match(allowed.headers.get('access-control-allow-headers'), 'x-api-key')
  t.equal(allowed.headers.get('access-control-allow-credentials'), null)
  const other = await preflight('https://evil.example')
  t.strictSame([other.status, other.headers.get('access-control-allow-origin')], [401, null])
  for (const [origin, expected] of [
    ['http://localhost:5173', 'http://localhost:5173'],
    ['https://jobs.example.evil', null],
    ['null', null]
  ] as const) {
    t.equal(
      (await get('/graphql?query={__typename}', { headers: { origin } })).headers.get('access-control-allow-origin'),
      expected,
      origin
    )
  }
  t.equal(
    (
      await get('/graphql?query={__typename}', { key: 'wrong', headers: { origin: 'https://jobs.example' } })
    ).headers.get('access-control-allow-origin'),
    'https://jobs.example',
    'a listed origin can read an error too'
  )
  t.throws(() => readConfig({ CORS_ORIGINS: '*' }), /CORS_ORIGINS must be a list of origins/)
  t.throws(() => readConfig({ CORS_ORIGINS: 'https://jobs.example/' }), /CORS_ORIGINS/)
})

t.test('every answer has the security headers, and GraphiQL has its own content security policy', async (t) => {
  const { url, get } = await build(t, { simulator: small })
  const expected = {
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'strict-transport-security': 'max-age=31536000'
  }
  const headersOf = (response: Response, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, response.headers.get(name)]))
  for (const path of ['/graphql?query={__typename}', '/services/openservices/v1/talen', '/health/live', '/nowhere']) {
    const response = await get(path)
    t.strictSame(headersOf(response, Object.keys(expected)), expected, path)
    t.equal(response.headers.get('x-powered-by'), null)
  }
  t.strictSame(headersOf(await get('/graphql', { key: 'wrong' }), Object.keys(expected)), expected, 'a refusal too')
  const page = await fetch(`${url}/graphiql`)
  t.match(page.headers.get('content-security-policy'), /nonce-/)
  t.notMatch(page.headers.get('content-security-policy'), /default-src 'none';frame/)
})

t.test('headers, URL and idle time are limited', async (t) => {
  const { url, get, app } = await build(t, { simulator: small })
  t.equal((await get(`/graphql?query={__typename}&pad=${'x'.repeat(17_000)}`)).status, 431)
  t.equal((await get('/graphql?query={__typename}', { headers: { pad: 'x'.repeat(17_000) } })).status, 431)
  t.equal((await get('/graphql?query={__typename}', { headers: { 'x-api-key': 'x'.repeat(1000) } })).status, 401)
  t.strictSame([app.server.headersTimeout, app.server.requestTimeout], [10_000, 30_000])
  // An idle connection is closed, used or not, and later than its Keep-Alive header announces.
  t.strictSame([app.server.timeout, app.server.keepAliveTimeout], [66_000, 0])
  t.equal((await get('/graphql?query={__typename}')).headers.get('keep-alive'), 'timeout=65')
  const startedAt = performance.now()
  const said = await new Promise<string>((resolve) => {
    const { port, hostname } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\n'))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('close', () => {
      resolve(text)
    })
  })
  t.match(said, /^HTTP\/1.1 408 /)
  t.ok(performance.now() - startedAt < 20_000)
})
