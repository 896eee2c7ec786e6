import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { auditFile } from '../helper.ts'
import { eventsAt } from '../live/sse.ts'
import { runWorkers, until } from './workers.ts'

t.setTimeout(300_000) // every test starts processes, which is slow on a busy machine
const cv = '30dbfef1-59df-4521-a111-964bf0208e68'
const vacature = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const services = '/services/openservices'

t.test('the feed is read once, every worker invalidates in time, and all readers have the same cursors', async (t) => {
  const intervalMs = 500
  const cursorFile = join(mkdtempSync(join(tmpdir(), 'feed-')), 'feed.json')
  const gateway = await runWorkers(t, {
    FEED_INTERVAL_MS: String(intervalMs),
    FEED_CURSOR_FILE: cursorFile,
    REQUESTS_PER_MINUTE: '10000'
  })
  const both = await gateway.each()
  const titles = () =>
    Promise.all(
      both.map(
        async ({ ask }) =>
          (
            JSON.parse((await ask(`${services}/v2/vacatures/${vacature}`)).text) as {
              functie: { functieTitel: string }
            }
          ).functie.functieTitel
      )
    )
  const isFollowed = async () =>
    (
      await Promise.all(
        both.map(
          async ({ ask }) =>
            (JSON.parse((await ask('/health/ready')).text) as { feeds: { vacatures: { healthy: boolean } } }).feeds
              .vacatures.healthy
        )
      )
    ).every(Boolean)
  await until('both workers know that the feed is followed', isFollowed)
  t.equal(new Set(await titles()).size, 1)

  const stop = new AbortController()
  const streams = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const events = eventsAt(`${gateway.url}/api/vacatures/wijzigingen`, { signal: stop.signal })
      await events.next()
      return events
    })
  )
  await gateway.simulator.door('DELETE', 'calls')
  const startedAt = performance.now()
  await gateway.simulator.door('PATCH', `vacatures/${vacature}`, { functie: { functieTitel: 'Aankoper staal' } })
  await until('both workers have the change', async () => (await titles()).every((title) => title === 'Aankoper staal'))
  const tookMs = performance.now() - startedAt
  const { 'GET /vacatures/bulk': pollsMeanwhile = 0 } = await gateway.simulator.calls()
  t.ok(
    tookMs < intervalMs + 1000 || pollsMeanwhile <= 3,
    `an answer is no older than a poll and a second, on a busy machine three polls: ${Math.round(tookMs)} ms, ${pollsMeanwhile} polls`
  )
  const changes = await Promise.all(
    streams.map(async (events) => {
      for await (const { event, id, data } of events)
        if (event === 'wijziging') return [id, (data as { interneReferentie: string }).interneReferentie]
      return []
    })
  )
  t.equal(changes[0]?.[1], vacature)
  t.equal(new Set(changes.map(([cursor]) => cursor)).size, 1, 'every worker has the same cursor')
  const pages = await Promise.all(
    both.map(
      async ({ ask }) =>
        (
          JSON.parse((await ask(`/api/vacatures/wijzigingen?sinds=${changes[0]?.[0] ?? ''}`)).text) as {
            wijzigingen: unknown[]
          }
        ).wijzigingen
    )
  )
  t.strictSame(pages, [[], []], 'every worker accepts the cursor')
  const { 'GET /vacatures/bulk': calls = 0 } = await gateway.simulator.calls()
  const polls = (performance.now() - startedAt) / intervalMs
  t.ok(calls <= polls + 2 + pages.length, `one process reads the feed: ${calls} calls in ${polls.toFixed(1)} polls`)
  t.ok(existsSync(cursorFile))
  stop.abort()
})

t.test(
  "an erased person is removed from every worker's cache before the answer is sent, and so is a person in a requested feed",
  async (t) => {
    const gateway = await runWorkers(t, { FRESH_KANDIDAAT_S: '3600', AUDIT_FILE: auditFile() })
    const both = await gateway.each()
    const read = () => Promise.all(both.map(({ ask }) => ask(`${services}/v1/kandidaten/${cv}`)))
    const calls = async () => (await gateway.simulator.calls())['GET /kandidaten/{id}'] ?? 0
    await read()
    await read()
    t.equal(await calls(), 2, 'each worker has its own cache')
    t.equal((await both[0]?.ask(`/api/kandidaten/${cv}/cache`, { method: 'DELETE' }))?.status, 204)
    await read()
    t.equal(await calls(), 4)
    t.equal((await both[1]?.ask('/api/kandidaten/nobody/cache', { method: 'DELETE' }))?.status, 400)

    await gateway.simulator.door('PATCH', `kandidaten/${cv}`, { beschikbaarheid: 'nu' })
    const [van, tot] = [-3_600_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString())
    const bulk = await both[1]?.ask(`${services}/v1/kandidaten/bulk?van=${van}&tot=${tot}`)
    t.match([bulk?.status, bulk?.text.includes(cv)], [200, true])
    await read()
    t.equal(await calls(), 6)
  }
)

t.test(
  'a worker killed under load affects no request of the others, and is replaced; SIGTERM lets all of them finish',
  async (t) => {
    const gateway = await runWorkers(t, { REQUESTS_PER_MINUTE: '1000000', COST_PER_MINUTE: '1000000' })
    const both = await gateway.each()
    const lives = both.map(() => ({ answered: 0, wrong: 0, isBroken: false }))
    let isOver = false
    const flows = both.map(async ({ ask, client }, index) => {
      const life = lives[index]
      while (!isOver && life && !life.isBroken) {
        try {
          const { status } = await ask(`${services}/v2/vacatures/${vacature}`)
          if (status === 200) life.answered += 1
          else life.wrong += 1
        } catch {
          life.isBroken = true
          await client.destroy()
        }
      }
    })
    await until('both answer', () => lives.every(({ answered }) => answered > 50))
    const [pid] = gateway.pids()
    process.kill(pid ?? 0, 'SIGKILL')
    await until('the connections of the worker end', () => lives.some(({ isBroken }) => isBroken))
    const survivor = lives.find(({ isBroken }) => !isBroken)
    const before = survivor?.answered ?? 0
    const connections = await gateway.each()
    t.ok(
      connections.some(({ id }) => id === 3),
      'a new worker was started'
    )
    await until('the other worker keeps answering', () => (survivor?.answered ?? 0) > before + 50)
    isOver = true
    await Promise.all(flows)
    t.equal(lives.filter(({ isBroken }) => isBroken).length, 1)
    t.strictSame(
      lives.map(({ wrong }) => wrong),
      [0, 0],
      'no answer was wrong'
    )
    t.equal(survivor?.isBroken, false)
    t.ok(gateway.lines.some((line) => line.includes('a worker ended, and is replaced')))
    t.match(JSON.parse((await connections[0]?.ask('/health/ready'))?.text ?? ''), { worker: { count: 2 } })

    await gateway.simulator.door('DELETE', 'calls')
    await gateway.simulator.door('PUT', 'faults', { latencyMs: 700 })
    const underWay = connections.map(({ ask }, index) => ask(`${services}/v2/vacatures?aantal=${index + 3}`))
    await until(
      'both calls have reached VDAB',
      async () => ((await gateway.simulator.calls())['GET /vacatures'] ?? 0) >= 2
    )
    gateway.child.kill('SIGTERM')
    t.strictSame(
      (await Promise.all(underWay)).map(({ status }) => status),
      [200, 200]
    )
    t.strictSame([await gateway.ended, gateway.errors], [0, []])
  }
)

t.test('an error that prevents a worker from starting is logged once, and ends the process', async (t) => {
  const broken = join(mkdtempSync(join(tmpdir(), 'consumers-')), 'consumers.json')
  writeFileSync(broken, '{')
  await t.rejects(
    runWorkers(t, { CONSUMERS_FILE: broken, WORKERS: '3' }),
    /^it ended with 1: The settings are not right: {3}- CONSUMERS_FILE is not JSON$/
  )
})

t.test(
  'a change by the demo button reaches the streams of every worker at once, no matter which worker handles it',
  async (t) => {
    const gateway = await runWorkers(t, { FEED_INTERVAL_MS: '3600000' })
    const both = await gateway.each()
    const feedOf = async ({ ask }: (typeof both)[number]) =>
      (JSON.parse((await ask('/health/ready')).text) as { feeds: { vacatures: { healthy: boolean } } }).feeds.vacatures
    await until('both workers follow the feed', async () =>
      (await Promise.all(both.map(feedOf))).every(({ healthy }) => healthy)
    )
    const stop = new AbortController()
    const streams = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const events = eventsAt(`${gateway.url}/api/vacatures/wijzigingen`, { signal: stop.signal })
        await events.next()
        return events
      })
    )
    const changeOf = async (events: (typeof streams)[number]) => {
      for (;;) {
        const { value } = await events.next()
        if (!value || value.event === 'wijziging') return value?.data
      }
    }
    for (const { ask } of both) {
      const { status, text } = await ask('/graphiql/demo/wijziging', { method: 'POST', key: 'demo-frontend' })
      t.equal(status, 200)
      t.match(JSON.parse(text), { id: `Vacature:${vacature}`, functieTitel: /^Operational purchaser \(change \d+\)$/ })
      for (const events of streams) t.match(JSON.stringify(await changeOf(events)), vacature)
      const detail = await both[0]?.ask(`${services}/v2/vacatures/${vacature}`)
      t.match(detail?.text, (JSON.parse(text) as { functieTitel: string }).functieTitel)
    }
    stop.abort()
  }
)
