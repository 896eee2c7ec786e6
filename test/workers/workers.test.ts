import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { sha256 } from '../../src/access/consumers.ts'
import { verifyAudit } from '../../src/access/auditVerify.ts'
import { auditFile } from '../helper.ts'
import { connect } from '../live/live.ts'
import { eventsAt } from '../live/sse.ts'
import { runWorkers, until } from './workers.ts'
import type { Connection } from './workers.ts'

t.setTimeout(300_000) // every test starts processes, which is slow on a busy machine
const cv = '30dbfef1-59df-4521-a111-964bf0208e68'
const vacature = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const services = '/services/openservices'
const all = ['vacatures', 'kandidaten', 'beheer']
const consumers = (...entries: { name: string; limits?: Record<string, number> }[]) => {
  const path = join(mkdtempSync(join(tmpdir(), 'consumers-')), 'consumers.json')
  writeFileSync(
    path,
    JSON.stringify(
      entries.map(({ name, limits }) => ({
        name,
        sha256: sha256(`${name}-key`),
        scopes: all,
        ...(limits ? { limits } : {})
      }))
    )
  )
  return path
}
const inTurn = <T>(
  connections: readonly Connection[],
  times: number,
  ask: (connection: Connection, index: number) => Promise<T>
) =>
  Promise.all(
    Array.from({ length: times }, async (_, index) => {
      const connection = connections[index % connections.length]
      if (!connection) throw new Error('none')
      return ask(connection, index)
    })
  )
const query = (text: string) => `/graphql?query=${encodeURIComponent(text)}`

t.test('workers share their counters exactly, for operations, calls and CVs', async (t) => {
  const file = consumers(
    { name: 'small', limits: { requestsPerMinute: 5 } },
    { name: 'busy', limits: { requestsPerMinute: 137 } },
    { name: 'poor', limits: { costPerMinute: 10 } },
    { name: 'curious', limits: { cvsPerDay: 7 } }
  )
  const gateway = await runWorkers(t, { CONSUMERS_FILE: file, AUDIT_FILE: auditFile(), REFUSAL_DELAY_MS: '0' })
  const both = await gateway.each()
  t.strictSame(
    both.map(({ id }) => id),
    [1, 2]
  )
  t.match(JSON.parse((await both[0]?.ask('/health/ready'))?.text ?? ''), { status: 'ok', worker: { id: 1, count: 2 } })

  const statuses = async (key: string, times: number, path: (index: number) => string) => {
    const answers = await inTurn(both, times, ({ ask }, index) => ask(path(index), { key }))
    return [200, 429].map((status) => answers.filter((answer) => answer.status === status).length)
  }
  const one: number[] = []
  for (let index = 0; index < 8; index += 1)
    one.push((await both[index % 2]?.ask(query('{ __typename }'), { key: 'small-key' }))?.status ?? 0)
  t.strictSame(one, [200, 200, 200, 200, 200, 429, 429, 429], 'sequential requests share one limit')
  t.strictSame(
    await statuses('busy-key', 400, () => query('{ __typename }')),
    [137, 263],
    'simultaneous requests share one limit'
  )

  const costs: (string | undefined)[] = []
  for (let index = 0; index < 5; index += 1)
    costs.push(
      String(
        (await both[index % 2]?.ask(query('{ vacatures { totaal } }'), { key: 'poor-key' }))?.headers[
          'x-cost-remaining'
        ]
      )
    )
  t.strictSame(costs, ['7', '4', '1', '1', '1'])
  t.equal(
    (await both[0]?.ask(query('{ __typename }'), { key: 'poor-key' }))?.status,
    200,
    'the remaining budget can be used at the other worker'
  )
  t.equal((await both[1]?.ask(query('{ __typename }'), { key: 'poor-key' }))?.status, 429)

  await until(
    'the day, for which CVs are counted, does not end during the test',
    () => 86_400_000 - (Date.now() % 86_400_000) > 15_000
  )
  const { resultaten } = JSON.parse(
    (await both[0]?.ask(`${services}/v1/kandidaten?aantal=5`, { key: 'curious-key' }))?.text ?? ''
  ) as { resultaten: { interneReferentie?: string; cvId?: string }[] }
  t.equal(resultaten.length, 5)
  const seen = await both[1]?.ask(`${services}/v1/kandidaten?aantal=7`, { key: 'curious-key' })
  t.equal(seen?.status, 200, 'five known CVs and two new ones are within the limit')
  t.equal((await both[0]?.ask(`${services}/v1/kandidaten?aantal=9`, { key: 'curious-key' }))?.status, 429)
  t.equal((await both[0]?.ask(`${services}/v1/kandidaten?aantal=7`, { key: 'curious-key' }))?.status, 200)
})

t.test('a token of one worker is accepted by the other', async (t) => {
  const gateway = await runWorkers(t)
  const [first, second] = await gateway.each()
  const response = await first?.client.request({
    path: '/isam/sps/oauth/oauth20/token',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials&client_id=demo-hr&client_secret=demo-hr'
  })
  const { access_token: token } = (await response?.body.json()) as { access_token: string }
  for (const worker of [first, second]) {
    const answer = await worker?.client.request({
      path: `${services}/vacatures/v4/vacatures/${vacature}`,
      method: 'GET',
      headers: { authorization: `Bearer ${token}` }
    })
    t.equal(answer?.statusCode, 200, `worker ${worker?.id}`)
    await answer?.body.dump()
  }
})

t.test('open connections are counted over all workers, and released when they end or their worker dies', async (t) => {
  const gateway = await runWorkers(t, { STREAMS_PER_CONSUMER: '2', FEED_INTERVAL_MS: '500' })
  const path = `${gateway.url}/api/vacatures/wijzigingen`
  const open = async () => {
    const stop = new AbortController()
    const events = eventsAt(path, { signal: stop.signal })
    await events.next()
    const over = (async () => {
      while ((await events.next()).done !== true);
    })().catch(() => undefined)
    return { stop, over }
  }
  const first = await open()
  const second = await open()
  await t.rejects(open(), /^429/)
  await t.rejects(open(), /^429/, 'every worker refuses it')
  first.stop.abort()
  let third: Awaited<ReturnType<typeof open>> | undefined
  await until('a place is free', async () => {
    third = await open().catch(() => undefined)
    return third !== undefined
  })
  await t.rejects(open(), /^429/)

  for (const pid of gateway.pids()) process.kill(pid, 'SIGKILL')
  await Promise.all([second.over, third?.over])
  await until('both workers are replaced', async () => {
    try {
      return (await gateway.each()).length === 2
    } catch {
      return false
    }
  })
  const anew = [await open(), await open()]
  await t.rejects(open(), /^429/)
  for (const { stop } of anew) stop.abort()
})

t.test('WebSockets, subscriptions and exports are counted over all workers too', async (t) => {
  const gateway = await runWorkers(t, {
    LIVE_MAX_CONNECTIONS: '2',
    LIVE_MAX_SUBSCRIPTIONS: '1',
    EXPORT_MAX_PER_CONSUMER: '1',
    FEED_INTERVAL_MS: '500'
  })
  const door = { url: gateway.url, look: () => {} }
  const sockets = [await connect(door), await connect(door)]
  const third = await connect(door, { isSilent: true })
  third.send({ type: 'connection_init', payload: { 'x-api-key': 'demo-beheer', 'x-doel': 'a test' } })
  t.match(await third.closed, [Number, /No more than 2 connections/])
  const follow = 'subscription { vacatureGewijzigd { status } }'
  for (const { send } of sockets) send({ id: 'a', type: 'subscribe', payload: { query: follow } })
  t.match(
    await Promise.race(sockets.map(({ next }) => next())),
    { type: 'error', payload: [{ message: /^No more than 1 subscriptions/ }] },
    'only one of two subscriptions is allowed'
  )
  for (const { socket } of sockets) socket.terminate()

  await gateway.simulator.door('PUT', 'faults', { latencyMs: 3000, endpoint: 'POST /vacatures' })
  const both = await gateway.each()
  const first = both[0]?.ask('/api/vacatures/export')
  await until('the export has its place', async () => ((await gateway.simulator.calls())['POST /vacatures'] ?? 0) > 0)
  t.equal((await both[1]?.ask('/api/vacatures/export'))?.status, 429)
  t.equal((await first)?.status, 200)
  await gateway.simulator.door('DELETE', 'faults')
  t.equal((await both[0]?.ask('/api/vacatures/export'))?.status, 200, 'its place was released')
})

t.test(
  'all workers write one audit file, with every line whole through rotations, and each worker can query all of it',
  async (t) => {
    const file = auditFile()
    const gateway = await runWorkers(
      t,
      { AUDIT_FILE: file, AUDIT_MAX_MB: '1', REQUESTS_PER_MINUTE: '10000' },
      { vacatures: 60, kandidaten: 200 }
    )
    const both = await gateway.each()
    const answers = await inTurn(both, 60, ({ ask }) =>
      ask(`${services}/v1/kandidaten?aantal=100`, {
        headers: { 'x-doel': 'a purpose of some length, so that the file is soon full'.repeat(3) }
      })
    )
    t.strictSame(new Set(answers.map(({ status }) => status)), new Set([200]))
    t.equal((await both[0]?.ask(`${services}/v1/kandidaten/${cv}`))?.status, 200)
    t.equal((await both[1]?.ask(`${services}/v1/kandidaten/${cv}`))?.status, 200)
    const files = readdirSync(dirname(file)).map((name) => join(dirname(file), name))
    t.ok(files.length >= 3, `the file was rotated: ${files.length} files`)
    const records = files.flatMap((name) =>
      readFileSync(name, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { cvId: string; requestId: string; deur: string })
        .filter((record) => 'cvId' in record)
    )
    t.equal(records.length, 60 * 100 + 2)
    t.match(await verifyAudit(file), { isWhole: true, files: files.length, unchained: 0 })
    t.strictSame(
      new Set(answers.map(({ headers }) => headers['x-request-id'])),
      new Set(records.filter(({ deur }) => deur.endsWith('kandidaten')).map(({ requestId }) => requestId))
    )
    const found = await Promise.all(
      both.map(
        async ({ ask }) =>
          (JSON.parse((await ask(`/api/audit/kandidaten/${cv}?aantal=1000`)).text) as { resultaten: unknown[] })
            .resultaten.length
      )
    )
    t.strictSame(
      found,
      [1, 1].map(() => records.filter(({ cvId }) => cvId === cv).length)
    )
  }
)

t.test('no worker sends an answer that cannot be recorded', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'))
  writeFileSync(join(folder, 'file'), '')
  const gateway = await runWorkers(t, { AUDIT_FILE: join(folder, 'file', 'audit.ndjson') })
  for (const { ask } of await gateway.each()) {
    t.equal((await ask(`${services}/v1/kandidaten/${cv}`)).status, 503)
    t.equal((await ask(`${services}/v2/vacatures/${vacature}`)).status, 200)
  }
})
