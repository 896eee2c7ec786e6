import { serverAudits } from 'graphql-http'
import t from 'tap'
import { build, withoutCost } from '../helper.ts'

const legacy = 'application/json'
const current = 'application/graphql-response+json'
const utf8 = (mediaType: string) => `${mediaType}; charset=utf-8`
const {
  url,
  post,
  query: ask,
  get,
  simulator
} = await build(t, { simulator: { date: '2026-02-13' }, env: { REQUESTS_PER_MINUTE: '100000' } })

/** The status, the media type and the body of an answer, without its cost. */
const seen = async (response: Response) =>
  [response.status, response.headers.get('content-type'), withoutCost(await response.json())] as const
/** The answer to an invalid request. */
const problem = (message: string, extensions: object = {}) => ({
  errors: [{ message, extensions: { code: 'BAD_USER_INPUT', ...extensions } }]
})
const typename = { data: { __typename: 'Query' } }
const frontend = { key: 'demo-frontend' }
const asking = (accept: string) => ({ ...frontend, headers: { accept } })
const inUrl = (parameters: Record<string, string>) => `/graphql?${new URLSearchParams(parameters).toString()}`

t.test('every audit of the GraphQL over HTTP specification passes', async (t) => {
  const audits = serverAudits({
    url: `${url}/graphql`,
    fetchFn: (address: string, options: RequestInit = {}) =>
      fetch(address, {
        ...options,
        headers: { ...(options.headers as Record<string, string>), 'x-api-key': 'demo-frontend' }
      }) // the audits return plain objects
  })
  t.equal(audits.length, 61)
  for (const audit of audits) {
    const result = await audit.fn()
    t.equal(result.status, 'ok', `${audit.id} ${audit.name}${'reason' in result ? `: ${result.reason}` : ''}`)
    if ('response' in result) await result.response.body?.cancel()
  }
})

t.test('the answer has the media type that the client prefers, and the legacy type without a preference', async (t) => {
  for (const [accept, mediaType] of [
    ['*/*', legacy],
    ['application/*', legacy],
    [legacy, legacy],
    [current, current],
    [`${current}, ${legacy};q=0.9`, current],
    [`${legacy};q=0.5, ${current};q=0.9`, current],
    [`${current};q=0.1, ${legacy}`, legacy],
    [`text/html, ${current}, */*;q=0.1`, current],
    [`${current}; charset=utf-8, ${legacy}; charset=utf-8`, current]
  ] as const) {
    t.strictSame(
      await seen(await post({ query: '{ __typename }' }, asking(accept))),
      [200, utf8(mediaType), typename],
      accept
    )
    t.strictSame(
      await seen(await get(inUrl({ query: '{ __typename }' }), asking(accept))),
      [200, utf8(mediaType), typename],
      `GET ${accept}`
    )
  }
  // fetch always sends an Accept of its own
  const { request } = await import('undici')
  const { statusCode, headers, body } = await request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': legacy, 'x-api-key': 'demo-frontend' },
    body: '{"query":"{__typename}"}'
  })
  t.strictSame(
    [statusCode, headers['content-type'], withoutCost(await body.json())],
    [200, utf8(legacy), typename],
    'no Accept at all'
  )
})

t.test('a client that accepts neither media type gets 406 before any call to VDAB', async (t) => {
  await simulator.reset()
  for (const accept of ['text/html', 'application/xml, image/*', `${current};q=0, ${legacy};q=0`]) {
    const expected = problem(`Accept must allow ${current} or ${legacy}.`, {
      field: 'accept',
      allowed: [legacy, current]
    })
    t.strictSame(
      await seen(await post({ query: '{ vacatures { totaal } }' }, asking(accept))),
      [406, utf8(legacy), expected],
      accept
    )
  }
  t.equal((await simulator.calls()).total, 0)
})

t.test(
  'an invalid operation has no data; its status is 400 in the new media type and 200 in the legacy one',
  async (t) => {
    for (const [query, message, code = 'BAD_USER_INPUT'] of [
      ['{ vacatures {', 'Syntax Error: Expected Name, found <EOF>.'],
      ['{ banen }', 'Cannot query field "banen" on type "Query".'],
      ['{ vacatures(filter: { stad: "Gent" }) { totaal } }', 'Field "stad" is not defined by type "VacatureFilter".'],
      ['{ vacatures(stad: "Gent") { totaal } }', 'Unknown argument "stad" on field "Query.vacatures".'],
      ['{ vacatures(first: "2") { totaal } }', 'Int cannot represent non-integer value: "2"'],
      [
        '{ vacatures }',
        'Field "vacatures" of type "VacatureConnection!" must have a selection of subfields. Did you mean "vacatures { ... }"?'
      ],
      ['{ vacature { id } }', 'Field "vacature" argument "id" of type "ID!" is required, but it was not provided.'],
      ['{ vacaturesInitieel(datum: "2026-02-30") { totaal } }', 'This must be a date like 2026-02-13.'],
      ['{ vacatures { nodes { ...F } } } fragment F on Vacature { ...F }', 'Cannot spread fragment "F" within itself.'],
      [
        '{ id: __typename id: vacatures { totaal } }',
        'Fields "id" conflict because "__typename" and "vacatures" are different fields. Use different aliases on the fields to fetch both if this was intentional.'
      ],
      ['mutation { verwijder }', 'Only a query can be asked here, and this is a mutation.'],
      [
        'subscription { vacatureGewijzigd { id } }',
        'Only a query can be asked here, and this is a subscription: ask it over WebSocket, or with Accept: text/event-stream.'
      ],
      ['fragment F on Vacature { id }', 'The document holds no operation.'],
      ['type Vacature { id: ID }', 'The document holds no operation.'],
      [JSON.stringify({ kind: 'Document', definitions: [] }), 'Syntax Error: Expected Name, found String "kind".'],
      ['{a'.repeat(4900), 'The document is nested more than 100 deep.', 'QUERY_TOO_COSTLY'],
      [`{ vacaturesOpId(ids: ${'['.repeat(4900)}`, 'The document is nested more than 100 deep.', 'QUERY_TOO_COSTLY'],
      [`{${'a '.repeat(10_001)}}`, 'The document holds more than 10000 tokens.', 'QUERY_TOO_COSTLY']
    ] as const) {
      for (const time of ['first', 'second', 'third']) {
        const [status, mediaType, body] = await seen(await post({ query }, asking(current)))
        const { errors, ...rest } = body as { errors: { message: string; extensions: unknown }[] }
        t.strictSame(
          [status, mediaType, rest, errors[0]?.message, errors.map(({ extensions }) => extensions)],
          [400, utf8(current), {}, message, errors.map(() => ({ code }))],
          `${message} (the ${time} time)`
        )
        t.strictSame(await seen(await post({ query }, asking(legacy))), [200, utf8(legacy), body])
      }
    }
  }
)

t.test('an invalid variable is a request error, also when the document is repeated', async (t) => {
  for (const [query, variables, message] of [
    [
      'query($n: Int) { vacatures(first: $n) { totaal } }',
      { n: 'two' },
      'Variable "$n" got invalid value "two"; Int cannot represent non-integer value: "two"'
    ],
    [
      'query($n: Int!) { vacatures(last: $n) { totaal } }',
      {},
      'Variable "$n" of required type "Int!" was not provided.'
    ],
    [
      'query($n: Int! = 2) { vacatures(last: $n) { totaal } }',
      { n: null },
      'Variable "$n" of non-null type "Int!" must not be null.'
    ],
    [
      'query($f: VacatureFilter) { vacatures(filter: $f) { totaal } }',
      { f: { stad: 'Gent' } },
      'Variable "$f" got invalid value { stad: "Gent" }; Field "stad" is not defined by type "VacatureFilter".'
    ],
    [
      'query($l: Referentielijst!) { referenties(lijst: $l) { code } }',
      { l: 'STEDEN' },
      'Variable "$l" got invalid value "STEDEN"; Value "STEDEN" does not exist in "Referentielijst" enum.'
    ],
    [
      'query($d: Date!) { vacaturesInitieel(datum: $d) { totaal } }',
      { d: 20260213 },
      'Variable "$d" got invalid value 20260213; This must be a date like 2026-02-13.'
    ]
  ] as const) {
    for (const time of ['first', 'second', 'third']) {
      const [status, , body] = await seen(await post({ query, variables }, asking(current)))
      t.match(
        body,
        { errors: [{ message, locations: [{ line: 1 }], extensions: { code: 'BAD_USER_INPUT' } }], data: undefined },
        `${message} (the ${time} time)`
      )
      t.equal(status, 400)
    }
  }
})

t.test('a variable has its default value, also when the document is repeated', async (t) => {
  for (let time = 0; time < 4; time += 1) {
    t.match(
      await ask(
        'query($lijst: Referentielijst! = TALEN, $code: String! = "N") { referentie(lijst: $lijst, code: $code) { lijst code } }'
      ),
      { data: { referentie: { lijst: 'TALEN', code: 'N' } } }
    )
  }
})

t.test('a query may be sent by GET, with its variables as JSON in the URL', async (t) => {
  const query =
    'query Een($code: String!) { referentie(lijst: TALEN, code: $code) { code label } } query Ander { __typename }'
  const expected = { data: { referentie: { code: 'N', label: 'Nederlands' } } }
  t.strictSame(
    await seen(
      await get(inUrl({ query, variables: '{"code":"N"}', operationName: 'Een', extensions: '{}' }), asking(current))
    ),
    [200, utf8(current), expected]
  )
  t.strictSame(
    await seen(
      await get(inUrl({ query: '{ __typename }', variables: '', operationName: '', extensions: '' }), frontend)
    ),
    [200, utf8(legacy), typename]
  )
  for (const [parameters, body] of [
    [{ query, variables: '{code}' }, problem('variables must be JSON.', { field: 'variables' })],
    [{ query, variables: '[1]' }, problem('variables must be an object.', { field: 'variables' })],
    [{ query, variables: '"N"' }, problem('variables must be an object.', { field: 'variables' })],
    [{ query, extensions: '7' }, problem('extensions must be an object.', { field: 'extensions' })],
    [{ operationName: 'Een' }, problem('query is missing: it must be a GraphQL document.', { field: 'query' })]
  ] as const)
    t.strictSame(await seen(await get(inUrl(parameters as Record<string, string>), frontend)), [
      400,
      utf8(legacy),
      body
    ])
  t.strictSame(
    await seen(await get(`${inUrl({ query: '{ __typename }' })}&query=x`, frontend)),
    [400, utf8(legacy), problem('query is missing: it must be a GraphQL document.', { field: 'query' })],
    'query twice'
  )
})

t.test('null members count as absent; members of a wrong type are refused', async (t) => {
  t.strictSame(
    await seen(
      await post({ query: '{ __typename }', extensions: null, variables: null, operationName: null }, frontend)
    ),
    [200, utf8(legacy), typename]
  )
  t.strictSame(
    await seen(await post({ query: '{ __typename }', operationName: '' }, frontend)),
    [200, utf8(legacy), typename],
    'an empty operationName too'
  )
  t.strictSame(
    await seen(await post({ query: '{ __typename }', and: 'more' }, frontend)),
    [200, utf8(legacy), typename],
    'unknown members too'
  )
  const missing = problem('query is missing: it must be a GraphQL document.', { field: 'query' })
  for (const [body, expected] of [
    [{}, missing],
    [{ query: '' }, missing],
    [{ query: ' \n' }, missing],
    [{ query: 7 }, missing],
    [{ query: ['{ __typename }'] }, missing],
    [{ query: { kind: 'Document' } }, missing],
    [
      { query: '{ __typename }', operationName: 7 },
      problem('operationName must be a string.', { field: 'operationName' })
    ],
    [
      { query: '{ __typename }', operationName: ['A'] },
      problem('operationName must be a string.', { field: 'operationName' })
    ],
    [{ query: '{ __typename }', variables: [] }, problem('variables must be an object.', { field: 'variables' })],
    [{ query: '{ __typename }', variables: '{}' }, problem('variables must be an object.', { field: 'variables' })],
    [{ query: '{ __typename }', extensions: [] }, problem('extensions must be an object.', { field: 'extensions' })],
    ...['null', '7', '"{ __typename }"'].map(
      (body) =>
        [body, problem('The body must be a JSON object with a query, or a list of them.', { field: 'body' })] as const
    )
  ] as const)
    for (const mediaType of [legacy, current])
      t.strictSame(
        await seen(await post(body, asking(mediaType))),
        [400, utf8(mediaType), expected],
        JSON.stringify(body)
      )
})

t.test(
  'a body that is not JSON is refused with 400, another content type with 415, a large body with 413',
  async (t) => {
    for (const body of ['{"query":', 'query={__typename}', '{"query":"{ __typename }"}}', '\u0000'])
      t.strictSame(
        await seen(await post(body, frontend)),
        [400, utf8(legacy), problem('The body is not JSON.', { field: 'body' })],
        body
      )
    t.strictSame(await seen(await post('', frontend)), [
      400,
      utf8(legacy),
      problem('The body is empty: it must be JSON.', { field: 'body' })
    ])
    t.strictSame((await seen(await post('{"query":"{ __typename }","__proto__":{"query":"x"}}', frontend)))[0], 400)
    for (const contentType of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/graphql',
      'application/jsonx',
      'nonsense'
    ]) {
      t.strictSame(
        await seen(await post('{"query":"{ __typename }"}', { ...frontend, headers: { 'content-type': contentType } })),
        [415, utf8(legacy), problem('Content-Type must be application/json.', { field: 'content-type' })],
        contentType
      )
    }
    t.strictSame(
      await seen(
        await post('{"query":"{ __typename }"}', {
          ...frontend,
          headers: { 'content-type': 'application/json; charset=utf-8' }
        })
      ),
      [200, utf8(legacy), typename]
    )
    t.strictSame(await seen(await post({ query: `{ __typename }${' '.repeat(1_000_000)}` }, frontend)), [
      413,
      utf8(legacy),
      problem('The body is too large.', { field: 'body' })
    ])
    const largest = 256 * 1024 - JSON.stringify({ query: '{ __typename }' }).length
    t.strictSame(await seen(await post({ query: `{ __typename }${' '.repeat(largest)}` }, frontend)), [
      200,
      utf8(legacy),
      typename
    ])
    t.equal((await post({ query: `{ __typename }${' '.repeat(largest + 1)}` }, frontend)).status, 413)
  }
)

t.test('/graphql accepts GET and POST only', async (t) => {
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    const response = await fetch(`${url}/graphql`, { method, headers: { 'x-api-key': 'demo-frontend' } })
    t.equal(response.headers.get('allow'), 'GET, HEAD, OPTIONS, POST')
    t.strictSame(
      await seen(response),
      [
        405,
        utf8(legacy),
        problem('The method is not allowed for the requested URL.', {
          field: 'method',
          allowed: ['GET', 'HEAD', 'OPTIONS', 'POST']
        })
      ],
      method
    )
  }
})

t.test('the named operation of a document is executed, after any other operation', async (t) => {
  const query = `query Eerste($code: String!) { ...T referentie(lijst: TALEN, code: $code) { ...R } } # "}
    fragment T on Query { __typename }\r\n query Tweede { a: referentie(lijst: TALEN, code: "F") { ...R } } fragment R on Referentie { code }`
  for (let time = 0; time < 4; time += 1) {
    t.strictSame(await seen(await post({ query, operationName: 'Eerste', variables: { code: 'N' } }, frontend)), [
      200,
      utf8(legacy),
      { data: { __typename: 'Query', referentie: { code: 'N' } } }
    ])
    t.strictSame(await seen(await post({ query, operationName: 'Tweede' }, frontend)), [
      200,
      utf8(legacy),
      { data: { a: { code: 'F' } } }
    ])
    t.strictSame(await seen(await post({ query, operationName: 'Derde' }, asking(current))), [
      400,
      utf8(current),
      problem('Unknown operation named "Derde".')
    ])
    t.strictSame(await seen(await post({ query }, asking(current))), [
      400,
      utf8(current),
      problem('Must provide operation name if query contains multiple operations.')
    ])
    t.strictSame(await seen(await post({ query: '{ __typename }', operationName: 'Geen' }, asking(current))), [
      400,
      utf8(current),
      problem('Unknown operation named "Geen".')
    ])
  }
})

t.test('an error in one of several operations has its location in the whole document', async (t) => {
  const body = (await (
    await post(
      { query: 'query A { __typename }\nquery B {\n  vacature(id: "Kandidaat:x") { id }\n}', operationName: 'B' },
      frontend
    )
  ).json()) as { errors: { locations: unknown; path: unknown }[] }
  t.strictSame(
    body.errors.map(({ locations, path }) => ({ locations, path })),
    [{ locations: [{ line: 3, column: 3 }], path: ['vacature'] }]
  )
})

t.test('all operations of a document are validated, also those that are not executed', async (t) => {
  for (const [query, message] of [
    ['query A { a: __typename } query A { b: __typename }', 'There can be only one operation named "A".'],
    ['{ a: __typename } query A { b: __typename }', 'This anonymous operation must be the only defined operation.'],
    ['query A { __typename } query B { banen }', 'Cannot query field "banen" on type "Query".'],
    [
      'query A { __typename } query B { __typename } type Vacature { id: ID }',
      'The "Vacature" definition is not executable.'
    ]
  ] as const) {
    for (let time = 0; time < 3; time += 1)
      t.match(await seen(await post({ query, operationName: 'A' }, asking(current))), [
        400,
        utf8(current),
        { errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }], data: undefined }
      ])
  }
})

t.test('a batch of operations is answered as a list in the same order, each independently', async (t) => {
  const list = [
    { query: 'query($code: String!) { referentie(lijst: TALEN, code: $code) { label } }', variables: { code: 'F' } },
    { query: '{ banen }' },
    { query: '{ kandidaten { totaal } }' },
    { query: 'query A { __typename } query B { b: __typename }', operationName: 'B' }
  ]
  const expected = [
    { data: { referentie: { label: 'Frans' } } },
    {
      errors: [
        {
          message: 'Cannot query field "banen" on type "Query".',
          locations: [{ line: 1, column: 3 }],
          extensions: { code: 'BAD_USER_INPUT' }
        }
      ]
    },
    {
      data: null,
      errors: [
        {
          message: 'This needs the scope "kandidaten", which your key does not have.',
          locations: [{ line: 1, column: 3 }],
          path: ['kandidaten'],
          extensions: { code: 'FORBIDDEN' }
        }
      ]
    },
    { data: { b: 'Query' } }
  ]
  for (const mediaType of [legacy, current])
    t.strictSame(await seen(await post(list, asking(mediaType))), [200, utf8(mediaType), expected])
  t.strictSame(
    await seen(await post([{ query: '{ __typename }' }], frontend)),
    [200, utf8(legacy), [typename]],
    'also a list of one'
  )
})

t.test('a batch has at least one operation and at most the configured number', async (t) => {
  const times = (count: number) => Array.from({ length: count }, () => ({ query: '{ __typename }' }))
  t.strictSame(await seen(await post(times(10), frontend)), [200, utf8(legacy), times(10).map(() => typename)])
  for (const count of [0, 11, 2000])
    t.strictSame(await seen(await post(times(count), frontend)), [
      400,
      utf8(legacy),
      problem('body may hold 1 to 10 operations.', { field: 'body' })
    ])
  t.strictSame(await seen(await post([{ query: '{ __typename }' }, 7], frontend)), [
    400,
    utf8(legacy),
    problem('The body must be a JSON object with a query, or a list of them.', { field: 'body' })
  ])
  t.strictSame(
    await seen(await post([times(1)], frontend)),
    [400, utf8(legacy), problem('The body must be a JSON object with a query, or a list of them.', { field: 'body' })],
    'no lists in a list'
  )
  const other = await build(t, { env: { GRAPHQL_MAX_BATCH: '2' }, simulator: { vacatures: 10, kandidaten: 10 } })
  t.strictSame([(await other.post(times(2))).status, (await other.post(times(3))).status], [200, 400])
})

t.test('every operation of a batch counts for the rate limit', async (t) => {
  const limited = await build(t, { env: { REQUESTS_PER_MINUTE: '7' }, simulator: { vacatures: 10, kandidaten: 10 } })
  const times = (count: number) => Array.from({ length: count }, () => ({ query: '{ __typename }' }))
  const first = await limited.post(times(5), frontend)
  t.strictSame([first.status, first.headers.get('ratelimit-remaining')], [200, '2'])
  const second = await limited.post(times(3), frontend)
  t.match(await seen(second), [
    429,
    utf8(legacy),
    { errors: [{ extensions: { code: 'RATE_LIMITED' } }], data: undefined }
  ])
  t.equal((await limited.post(times(1), frontend)).status, 429)
  t.equal((await limited.post(times(7), { key: 'demo-hr' })).status, 200)
})

t.test('a small document that becomes large with fragments expanded is refused for its cost', async (t) => {
  const fragments = (count: number, body: (next: string) => string) =>
    Array.from({ length: count }, (_, index) => `fragment F${index} on Vacature { ${body(`...F${index + 1}`)} }`).join(
      ' '
    ) + ` fragment F${count} on Vacature { status }`
  for (const body of [
    (next: string) => `${next} ${next}`,
    (next: string) => `${next} @include(if: $a) ... @skip(if: $a) { ${next} }`,
    (next: string) => `${next} functie { functieTitel } ... on Node { ${next} }`
  ]) {
    const grown = await post(
      { query: `query($a: Boolean = true) { vacatures(first: 1) { nodes { ...F0 } } } ${fragments(40, body)}` },
      asking(current)
    )
    t.strictSame(await seen(grown), [
      400,
      utf8(current),
      {
        errors: [
          {
            message: 'The document selects more than 2000 fields once its fragments are written out.',
            extensions: { code: 'QUERY_TOO_COSTLY' }
          }
        ]
      }
    ])
  }
  for (let time = 0; time < 3; time += 1)
    t.match(
      await ask(
        `query($a: Boolean = true) { vacatures(first: 1) { nodes { ...F0 @include(if: $a) } } } ${fragments(9, (next) => `${next} ${next}`)}`
      ),
      { data: { vacatures: { nodes: [{ status: 'GEPUBLICEERD' }] } }, errors: undefined }
    )
  t.match(
    await ask(
      '{ vacatures(first: 1) { nodes { ...F } } } fragment F on Vacature { ...G } fragment G on Vacature { ...F ...F }'
    ),
    { errors: [{ message: 'Cannot spread fragment "F" within itself via "G".' }], data: undefined },
    'circular fragments'
  )
})

t.test('introspection is allowed, but not circular introspection', async (t) => {
  t.match(await ask('{ __schema { types { name fields { name type { name ofType { name } } } } } }'), {
    data: { __schema: {} },
    errors: undefined
  })
  t.match(
    await ask('{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }'),
    {
      errors: [{ message: 'Maximum introspection depth exceeded', extensions: { code: 'BAD_USER_INPUT' } }],
      data: undefined
    }
  )
})
