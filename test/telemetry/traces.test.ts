import { request as asking } from 'node:http'
import t from 'tap'
import type { Test } from 'tap'
import { markIn } from '../canary.ts'
import { build, logged, vdabKey } from '../helper.ts'
import { connect } from '../live/live.ts'
import { eventsAt } from '../live/sse.ts'
import { listen, receive, type ReceivedSpan } from './receiver.ts'

process.env['OTEL_BSP_SCHEDULE_DELAY'] = '10' // the SDK reads these itself
process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'deployment.environment.name=test'
process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'x-collector-key=a-secret-of-the-operator'

const ids = ['a3e007c0-68d3-4fb7-aa35-c36e96ede172', '9d86dbb5-3cba-4ef5-9172-38c0e6782746'] as const
const cv = 'bbbbbbbb-0000-4000-8000-000000000001'
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const traceparent = `00-${traceId}-${parentId}-01`
const [server, client] = [2, 3]
const wrongKey = 'a-key-of-nobody'
const detail = (id: string) => `{ vacature(id: "${id}") { id functie { functieTitel } } }`

const until = async (holds: () => boolean) => {
  const endsAt = performance.now() + 10_000
  while (!holds()) {
    if (performance.now() > endsAt) throw new Error('what was awaited did not happen')
    await new Promise(setImmediate)
  }
}

/** A proxy in front of VDAB that forwards each call and records its traceparent. */
const between = async (t: Test, base: string, seen: (string | undefined)[]) => {
  const url = await listen(t, (request, response) => {
    const { method, headers, url = '' } = request
    if (url.includes('/openservices/')) seen.push(headers['traceparent'] as string | undefined)
    const forward = asking(new URL(url, base), { method: method ?? 'GET', headers }, (answer) =>
      answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers))
    )
    forward.on('error', () => response.destroy())
    request.pipe(forward)
  })
  return new URL(new URL(base).pathname, url).href
}

const traced = async (t: Test, env: Record<string, string> = {}, simulator = {}) => {
  const receiver = await receive(t)
  const seen: (string | undefined)[] = []
  const gateway = await build(t, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env },
    simulator,
    between: (base) => between(t, base, seen)
  })
  const named = (...names: string[]) => receiver.spans.filter(({ name }) => names.includes(name))
  return { ...gateway, ...receiver, url: gateway.url, seen, named }
}
const one = (spans: readonly ReceivedSpan[]): ReceivedSpan => {
  const [span] = spans
  if (!span || spans.length > 1) throw new Error(`${spans.length} spans where one was awaited`)
  return span
}

t.test('the trace of a client continues through the gateway to VDAB: request, operation, call', async (t) => {
  const { post, spans, named, seen, resources, headers } = await traced(t, { VDAB_TRACEPARENT: 'on' })
  const answer = await post({ query: detail(ids[0]) }, { headers: { traceparent } })
  t.equal(answer.status, 200)
  await until(() => named('POST /graphql').length === 1)
  const [request, operation, call] = [one(named('POST /graphql')), one(named('query')), one(named('GET vacature'))]
  t.match(request, {
    traceId,
    parentSpanId: parentId,
    kind: server,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/graphql',
      'http.response.status_code': 200,
      'vdab_gateway.consumer': 'demo-beheer'
    }
  })
  t.match(operation, {
    traceId,
    parentSpanId: request.spanId,
    attributes: { 'graphql.operation.type': 'query', 'vdab_gateway.upstream_calls': 1 }
  })
  t.match(call, {
    traceId,
    parentSpanId: operation.spanId,
    kind: client,
    attributes: {
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'vdab_gateway.endpoint': 'vacature',
      'vdab_gateway.requests': 1
    }
  })
  t.ok(BigInt(call.startTimeUnixNano) >= BigInt(request.startTimeUnixNano), 'the call is within the request')
  t.ok(BigInt(call.endTimeUnixNano) <= BigInt(request.endTimeUnixNano))
  t.same(seen, [`00-${traceId}-${call.spanId}-01`], 'VDAB gets the context of the call')
  t.equal(spans.length, 3)
  t.match(resources[0], { 'service.name': 'vdab-gateway', 'deployment.environment.name': 'test' })
  t.match(headers[0], { 'x-collector-key': 'a-secret-of-the-operator' })
})

t.test(
  'an answer from the cache has a span too, on every code path, and its log line has the id of its trace',
  async (t) => {
    const { post, named, seen } = await traced(t)
    const before = logged.length
    for (let time = 0; time < 5; time += 1) await (await post({ query: detail(ids[0]) })).text()
    await until(() => named('POST /graphql').length === 5)
    const requests = named('POST /graphql')
    t.equal(new Set(requests.map((span) => span.traceId)).size, 5, 'without a traceparent each has its own trace')
    t.same([...new Set(requests.map(({ parentSpanId }) => parentSpanId ?? ''))], [''])
    t.same(seen, [undefined], 'VDAB gets one call, without a traceparent unless VDAB_TRACEPARENT is on')
    t.equal(named('GET vacature').length, 1)
    const lines = logged.slice(before).filter((line) => line.includes('"msg":"answered"'))
    t.same(
      lines.map((line) => (JSON.parse(line) as { traceId?: string }).traceId).sort(),
      requests.map((span) => span.traceId).sort()
    )
  }
)

t.test('a call for several requests has a link to each request except the one that pays for it', async (t) => {
  const { post, named } = await traced(t, { BATCH_WINDOW_MS: '500' })
  await Promise.all([detail(ids[0]), detail(ids[1])].map((query) => post({ query })))
  await until(() => named('POST /graphql').length === 2 && named('POST vacaturesOpId').length === 1)
  const call = one(named('POST vacaturesOpId'))
  const operations = named('query')
  const payer = operations.find(({ spanId }) => spanId === call.parentSpanId)
  const other = operations.find(({ spanId }) => spanId !== call.parentSpanId)
  t.match(call.attributes, { 'vdab_gateway.ids': 2, 'vdab_gateway.requests': 2 })
  t.equal(call.traceId, payer?.traceId)
  t.match(call.links, [{ traceId: other?.traceId, spanId: other?.spanId }])
  t.equal(call.links?.length, 1)
})

t.test(
  'a request that joins a call in flight is linked to it, for the same record and for the same answer',
  async (t) => {
    const { post, named, simulator, get } = await traced(t)
    await simulator.faults({ latencyMs: 100 })
    await Promise.all([
      post({ query: detail(ids[0]) }),
      post({ query: detail(ids[0]) }),
      post({ query: `{ vacature(id: "${ids[0]}") { status } }` }),
      get(`/services/openservices/v2/vacatures/${ids[0]}`)
    ])
    const route = 'GET /services/openservices/v2/vacatures/:id'
    await until(() => named('POST /graphql', route).length === 4)
    const call = one(named('GET vacature'))
    const linked = new Set(call.links?.map((link) => link.traceId))
    const traces = named('POST /graphql', route).map((span) => span.traceId)
    t.same(
      traces.filter((trace) => !linked.has(trace)),
      [call.traceId],
      'every request is linked except the one that pays'
    )
    t.ok(
      [3, 4].includes(Number(call.attributes['vdab_gateway.requests'])),
      'the accelerator merges identical operations'
    )
  }
)

t.test('each retry is a span with its number, and an error is recorded by its code', async (t) => {
  const { post, named, simulator } = await traced(t)
  await simulator.faults({ status: 503, endpoint: 'GET /vacatures/{id}' })
  await (await post({ query: detail(ids[0]) })).text()
  await until(() => named('POST /graphql').length === 1)
  const calls = named('GET vacature')
  t.ok(calls.length > 1)
  t.same(
    calls.map(({ attributes }) => attributes['http.request.resend_count'] ?? 0),
    calls.map((_, index) => index)
  )
  for (const { status, attributes } of calls) {
    t.match(status, { code: 2, message: '503' })
    t.match(attributes, { 'http.response.status_code': 503, 'error.type': '503' })
  }
  t.match(one(named('query')), {
    status: { code: 2, message: 'UPSTREAM_UNAVAILABLE' },
    attributes: { 'error.type': 'UPSTREAM_UNAVAILABLE' }
  })
  t.notMatch(one(named('POST /graphql')).status, { code: 2 }, 'the HTTP request itself succeeded')
})

t.test('an unknown path, a wrong key and a failure have spans without the content of the request', async (t) => {
  const { get, named, simulator } = await traced(t)
  await simulator.faults({ status: 503, endpoint: 'GET /vacatures/{id}' })
  await get('/geheim/pad?naam=geheim')
  await get('/api/vacatures', { key: 'no-key' })
  await get(`/services/openservices/v2/vacatures/${ids[0]}?geheim=ja`.replace('?geheim=ja', ''))
  await until(() => named('GET', 'GET /api/vacatures', 'GET /services/openservices/v2/vacatures/:id').length === 3)
  t.match(one(named('GET')).attributes, { 'http.response.status_code': 404 })
  t.match(one(named('GET /api/vacatures')).attributes, { 'http.response.status_code': 401 })
  t.match(one(named('GET /services/openservices/v2/vacatures/:id')), {
    status: { code: 2, message: 'UPSTREAM_UNAVAILABLE' },
    attributes: { 'error.type': 'UPSTREAM_UNAVAILABLE' }
  })
})

t.test(
  'an operation over WebSocket and an event of a stream have their own trace, linked to their request',
  async (t) => {
    const gateway = await traced(t, { FEED_INTERVAL_MS: '3600000', FEED_OVERLAP_MS: '0' })
    const { named, url, simulator, poll } = gateway
    const socket = await connect(gateway)
    const read = async () => (await socket.next()).type
    socket.send({ id: '1', type: 'subscribe', payload: { query: detail(ids[0]) } })
    t.equal(await read(), 'next')
    await until(() => named('GET vacature').length === 1)
    socket.socket.close()

    const stop = new AbortController()
    const query = encodeURIComponent('subscription { vacatureGewijzigd { id } }')
    const events = eventsAt(`${url}/graphql?query=${query}`, { signal: stop.signal })
    await events.next()
    await simulator.patch(`vacatures/${ids[1]}`, {})
    await poll()
    await events.next()
    stop.abort()
    await until(() => named('GET /graphql').length === 2 && named('subscription').length === 1)

    const requests = named('GET /graphql')
    t.same(requests.map(({ attributes }) => attributes['http.response.status_code']).sort(), [101, 200])
    for (const [name, status] of [
      ['query', 101],
      ['subscription', 200]
    ] as const) {
      const request = requests.find(({ attributes }) => attributes['http.response.status_code'] === status)
      const span = one(named(name))
      t.equal(span.kind, server)
      t.not(span.traceId, request?.traceId)
      t.match(span.links, [{ traceId: request?.traceId, spanId: request?.spanId }])
    }
  }
)

t.test('a trace that is not sampled is not sent: by ratio, by parent, or with tracing off', async (t) => {
  for (const [env, headers, expected] of [
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, {}, 0],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, { traceparent }, 7],
    [{}, { traceparent: `00-${traceId}-${parentId}-00` }, 0],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, { traceparent }, 0],
    [{ OTEL_SDK_DISABLED: 'true' }, { traceparent }, 0],
    [{ OTEL_TRACES_EXPORTER: 'none' }, { traceparent }, 0],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, { traceparent }, 0]
  ] as const) {
    const { post, app, texts, named } = await traced(t, env)
    for (let time = 0; time < 7; time += 1)
      await (await post({ query: detail(ids[0]) }, { headers: { ...headers } })).text()
    await app.close() // sends the remaining spans
    t.equal(named('POST /graphql').length, expected, JSON.stringify(env))
    if (expected === 0) t.same(texts, [])
  }
})

t.test('the ratio is the share of new traces that is sampled, and each trace has its own id', async (t) => {
  for (const [ratio, least, most] of [
    ['0.5', 60, 140],
    ['1', 200, 200]
  ] as const) {
    const { post, app, named } = await traced(t, {
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: ratio
    })
    for (let time = 0; time < 200; time += 1) await (await post({ query: detail(ids[0]) })).text()
    await app.close() // sends the remaining spans
    const spans = named('POST /graphql')
    t.ok(spans.length >= least && spans.length <= most, `${spans.length} of 200 for ${ratio}`)
    t.equal(new Set(spans.map((span) => span.traceId)).size, spans.length)
  }
})

t.test('a collector that refuses or hangs causes one warning and no failed answer', async (t) => {
  const refusing = await listen(t, (_, response) => response.writeHead(400).end('geheim'))
  const hanging = await listen(t, () => undefined)
  process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '200'
  t.teardown(() => delete process.env['OTEL_EXPORTER_OTLP_TIMEOUT'])
  for (const endpoint of [refusing, hanging, 'http://127.0.0.1:9']) {
    const before = logged.length
    const { post, app } = await build(t, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, SHUTDOWN_TIMEOUT_MS: '900' } })
    const warnings = () => logged.slice(before).filter((line) => line.includes('Spans cannot be sent'))
    for (let time = 0; time < 2; time += 1) t.equal((await post({ query: detail(ids[0]) })).status, 200)
    await until(() => warnings().length > 0)
    t.equal((await post({ query: detail(ids[0]) })).status, 200)
    const startedAt = performance.now()
    await app.close()
    t.ok(performance.now() - startedAt < 2000, 'the stop does not wait for the collector')
    t.equal(warnings().length, 1)
  }
})

t.test('the trace contains the name of a trusted document, and no name that the client chose', async (t) => {
  const { post, named, get, spans } = await traced(t)
  await (await post({ query: 'query GeheimeNaam { __typename }', operationName: 'GeheimeNaam' })).text()
  await get('/api/vacatures?first=1')
  await until(() => named('POST /graphql', 'GET /api/vacatures').length === 2)
  t.same(
    spans.filter(({ name }) => name.startsWith('query')).map(({ name }) => name),
    ['query', 'query vacatures'],
    'an operation under /api has the name that the gateway gives it'
  )
})

t.test('the exported bytes contain no personal data, id, key, document or query', async (t) => {
  const gateway = await traced(t, {}, { vacatures: 30, kandidaten: 30 })
  const { post, get, texts, spans, simulator, url } = gateway
  const person =
    '{ cvId natuurlijkPersoon { gsm email achternaam voornaam geboortedatum } gewensteJob { functies { titel } } }'
  const sweep = async (key: string) => {
    const value = 'Proefka Proefdra'
    for (const response of await Promise.all([
      post({ query: `{ kandidaten(first: 20) { nodes ${person} } }` }, { key }),
      post({ query: `{ kandidaat(id: "${cv}") ${person} }` }, { key }),
      post({ query: `query Proefka($id: ID!) { kandidaat(id: $id) ${person} }`, variables: { id: value } }, { key }),
      post({ query: `{ vacatures(filter: { postcode: ["${value}"] }) { totaal } }` }, { key }),
      post({ query: `{ ${value} }` }, { key }),
      get(`/services/openservices/v1/kandidaten/${cv}`, { key }),
      get(`/services/openservices/v2/vacatures/${ids[0]}`, { key }),
      get(`/services/openservices/v1/kandidaten?studies=${value}`, { key }),
      get(`/api/kandidaten/${cv}`, { key }),
      get(`/api/audit/kandidaten/${cv}`, { key }),
      get(`/${value}`, { key }),
      fetch(`${url}/graphql`, { method: 'PROPFIND' })
    ]))
      await response.text()
  }
  for (const key of ['demo-hr', 'demo-cv', 'demo-frontend', 'demo-beheer', wrongKey]) await sweep(key)
  for (const fault of [
    { status: 500 },
    { status: 401 },
    { status: 429, retryAfter: 0 },
    { kind: 'garbage' },
    { kind: 'reset' }
  ]) {
    await simulator.faults(fault)
    await sweep('demo-hr')
  }
  await gateway.app.close()
  t.ok(spans.length > 200, `${spans.length} spans`)
  const text = texts.join('\n')
  t.equal(markIn(text), undefined)
  for (const word of [
    cv,
    ...ids,
    vdabKey,
    wrongKey,
    'demo-key',
    'functieTitel',
    'natuurlijkPersoon',
    'a-secret',
    'a test'
  ])
    t.notOk(text.includes(word), word)
  const documented = new Set([
    'error.type',
    'graphql.operation.name',
    'graphql.operation.type',
    'http.request.method',
    'http.request.resend_count',
    'http.response.status_code',
    'http.route',
    'peer.service',
    'vdab.transaction',
    'vdab_gateway.consumer',
    'vdab_gateway.endpoint',
    'vdab_gateway.ids',
    'vdab_gateway.requests',
    'vdab_gateway.upstream_calls',
    'vdab_gateway.waited_ms'
  ])
  const unknown = spans.flatMap((span) => Object.keys(span.attributes)).filter((name) => !documented.has(name))
  t.same(unknown, [])
})
