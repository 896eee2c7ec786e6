import type { IncomingMessage, ServerResponse } from 'node:http'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { build, buildBefore, logged } from '../helper.ts'
import type { Built } from '../helper.ts'
import { eventsAt } from './sse.ts'
import type { ServerEvent } from './sse.ts'

const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const other = '9d86dbb5-3cba-4ef5-9172-38c0e6782746'
const cvId = '30dbfef1-59df-4521-a111-964bf0208e68'
const start = Date.parse('2026-03-02T10:00:00.000Z')
const second = 1000
const minute = 60 * second
const day = 86_400_000
const following = { FEED_INTERVAL_MS: '60000' }

type Row = { interneReferentie: string; status: string; cursor: string }
type Page = { wijzigingen: Row[]; cursor: string; meer: boolean }
type Feed = { healthy: boolean; behindMs: number; reason?: string }

/** A gateway that follows the feeds, with a clock that only the test moves. */
const buildFollowing = async (t: Parameters<typeof build>[0], options: Parameters<typeof build>[1] = {}) => {
  const clock = { now: start }
  const built = await build(t, { ...options, now: () => clock.now, env: { ...following, ...options.env } })
  await built.changes.poll()
  return { ...built, clock }
}
const aantalJobs = async ({ query }: Pick<Built, 'query'>, of = id) =>
  (
    (await query('query ($id: ID!) { vacature(id: $id) { aantalJobs } }', { id: of })).data as {
      vacature: { aantalJobs: number } | null
    }
  ).vacature?.aantalJobs
const pageOf = async ({ get }: Pick<Built, 'get'>, query = ''): Promise<Page> =>
  (await (await get(`/api/vacatures/wijzigingen${query}`)).json()) as Page
const feedsOf = async ({ get }: Pick<Built, 'get'>) =>
  ((await (await get('/health/ready')).json()) as { feeds: Record<string, Feed> }).feeds

void t.test('a changed record is fresh after one poll, alone and in the pages that contain it', async (t) => {
  const built = await buildFollowing(t)
  const { query, simulator, changes, clock } = built
  const isShown = async (of: string) =>
    (
      (await query('{ vacatures(first: 200) { nodes { id } } }')).data as { vacatures: { nodes: { id: string }[] } }
    ).vacatures.nodes.some((node) => node.id === `Vacature:${of}`)
  await simulator.patch(`vacatures/${id}`, { aantalJobs: 3 })
  t.equal(await aantalJobs(built), 3)
  t.equal(await aantalJobs(built, other), 1)
  t.equal(await isShown(other), true)
  clock.now += 10 * second
  await simulator.patch(`vacatures/${id}`, { aantalJobs: 4 })
  await simulator.remove(`vacatures/${other}`)
  t.same([await aantalJobs(built), await isShown(other)], [3, true], 'the old values are served until the feed is read')
  clock.now += 5 * second
  await changes.poll()
  t.equal(await aantalJobs(built), 4)
  t.same(
    [await aantalJobs(built, other), await isShown(other), await isShown(id)],
    [undefined, false, true],
    'the removed vacancy is gone'
  )
})

void t.test('a clock that is set back restarts the feed at once', async (t) => {
  const built = await buildFollowing(t)
  const { simulator, changes, clock } = built
  await simulator.patch(`vacatures/${id}`, { aantalJobs: 3 })
  t.equal(await aantalJobs(built), 3)
  clock.now -= 10 * minute
  await changes.poll()
  t.equal((await feedsOf(built))['vacatures']?.behindMs, 0)
  t.equal(await aantalJobs(built), 3)
  clock.now += 10 * second
  await simulator.patch(`vacatures/${id}`, { aantalJobs: 4 })
  clock.now += 5 * second
  await changes.poll()
  t.equal(await aantalJobs(built), 4)
})

void t.test('a rate-limited feed is read again at the first poll after the Retry-After of VDAB', async (t) => {
  const { simulator, get } = await build(t, { env: { FEED_INTERVAL_MS: '200' } })
  const until = async (isHealthy: boolean) => {
    while ((await feedsOf({ get }))['vacatures']?.healthy !== isHealthy)
      await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await until(true)
  await simulator.faults({ endpoint: 'GET /vacatures/bulk', status: 429, retryAfter: 1 })
  await until(false)
  await simulator.heal()
  await until(true)
})

void t.test('a cursor with a window in the future is refused', async (t) => {
  const built = await buildFollowing(t)
  const cursorOf = (position: object) =>
    Buffer.from(JSON.stringify({ v: 1, noun: 'vacature', van: start - minute, ...position })).toString('base64url')
  for (const position of [{ tot: start + day }, { tot: start, eind: 9e14 }]) {
    const answer = await built.get(`/api/vacatures/wijzigingen?sinds=${cursorOf(position)}`)
    t.match([answer.status, await answer.json()], [400, { code: 'BAD_USER_INPUT', field: 'sinds' }])
  }
})

void t.test('readiness reports the state of the feeds, and a failing feed does not count as followed', async (t) => {
  const built = await buildFollowing(t)
  const { simulator, changes, clock } = built
  clock.now += 7 * second
  t.same(await feedsOf(built), {
    vacatures: { healthy: true, behindMs: 7000 },
    kandidaten: { healthy: true, behindMs: 7000 }
  })
  await simulator.faults({ endpoint: 'GET /vacatures/bulk', status: 500 })
  await changes.poll()
  t.match(await feedsOf(built), {
    vacatures: { healthy: false, behindMs: 7000, reason: 'UPSTREAM_UNAVAILABLE' },
    kandidaten: { healthy: true, behindMs: 0 }
  })
  t.equal(changes.isFollowed('vacature'), false)
  await simulator.patch(`vacatures/${id}`, { aantalJobs: 9 })
  await simulator.heal()
  clock.now += 20 * minute
  t.match(await feedsOf(built), { kandidaten: { healthy: false } }, 'a feed that was not read for long is not healthy')
  t.equal(await aantalJobs(built), 9)
  await changes.poll()
  t.match(
    await feedsOf(built),
    { vacatures: { healthy: true, behindMs: 0 }, kandidaten: { healthy: true } },
    'the feed recovers at the next poll'
  )
})

void t.test(
  'a page contains the changes after its cursor, in order, and its own cursor continues from there',
  async (t) => {
    const built = await buildFollowing(t)
    const { simulator, clock, get } = built
    const begin = await pageOf(built)
    t.same({ ...begin, cursor: '' }, { wijzigingen: [], cursor: '', meer: false })
    clock.now += second
    for (const aantal of [2, 3]) await simulator.patch(`vacatures/${id}`, { aantalJobs: aantal })
    await simulator.remove(`vacatures/${other}`)
    const all = await pageOf(built, `?sinds=${begin.cursor}`)
    t.same(
      all.wijzigingen.map(({ interneReferentie, status }) => [interneReferentie, status]),
      [
        [id, 'GEPUBLICEERD'],
        [id, 'GEPUBLICEERD'],
        [other, 'NIET_GEPUBLICEERD']
      ]
    )
    t.equal(all.meer, false)
    const seen: string[] = []
    let next: Page = begin
    do {
      next = await pageOf(built, `?aantal=1&sinds=${next.cursor}`)
      seen.push(...next.wijzigingen.map(({ interneReferentie }) => interneReferentie))
    } while (next.meer)
    t.same(seen, [id, id, other], 'pages of one contain the same changes')
    const last = all.wijzigingen[1]?.cursor ?? ''
    t.same(
      (await pageOf(built, `?sinds=${last}`)).wijzigingen.map(({ interneReferentie }) => interneReferentie),
      [other],
      'each change has its own cursor'
    )
    clock.now += 2 * minute
    t.same(
      (await pageOf(built, `?sinds=${all.cursor}`)).wijzigingen.length,
      3,
      'changes that VDAB may list late are read again'
    )
    t.same((await pageOf(built, `?sinds=${(await pageOf(built, `?sinds=${all.cursor}`)).cursor}`)).wijzigingen, [])

    const refused = async (path: string, headers = {}) => {
      const response = await get(path, { headers })
      const { code, field } = (await response.json()) as { code: string; field: string }
      return [response.status, code, field]
    }
    t.same(await refused('/api/vacatures/wijzigingen?sinds=x'), [400, 'BAD_USER_INPUT', 'sinds'])
    t.same(await refused('/api/vacatures/wijzigingen?aantal=0'), [400, 'BAD_USER_INPUT', 'aantal'])
    t.same(await refused('/api/vacatures/wijzigingen?van=x'), [400, 'BAD_USER_INPUT', 'van'])
    t.same(await refused('/api/vacatures/wijzigingen', { accept: 'application/xml' }), [
      406,
      'BAD_USER_INPUT',
      'accept'
    ])
    t.equal((await get('/api/vacatures/wijzigingen', { headers: { accept: 'text/html' } })).status, 406)
    clock.now += 6 * day
    t.same(
      await refused(`/api/vacatures/wijzigingen?sinds=${all.cursor}`),
      [410, 'BAD_USER_INPUT', 'sinds'],
      "a cursor older than VDAB's history is refused"
    )
    t.same(await refused('/api/vacatures/wijzigingen', { accept: 'text/event-stream', 'last-event-id': all.cursor }), [
      410,
      'BAD_USER_INPUT',
      'last-event-id'
    ])
    const denied = await get('/api/vacatures/wijzigingen', { key: 'nobody' })
    t.equal(denied.status, 401)
  }
)

void t.test("changes are found after a gap, and a gap longer than VDAB's history clears the cache", async (t) => {
  const built = await buildFollowing(t)
  const { simulator, changes, clock } = built
  await aantalJobs(built)
  await simulator.patch(`vacatures/${id}`, { aantalJobs: 5 })
  clock.now += 4 * day
  await changes.poll()
  t.equal(await aantalJobs(built), 5)
  t.match(await feedsOf(built), { vacatures: { healthy: true, behindMs: 0 } })
  await simulator.patch(`vacatures/${id}`, { aantalJobs: 6 })
  clock.now += 6 * day
  await changes.poll()
  t.equal(await aantalJobs(built), 6)
  t.match(await feedsOf(built), { vacatures: { healthy: true, behindMs: 0 } }, 'the feed continues from now')
})

void t.test('a vacancy is cached for hours while the feed is followed, and for minutes once it fails', async (t) => {
  const built = await buildFollowing(t)
  const { simulator, changes, clock } = built
  const asked = async () => {
    await simulator.reset()
    await aantalJobs(built)
    return (await simulator.calls()).perEndpoint['GET /vacatures/{id}'] ?? 0
  }
  t.equal(await asked(), 1)
  for (let hours = 0; hours < 3; hours += 1) {
    clock.now += 60 * minute
    await changes.poll()
  }
  t.equal(await asked(), 0)
  await simulator.faults({ endpoint: 'GET /vacatures/bulk', kind: 'reset' })
  await changes.poll()
  t.equal(await asked(), 1)
})

void t.test(
  'a restart resumes from the cursor file, which is written atomically; a broken file is logged and ignored',
  async (t) => {
    const path = join(mkdtempSync(join(tmpdir(), 'feed-')), 'deep', 'feed.json')
    const asked: string[] = []
    const handler = ({ url = '' }: IncomingMessage, response: ServerResponse) => {
      if (url.includes('/vacatures/bulk')) asked.push(new URL(url, 'http://vdab').searchParams.get('van') ?? '')
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"aantal":0,"resultaten":[]}')
    }
    const startAt = async (now: number) => {
      asked.length = 0
      const { app, changes, lines } = await buildBefore(t, handler, { ...following, FEED_CURSOR_FILE: path }, () => now)
      await changes.poll()
      await app.close()
      return { van: asked[0], lines: lines.filter((line) => line.includes('FEED_CURSOR_FILE')) }
    }
    const iso = (instant: number) => new Date(instant).toISOString()
    t.same(
      await startAt(start),
      { van: iso(start - second), lines: [] },
      'a first start begins now, minus the permitted clock difference'
    )
    t.same(JSON.parse(readFileSync(path, 'utf8')), { v: 1, vacature: start, kandidaat: start })
    t.same(
      (await startAt(start + 5 * minute)).van,
      iso(start - minute),
      'a restart also reads what VDAB may have listed late'
    )
    t.same(JSON.parse(readFileSync(path, 'utf8')), {
      v: 1,
      vacature: start + 5 * minute,
      kandidaat: start + 5 * minute
    })
    writeFileSync(path, '{"v":1,"vacature":"soon"')
    const { van, lines } = await startAt(start + 9 * minute)
    t.equal(van, iso(start + 9 * minute - second))
    t.equal(lines.length, 1)
    t.equal((await startAt(start + 9 * day)).lines.length, 0)
  }
)

void t.test('a changed CV is fresh after one poll, and no log line names it', async (t) => {
  const built = await buildFollowing(t)
  const { query, simulator, changes, clock } = built
  const titel = async () =>
    (
      (await query('query ($id: ID!) { kandidaat(id: $id) { wijzigingsDatum } }', { id: cvId })).data as {
        kandidaat: { wijzigingsDatum: string } | null
      }
    ).kandidaat?.wijzigingsDatum
  const before = await titel()
  clock.now += day
  await changes.poll()
  await titel()
  await simulator.patch(`kandidaten/${cvId}`, {})
  clock.now += second
  await changes.poll()
  t.not(await titel(), before)
  await simulator.remove(`kandidaten/${cvId}`)
  clock.now += second
  await changes.poll()
  t.equal(await titel(), undefined)
  t.notOk(logged.some((line) => line.includes(cvId)))
})

void t.test('a feed that VDAB refuses is not read for ten minutes', async (t) => {
  const built = await buildFollowing(t)
  const { simulator, changes, clock } = built
  await simulator.faults({ endpoint: 'GET /kandidaten/bulk', status: 403 })
  await changes.poll()
  await simulator.reset()
  clock.now += minute
  await changes.poll()
  t.equal((await simulator.calls()).perEndpoint['GET /kandidaten/bulk'], undefined)
  t.match(await feedsOf(built), {
    vacatures: { healthy: true },
    kandidaten: { healthy: false, reason: 'UPSTREAM_REFUSED' }
  })
  await simulator.heal()
  clock.now += 10 * minute
  await changes.poll()
  t.match(await feedsOf(built), { kandidaten: { healthy: true } })
})

/** Reads this number of changes from a stream and the cursor of the last one, then disconnects. */
const some = async (url: string, count: number, headers: Record<string, string> = {}) => {
  const cut = new AbortController()
  const found: string[] = []
  let cursor = ''
  for await (const { event, id: at, data } of eventsAt(url, { headers, signal: cut.signal })) {
    if (at) cursor = at
    if (event === 'wijziging') found.push((data as Row).interneReferentie)
    if (found.length === count) break
  }
  cut.abort()
  return { found, cursor }
}

void t.test('a stream replays past changes, then sends live ones, and resumes where it was cut off', async (t) => {
  const built = await buildFollowing(t, { env: { FEED_OVERLAP_MS: '0' } })
  const { simulator, changes, clock, url } = built
  const ids = (
    (await built.query('{ vacatures(first: 40) { nodes { vacatureReferentie { interneReferentie } } } }')).data as {
      vacatures: { nodes: { vacatureReferentie: { interneReferentie: string } }[] }
    }
  ).vacatures.nodes.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie)
  const { cursor: begin } = await pageOf(built)
  const change = async (some: readonly string[]) => {
    for (const one of some) {
      clock.now += 100
      await simulator.patch(`vacatures/${one}`, { aantalJobs: 2 })
    }
  }
  await change(ids.slice(0, 10))
  await changes.poll()
  const path = `${url}/api/vacatures/wijzigingen`
  const first = await some(`${path}?sinds=${begin}`, 4)
  t.same(first.found, ids.slice(0, 4), 'past changes are replayed')
  await change(ids.slice(10, 20))
  await changes.poll()
  const second = some(path, 21, { 'last-event-id': first.cursor })
  await change(ids.slice(20, 30))
  clock.now += 1000
  await changes.poll()
  const { found, cursor } = await second
  const firsts = [...new Set(found)]
  t.same(firsts, ids.slice(4, 4 + firsts.length), 'later changes arrive live, in order')
  await change([ids[0] ?? '', ...ids.slice(30)])
  await changes.poll()
  const left = new Set(ids.slice(4 + firsts.length).concat(ids[0] ?? ''))
  const seen = new Set<string>()
  for await (const { event, data } of eventsAt(path, { headers: { 'last-event-id': cursor } })) {
    if (event === 'wijziging') seen.add((data as Row).interneReferentie)
    if ([...left].every((one) => seen.has(one))) break
  }
  t.pass('nothing is missing after a second cut')
})

void t.test(
  'a stream sends heartbeats and its position, and ends with a retry hint when the gateway stops',
  async (t) => {
    const { app, changes, clock, url } = await buildFollowing(t, { env: { STREAM_HEARTBEAT_MS: '50' } })
    const events = eventsAt(`${url}/api/vacatures/wijzigingen`)
    const next = async () => (await events.next()).value
    t.match(await next(), { event: '', retry: '3000' })
    const opened = await next()
    t.match(opened, { event: 'cursor', id: /./, data: { cursor: opened?.id } })
    t.match(await next(), { comment: true })
    clock.now += 1000
    await changes.poll()
    let moved = await next()
    while (moved?.comment) moved = await next()
    t.match(moved, { event: 'cursor', id: /./ })
    t.not(moved?.id, opened?.id)
    const closing = app.close()
    let last: ServerEvent | undefined
    for await (const event of events) last = event
    t.match(last, { event: 'einde', retry: '3000', data: { reden: 'stop', cursor: moved?.id } })
    await closing
  }
)

void t.test('the number of streams per consumer is limited, and streams require the feed', async (t) => {
  const { url, get } = await buildFollowing(t, { env: { STREAMS_PER_CONSUMER: '1' } })
  const path = `${url}/api/vacatures/wijzigingen`
  const events = eventsAt(path)
  await events.next()
  const headers = { accept: 'text/event-stream' }
  const second = await get('/api/vacatures/wijzigingen', { headers })
  t.match([second.status, await second.json()], [429, { code: 'RATE_LIMITED', field: 'streams' }])
  const another = eventsAt(path, { key: 'demo-frontend' })
  t.match((await another.next()).value, { retry: '3000' }, 'another consumer has its own limit')
  await another.return()
  await events.return()
  const off = await build(t)
  const refused = await off.get('/api/vacatures/wijzigingen', { headers })
  t.match([refused.status, await refused.json()], [503, { code: 'UPSTREAM_UNAVAILABLE', detail: /FEED_INTERVAL_MS/ }])
  t.equal((await off.get('/api/vacatures/wijzigingen')).status, 200, 'pages work without the feed')
})
