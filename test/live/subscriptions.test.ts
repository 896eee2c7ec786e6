import { readFileSync, writeFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { createClient } from 'graphql-ws'
import { createClient as createSseClient } from 'graphql-sse'
import t from 'tap'
import { WebSocket } from 'ws'
import type { AuditRecord } from '../../src/access/audit.ts'
import { sha256 } from '../../src/access/consumers.ts'
import { auditFile, build, consumersFile, logged, withoutCost } from '../helper.ts'
import type { Built } from '../helper.ts'
import { connect, listen } from './live.ts'
import type { Payload } from './live.ts'

const vacature = 'aaaaaaaa-0000-4000-8000-000000000001'
const kandidaat = 'bbbbbbbb-0000-4000-8000-000000000001'
const world = { vacatures: 200, kandidaten: 20 }
/** The feeds are followed, and are read only when a test polls. */
const followed = { FEED_INTERVAL_MS: '3600000', FEED_OVERLAP_MS: '0', REQUESTS_PER_MINUTE: '100000' }
const typename = '{ __typename }'
const written = (consumers: readonly object[]) => {
  const path = consumersFile()
  writeFileSync(path, JSON.stringify(consumers))
  return path
}
const closing = async (gateway: Built, options: Parameters<typeof connect>[1]) =>
  connect(gateway, options).then(
    () => 'let in',
    (error: unknown) => String(error).replace('Error: ', '')
  )
const codeIn = ({ payload }: { payload?: unknown }) =>
  (payload as { extensions: { code: string } }[])[0]?.extensions.code

const idsOf = async ({ query }: Pick<Built, 'query'>) =>
  (
    (await query('{ vacatures(first: 200) { nodes { id } } }')).data as { vacatures: { nodes: { id: string }[] } }
  ).vacatures.nodes.map(({ id }) => id.slice(9))
/** The id of the vacancy in an event. */
const idIn = ({ data }: Payload) => (data?.['vacatureGewijzigd'] as { id: string } | undefined)?.id.slice(9)
/** The first event about a vacancy: events about others can be repeated. */
const about = async (id: string, next: () => Promise<Payload>) => {
  for (;;) {
    const payload = await next()
    if (payload.errors !== undefined || idIn(payload) === id) return payload
  }
}

const gateway = await build(t, { simulator: world, env: { ...followed, CORS_ORIGINS: 'https://jobs.example' } })

const ids = await idsOf(gateway)
const idAt = (index: number) => ids[index] ?? ''

t.test(
  'a WebSocket sends its key in connection_init or in a header; without a valid key it is closed with 4401',
  async (t) => {
    const { host } = new URL(gateway.url)
    for (const [what, options, expected] of [
      ['a key in the payload', {}, 'let in'],
      ['a key in a header', { headers: { 'x-api-key': 'demo-cv' }, payload: {} }, 'let in'],
      ['a bearer in the payload', { payload: { authorization: 'Bearer demo-frontend' } }, 'let in'],
      [
        'the same key twice',
        { headers: { 'x-api-key': 'demo-frontend' }, payload: { 'x-api-key': 'demo-frontend' } },
        'let in'
      ],
      ['an own page', { headers: { origin: `http://${host}` } }, 'let in'],
      ['a listed origin', { headers: { origin: 'https://jobs.example' } }, 'let in'],
      ['no key', { payload: {} }, 'closed: 4401 Unauthorized'],
      ['no payload', { payload: null }, 'closed: 4401 Unauthorized'],
      ['a wrong key', { key: 'wrong' }, 'closed: 4401 Unauthorized'],
      ['an empty key', { payload: { 'x-api-key': '' } }, 'closed: 4401 Unauthorized'],
      ['two keys', { payload: { 'x-api-key': 'demo-hr', 'x-ibm-client-id': 'demo-cv' } }, 'closed: 4401 Unauthorized'],
      [
        'one key in a header and another in the payload',
        { headers: { 'x-api-key': 'demo-hr' }, payload: { 'x-api-key': 'demo-cv' } },
        'closed: 4401 Unauthorized'
      ],
      ['a key that is no text', { payload: { 'x-api-key': ['demo-hr'] } }, 'closed: 4400 x-api-key must be a string'],
      [
        'a key by way of a prototype',
        { payload: '{"__proto__":{"x-api-key":"demo-hr"}}' },
        'closed: 4400 Invalid message received'
      ],
      [
        'a purpose of two lines',
        { doel: 'a\nb' },
        'closed: 4400 x-doel must be one line of 1 to 200 visible ASCII characters and spaces.'
      ],
      ['a page of another site', { headers: { origin: 'https://evil.example' } }, 'closed: 4403 Forbidden'],
      ['a page of nowhere', { headers: { origin: 'null' } }, 'closed: 4403 Forbidden']
    ] as const)
      t.equal(await closing(gateway, options), expected, what)
    const { send, closed } = await connect(gateway, { isSilent: true })
    send('{"type":"connection_init","payload":{"__proto__":{"x-api-key":"demo-hr"}}}')
    t.strictSame(await closed, [4401, 'Unauthorized'], 'a key in __proto__ is ignored')
  }
)

t.test('a consumer that may use no subscription is closed with 4403', async (t) => {
  const of = (name: string, scopes: string[], more = {}) => ({ name, sha256: sha256(`${name}-key`), scopes, ...more })
  const consumers = [
    of('bare', []),
    of('people', ['kandidaten']),
    of('doctor', ['kandidaten'], { doel: 'fixed' }),
    of('site', ['vacatures'])
  ]
  const gateway = await build(t, { simulator: world, env: { CONSUMERS_FILE: written(consumers) } })
  const tried = async (name: string, payload = {}) =>
    closing(gateway, { payload: { 'x-api-key': `${name}-key`, ...payload } })
  t.strictSame(
    [
      await tried('bare'),
      await tried('people'),
      await tried('people', { 'x-doel': 'hiring' }),
      await tried('doctor'),
      await tried('site')
    ],
    ['closed: 4403 Forbidden', 'closed: 4403 Forbidden', 'let in', 'let in', 'let in']
  )
})

t.test('the protocol is enforced: one init in time, one operation per id, nothing before the init', async (t) => {
  const hasty = await build(t, { simulator: world, env: { LIVE_INIT_TIMEOUT_MS: '200' } })
  const late = await connect(hasty, { isSilent: true })
  t.strictSame(await late.closed, [4408, 'Connection initialisation timeout'])
  const twice = await connect(gateway)
  twice.send({ type: 'connection_init', payload: {} })
  t.strictSame(await twice.closed, [4429, 'Too many initialisation requests'])
  const early = await connect(gateway, { isSilent: true })
  early.send({ type: 'subscribe', id: '1', payload: { query: typename } })
  t.strictSame(await early.closed, [4401, 'Unauthorized'])
  const same = await connect(gateway)
  for (let time = 0; time < 2; time += 1)
    same.send({ type: 'subscribe', id: 'x', payload: { query: 'subscription { vacatureGewijzigd { id } }' } })
  t.strictSame(await same.closed, [4409, 'Subscriber for x already exists'])
  t.match(await closing(gateway, { protocol: 'graphql-ws' }), /Server sent no subprotocol|4406/)
  const { send, next } = await connect(gateway)
  send({ type: 'ping', payload: { a: 1 } })
  t.strictSame(await next(), { type: 'pong', payload: { a: 1 } })
})

t.test('an operation has the same answer over WebSocket, SSE and HTTP', async (t) => {
  const ways = async (key: string) => {
    const socket = await connect(gateway, { key })
    return {
      http: async (query: string, variables: object) =>
        (await gateway.post({ query, variables }, { key })).json() as Promise<Payload>,
      event: async (query: string, variables: object) => {
        const stream = await listen(gateway, { query, variables }, { key })
        const payload = await stream.payload()
        t.strictSame([await stream.next(), await stream.ended], [{ event: 'complete', data: '' }, 'ended'])
        return payload
      },
      socket: async (query: string, variables: object) => {
        const { type, payload } = await socket.ask(query, { variables })
        if (type === 'error') return { errors: payload } as Payload
        t.match(await socket.next(), { type: 'complete' })
        return payload as Payload
      }
    }
  }
  for (const key of ['demo-hr', 'demo-cv', 'demo-frontend']) {
    const { http, event, socket } = await ways(key)
    for (const [query, variables = {}] of [
      [typename],
      [`{ vacature(id: "${vacature}") { id sollicitatieprocedure { contactpersoon { naam } } } }`],
      [`query Wie($id: ID!) { kandidaat(id: $id) { id natuurlijkPersoon { voornaam email } } }`, { id: kandidaat }],
      ['{ vacature(id: "x") { id } }'],
      ['{ banaan }'],
      ['{ vacatures {'],
      ['query($n: Int) { vacatures(first: $n) { totaal } }', { n: 'two' }],
      [`{${'a{'.repeat(10_000)}`],
      [
        '{ vacatures(first: 200) { nodes { id profiel { vereisten { label } } } } kandidaten(first: 200) { nodes { status } } a: kandidaten(first: 200) { nodes { status } } b: kandidaten(first: 200) { nodes { status } } c: kandidaten(first: 200) { nodes { status } } }'
      ],
      ['mutation { x }'],
      ['subscription { vacatureGewijzigd { id } ...on Subscription { kandidaatGewijzigd { id } } }'],
      ['subscription { banaan }']
    ] as const) {
      const [plain, streamed, framed] = [
        await http(query, variables),
        await event(query, variables),
        await socket(query, variables)
      ].map(withoutCost)
      const isElsewhere = query.startsWith('subscription') // HTTP refuses subscriptions as such, the other doors name the error
      if (isElsewhere) t.match(plain, { errors: [{ message: /^Only a query can be asked here/ }] })
      else t.strictSame(streamed, plain, `${key} as an event: ${query.slice(0, 60)}`)
      t.strictSame(
        framed,
        streamed?.data === undefined ? { errors: streamed?.errors } : streamed,
        `${key} over WebSocket: ${query.slice(0, 60)}`
      )
    }
  }
})

t.test('the limits equal those of the other doors', async (t) => {
  const consumers = [
    {
      name: 'team',
      sha256: sha256('team-key'),
      scopes: ['vacatures'],
      limits: { requestsPerMinute: 4, costPerMinute: 10 }
    }
  ]
  const gateway = await build(t, {
    simulator: world,
    env: {
      ...followed,
      CONSUMERS_FILE: written(consumers),
      LIVE_MAX_OPERATIONS: '2',
      LIVE_MAX_CONNECTIONS: '2',
      LIVE_MAX_SUBSCRIPTIONS: '2'
    }
  })
  const key = 'team-key'
  const { ask, next } = await connect(gateway, { key })
  const other = await connect(gateway, { key })
  t.equal(await closing(gateway, { key }), 'closed: 1013 No more than 2 connections at the same time; close one first.')
  t.match(await ask(typename), {
    type: 'next',
    payload: { extensions: { cost: { price: 1, remaining: 9, limit: 10 } } }
  })
  await next()
  t.match(await ask('{ vacatures(first: 200) { nodes { status } } }'), {
    type: 'error',
    payload: [{ extensions: { code: 'QUERY_TOO_COSTLY' } }]
  })
  const started = [1, 2].map((id) =>
    other.send({ type: 'subscribe', id: `s${id}`, payload: { query: 'subscription { vacatureGewijzigd { id } }' } })
  )
  t.equal(started.length, 2)
  other.send({ type: 'subscribe', id: 's3', payload: { query: typename } })
  t.match(await other.next(), {
    id: 's3',
    type: 'error',
    payload: [
      { message: 'No more than 2 operations at the same time on one connection.', extensions: { code: 'RATE_LIMITED' } }
    ]
  })
  const stream = await listen(gateway, { query: typename }, { key })
  t.match(
    [stream.response.status, stream.response.headers.get('content-type'), await stream.response.json()],
    [429, 'application/json; charset=utf-8', { errors: [{ extensions: { code: 'RATE_LIMITED' } }] }]
  )
  t.match(await ask(typename), { type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] })
  other.socket.close()
  await other.closed
})

t.test('subscriptions of one consumer are counted over both transports, and released when they end', async (t) => {
  const gateway = await build(t, { simulator: world, env: { ...followed, LIVE_MAX_SUBSCRIPTIONS: '2' } })
  const query = 'subscription { vacatureGewijzigd { id } }'
  const stream = await listen(gateway, { query })
  const socket = await connect(gateway)
  socket.send({ type: 'subscribe', id: 'a', payload: { query } })
  t.match(await socket.ask(query), {
    type: 'error',
    payload: [
      {
        message: 'No more than 2 subscriptions at the same time; close one first.',
        extensions: { code: 'RATE_LIMITED' }
      }
    ]
  })
  const refused = await listen(gateway, { query })
  t.match(
    [refused.response.status, await refused.response.json()],
    [429, { errors: [{ extensions: { code: 'RATE_LIMITED' } }] }]
  )
  socket.send({ type: 'complete', id: 'a' })
  socket.send({ type: 'subscribe', id: 'b', payload: { query } })
  socket.send({ type: 'ping' })
  t.match(await socket.next(), { type: 'pong' }, 'a subscription that ends while it waits frees its place at once')
  stream.stop()
  await stream.ended
  for (;;) {
    // the gateway notices the end after a short time
    const again = await listen(gateway, { query })
    if (again.response.status === 200) break
    await again.response.text()
  }
})

t.test('trusted documents are enforced here too; known ones are sent by hash', async (t) => {
  const path = consumersFile()
  const query = 'subscription Volg { vacatureGewijzigd { id } }'
  writeFileSync(path, JSON.stringify({ volg: query }))
  const gateway = await build(t, {
    simulator: world,
    env: { ...followed, TRUSTED_DOCUMENTS: 'enforce', TRUSTED_DOCUMENTS_FILE: path }
  })
  const socket = await connect(gateway)
  t.equal(codeIn(await socket.ask('subscription { vacatureGewijzigd { id } }')), 'FORBIDDEN')
  const known = [
    await listen(gateway, { documentId: 'volg' }),
    await listen(gateway, { documentId: 'volg' }, { method: 'GET' })
  ]
  t.strictSame(
    known.map(({ response }) => response.status),
    [200, 200]
  )
  t.match(await (await listen(gateway, { query: typename })).payload(), {
    errors: [{ extensions: { code: 'FORBIDDEN' } }]
  })
  socket.send({ type: 'subscribe', id: 'x', payload: { query: '', documentId: 'volg' } })
  await gateway.simulator.patch(`vacatures/${vacature}`, {})
  await gateway.poll()
  t.match(await socket.next(), {
    id: 'x',
    type: 'next',
    payload: { data: { vacatureGewijzigd: { id: `Vacature:${vacature}` } } }
  })
})

t.test('a change reaches every subscriber with the current vacancy, for one call to VDAB', async (t) => {
  const query =
    'subscription V { vacatureGewijzigd { id soort status cursor filterwaarden { postcode } vacature { aantalJobs versie } } }'
  const socket = await connect(gateway, { key: 'demo-frontend' })
  socket.send({ type: 'subscribe', id: 'v', payload: { query } })
  const streams = await Promise.all(
    Array.from({ length: 5 }, () => listen(gateway, { query }, { key: 'demo-frontend' }))
  )
  await gateway.query(`{ vacature(id: "${vacature}") { versie } }`)
  await gateway.simulator.reset()
  await gateway.simulator.patch(`vacatures/${vacature}`, { aantalJobs: 7 })
  await gateway.poll()
  const framed = (await socket.next()).payload as Payload
  const streamed = await Promise.all(streams.map(({ next }) => next()))
  const change = framed.data?.['vacatureGewijzigd'] as { cursor: string; filterwaarden: { postcode: string } }
  t.match(framed, {
    data: {
      vacatureGewijzigd: {
        id: `Vacature:${vacature}`,
        soort: 'GEWIJZIGD',
        status: 'GEPUBLICEERD',
        vacature: { aantalJobs: 7 }
      }
    },
    extensions: { cost: { price: 4, limit: 650_000 }, cursor: change.cursor }
  })
  for (const { event, id, data = '' } of streamed)
    t.match([event, id, JSON.parse(data)], ['next', change.cursor, { data: framed.data }])
  const { perEndpoint } = await gateway.simulator.calls()
  t.equal(
    (perEndpoint['POST /vacatures'] ?? 0) + (perEndpoint['GET /vacatures/{id}'] ?? 0),
    1,
    'there is one fetch for all subscribers'
  )
  await gateway.simulator.remove(`vacatures/${vacature}`)
  await gateway.poll()
  t.match(await socket.next(), {
    payload: {
      data: {
        vacatureGewijzigd: {
          id: `Vacature:${vacature}`,
          soort: 'VERWIJDERD',
          vacature: null,
          filterwaarden: change.filterwaarden
        }
      }
    }
  })
  for (const stream of streams) stream.stop()
})

t.test('the standard clients of both protocols work', async (t) => {
  const id = idAt(20)
  const query = 'subscription { vacatureGewijzigd { id soort } }'
  const expected = { data: { vacatureGewijzigd: { id: `Vacature:${id}`, soort: 'GEWIJZIGD' } } }
  const ws = createClient({
    url: `${gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { 'x-api-key': 'demo-frontend' }
  })
  const sse = createSseClient({ url: `${gateway.url}/graphql`, headers: { 'x-api-key': 'demo-frontend' } })
  const answers = [ws.iterate({ query }), sse.iterate({ query })]
  let haveHeard = false
  const first = Promise.all(
    answers.map((answer) => about(id, async () => (await answer.next()).value as Payload))
  ).finally(() => {
    haveHeard = true
  })
  while (!haveHeard) {
    // neither client reports when it has subscribed
    await gateway.simulator.patch(`vacatures/${id}`, {})
    await gateway.poll()
  }
  t.match(await first, [expected, expected])
  for (const answer of answers) await answer.return?.()
  t.strictSame(
    await ws
      .iterate({ query: '{ __typename }' })
      .next()
      .then(({ value }) => (value as Payload).data),
    { __typename: 'Query' }
  )
  await ws.dispose()
  sse.dispose()
})

t.test(
  'a vacancy that leaves the filter is announced once, with the fields of the filter; an unsupported filter is refused',
  async (t) => {
    const id = idAt(21)
    const at = async (postcode: string) => {
      await gateway.simulator.patch(`vacatures/${id}`, { tewerkstellingsadres: { postcode } })
      await gateway.poll()
    }
    const { send, next } = await connect(gateway)
    send({
      type: 'subscribe',
      id: 'f',
      payload: {
        query:
          'subscription($f: VacatureFilter) { vacatureGewijzigd(filter: $f) { id soort filterwaarden { postcode } } }',
        variables: { f: { postcode: ['2000', '2018'] } }
      }
    })
    const seen: unknown[] = []
    const hear = async () => {
      seen.push(await about(id, async () => (await next()).payload as Payload))
    }
    await at('2000')
    await hear()
    await at('9000')
    await hear()
    await at('9001') // not announced again
    await at('2018')
    await hear()
    const of = (soort: string, postcode: string) => ({
      data: { vacatureGewijzigd: { id: `Vacature:${id}`, soort, filterwaarden: { postcode } } }
    })
    t.match(seen, [of('GEWIJZIGD', '2000'), of('VERLATEN', '9000'), of('GEWIJZIGD', '2018')])
    const other = await connect(gateway)
    for (const [filter, field] of [
      ['afstand: 10, postcode: ["2000"]', 'afstand'],
      ['postcode: ["20"]', 'postcode'],
      ['jobdomein: ["JOBCAT99"]', 'jobdomein'],
      ['sinds: 0', 'sinds'],
      ['beroep: []', 'beroep']
    ] as const) {
      t.match(
        await other.ask(`subscription { vacatureGewijzigd(filter: { ${filter} }) { id } }`),
        { type: 'error', payload: [{ extensions: { code: 'BAD_USER_INPUT', field } }] },
        filter
      )
    }
  }
)

t.test("the filter matches what VDAB's search finds", async (t) => {
  const { query } = gateway
  type Found = {
    nodes: {
      id: string
      publicatieDatum: string
      functie: { jobdomeinen: { code: string }[]; beroepsprofiel: { code: string; ervaring: { code: string } } }
      profiel: { vereisten: { type: string; code: string }[] }
    }[]
  }
  const all = (
    await query(
      '{ vacatures(first: 200) { nodes { id publicatieDatum functie { jobdomeinen { code } beroepsprofiel { code ervaring { code } } } profiel { vereisten { type code } } } } }'
    )
  ).data as { vacatures: Found }
  const { nodes } = all.vacatures
  const pick = <T>(read: (node: Found['nodes'][number]) => T | undefined) =>
    nodes.flatMap((node) => read(node) ?? [])[3] as T
  const competentie = pick(
    (node) => node.profiel?.vereisten?.find(({ type }) => type === 'technischecompetentie')?.code
  )
  const filters = [
    { jobdomein: [pick((node) => node.functie?.jobdomeinen?.[0]?.code)] },
    { ervaring: ['2', '3'] },
    { beroep: [pick((node) => node.functie?.beroepsprofiel?.code)] },
    { competentie: [competentie] },
    { filterDubbels: true },
    { sinds: 30 }
  ]
  const socket = await connect(gateway)
  for (const [index, filter] of filters.entries()) {
    const found = new Set(
      (
        (await query('query($f: VacatureFilter) { vacatures(filter: $f, first: 200) { nodes { id } } }', { f: filter }))
          .data as { vacatures: Found }
      ).vacatures.nodes.map(({ id }) => id)
    )
    t.ok(found.size > 0 && found.size < nodes.length, `${JSON.stringify(filter)} finds ${found.size}`)
    socket.send({
      type: 'subscribe',
      id: String(index),
      payload: {
        query: 'subscription($f: VacatureFilter) { vacatureGewijzigd(filter: $f) { id soort } }',
        variables: { f: filter }
      }
    })
    const tried = [
      ...nodes.filter(({ id }) => found.has(id)).slice(0, 5),
      ...nodes.filter(({ id }) => !found.has(id)).slice(0, 5)
    ].map(({ id }) => id)
    for (const id of tried) await gateway.simulator.patch(`vacatures/${id.slice(9)}`, {})
    await gateway.poll()
    const heard = new Map<string, string>()
    while (heard.size < tried.length) {
      const { payload } = await socket.next()
      const { id, soort } = (payload as { data: { vacatureGewijzigd: { id: string; soort: string } } }).data
        .vacatureGewijzigd
      if (tried.includes(id)) heard.set(id, soort)
    }
    t.strictSame(
      tried.map((id) => heard.get(id)),
      tried.map((id) => (found.has(id) ? 'GEWIJZIGD' : 'VERLATEN')),
      JSON.stringify(filter)
    )
    socket.send({ type: 'complete', id: String(index) })
  }
})

t.test('a person is recorded before the event is sent; a consumer without access gets no event', async (t) => {
  const AUDIT_FILE = auditFile()
  const gateway = await build(t, { simulator: world, env: { ...followed, AUDIT_FILE } })
  const records = () =>
    readFileSync(AUDIT_FILE, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditRecord)
      .filter((record) => 'cvId' in record)
  const query =
    'subscription Wie { kandidaatGewijzigd { id soort kandidaat { natuurlijkPersoon { voornaam email } ervaringen { functieTitel } } } }'
  const hr = await connect(gateway, { key: 'demo-hr', doel: 'hiring' })
  hr.send({ type: 'subscribe', id: 'k', payload: { query } })
  const cv = await listen(gateway, { query }, { key: 'demo-cv' })
  t.equal(codeIn(await (await connect(gateway, { key: 'demo-frontend' })).ask(query)), 'FORBIDDEN')
  t.match(await (await listen(gateway, { query }, { key: 'demo-frontend' })).payload(), {
    errors: [{ extensions: { code: 'FORBIDDEN' } }]
  })
  t.match(
    await (await connect(gateway, { payload: { 'x-api-key': 'demo-hr' } })).ask(query),
    { type: 'error', payload: [{ extensions: { code: 'FORBIDDEN', field: 'x-doel' } }] },
    'a subscription without a purpose is refused'
  )
  await gateway.simulator.patch(`kandidaten/${kandidaat}`, { status: 'OPEN' })
  await gateway.poll()
  const shown = (await hr.next()).payload as Payload
  t.match(shown, {
    data: {
      kandidaatGewijzigd: {
        id: `Kandidaat:${kandidaat}`,
        soort: 'GEWIJZIGD',
        kandidaat: { natuurlijkPersoon: { voornaam: /^Proef/ } }
      }
    },
    extensions: { verborgen: undefined }
  })
  const hidden = await cv.payload()
  t.match(hidden, {
    data: { kandidaatGewijzigd: { kandidaat: { natuurlijkPersoon: { voornaam: null, email: null } } } },
    extensions: {
      verborgen: [
        'kandidaatGewijzigd.kandidaat.natuurlijkPersoon.voornaam',
        'kandidaatGewijzigd.kandidaat.natuurlijkPersoon.email'
      ]
    }
  })
  t.match(
    records().sort((a, b) => a.consumer.localeCompare(b.consumer)),
    [
      { consumer: 'demo-cv', doel: 'a test', cvId: kandidaat, groepen: ['kandidaten'], deur: 'GraphQL Wie' },
      {
        consumer: 'demo-hr',
        doel: 'hiring',
        cvId: kandidaat,
        groepen: ['kandidaten', 'kandidaten:contact', 'kandidaten:identiteit'],
        deur: 'GraphQL Wie'
      }
    ]
  )
  await gateway.simulator.remove(`kandidaten/${kandidaat}`)
  await gateway.poll()
  t.match((await hr.next()).payload, { data: { kandidaatGewijzigd: { soort: 'VERWIJDERD', kandidaat: null } } })
  cv.stop()
})

t.test(
  'each event is charged the cost of the operation; a used-up budget ends the subscription with a cursor to resume',
  async (t) => {
    const consumers = [
      { name: 'team', sha256: sha256('team-key'), scopes: ['vacatures'], limits: { costPerMinute: 5 } }
    ]
    let time = Date.now()
    const gateway = await build(t, {
      simulator: world,
      now: () => time,
      env: { ...followed, CONSUMERS_FILE: written(consumers) }
    })
    const query = 'subscription { vacatureGewijzigd { id vacature { status } } }'
    const { ask, next } = await connect(gateway, { key: 'team-key' })
    const change = async () => {
      for (const id of ids.slice(0, 3)) await gateway.simulator.patch(`vacatures/${id}`, {})
      time += 10
      await gateway.poll()
    }
    time += 10
    await gateway.poll()
    const first = ask(query)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await change()
    const heard = [await first, await next()].map(({ payload }) => payload as Payload)
    t.match(await next(), { type: 'complete' })
    t.strictSame(
      heard.map(({ extensions }) => extensions?.['cost']),
      [{ price: 2, remaining: 1, limit: 5 }, undefined]
    )
    t.match(heard[1], {
      errors: [{ extensions: { code: 'RATE_LIMITED', retryAfter: Number, cursor: heard[0]?.extensions?.['cursor'] } }]
    })
    time += 61_000
    const resumed = (await ask(query, { extensions: { sinds: heard[0]?.extensions?.['cursor'] } })).payload as Payload
    t.match(resumed, { data: { vacatureGewijzigd: { id: /Vacature/ } } })
  }
)

t.test(
  'a resumed subscription gets the events after its cursor, and a wrong cursor is refused with a reason',
  async (t) => {
    const query = 'subscription { vacatureGewijzigd { id cursor } }'
    const change = async (number: number) => {
      await gateway.simulator.patch(`vacatures/${idAt(number)}`, {})
      await gateway.poll()
    }
    const stream = await listen(gateway, { query })
    await change(40)
    let id: string | undefined
    await about(idAt(40), async () => {
      const event = await stream.next()
      id = event.id
      return JSON.parse(event.data ?? '') as Payload
    })
    stream.stop()
    await change(41)
    await change(42)
    const again = await listen(gateway, { query }, { headers: { 'last-event-id': id ?? '' } })
    const byGet = await listen(gateway, { query, extensions: JSON.stringify({ sinds: id }) }, { method: 'GET' })
    const socket = await connect(gateway)
    for (const number of [41, 42]) t.equal(idIn(await about(idAt(number), again.payload)), idAt(number))
    t.equal(idIn(await about(idAt(41), byGet.payload)), idAt(41))
    const first = await socket.ask(query, { extensions: { sinds: id } })
    const heard = [first]
    t.equal(
      idIn(await about(idAt(41), async () => (heard.shift() ?? (await socket.next())).payload as Payload)),
      idAt(41)
    )
    await change(43)
    t.equal(idIn(await about(idAt(43), again.payload)), idAt(43), 'the resumed subscription continues with new events')
    for (const sinds of ['x', 'eyJ2IjoxfQ', 'x'.repeat(400)])
      t.match(await (await connect(gateway)).ask(query, { extensions: { sinds } }), {
        type: 'error',
        payload: [{ extensions: { code: 'BAD_USER_INPUT', field: 'sinds' } }]
      })
    t.match(await (await connect(gateway)).ask(query, { extensions: { sinds: 7 } }), {
      type: 'error',
      payload: [{ extensions: { code: 'BAD_USER_INPUT', field: 'extensions.sinds' } }]
    })
    again.stop()
    byGet.stop()
  }
)

t.test('the subscription of a slow reader ends with a cursor, and resumes without a gap', async (t) => {
  const gateway = await build(t, { simulator: world, env: { ...followed, STREAM_MAX_KB: '16' } })
  const query = 'subscription { vacatureGewijzigd(filter: { ervaring: ["0", "1", "2", "3", "4"] }) { id } }'
  const wanted = new Set<string>()
  const known = await idsOf(gateway)
  const stream = await listen(gateway, { query })
  await gateway.simulator.faults({ latencyMs: 3000, endpoint: 'POST /vacatures' })
  for (const index of [0, 1, 2]) {
    const share = known.slice(index * 55, (index + 1) * 55)
    for (const id of share) wanted.add(id)
    await Promise.all(share.map((id) => gateway.simulator.patch(`vacatures/${id}`, {})))
    await gateway.poll()
  }
  await gateway.simulator.heal()
  const heard = new Set<string>()
  const hear = async (from: typeof stream) => {
    let cursor: string | undefined
    for (;;) {
      const payload = await from.payload()
      const { id } = (payload.data?.['vacatureGewijzigd'] ?? {}) as { id?: string }
      if (id === undefined) return (payload.errors?.[0]?.extensions ?? {}) as { code?: string; cursor?: string }
      heard.add(id.slice(9))
      cursor = payload.extensions?.['cursor'] as string
      if (wanted.size === [...wanted].filter((one) => heard.has(one)).length) return { cursor }
    }
  }
  const ended = await hear(stream)
  t.match(ended, { code: 'RATE_LIMITED', cursor: String })
  t.match(await stream.next(), { event: 'complete' })
  await hear(await listen(gateway, { query }, { headers: { 'last-event-id': ended.cursor ?? '' } }))
  t.ok(wanted.size > 150)
  t.strictSame(
    [...wanted].filter((id) => !heard.has(id)),
    []
  )
})

t.test('a WebSocket that is not read is closed instead of buffered in memory', async (t) => {
  const gateway = await build(t, {
    simulator: { vacatures: 400, kandidaten: 5 },
    env: {
      STREAM_MAX_KB: '16',
      REQUESTS_PER_MINUTE: '100000',
      COST_PER_MINUTE: '1000000',
      MAX_COST: '100000',
      LIVE_MAX_CONNECTIONS: '1'
    }
  })
  const query = `{ vacatures(first: 100) { nodes { functie { ${Array.from({ length: 90 }, (_, index) => `a${index}: omschrijving(formaat: RUW)`).join(' ')} } } } }`
  const { socket, send, closed } = await connect(gateway)
  socket.pause()
  for (let id = 0; id < 50; id += 1) send({ type: 'subscribe', id: String(id), payload: { query } })
  while ((await closing(gateway, {})) !== 'let in') await new Promise((resolve) => setTimeout(resolve, 50)) // once it is closed another connection is allowed
  socket.resume()
  const [code] = await closed
  t.ok(code === 1013 || code === 1006, `closed with ${code}`)
})

t.test('a client without a heartbeat is disconnected', async (t) => {
  const gateway = await build(t, { simulator: world, env: { STREAM_HEARTBEAT_MS: '500' } })
  const { host, port } = { host: '127.0.0.1', port: Number(new URL(gateway.url).port) }
  const tcp = connectTcp(port, host)
  tcp.write(
    'GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n'
  )
  tcp.resume()
  await new Promise((resolve) => tcp.on('close', resolve))
  const stream = await listen(gateway, { query: typename })
  t.match(await stream.payload(), { data: { __typename: 'Query' } })
  const alive = await connect(gateway)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  t.match(await alive.ask(typename), { type: 'next' }, 'a client that answers heartbeats stays connected')
})

t.test('HEAD returns the headers of an event stream and leaves nothing open', async (t) => {
  const gateway = await build(t, { simulator: world, env: { ...followed, LIVE_MAX_SUBSCRIPTIONS: '1' } })
  for (let count = 0; count < 3; count += 1) {
    const { status, headers } = await fetch(
      `${gateway.url}/graphql?query=${encodeURIComponent('subscription { kandidaatGewijzigd { id } }')}`,
      { method: 'HEAD', headers: { 'x-api-key': 'demo-hr', 'x-doel': 'a test', accept: 'text/event-stream' } }
    )
    t.strictSame([status, headers.get('content-type')], [200, 'text/event-stream; charset=utf-8'])
  }
  const stream = await listen(gateway, { query: 'subscription { kandidaatGewijzigd { id } }' }, { key: 'demo-hr' })
  await gateway.simulator.patch('kandidaten/bbbbbbbb-0000-4000-8000-000000000001', {})
  await gateway.poll()
  t.match(await stream.payload(), {
    data: { kandidaatGewijzigd: { id: 'Kandidaat:bbbbbbbb-0000-4000-8000-000000000001' } }
  })
  stream.stop()
})

t.test('a revoked key closes its connections; changed scopes apply from the next event', async (t) => {
  const entry = (name: string, scopes: string[]) => ({ name, sha256: sha256(`${name}-key`), scopes })
  const path = written([entry('team', ['vacatures']), entry('other', ['vacatures', 'kandidaten'])])
  const gateway = await build(t, { simulator: world, env: { ...followed, CONSUMERS_FILE: path } })
  const query = 'subscription { vacatureGewijzigd { id } }'
  const socket = await connect(gateway, { key: 'team-key' })
  const stream = await listen(gateway, { query }, { key: 'team-key' })
  const other = await connect(gateway, { key: 'other-key' })
  other.send({ type: 'subscribe', id: 'o', payload: { query } })
  writeFileSync(path, JSON.stringify([entry('other', ['kandidaten'])]))
  t.strictSame(await socket.closed, [4403, 'Forbidden'])
  t.match(
    [await stream.payload(), await stream.next(), await stream.ended],
    [
      { errors: [{ message: 'Your key is no longer valid here.', extensions: { code: 'FORBIDDEN' } }] },
      { event: 'complete' },
      'ended'
    ]
  )
  await gateway.simulator.patch(`vacatures/${vacature}`, {})
  await gateway.poll()
  t.match(
    [await other.next(), await other.next()],
    [
      { type: 'next', payload: { data: null, errors: [{ extensions: { code: 'FORBIDDEN' } }] } },
      { type: 'complete', id: 'o' }
    ]
  )
})

t.test('when the gateway stops, every connection gets a reconnect hint, and none delays the stop', async (t) => {
  const gateway = await build(t, { simulator: world, env: followed })
  const query = 'subscription { vacatureGewijzigd { id } }'
  const socket = await connect(gateway)
  socket.send({ type: 'subscribe', id: 'a', payload: { query } })
  const waiting = await connect(gateway, { isSilent: true })
  const deaf = await connect(gateway)
  deaf.socket.pause()
  const stream = await listen(gateway, { query })
  const began = performance.now()
  const stopped = gateway.app.close()
  t.strictSame(
    [await socket.closed, await waiting.closed],
    Array(2).fill([1012, 'The gateway stops: connect again, and resume after your last cursor.'])
  )
  t.match(await stream.next(), { retry: '1000' })
  t.equal(await stream.ended, 'ended')
  await stopped
  t.ok(performance.now() - began < 10_000)
})

t.test('an invalid message closes its connection and affects no other', async (t) => {
  const bystander = await connect(gateway)
  for (const [what, message, expected] of [
    ['not JSON', '{', [4400, 'Invalid message received']],
    ['no object', '[1]', [4400, 'Invalid message received']],
    ['nothing', 'null', [4400, 'Invalid message received']],
    ['an unknown type', { type: 'start', id: '1' }, [4400, 'Invalid message received']],
    ['a message of servers', { type: 'next', id: '1', payload: {} }, [4400, 'Unexpected message']],
    ['no id', { type: 'subscribe', payload: { query: typename } }, [4400, 'Invalid message received']],
    ['no query', { type: 'subscribe', id: '1', payload: {} }, [4400, 'Invalid message received']],
    [
      'variables as a list',
      { type: 'subscribe', id: '1', payload: { query: typename, variables: [] } },
      [4400, 'Invalid message received']
    ],
    ['a binary frame', Buffer.from('{"type":"ping"}'), [1003, 'Messages are text.']],
    ['a huge message', { type: 'ping', payload: { x: 'x'.repeat(300_000) } }, [1009, '']]
  ] as const) {
    const { send, closed } = await connect(gateway)
    send(message)
    t.strictSame(await closed, expected, what)
  }
  for (const [what, payload, code] of [
    ['10,000 deep', { query: '{a'.repeat(10_000) }, 'QUERY_TOO_COSTLY'],
    ['a circular fragment', { query: 'subscription { ...F } fragment F on Subscription { ...F }' }, 'BAD_USER_INPUT'],
    [
      'two roots',
      { query: 'subscription { a: vacatureGewijzigd { id } b: vacatureGewijzigd { id } }' },
      'BAD_USER_INPUT'
    ],
    [
      'an expensive subscription',
      {
        query: `subscription { vacatureGewijzigd { id vacature { ${Array.from({ length: 90 }, (_, index) => `a${index}: profiel { vereisten { label } }`).join(' ')} } } }`
      },
      undefined
    ]
  ] as const) {
    const { send, next } = await connect(gateway)
    send({ type: 'subscribe', id: '1', payload })
    send({ type: 'ping' })
    const answer = await next()
    if (code === undefined) t.ok(answer.type === 'pong' || answer.type === 'error')
    else if (answer.type === 'error') t.equal(codeIn(answer), code, what)
    else t.match(answer, { type: 'pong' })
  }
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const { send, next, closed } = await connect(gateway)
  send(
    `{"type":"subscribe","id":"1","payload":{"query":"query($f: VacatureFilter) { vacatures(filter: $f) { totaal } }","variables":{"f":${deep}}}}`
  )
  t.equal(codeIn(await next()), 'BAD_USER_INPUT')
  send(`{"type":"ping","payload":{"a":${deep}}}`)
  t.strictSame(await closed, [4400, 'The message is nested too deep.'])
  const proto = await connect(gateway)
  proto.send(
    '{"type":"subscribe","id":"__proto__","payload":{"query":"query($f: VacatureFilter) { vacatures(filter: $f) { totaal } }","variables":{"__proto__":{"f":{}},"f":{"__proto__":{"postcode":["2000"]}}}}}'
  )
  t.match(await proto.next(), { id: '__proto__' })
  t.match(await bystander.ask(typename), { type: 'next', payload: { data: { __typename: 'Query' } } })
  t.notOk(
    logged.some((line) => line.includes('failed unexpectedly')),
    'no unexpected error is logged'
  )
})

t.test('other paths accept no WebSocket, and an offer of another protocol is not an upgrade', async (t) => {
  const answerTo = (head: string, body = '') =>
    new Promise<string>((resolve) => {
      const socket = connectTcp(Number(new URL(gateway.url).port), '127.0.0.1')
      let text = ''
      socket
        .on('data', (data) => {
          text += data.toString()
        })
        .on('close', () => {
          resolve(text)
        })
        .on('error', () => {})
      socket.write(`${head}\r\nHost: x\r\nx-api-key: demo-frontend\r\n`)
      socket.write(`Content-Length: ${body.length}\r\n\r\n`)
      setTimeout(() => {
        socket.write(body)
      }, 50)
    })
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  for (const path of ['/health/live', '/services/openservices/v2/vacatures', '/nowhere'])
    t.match(await answerTo(`GET ${path} HTTP/1.1\r\n${upgrade}`), /^HTTP\/1.1 404[^]*NOT_FOUND/, path)
  const offer = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'
  t.match(await answerTo(`GET /health/live HTTP/1.1\r\n${offer}`), /^HTTP\/1.1 200[^]*"ok"/)
  t.match(
    await answerTo(`POST /graphql HTTP/1.1\r\nContent-Type: application/json\r\n${offer}`, '{"query":"{__typename}"}'),
    /^HTTP\/1.1 200[^]*"Query"/
  )
})

t.test('without the change feed there are no subscriptions', async (t) => {
  const gateway = await build(t, { simulator: world })
  t.match(await (await connect(gateway)).ask('subscription { vacatureGewijzigd { id } }'), {
    type: 'error',
    payload: [{ message: /FEED_INTERVAL_MS/, extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]
  })
})
