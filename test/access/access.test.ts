import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extendSchema, parse } from 'graphql'
import type { GraphQLObjectType, GraphQLResolveInfo } from 'graphql'
import t from 'tap'
import { createConsumers, readConsumers, sha256 } from '../../src/access/consumers.ts'
import { guard } from '../../src/access/scope.ts'
import { readConfig } from '../../src/config/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { keys } from '../../src/commands/keys.ts'
import { readSchema } from '../../src/schema/index.ts'
import { buildServer } from '../../src/server.ts'
import { build, buildBefore, consumersFile, vdabKey } from '../helper.ts'

const world = { vacatures: 20, kandidaten: 20, date: '2026-02-13' }
const cv = '30dbfef1-59df-4521-a111-964bf0208e68'
const documented = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const { app, url, post, get, query, simulator } = await build(t, {
  simulator: world,
  env: { REQUESTS_PER_MINUTE: '100000' }
})

const written = (content: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'access-')), 'consumers.json')
  writeFileSync(path, content)
  return path
}
/** The error that stops the start. */
const refusal = (env: Record<string, string>): Promise<unknown> =>
  buildServer(readConfig({ VDAB_URL: simulator.base, VDAB_API_KEY: vdabKey, LOG_LEVEL: 'silent', ...env })).then(
    ({ app }) => app.close(),
    (error: unknown) => error
  )
const seen = async (response: Response) =>
  [response.status, response.headers.get('content-type'), await response.json()] as const

const bodies = {
  '/graphql': (code: string, message: string) => [
    'application/json; charset=utf-8',
    { errors: [{ message, extensions: { code } }] }
  ],
  '/services/openservices/v2/vacatures': (code: string, message: string, status: number) => [
    'application/json; charset=utf-8',
    {
      httpCode: String(status),
      httpMessage: 'Unauthorized',
      moreInformation: 'Invalid client id or secret.',
      detail: message,
      code,
      requestId: 'mine'
    }
  ],
  '/nothing': (code: string, message: string, status: number) => [
    'application/problem+json; charset=utf-8',
    {
      type: '/problems/UNAUTHENTICATED',
      title: 'No valid consumer key',
      status,
      detail: message,
      code,
      requestId: 'mine'
    }
  ]
} as const
const paths = Object.keys(bodies) as (keyof typeof bodies)[]

const none = 'No key: show yours in x-api-key, in Authorization: Bearer, or in X-IBM-Client-Id.'
const unknown = 'This key is not known here.'
const two = 'Two different keys in one request.'

t.test('every door refuses a request without exactly one known key, in its own error format', async (t) => {
  const cases: [name: string, headers: Record<string, string>, message: string][] = [
    ['no key', {}, none],
    ['an empty key', { 'x-api-key': '' }, none],
    ['a key of spaces', { 'x-api-key': '   ' }, none],
    ['an empty Bearer', { authorization: 'Bearer ' }, none],
    ['another scheme', { authorization: 'Basic ZGVtby1ocjpkZW1vLWhy' }, none],
    ['a Bearer with spaces', { authorization: 'Bearer demo-hr demo-hr' }, none],
    ['a wrong key', { 'x-api-key': 'nonsense' }, unknown],
    ['the key in another case', { 'x-api-key': 'DEMO-HR' }, unknown],
    ['the hash of a key', { 'x-api-key': sha256('demo-hr') }, unknown],
    ['the key that VDAB knows', { 'x-ibm-client-id': vdabKey }, unknown],
    ['a key with a space', { 'x-api-key': 'demo-hr x' }, unknown],
    ['a key beyond ASCII', { 'x-api-key': 'demo-hr\u00e9' }, unknown],
    ['a Bearer beyond ASCII', { authorization: 'Bearer demo-hr\u00ff' }, unknown],
    ['the same key twice in one header', { 'x-api-key': 'demo-hr, demo-hr' }, unknown],
    ['a key of 8 kB', { 'x-api-key': 'k'.repeat(8192) }, unknown],
    ['two known keys', { 'x-api-key': 'demo-hr', authorization: 'Bearer demo-frontend' }, two],
    ['a known and an unknown key', { 'x-api-key': 'demo-hr', 'x-ibm-client-id': 'nonsense' }, two]
  ]
  for (const [name, headers, message] of cases) {
    for (const path of paths) {
      const response = await fetch(`${url}${path}`, { headers: { ...headers, 'x-request-id': 'mine' } })
      t.strictSame(
        [response.headers.get('x-request-id'), ...(await seen(response))],
        ['mine', 401, ...bodies[path]('UNAUTHENTICATED', message, 401)],
        `${name} at ${path}`
      )
    }
  }
})

t.test('every path and method that is not public requires a key', async (t) => {
  for (const path of [
    '/schema.graphql',
    '/services/opendata/competent/v2/search',
    '/api/vacatures',
    '/graphql/',
    '/health',
    '/health/other',
    '/_simulator/calls',
    '/services/openservices/v1/kandidaten',
    `/services/openservices/v2/vacatures/${documented}`,
    '/services/openservices/v1/jobdomeinen'
  ]) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${url}${path}`, { method })
      t.equal(response.status, 401, `${method} ${path}`)
      await response.body?.cancel()
    }
  }
  // A program on this machine needs no key for these; a request through a proxy does.
  for (const path of ['/metrics', '/status']) {
    const response = await fetch(`${url}${path}`, { headers: { 'x-forwarded-for': '192.0.2.1' } })
    t.equal(response.status, 401, path)
    await response.body?.cancel()
  }
  const post = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{'
  })
  t.equal(post.status, 401, 'the key is checked before the body')
})

t.test('a key larger than the maximum size of request headers is refused', async (t) => {
  for (const path of paths) {
    const response = await fetch(`${url}${path}`, { headers: { 'x-api-key': 'k'.repeat(1_000_000) } }).catch(
      (error: unknown) => error
    )
    // the gateway answers after the first 16 kB; a client that is still sending may not read the answer
    if (response instanceof Response)
      t.match(await seen(response), [431, 'application/problem+json', { status: 431, code: 'BAD_USER_INPUT' }], path)
    else t.type(response, TypeError, path)
  }
})

t.test('health, GraphiQL and its assets require no key', async (t) => {
  for (const path of ['/health/live', '/health/ready', '/graphiql']) {
    for (const key of [undefined, 'nonsense']) {
      const response = await fetch(`${url}${path}`, key === undefined ? {} : { headers: { 'x-api-key': key } })
      t.equal(response.status, 200, path)
      await response.body?.cancel()
    }
  }
  const page = await (await fetch(`${url}/graphiql`)).text()
  const assets = [...page.matchAll(/(?:href|src)="(?:\.\/)?(graphiql\/assets\/[^"]+)"/g)].map(([, asset = '']) => asset)
  t.ok(assets.length >= 3)
  for (const asset of assets) {
    const response = await fetch(`${url}/${asset}`)
    t.equal(response.status, 200, asset)
    await response.body?.cancel()
  }
})

t.test('a request may send its key in any of three headers, or the same key in several of them', async (t) => {
  const three: Record<string, string>[] = [
    { 'x-api-key': 'demo-hr' },
    { authorization: 'Bearer demo-hr' },
    { 'x-ibm-client-id': 'demo-hr' }
  ]
  for (const headers of [...three, { authorization: 'bearer   demo-hr' }, { ...three[0], ...three[1], ...three[2] }]) {
    for (const path of ['/graphql?query={__typename}', '/services/openservices/v2/vacatures?aantal=1']) {
      const response = await fetch(`${url}${path}`, { headers })
      t.equal(response.status, 200, `${Object.keys(headers).join()} at ${path}`)
      await response.body?.cancel()
    }
  }
})

t.test('every path to a CV returns FORBIDDEN to a consumer without the scope', async (t) => {
  const message = 'This needs the scope "kandidaten", which your key does not have.'
  for (const [root, selection] of [
    [`kandidaat(id: "${cv}")`, '{ id }'],
    ['kandidaten(first: 1)', '{ totaal }'],
    ['kandidaatWijzigingen(van: "2026-02-12T00:00:00Z", tot: "2026-02-13T00:00:00Z")', '{ totaal }'],
    [`node(id: "Kandidaat:${cv}")`, '{ id }'],
    [`node(id: "Kandidaat:${cv}")`, '{ ... on Kandidaat { natuurlijkPersoon { email } } }']
  ] as const) {
    for (let time = 0; time < 3; time += 1) {
      const { data, errors } = await query(`{ found: ${root} ${selection} }`, {}, 'demo-frontend')
      t.ok(data == null || (data as { found: unknown }).found === null, root)
      t.match(errors, [{ message, path: ['found'], extensions: { code: 'FORBIDDEN' } }], root)
      t.equal(errors?.length, 1)
    }
    t.match(
      await query(`{ found: ${root} ${selection} }`, {}, 'demo-cv'),
      { data: { found: {} }, errors: undefined },
      `${root} is allowed with the scope`
    )
  }
  t.match(
    await query(`{ kandidaat(id: "${cv}") { id } vacature(id: "${documented}") { id } }`, {}, 'demo-frontend'),
    { data: { kandidaat: null, vacature: { id: `Vacature:${documented}` } }, errors: [{ path: ['kandidaat'] }] },
    'the rest of the answer is returned'
  )
  for (const path of [
    '/v1/kandidaten',
    `/v1/kandidaten/${cv}`,
    '/v1/kandidaten/bulk?van=2026-02-12T00:00:00Z&tot=2026-02-13T00:00:00Z',
    '/v1/kandidaten/nonsense',
    '/v1/kandidaten?nonsense=1'
  ]) {
    const [status, , body] = await seen(
      await get(`/services/openservices${path}`, { key: 'demo-frontend', headers: { 'x-request-id': 'mine' } })
    )
    t.strictSame(
      [status, body],
      [
        403,
        {
          httpCode: '403',
          httpMessage: 'Forbidden',
          moreInformation: 'Not registered to plan',
          detail: message,
          code: 'FORBIDDEN',
          requestId: 'mine'
        }
      ],
      path
    )
  }
})

t.test('a key without scopes can read the reference lists only', async (t) => {
  const bare = await build(t, {
    simulator: world,
    env: { CONSUMERS_FILE: written(JSON.stringify([{ name: 'bare', sha256: sha256('bare-key'), scopes: [] }])) }
  })
  const ask = (text: string) => bare.query(text, {}, 'bare-key')
  t.match(await ask('{ referentie(lijst: TALEN, code: "N") { label } }'), {
    data: { referentie: { label: 'Nederlands' } },
    errors: undefined
  })
  for (const text of [
    `{ vacature(id: "${documented}") { id } }`,
    '{ vacatures { totaal } }',
    '{ vacaturesOpId(ids: []) { id } }',
    '{ vacaturesInitieel(datum: "2026-02-13") { totaal } }',
    '{ vacatureWijzigingen(van: "2026-02-13T00:00:00Z") { totaal } }',
    `{ node(id: "Vacature:${documented}") { id } }`
  ]) {
    const { data, errors } = await ask(text)
    t.match(errors, [{ extensions: { code: 'FORBIDDEN' } }], text)
    t.ok(
      Object.values(data ?? {}).every((value) => value === null),
      text
    )
  }
  t.equal((await bare.get('/services/openservices/v1/talen', { key: 'bare-key' })).status, 200)
  t.equal((await bare.get('/services/openservices/v2/vacatures', { key: 'bare-key' })).status, 403)
  t.equal((await bare.get('/graphql?query={__typename}', { key: 'demo-hr' })).status, 401, 'the demo keys do not exist')
  t.strictSame(
    Object.keys(
      ((await (await bare.post({ query: '{ __typename }' }, { key: 'bare-key' })).json()) as { extensions: object })
        .extensions
    ),
    ['cost']
  )
})

t.test('only operators see the number of VDAB calls of a request', async (t) => {
  t.match(await query('{ vacatures(first: 3) { totaal nodes { functie { functieTitel } } } }', {}, 'demo-beheer'), {
    extensions: { upstreamCalls: 2 }
  })
  t.strictSame(
    (await query('{ vacatures(first: 3) { totaal nodes { functie { functieTitel } } } }', {}, 'demo-beheer'))
      .extensions,
    { upstreamCalls: 0 }
  )
  t.strictSame((await query('{ banen }', {}, 'demo-beheer')).extensions, { upstreamCalls: 0 })
  for (const key of ['demo-frontend', 'demo-hr', 'demo-cv'])
    t.equal((await query('{ vacatures(first: 4) { totaal } }', {}, key)).extensions, undefined, key)
})

t.test('a well-formed request id is used; any other request gets a new one', async (t) => {
  for (const path of [
    '/graphql?query={__typename}',
    '/nothing',
    '/health/live',
    '/services/openservices/v2/vacatures?aantal=1',
    '/%zz'
  ]) {
    for (const id of ['abc', 'A-1_b.c', 'x'.repeat(64)])
      t.equal((await get(path, { headers: { 'x-request-id': id } })).headers.get('x-request-id'), id, path)
    for (const id of ['', 'a b', 'x'.repeat(65), 'é', '<script>', 'a, b'])
      t.match(
        (await get(path, { headers: { 'x-request-id': id } })).headers.get('x-request-id'),
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        `${path}, given "${id}"`
      )
  }
})

t.test('every answer states that it comes from the simulator', async (t) => {
  for (const path of [
    '/graphql?query={__typename}',
    '/graphql',
    '/nothing',
    '/health/live',
    '/graphiql',
    '/services/openservices/v2/vacatures'
  ])
    t.equal((await get(path)).headers.get('x-vdab-simulator'), 'true', path)
  t.equal((await fetch(`${url}/graphql`)).headers.get('x-vdab-simulator'), 'true', 'a refusal states it too')
})

t.test('a malformed URL is refused in the error format of its door and is not repeated in the answer', async (t) => {
  const mine = { headers: { 'x-request-id': 'mine' } }
  const ibm = {
    httpCode: '400',
    httpMessage: 'Bad Request',
    moreInformation: 'Invalid string syntax',
    code: 'BAD_USER_INPUT',
    field: 'id',
    requestId: 'mine'
  }
  t.strictSame(await seen(await get('/services/openservices/v2/vacatures/%zz?secret=1', mine)), [
    400,
    'application/json; charset=utf-8',
    ibm
  ])
  t.strictSame(await seen(await get(`/services/openservices/v2/vacatures/${'a'.repeat(500)}`, mine)), [
    400,
    'application/json; charset=utf-8',
    ibm
  ])
  t.strictSame(await seen(await get('/api/%zz?secret=1', mine)), [
    400,
    'application/problem+json; charset=utf-8',
    {
      type: '/problems/BAD_USER_INPUT',
      title: 'The request is not right',
      status: 400,
      detail: 'The address is not a well-formed URL.',
      code: 'BAD_USER_INPUT',
      field: 'url',
      requestId: 'mine'
    }
  ])
})

t.test('a consumer may send 20,000 operations a minute, and headers state the remaining number', async (t) => {
  const limited = await build(t, { simulator: world })
  const standing = ({ status, headers }: Response) => [
    status,
    headers.get('ratelimit-limit'),
    headers.get('ratelimit-remaining'),
    headers.get('ratelimit-reset'),
    headers.get('retry-after')
  ]
  t.strictSame(standing(await limited.get('/graphql?query={__typename}')), [200, '20000', '19999', '60', null])
  t.strictSame(standing(await limited.get('/services/openservices/v2/vacatures?aantal=1')), [
    200,
    '20000',
    '19998',
    standing(await limited.get('/graphql?query={__typename}'))[3],
    null
  ])
  t.equal(
    (await limited.get('/graphql?query={__typename}', { key: 'demo-hr' })).headers.get('ratelimit-remaining'),
    '19999'
  )
  t.equal((await limited.get('/health/live')).headers.get('ratelimit-limit'), null)
})

t.test('a consumer over its limit gets 429 with the time to wait; other consumers are not affected', async (t) => {
  const consumers = [
    { name: 'small', sha256: sha256('small-key'), scopes: ['vacatures'], limits: { requestsPerMinute: 2 } },
    { name: 'other', sha256: sha256('other-key'), scopes: ['vacatures'] }
  ]
  const limited = await build(t, {
    simulator: world,
    env: { CONSUMERS_FILE: written(JSON.stringify(consumers)), REQUESTS_PER_MINUTE: '3' }
  })
  for (const remaining of ['1', '0']) {
    const { status, headers } = await limited.get('/graphql?query={__typename}', { key: 'small-key' })
    t.strictSame([status, headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')], [200, '2', remaining])
  }
  const refused = await limited.get('/graphql?query={__typename}', { key: 'small-key' })
  const retryAfter = Number(refused.headers.get('retry-after'))
  t.ok(retryAfter > 0 && retryAfter <= 60)
  t.strictSame(
    [
      refused.headers.get('ratelimit-limit'),
      refused.headers.get('ratelimit-remaining'),
      refused.headers.get('ratelimit-reset')
    ],
    ['2', '0', String(retryAfter)]
  )
  const message = `More than 2 operations in a minute; ask again in ${retryAfter} s.`
  t.strictSame(await seen(refused), [
    429,
    'application/json; charset=utf-8',
    { errors: [{ message, extensions: { code: 'RATE_LIMITED', retryAfter } }] }
  ])
  t.match(
    await seen(await limited.get('/services/openservices/v2/vacatures', { key: 'small-key' })),
    [429, /json/, { httpCode: '429', code: 'RATE_LIMITED' }],
    'the other door refuses it too'
  )
  for (const status of [200, 200, 200, 429])
    t.equal((await limited.get('/graphql?query={__typename}', { key: 'other-key' })).status, status)
})

t.test('a consumer may have two keys during a key rotation', async (t) => {
  const consumers = [
    {
      name: 'team',
      sha256: [sha256('old-key'), sha256('new-key').toUpperCase()],
      scopes: ['vacatures'],
      limits: { requestsPerMinute: 3 }
    }
  ]
  const gateway = await build(t, { simulator: world, env: { CONSUMERS_FILE: written(JSON.stringify(consumers)) } })
  const remaining = async (key: string) =>
    (await gateway.get('/graphql?query={__typename}', { key })).headers.get('ratelimit-remaining')
  t.strictSame(
    [await remaining('old-key'), await remaining('new-key'), await remaining('old-key')],
    ['2', '1', '0'],
    'both keys count for one limit'
  )
})

t.test('an invalid consumers file stops the start; the error names each wrong member and no hash', async (t) => {
  const hash = sha256('some key')
  const one = (change: object) => JSON.stringify([{ name: 'team', sha256: hash, scopes: ['vacatures'], ...change }])
  for (const [name, content, problems] of [
    ['not JSON', `[{"name":"team","sha256":"${hash}"`, ['CONSUMERS_FILE is not JSON']],
    ['empty', '', ['CONSUMERS_FILE is not JSON']],
    ['an object', '{}', ['CONSUMERS_FILE must be array']],
    [
      'members missing',
      '[{}]',
      [
        "CONSUMERS_FILE/0 must have required property 'name'",
        "CONSUMERS_FILE/0 must have required property 'sha256'",
        "CONSUMERS_FILE/0 must have required property 'scopes'"
      ]
    ],
    [
      'an unknown scope',
      one({ scopes: ['vacatures', 'alles'] }),
      [
        'CONSUMERS_FILE/0/scopes/1 must be equal to one of the allowed values: vacatures,vacatures:contact,kandidaten,kandidaten:identiteit,kandidaten:contact,abonnementen,beheer'
      ]
    ],
    ['a short hash', one({ sha256: hash.slice(1) }), [/^CONSUMERS_FILE\/0\/sha256 /]],
    ['a key where its hash belongs', one({ sha256: 'some key' }), [/^CONSUMERS_FILE\/0\/sha256 /]],
    ['three hashes', one({ sha256: [hash, hash, hash] }), [/^CONSUMERS_FILE\/0\/sha256 /]],
    ['no hash', one({ sha256: [] }), [/^CONSUMERS_FILE\/0\/sha256 /]],
    [
      'a limit of zero',
      one({ limits: { requestsPerMinute: 0 } }),
      ['CONSUMERS_FILE/0/limits/requestsPerMinute must be >= 1']
    ],
    [
      'an unknown limit',
      one({ limits: { perHour: 1 } }),
      ['CONSUMERS_FILE/0/limits must NOT have additional properties: perHour']
    ],
    ['an unknown member', one({ key: 'x' }), ['CONSUMERS_FILE/0 must NOT have additional properties: key']],
    ['a name with spaces', one({ name: 'a team' }), [/^CONSUMERS_FILE\/0\/name must match pattern/]],
    [
      'one name twice',
      JSON.stringify([
        { name: 'team', sha256: hash, scopes: [] },
        { name: 'team', sha256: sha256('other'), scopes: [] }
      ]),
      ['CONSUMERS_FILE names the consumer "team" twice']
    ],
    [
      'one key for two',
      JSON.stringify([
        { name: 'team', sha256: hash, scopes: [] },
        { name: 'other', sha256: [sha256('x'), hash.toUpperCase()], scopes: ['beheer'] }
      ]),
      ['CONSUMERS_FILE gives "team" and "other" the same key']
    ]
  ] as const) {
    await t.test(name, async (t) => {
      const refused = await refusal({ CONSUMERS_FILE: written(content) })
      if (!(refused instanceof ConfigError)) throw new Error('the start is not refused')
      for (const [index, problem] of problems.entries()) t.match(refused.problems[index], problem)
      t.notMatch(refused.message, new RegExp(`${hash.slice(1, 20)}|some key`, 'i'))
      t.notOk('cause' in refused)
    })
  }
  for (const path of ['/nowhere/consumers.json', tmpdir()])
    t.match(
      await refusal({ CONSUMERS_FILE: path }),
      { name: 'ConfigError', problems: ['CONSUMERS_FILE names a file that cannot be read'] },
      path
    )
})

t.test('the demo consumers exist with the simulator only', async (t) => {
  const asked: string[] = []
  const server = createServer(({ url: path = '', headers }, response) => {
    asked.push(`${path} ${String(headers['x-ibm-client-id'])}`)
    response.setHeader('content-type', 'application/json')
    response.end('{"total":0}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const env = {
    VDAB_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services`,
    VDAB_API_KEY: vdabKey,
    LOG_LEVEL: 'silent'
  }
  await t.rejects(buildServer(readConfig(env)), {
    name: 'ConfigError',
    problems: [
      'CONSUMERS_FILE is missing: the demo consumers exist on the simulator only, and no simulator answers at VDAB_URL'
    ]
  })
  t.strictSame(asked, ['/_simulator/calls undefined'], 'the server at VDAB_URL does not receive the key')

  const file = written(JSON.stringify([{ name: 'team', sha256: sha256('team-key'), scopes: [] }]))
  const { app, onSimulator } = await buildServer(readConfig({ ...env, CONSUMERS_FILE: file }))
  t.teardown(() => app.close())
  const status = async (key: string) =>
    (await app.inject({ url: '/graphql?query={__typename}', headers: { 'x-api-key': key } })).statusCode
  t.strictSame([onSimulator, await status('team-key'), await status('demo-beheer')], [false, 200, 401])
  t.notMatch((await app.inject('/graphiql')).body, /demo-/)
})

t.test(
  'the keys command creates, lists and revokes keys; the file holds hashes and only its owner can read it',
  async (t) => {
    const path = join(mkdtempSync(join(tmpdir(), 'keys-')), 'consumers.json')
    const said: string[] = []
    const run = (...args: string[]) => {
      keys(args, path, (line) => {
        said.push(line)
      })
    }
    run('add', 'frontend', '--scopes', 'vacatures, vacatures:contact')
    run('add', 'hr', '--scopes', 'kandidaten', '--doel', 'werving')
    const [frontendKey = '', hrKey = ''] = said.map((line) => line.split(': ')[1] ?? '')
    t.strictSame(said, [`Key of frontend, shown this once: ${frontendKey}`, `Key of hr, shown this once: ${hrKey}`])
    t.match(frontendKey, /^[\w-]{43}$/)
    t.not(frontendKey, hrKey)
    const expected = [
      { name: 'frontend', sha256: sha256(frontendKey), scopes: ['vacatures', 'vacatures:contact'] },
      { name: 'hr', sha256: sha256(hrKey), scopes: ['kandidaten'], doel: 'werving' }
    ]
    t.strictSame(readConsumers(readFileSync(path, 'utf8')), expected)
    t.equal(statSync(path).mode & 0o777, 0o600)

    said.length = 0
    run('list')
    t.strictSame(said, ['frontend\tvacatures,vacatures:contact\t1 key(s)', 'hr\tkandidaten\t1 key(s)'])

    const gateway = await build(t, { simulator: world, env: { CONSUMERS_FILE: path } })
    t.match(await gateway.query('{ vacatures(first: 1) { totaal } }', {}, frontendKey), {
      data: { vacatures: {} },
      errors: undefined
    })

    for (const [args, problem] of [
      [
        ['add', 'frontend', '--scopes', 'vacatures'],
        '"frontend" is there already: without --scopes and --doel it gets a second key'
      ],
      [
        ['add', 'more', '--scopes', 'alles'],
        'CONSUMERS_FILE/2/scopes/0 must be equal to one of the allowed values: vacatures,vacatures:contact,kandidaten,kandidaten:identiteit,kandidaten:contact,abonnementen,beheer'
      ],
      [
        ['add', 'more'],
        '--scopes is missing; allowed: vacatures, vacatures:contact, kandidaten, kandidaten:identiteit, kandidaten:contact, abonnementen, beheer'
      ],
      [['add', 'a name', '--scopes', 'vacatures'], 'CONSUMERS_FILE/2/name must match pattern "^[\\w.-]{1,64}$"'],
      [['revoke', 'nobody'], 'no consumer is named "nobody"'],
      [
        ['add'],
        'usage: keys add NAME --scopes a,b [--doel TEXT] | keys add NAME (a second key) | keys list | keys revoke NAME'
      ],
      [
        ['nonsense'],
        'usage: keys add NAME --scopes a,b [--doel TEXT] | keys add NAME (a second key) | keys list | keys revoke NAME'
      ],
      [
        [],
        'usage: keys add NAME --scopes a,b [--doel TEXT] | keys add NAME (a second key) | keys list | keys revoke NAME'
      ]
    ] as const) {
      t.throws(() => run(...args), { name: 'ConfigError', problems: [problem] }, args.join(' '))
      t.strictSame(readConsumers(readFileSync(path, 'utf8')), expected, 'the file is unchanged')
    }
    t.throws(
      () => {
        keys(['list'], undefined)
      },
      { name: 'ConfigError', problems: ['CONSUMERS_FILE is missing: it names the file to keep the consumers in'] }
    )

    said.length = 0
    run('revoke', 'frontend')
    t.strictSame(
      [said, readConsumers(readFileSync(path, 'utf8'))],
      [['frontend has no key any more.'], expected.slice(1)]
    )
  }
)

t.test('the gateway does not route requests to the control API of the simulator', async (t) => {
  t.equal((await get('/_simulator/calls')).status, 404)
  t.equal((await get('/services/_simulator/calls')).status, 404)
  t.equal((await get('/services/openservices/../_simulator/calls')).status, 404)
  t.equal(
    (
      await app.inject({
        url: '/services/openservices/v2/..%2f..%2f_simulator%2fcalls',
        headers: { 'x-api-key': 'demo-hr' }
      })
    ).statusCode,
    404
  )
  t.equal((await post({ query: '{ vacature(id: "../../../_simulator/calls") { id } }' })).status, 200)
})

t.test(
  'a changed CONSUMERS_FILE takes effect within seconds; a broken one leaves the previous consumers in force',
  async (t) => {
    const file = consumersFile()
    const { url, lines } = await buildBefore(
      t,
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('[]')
      },
      { CONSUMERS_FILE: file }
    )
    const statusOf = async (key: string) =>
      (await fetch(`${url}/services/openservices/v1/talen`, { headers: { 'x-api-key': key } })).status
    const until = async (holds: () => Promise<boolean> | boolean) => {
      const deadline = Date.now() + 15_000
      while (!(await holds())) if (Date.now() > deadline) throw new Error('it did not come about')
    }
    t.same([await statusOf('team-key'), await statusOf('new-key')], [200, 401])
    writeFileSync(
      file,
      JSON.stringify([{ name: 'new', sha256: sha256('new-key'), scopes: [], limits: { requestsPerMinute: 100_000 } }])
    )
    await until(async () => (await statusOf('new-key')) === 200)
    t.equal(await statusOf('team-key'), 401)
    writeFileSync(file, '[{')
    await until(async () => {
      await statusOf('new-key')
      return lines.some((line) => line.includes('previous consumers stay'))
    })
    t.equal(await statusOf('new-key'), 200)
  }
)

t.test(
  'every field that returns a guarded type requires its scope, even a new field without its own directive',
  async (t) => {
    const { query } = await build(t, { simulator: world })
    const { data, errors = [] } = await query(`{ node(id: "Kandidaat:${cv}") { id } }`, {}, 'demo-frontend')
    t.same([data, errors.map(({ extensions }) => extensions['code'])], [{ node: null }, ['FORBIDDEN']])
    const schema = guard(extendSchema(readSchema(), parse('extend type Vacature { sollicitanten: [Kandidaat!] }')))
    const asked: string[] = []
    const resolve = (schema.getType('Vacature') as GraphQLObjectType).getFields()['sollicitanten']?.resolve // the schema's own type
    void resolve?.(
      { sollicitanten: [] },
      {},
      {
        requireScope: (scope: string) => {
          asked.push(scope)
        }
      },
      {} as GraphQLResolveInfo
    ) // the guard reads no other property
    t.same(asked, ['kandidaten'])
    t.throws(
      () => guard(extendSchema(readSchema(), parse('extend type Query { alles: String }'))),
      /Query\.alles bears neither/
    )
  }
)

t.test('shared caches may not store the answer to one consumer for another', async (t) => {
  const { get, post } = await build(t, { simulator: world })
  const answers = await Promise.all([
    get(`/services/openservices/v1/kandidaten/${cv}`),
    get('/services/openservices/v1/talen'),
    post({ query: '{ __typename }' }),
    get('/nothing')
  ])
  t.same(
    answers.map(({ headers }) => headers.get('cache-control')),
    ['private, no-store', 'public, max-age=86400, s-maxage=30', 'private, no-store', 'private, no-store']
  )
  t.match(answers[1]?.headers.get('vary'), /x-api-key, x-ibm-client-id, authorization/, 'a client cache separates keys')
  t.match(answers[2]?.headers.get('vary'), /accept, accept-encoding/)
})

t.test('a second key for a consumer leaves the first one valid; a third key replaces the first', async (t) => {
  const file = written('[]')
  const printed: string[] = []
  const add = (...more: string[]) => {
    keys(['add', 'team', ...more], file, (line) => {
      printed.push(line)
    })
    return /once: ([\w-]+)/.exec(printed.at(-1) ?? '')?.[1] ?? ''
  }
  const [first, second] = [add('--scopes', 'vacatures', '--doel', 'werving'), add()]
  const find = (key: string) => createConsumers(readConsumers(readFileSync(file, 'utf8'))).find(key)
  t.same([find(first)?.doel, find(second)?.doel], ['werving', 'werving'])
  const third = add()
  t.same(
    [first, second, third].map((key) => find(key)?.name),
    [undefined, 'team', 'team']
  )
})
