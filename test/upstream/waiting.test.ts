import type { IncomingMessage, ServerResponse } from 'node:http'
import { readFileSync } from 'node:fs'
import t from 'tap'
import type { TAP as Tap } from 'tap'
import { auditFile, build, buildBefore, readJson } from '../helper.ts'
import type { Built } from '../helper.ts'
import { connect } from '../live/live.ts'
import { dial, written } from '../hostile/raw.ts'

const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const record = (id: string) => ({ vacatureReferentie: { interneReferentie: id }, aantalJobs: 1 })
const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const timed = async <T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> => {
  const startedAt = performance.now()
  const value = await work()
  return { value, ms: performance.now() - startedAt }
}
const codesOf = ({ errors = [] }: { errors?: { extensions: Record<string, unknown> }[] }) => [
  ...new Set(errors.map(({ extensions }) => extensions['code']))
]
const limitMs = 1000
// The tests exclude twice the limit; a busy machine needs some time itself.
const mostMs = limitMs * 1.7
const env = { VDAB_TIMEOUT_MS: String(limitMs) }
const page =
  '{ vacatures(first: 20) { nodes { id aantalJobs functie { functieTitel } arbeidsovereenkomst { arbeidsStelsel { code label } } } } }'
const restPage = '/services/openservices/v2/vacatures'

for (const kept of ['all', 'fragments', 'off']) {
  void t.test(
    `eight identical requests to a VDAB that hangs fail together, after one call: CACHE_ANSWERS=${kept}`,
    async (t) => {
      const { query, get, simulator } = await build(t, { env: { ...env, CACHE_ANSWERS: kept } })
      await query(page.replace('20', '19')) // warms up code that is slow the first time
      await simulator.faults({ kind: 'hang' })
      const ways: [string, () => Promise<unknown>, unknown][] = [
        ['a page', async () => codesOf(await query(page)), ['UPSTREAM_TIMEOUT']],
        ['a CV', async () => codesOf(await query(`{ kandidaat(id: "${idOf(1)}") { status } }`)), ['UPSTREAM_TIMEOUT']],
        ['a list', async () => codesOf(await query('{ referenties(lijst: TALEN) { code } }')), ['UPSTREAM_TIMEOUT']],
        ['REST', async () => (await get(`${restPage}?aantal=7`)).status, 504]
      ]
      for (const [what, ask, expected] of ways) {
        await simulator.reset()
        const { value, ms } = await timed(() => Promise.all(Array.from({ length: 8 }, ask)))
        t.same(
          value,
          Array.from({ length: 8 }, () => expected),
          what
        )
        t.equal((await simulator.calls()).total, 1, `${what} makes one call`)
        t.ok(ms < mostMs, `${what}: ${ms} ms`)
      }
    }
  )
}

void t.test(
  'a request that joins late shares the deadline, and its error contains only data for its own consumer',
  async (t) => {
    const { post, simulator } = await build(t, { env })
    await simulator.faults({ kind: 'hang' })
    const ask = async (key: string) =>
      (await post({ query: page }, { key })).json() as Promise<{
        errors: { extensions: Record<string, unknown> }[]
        extensions: { cost: { remaining: number } }
      }>
    await simulator.reset()
    const first = ask('demo-frontend')
    while ((await simulator.calls()).total === 0) await new Promise(setImmediate)
    const { value, ms } = await timed(() => Promise.all([ask('demo-frontend'), ask('demo-frontend'), first]))
    t.same(value.map(codesOf), [['UPSTREAM_TIMEOUT'], ['UPSTREAM_TIMEOUT'], ['UPSTREAM_TIMEOUT']])
    t.equal(
      new Set(value.map(({ extensions }) => extensions.cost.remaining)).size,
      3,
      'each answer has its own remaining budget'
    )
    t.ok(ms < mostMs, `${ms} ms`)
    t.equal((await simulator.calls()).total, 1)
  }
)

void t.test('a page, its details and its labels share one deadline, retries included', async (t) => {
  const { query, simulator } = await build(t, { env: { ...env, VDAB_RETRIES: '5' } })
  for (const fault of [{ kind: 'hang' }, { status: 503, latencyMs: limitMs / 3 }]) {
    await simulator.faults([
      { endpoint: 'GET /vacatures', latencyMs: limitMs * 0.8 },
      { endpoint: 'POST /vacatures', ...fault },
      { endpoint: 'GET /vacatures/{id}', ...fault }
    ])
    const sort = 'kind' in fault ? 1 : 2
    const { value, ms } = await timed(() => query(page.replace('first: 20', `first: ${20 + sort}`)))
    t.not(value.errors, undefined)
    t.ok(ms < mostMs, `${JSON.stringify(fault)}: ${ms} ms`)
  }
  await simulator.faults([
    { endpoint: 'GET /vacatures', latencyMs: limitMs * 0.8 },
    { endpoint: 'GET /arbeidsstelsels', kind: 'hang' }
  ])
  const { value, ms } = await timed(() => query(page.replace('first: 20', 'first: 3')))
  t.same(
    [codesOf(value), (value.data as { vacatures: { nodes: unknown[] } }).vacatures.nodes.length],
    [['UPSTREAM_TIMEOUT'], 3],
    'the parts that arrived stay'
  )
  t.ok(ms < mostMs, `${ms} ms`)
})

void t.test('a code that cannot be looked up in half of the timeout is passed to VDAB unchecked', async (t) => {
  const { get, simulator } = await build(t, { env })
  await simulator.faults({ endpoint: 'GET /jobdomeinen', kind: 'hang' })
  const { value, ms } = await timed(() => get(`${restPage}?jobdomein=JOBCAT99`))
  t.not(value.status, 504)
  t.ok(ms < limitMs, `${ms} ms`)
})

void t.test(
  'a stale answer replaces a hanging call for all waiting requests, at the deadline of the first',
  async (t) => {
    const clock = { now: Date.now() }
    const { query, simulator } = await build(t, { env, now: () => clock.now })
    const ask = () => query(page)
    t.equal((await ask()).errors, undefined)
    await simulator.reset()
    await simulator.faults({ kind: 'hang' })
    clock.now += 20 * 60_000
    const { value, ms } = await timed(() => Promise.all(Array.from({ length: 8 }, ask)))
    for (const { errors, extensions } of value)
      t.same([errors, Array.isArray(extensions?.['versheid'])], [undefined, true])
    t.ok(ms < mostMs, `${ms} ms`)
  }
)

/** A VDAB that holds back each answer until `release`. */
const createHoldingVdab = (answer: (request: IncomingMessage, response: ServerResponse) => unknown) => {
  const pending: (() => unknown)[] = []
  const calls: string[] = []
  let wake = () => {}
  let isHolding = true
  return {
    calls,
    handler: (request: IncomingMessage, response: ServerResponse) => {
      calls.push(`${request.method ?? ''} ${(request.url ?? '').replace(/^.*openservices\//, '').replace(/\?.*/, '')}`)
      if (isHolding) pending.push(() => answer(request, response))
      else void answer(request, response)
      wake()
    },
    until: async (count: number) => {
      while (calls.length < count)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    },
    release: () => {
      isHolding = false
      for (const go of pending.splice(0)) go()
    }
  }
}
const lists = ['talen', 'attesten', 'rijbewijzen', 'softskills']
/** Sends three requests in turn: pending calls for other requests have been made by then. */
const settle = async (t: Pick<Tap, 'equal'>, get: (path: string) => Promise<Response>) => {
  for (const name of lists.slice(0, 3)) t.equal((await get(`/services/openservices/v1/${name}`)).status, 200)
}
const listed = lists.slice(0, 3).map((name) => `GET v1/${name}`)
const searchOrDetails = async (request: IncomingMessage, response: ServerResponse) => {
  const { url = '', method } = request
  if (method === 'POST')
    return json(response, 200, ((await readJson(request)) as { vacatureIds: string[] }).vacatureIds.map(record))
  if (lists.some((name) => url.includes(name))) return json(response, 200, [{ code: 'N', beschrijving: 'Nederlands' }])
  if (url.includes('/vacatures/')) return json(response, 200, record(url.split('/').at(-1) ?? ''))
  const { searchParams } = new URL(url, 'http://vdab')
  const vanaf = Number(searchParams.get('vanaf') ?? 0)
  return json(response, 200, {
    aantal: 500,
    resultaten: Array.from({ length: 5 }, (_, index) => record(idOf(vanaf + index)))
  })
}
const quick = { BATCH_WINDOW_MS: '0' }
type App = Built['app']
/** Resolves when `count` connections that open from now on have closed. */
const closing = (app: App, count: number) =>
  new Promise<void>((resolve) => {
    let left = count
    app.server.on('connection', (socket) => {
      socket.once('close', () => {
        if (--left === 0) resolve()
      })
    })
  })
const body = (query: string) => JSON.stringify({ query })
const posted = (query: string, key = 'team-key') =>
  written('POST /graphql', [`X-Api-Key: ${key}`, 'X-Doel: a test', 'Content-Type: application/json'], body(query))
const details = (vanaf: number) =>
  `vacatures(first: 5, after: null, filter: { sinds: ${vanaf} }) { nodes { id aantalJobs } }`

void t.test('a cold page whose hundred clients disconnect causes no further calls', async (t) => {
  const vdab = createHoldingVdab(searchOrDetails)
  const { app, url, get, lines } = await buildBefore(t, vdab.handler, quick)
  const gone = closing(app, 100)
  const lost = await Promise.all(Array.from({ length: 100 }, () => dial(url)))
  await Promise.all(lost.map(({ write }) => write(posted(`{ ${details(1)} }`))))
  await vdab.until(1)
  for (const { end } of lost) end()
  await gone
  vdab.release()
  await settle(t, get)
  t.same(vdab.calls, ['GET v2/vacatures', ...listed], 'the search was in progress, and its details were not requested')
  t.same(
    lines.filter((line) => /"level":(50|60)/.test(line)),
    [],
    'the gateway logs no error'
  )
})

void t.test('a large query whose client disconnects makes no calls beyond those in progress', async (t) => {
  const vdab = createHoldingVdab(searchOrDetails)
  const { app, url, get } = await buildBefore(t, vdab.handler, {
    ...quick,
    VDAB_CONCURRENCY: '4',
    VDAB_BACKGROUND_CONCURRENCY: '1'
  })
  const gone = closing(app, 1)
  const { write, end } = await dial(url)
  await write(posted(`{ ${Array.from({ length: 20 }, (_, index) => `a${index}: ${details(index + 1)}`).join(' ')} }`))
  await vdab.until(2)
  const underWay = vdab.calls.length
  end()
  await gone
  vdab.release()
  await settle(t, get)
  t.ok(vdab.calls.length <= Math.max(underWay, 4) + listed.length, vdab.calls.join(', '))
  t.notOk(vdab.calls.includes('POST v2/vacatures'))
})

void t.test('a coalesced request gets its answer when the first client disconnects', async (t) => {
  for (const kept of ['all', 'off']) {
    const vdab = createHoldingVdab(searchOrDetails)
    const { app, url, query } = await buildBefore(t, vdab.handler, { CACHE_ANSWERS: kept })
    const gone = closing(app, 1)
    const { write, end } = await dial(url)
    await write(posted(`{ ${details(1)} }`))
    await vdab.until(1)
    const others = [1, 2].map(() => query(`{ ${details(1)} }`))
    // The others have arrived once a later call has reached VDAB.
    const later = query('{ referenties(lijst: TALEN) { code } }')
    await vdab.until(2)
    end()
    await gone
    vdab.release()
    for (const { data, errors } of await Promise.all(others))
      t.same([errors, (data as { vacatures: { nodes: unknown[] } }).vacatures.nodes.length], [undefined, 5])
    t.equal((await later).errors, undefined)
    t.same(
      vdab.calls.filter((call) => !call.includes('talen')),
      ['GET v2/vacatures', 'POST v2/vacatures'],
      'one call serves all requests'
    )
  }
})

void t.test('an operation that its client completes, or whose connection closes, makes no further calls', async (t) => {
  for (const how of ['complete', 'close'] as const) {
    const vdab = createHoldingVdab(searchOrDetails)
    const gateway = await buildBefore(t, vdab.handler, quick)
    const { socket, send, closed } = await connect({ ...gateway, look: () => {} }, { key: 'team-key' })
    send({ type: 'subscribe', id: '1', payload: { query: `{ ${details(1)} }` } })
    await vdab.until(1)
    if (how === 'close') {
      socket.close()
      await closed
    } else {
      send({ type: 'complete', id: '1' })
      // Messages are read in order, so the previous one was processed by then.
      send({ type: 'ping' })
      await new Promise((resolve) => socket.once('message', resolve))
    }
    vdab.release()
    await settle(t, gateway.get)
    t.same(vdab.calls, ['GET v2/vacatures', ...listed], how)
  }
})

void t.test('an event stream that is closed before its answer makes no further calls', async (t) => {
  const vdab = createHoldingVdab(searchOrDetails)
  const { app, url, get } = await buildBefore(t, vdab.handler, quick)
  const gone = closing(app, 1)
  const { write, end } = await dial(url)
  await write(
    written(
      'POST /graphql',
      ['X-Api-Key: team-key', 'Content-Type: application/json', 'Accept: text/event-stream'],
      body(`{ ${details(1)} }`)
    )
  )
  await vdab.until(1)
  end()
  await gone
  vdab.release()
  await settle(t, get)
  t.same(vdab.calls, ['GET v2/vacatures', ...listed])
})

void t.test(
  'an answer that no client receives writes no audit record and does not count for the daily quota',
  async (t) => {
    const AUDIT_FILE = auditFile()
    const cv = (request: IncomingMessage, response: ServerResponse) =>
      request.url?.includes('/kandidaten/')
        ? json(response, 200, { cvId: request.url.split('/').at(-1), status: 'OPEN' })
        : searchOrDetails(request, response)
    const vdab = createHoldingVdab(cv)
    const { app, url, get } = await buildBefore(t, vdab.handler, { AUDIT_FILE, CVS_PER_DAY: '1' })
    const gone = closing(app, 2)
    const graphql = await dial(url)
    await graphql.write(posted(`{ kandidaat(id: "${idOf(1)}") { cvId status } }`))
    const rest = await dial(url)
    await rest.write(
      written(`GET /services/openservices/v1/kandidaten/${idOf(2)}`, ['X-Api-Key: team-key', 'X-Doel: a test'])
    )
    await vdab.until(2)
    graphql.end()
    rest.end()
    await gone
    vdab.release()
    t.equal(
      (await get(`/services/openservices/v1/kandidaten/${idOf(3)}`)).status,
      200,
      'the CV of the daily quota is still available'
    )
    t.same(
      readFileSync(AUDIT_FILE, 'utf8')
        .trim()
        .split('\n')
        .flatMap((line) => (JSON.parse(line) as { cvId?: string }).cvId ?? []),
      [idOf(3)]
    )
  }
)
