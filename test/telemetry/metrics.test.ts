import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import t from 'tap'
import { markIn } from '../canary.ts'
import { dial } from '../hostile/raw.ts'
import { build, buildBefore, hasLabels, vdabKey, type Built } from '../helper.ts'
import { connect, listen } from '../live/live.ts'
import { eventsAt } from '../live/sse.ts'
import { until } from '../workers/workers.ts'
import { scrape } from './scrape.ts'

t.setTimeout(120_000)

const page = '{ vacatures(first: 3) { totaal nodes { id functie { functieTitel jobdomeinen { label } } } } }'
const contact = '{ vacatures(first: 3) { nodes { id sollicitatieprocedure { contactpersoon { naam email } } } } }'
const known = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const off = { WATCH_SHARE: '0' }

const hasFastPath = existsSync(new URL('../../src/fastPath', import.meta.url))

/** Reads a stream up to its next change. */
const nextChange = async (changes: ReturnType<typeof eventsAt>) => {
  for await (const { event } of { [Symbol.asyncIterator]: () => ({ next: () => changes.next() }) })
    if (event === 'wijziging') return event
  return undefined
}

/** Counts the answers that a client received, by door, method and status. */
const counting = () => {
  const counts = new Map<string, number>()
  return {
    add: (door: string, method: string, status: number, times = 1) => {
      const name = `${door} ${method} ${status}`
      counts.set(name, (counts.get(name) ?? 0) + times)
    },
    all: () => Object.fromEntries([...counts].sort())
  }
}

const countedBy = async (url: string) => {
  const counts = counting()
  for (const { name, labels, value } of (await scrape(url)).samples)
    if (name === 'vdab_gateway_requests_total' && labels['route'] !== '/metrics')
      counts.add(labels['door'] ?? '', labels['method'] ?? '', Number(labels['status']), value)
  return counts.all()
}

/** Sends requests to every door without streams. */
const askAll = async ({ url }: Built, own: ReturnType<typeof counting>) => {
  const ask = async (
    door: string,
    path: string,
    {
      method = 'GET',
      key = 'demo-hr',
      headers = {},
      body
    }: {
      method?: string
      key?: string
      headers?: Record<string, string>
      body?: unknown
    } = {}
  ) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'x-api-key': key,
        'x-doel': 'a test',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    await response.text()
    own.add(door, method, response.status)
    return response
  }
  const post = (query: string, key?: string) =>
    ask('graphql', '/graphql', { method: 'POST', body: { query }, ...(key === undefined ? {} : { key }) })
  for (const query of [page, page, page, contact, contact, '{ nothing }', '{ __typename }']) await post(query)
  await post(page, 'wrong')
  await ask('graphql', '/graphql', { method: 'POST', body: [{ query: page }, { query: '{ nothing }' }] })
  const got = `/graphql?query=${encodeURIComponent(page)}`
  for (let index = 0; index < 3; index += 1) await ask('graphql', got)
  await ask('graphql', got, { method: 'HEAD' })
  const v2 = '/services/openservices/v2/vacatures'
  const { headers } = await ask('openservices', `${v2}/${known}`)
  for (const key of ['demo-hr', 'demo-frontend', 'demo-frontend', 'demo-frontend'])
    await ask('openservices', `${v2}/${known}`, { key })
  await ask('openservices', `${v2}/${known}`, { headers: { 'if-none-match': headers.get('etag') ?? 'none' } })
  for (const key of ['demo-frontend', 'demo-frontend']) {
    const { headers } = await ask('openservices', '/services/openservices/v1/jobdomeinen', { key })
    await ask('openservices', '/services/openservices/v1/jobdomeinen', {
      key,
      headers: { 'if-none-match': headers.get('etag') ?? 'none' }
    })
  }
  await ask('openservices', `${v2}/NOT-AN-ID`)
  await ask('openservices', `${v2}/a3e007c0-68d3-4fb7-aa35-c36e96ede999`)
  await ask('openservices', `${v2}?nothing=1`)
  await ask('openservices', '/services/openservices/v1/kandidaten', { key: 'demo-frontend' })
  for (const path of ['/api/vacatures?postcode=1930', '/api/vacatures?postcode=1930', `/api/vacatures/${known}`])
    await ask('api', path)
  await ask('api', `/api/vacatures/${known}`, { method: 'HEAD' })
  await ask('api', '/api/vacatures?nothing=1')
  await ask('api', '/api/vacatures/wijzigingen')
  await ask('api', `/api/vacatures/${known}`, { key: 'wrong' })
  await ask('export', '/api/vacatures/export')
  await ask('export', '/api/vacatures/export?na=1')
  await ask('pages', '/')
  await ask('pages', '/problems/NOT_FOUND')
  await ask('pages', '/nothing')
  await ask('operator', '/health/ready')
  await ask('operator', '/health/live')
}

for (const fastPath of ['on', 'off'])
  t.test(
    `with FAST_PATH=${fastPath} each door counts the answers it sends, and each endpoint the calls to VDAB`,
    async (t) => {
      const gateway = await build(t, {
        env: { ...off, FAST_PATH: fastPath, FEED_INTERVAL_MS: '3600000' },
        simulator: { vacatures: 60, kandidaten: 20 }
      })
      const { url, simulator } = gateway
      const own = counting()
      await askAll(gateway, own)

      const socket = await connect(gateway, { key: 'demo-hr' })
      for (const query of [page, page, '{ nothing }']) {
        const { type } = await socket.ask(query)
        own.add('live', 'WS', type === 'next' ? 200 : 400)
        if (type === 'next') await socket.next() // complete
      }
      await connect(gateway, { key: 'wrong' }).catch(() => own.add('live', 'WS', 401))
      const events = await listen(gateway, { query: page })
      await events.next()
      own.add('live', 'SSE', 200)
      const subscription = 'subscription { vacatureGewijzigd { status } }'
      socket.send({ type: 'subscribe', id: 's', payload: { query: subscription } })
      const followed = await listen(gateway, { query: subscription })
      const changes = eventsAt(`${url}/api/vacatures/wijzigingen`)
      const first = await changes.next()
      t.equal(first.done, false)
      const next = nextChange(changes)
      await simulator.patch(`vacatures/${known}`, { aantalJobs: 3 })
      await gateway.poll()
      t.equal((await socket.next()).type, 'next')
      t.equal((await followed.next()).event, 'next')
      t.equal(await next, 'wijziging')
      own.add('live', 'WS', 200)
      own.add('live', 'SSE', 200, 2)

      await until(
        'each answer is counted',
        async () => JSON.stringify(await countedBy(url)) === JSON.stringify(own.all())
      ).catch(() => undefined)
      t.same(await countedBy(url), own.all())
      const { sum } = await scrape(url)
      const { total, perEndpoint } = await simulator.calls()
      const tokens = sum('upstream_calls_total', { endpoint: 'token' })
      t.equal(sum('upstream_calls_total') - tokens, total)
      t.equal(sum('upstream_call_duration_seconds_count'), total)
      if (!hasLabels) t.equal(sum('upstream_calls_total', { endpoint: 'vacatures' }), perEndpoint['GET /vacatures'])
      t.equal(sum('upstream_calls_total', { outcome: 'unknown' }), 1)
      const records = sum('cache_lookups_total', { layer: 'record', result: 'miss' })
      t.ok(records > 0 && sum('cache_lookups_total', { layer: 'record', result: 'hit' }) > 0)
      const whole = sum('cache_lookups_total', { layer: 'answer', result: 'hit' })
      t.equal(whole > 0, fastPath === 'on' && hasFastPath, `${whole} whole answers`)
      t.ok(sum('answers_without_call_total', { door: 'graphql' }) >= 5)
      t.ok(sum('answer_age_seconds_count', { door: 'openservices' }) >= 5)
      t.ok(sum('refusals_total', { door: 'graphql', code: 'BAD_USER_INPUT' }) === 2)
      t.equal(sum('refusals_total', { door: 'api', code: 'UNAUTHENTICATED' }), 1)
      t.equal(sum('refusals_total', { door: 'live', code: 'UNAUTHENTICATED' }), 1)
      t.equal(sum('refusals_total', { door: 'openservices', code: 'FORBIDDEN' }), 1)
      socket.socket.close()
      events.stop()
      followed.stop()
      await changes.return()
    }
  )

t.test('a client that disconnects early is counted at most once, and its call to VDAB is counted', async (t) => {
  const { url, simulator, get } = await build(t, { env: off })
  await simulator.faults({ endpoint: 'GET /vacatures/{id}', latencyMs: 300 })
  const path = `/services/openservices/v2/vacatures/${known}`
  const cut = new AbortController()
  const left = fetch(`${url}${path}`, { headers: { 'x-api-key': 'demo-frontend' }, signal: cut.signal })
  await until('the call is sent', async () => (await simulator.calls()).total === 1)
  cut.abort()
  await left.catch(() => undefined)
  await get(path)
  await until(
    'the other answer is counted',
    async () => (await scrape(url)).sum('requests_total', { consumer: 'demo-beheer' }) === 1
  )
  const { sum } = await scrape(url)
  t.ok(sum('requests_total', { consumer: 'demo-frontend' }) <= 1)
  t.equal(sum('requests_total', { consumer: 'demo-frontend', status: '200' }), 0)
  t.equal(sum('upstream_calls_total', { endpoint: 'vacature' }), (await simulator.calls()).total)
})

t.test('with and without the fast path, a cached answer counts with its age and as one without a call', async (t) => {
  const ages: unknown[] = []
  for (const fastPath of ['on', 'off']) {
    let time = Date.now()
    const { url, query } = await build(t, { env: { ...off, FAST_PATH: fastPath }, now: () => time })
    await query(page)
    time += 20_000
    for (let index = 0; index < 5; index += 1) await query(page)
    await until('all are counted', async () => (await scrape(url)).sum('requests_total', { door: 'graphql' }) === 6)
    const { sum } = await scrape(url)
    const older = sum('answer_age_seconds_count') - sum('answer_age_seconds_bucket', { le: '10' })
    ages.push([sum('answer_age_seconds_count'), older, sum('answers_without_call_total')])
  }
  t.same(ages, [
    [6, 5, 5],
    [6, 5, 5]
  ])
})

t.test('promtool reports nothing', { skip: existsSync('/usr/bin/promtool') ? false : 'no promtool' }, async (t) => {
  const gateway = await build(t)
  await askAll(gateway, counting())
  const { text } = await scrape(gateway.url)
  const promtool = spawn('/usr/bin/promtool', ['check', 'metrics'])
  let said = ''
  promtool.stdout.on('data', (part) => (said += String(part)))
  promtool.stderr.on('data', (part) => (said += String(part)))
  promtool.stdin.end(text)
  const [code] = (await once(promtool, 'close')) as [number]
  t.same({ code, said }, { code: 0, said: '' })
})

t.test('client input adds no series and is in no label', async (t) => {
  const gateway = await build(t, { env: { ...off, REFUSAL_DELAY_MS: '0' } })
  const { url, query, get } = gateway
  await askAll(gateway, counting())
  await query(
    '{ kandidaten(first: 3) { nodes { id natuurlijkPersoon { achternaam email gsm } } } }',
    undefined,
    'demo-hr'
  )
  await until('the reads are audited', async () => (await scrape(url)).sum('audit_records_total') > 0)
  const hostile = async (round: number) => {
    const marker = `SECRET${round}`
    await get(`/${marker}/${marker}?${marker}=${marker}`)
    await get(`/api/vacatures/${marker}`)
    await get(`/services/openservices/v2/vacatures/${marker}`)
    await get(`/api/referenties/${marker}`)
    await query(`query ${marker} { ${marker}: nothing_${marker} }`)
    await get('/api/vacatures', { key: marker, headers: { 'x-doel': marker, 'x-request-id': marker } })
    await get('/api/kandidaten?first=1', { key: 'demo-hr', headers: { 'x-doel': `doel ${marker}` } })
    for (const method of ['PROPFIND', 'MKCOL', 'REPORT', 'DELETE', 'PATCH'])
      await fetch(`${url}/api/vacatures/${marker}`, { method, headers: { 'x-api-key': 'demo-hr' } })
    const raw = await dial(url)
    await raw.write(`${marker} /${marker} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await once(raw.socket, 'close')
  }
  const malformed = async () => (await scrape(url)).sum('requests_total', { method: 'other', status: '400' })
  const own = async () => (await scrape(url)).samples.filter(({ name }) => name.startsWith('vdab_')).length
  await hostile(1)
  await until('the first round is counted', async () => (await malformed()) === 1)
  const before = await own()
  for (let round = 2; round < 12; round += 1) await hostile(round)
  await until('all rounds are counted', async () => (await malformed()) === 11)
  const { text, sum } = await scrape(url)
  t.equal(await own(), before, 'no series is added')
  t.notMatch(text, /SECRET|[0-9a-f]{8}-[0-9a-f]{4}-|nothing_|jobdomeinen \{/)
  t.notMatch(text, vdabKey)
  t.equal(markIn(text), undefined)
  t.ok(sum('requests_total', { method: 'other' }) >= 11)
  t.ok(sum('requests_total', { consumer: '-' }) >= 11)
  t.equal(sum('personal_reads_total', { doel: 'x-doel', consumer: 'demo-hr' }), sum('audit_records_total'))
})

t.test('failed calls to VDAB are counted by outcome, and refusals by code', async (t) => {
  let status = 503
  const { url, get } = await buildBefore(
    t,
    (_request, response) => {
      if (status === 0) response.destroy()
      else response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    },
    { ...off, VDAB_RETRIES: '0', REFUSAL_DELAY_MS: '0' }
  )
  for (const [index, one] of [503, 0, 401, 403].entries()) {
    status = one
    await get(`/services/openservices/v1/${['jobdomeinen', 'attesten', 'softskills', 'rijbewijzen'][index] ?? ''}`)
  }
  await until('all are counted', async () => (await scrape(url)).sum('requests_total', { door: 'openservices' }) === 4)
  const { sum } = await scrape(url)
  const outcomes = ['unavailable', 'unauthenticated', 'refused'].map((outcome) =>
    sum('upstream_calls_total', { outcome })
  )
  t.same(outcomes, [2, 1, 1])
  t.equal(sum('refusals_total', { door: 'openservices', code: 'UPSTREAM_UNAVAILABLE' }), 2)
  t.equal(sum('refusals_total', { door: 'openservices', code: 'UPSTREAM_REFUSED' }), 2)
  t.equal(sum('upstream_up'), 0)
})

t.test(
  'metrics and status are for this machine and the scope beheer only, not for other clients or proxies',
  async (t) => {
    const { app, url } = await build(t, { env: off })
    for (const path of ['/metrics', '/status']) {
      const statusOf = async (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
        (await app.inject({ url: path, headers: { host: 'localhost:3000', ...headers }, remoteAddress })).statusCode
      t.equal((await fetch(`${url}${path}`)).status, 200)
      t.equal((await fetch(`${url}${path}`, { method: 'HEAD' })).status, 200)
      t.equal((await fetch(`${url}${path}`, { method: 'POST' })).status, 405)
      for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
        t.equal(await statusOf({ [name]: '127.0.0.1' }), 401, name)
      t.equal(await statusOf({ host: 'evil.example' }), 401, 'a foreign host name is refused')
      t.equal(await statusOf({}, '10.0.0.1'), 401)
      t.equal(await statusOf({ 'x-api-key': 'demo-hr' }, '10.0.0.1'), 403)
      t.equal(await statusOf({ 'x-api-key': 'wrong' }, '10.0.0.1'), 401)
      t.equal(await statusOf({ 'x-api-key': 'demo-beheer' }, '10.0.0.1'), 200)
      t.equal(await statusOf({}, '::1'), 200)
    }
    const { headers } = await fetch(`${url}/metrics`)
    t.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    t.equal(headers.get('cache-control'), 'no-store')
  }
)

t.test('with METRICS_PORT, metrics and status are served on that port only, to every client', async (t) => {
  const { url, operatorUrl } = await build(t, { env: { ...off, METRICS_PORT: '0' } })
  const own = operatorUrl() ?? ''
  t.match(own, /^http:/)
  for (const path of ['/metrics', '/status']) {
    t.equal((await fetch(`${own}${path}`, { headers: { 'x-forwarded-for': '1.2.3.4' } })).status, 200)
    t.equal((await fetch(`${url}${path}`, { headers: { 'x-api-key': 'demo-beheer' } })).status, 404)
  }
  t.match(await (await fetch(`${own}/graphql`)).json(), { status: 404, code: 'NOT_FOUND' })
})

t.test('a scrape under load takes less than 20 ms of the event loop', async (t) => {
  const { url, query, operatorUrl } = await build(t, { env: { ...off, METRICS_PORT: '0' } })
  await query(page)
  let isOver = false
  const load = Array.from({ length: 4 }, async () => {
    while (!isOver) await query(page)
  })
  const times: number[] = []
  for (let index = 0; index < 20; index += 1) {
    const { userCPUTime: before } = process.resourceUsage()
    await scrape(operatorUrl() ?? url)
    times.push((process.resourceUsage().userCPUTime - before) / 1000)
  }
  isOver = true
  await Promise.all(load)
  const [fastest = Infinity] = times.sort((a, b) => a - b)
  t.ok(fastest < 20, `${fastest} ms of CPU, including that of the load`)
})
