import { setTimeout } from 'node:timers/promises'
import { test } from 'tap'
import type { Built } from '../helper.ts'
import { connect, type Payload } from '../live/live.ts'
import { eventsAt } from '../live/sse.ts'
import { gateways, until } from './gateways.ts'
import { hasRedis, startRedis } from './redis.ts'

const skip = hasRedis ? false : 'there is no redis-server'
/** CHANGES=10000 takes some minutes. */
const changes = Number(process.env['CHANGES'] ?? 600)
const perRound = 50
const env = {
  FEED_INTERVAL_MS: '400',
  FEED_OVERLAP_MS: '0',
  VDAB_CALLS_PER_MINUTE: '1000000',
  REQUESTS_PER_MINUTE: '1000000',
  COST_PER_MINUTE: '100000000',
  STREAMS_PER_CONSUMER: '100',
  ENRICH_LEVENSLOOP: 'off'
}
const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const stream = 'vdab-gateway:feed:vacature'
const entriesPerPoll = 3

type Ready = { feeds: { vacatures: { healthy: boolean } } }
const isFollowed = async ({ url }: Built) =>
  ((await (await fetch(`${url}/health/ready`)).json()) as Ready).feeds.vacatures.healthy
const areFollowed = async (all: readonly Built[]) => (await Promise.all(all.map(isFollowed))).every(Boolean)
const at = (all: readonly Built[], index: number) => all[index % all.length] as Built
const jobsOf = async ({ query }: Built) =>
  (
    (await query('query ($id: ID!) { vacature(id: $id) { aantalJobs } }', { id })).data as {
      vacature: { aantalJobs: number }
    }
  ).vacature.aantalJobs
const areAll = async (all: readonly Built[], jobs: number) =>
  (await Promise.all(all.map(jobsOf))).every((shown) => shown === jobs)

test('one of three gateways polls VDAB for all', { skip }, async (t) => {
  const redis = await startRedis(t)
  const all = await gateways(t, redis, { env: { ...env, FEED_INTERVAL_MS: '2000' } })
  const { simulator } = at(all, 0)
  await until(() => areFollowed(all))
  const polls = async () => (await redis.client.xlen(stream)) / entriesPerPoll
  await until(async () => (await polls()) > 1)
  await simulator.reset()
  const before = await polls()
  await until(async () => (await polls()) > before + 6)
  const calls = (await simulator.calls()).perEndpoint['GET /vacatures/bulk'] ?? 0
  const logged = (await polls()) - before
  t.ok(calls <= 1.1 * logged + 2, `${calls} calls for ${logged} polls in the log`)
  const text = JSON.stringify(await redis.client.xrange(stream, '-', '+'))
  t.notMatch(text, /beginPoll/, 'the log is encrypted')
})

test('all gateways drop a changed record: with Redis, without it and after it returns', { skip }, async (t) => {
  const redis = await startRedis(t)
  const all = await gateways(t, redis, { env })
  const { simulator } = at(all, 0)
  await until(() => areFollowed(all))
  const change = async (jobs: number) => {
    await areAll(all, 0) // each gateway has the record in its cache
    await simulator.patch(`vacatures/${id}`, { aantalJobs: jobs })
    await until(() => areAll(all, jobs))
  }
  await change(11)
  redis.freeze()
  await change(12)
  redis.thaw()
  await change(13)
  await redis.client.flushall()
  await change(14)
  await redis.client.xtrim(stream, 'MAXLEN', 0)
  await change(15)
  await redis.kill()
  await change(16)
  await redis.restart()
  await change(17)
  await until(() => areFollowed(all))
  t.pass('each gateway has shown each change')
})

test('when the polling gateway stops, another one polls', { skip }, async (t) => {
  const redis = await startRedis(t)
  const all = await gateways(t, redis, { env })
  await until(() => areFollowed(all))
  const leader = () => redis.client.get('vdab-gateway:leader:vacature')
  const first = await leader()
  const polled = await redis.client.xlen(stream)
  await until(async () => (await redis.client.xlen(stream)) > polled)
  const rest: Built[] = []
  // Gateways do not expose the leader's id, so gateways are stopped until the leader changes.
  for (const one of all) {
    if ((await leader()) === first && rest.length < 2) await one.app.close()
    else rest.push(one)
  }
  t.ok(rest.length > 0)
  await until(async () => {
    const now = await leader()
    return now !== null && now !== first && !now.startsWith('- ')
  })
  await until(() => areFollowed(rest))
  await at(all, 0).simulator.patch(`vacatures/${id}`, { aantalJobs: 21 })
  await until(() => areAll(rest, 21))
})

/** Reads `count` changes of a gateway after a cursor, and returns the cursor of the last one. */
type Reader = (gateway: Built, cursor: string | undefined, count: number) => Promise<string | undefined>

const readSse =
  (note: (id: string, isRemoved: boolean) => void): Reader =>
  async ({ url }, cursor, count) => {
    const stop = new AbortController()
    let last = cursor
    let left = count
    const headers: Record<string, string> = cursor === undefined ? {} : { 'last-event-id': cursor }
    for await (const { id: position, data } of eventsAt(`${url}/api/vacatures/wijzigingen`, {
      headers,
      signal: stop.signal
    })) {
      if (position !== '') last = position
      const { interneReferentie, status } = (data ?? {}) as { interneReferentie?: string; status?: string }
      if (interneReferentie === undefined) continue
      note(interneReferentie, status !== 'GEPUBLICEERD')
      left -= 1
      if (left === 0) break
    }
    stop.abort()
    return last
  }

const readSubscription =
  (note: (id: string, isRemoved: boolean) => void): Reader =>
  async (gateway, cursor, count) => {
    const { socket, send, next } = await connect(gateway)
    const query = 'subscription { vacatureGewijzigd { soort id } }'
    send({ type: 'subscribe', id: '1', payload: { query, extensions: { sinds: cursor } } })
    let last = cursor
    for (let left = count; left > 0; left -= 1) {
      const { data, errors, extensions } = (await next()).payload as Payload
      if (errors) throw new Error(JSON.stringify(errors))
      const { id: of, soort } = data?.['vacatureGewijzigd'] as { id: string; soort: string }
      last = String(extensions?.['cursor'])
      note(of.slice(9), soort === 'VERWIJDERD')
    }
    socket.terminate()
    return last
  }

test(
  `a stream and a subscription that move between gateways miss none of ${changes} changes`,
  { skip, timeout: 200 * Math.max(1000, changes) },
  async (t) => {
    const redis = await startRedis(t)
    const all = await gateways(t, redis, { env })
    const { simulator, query } = at(all, 0)
    await until(() => areFollowed(all))
    await simulator.put('limits', { callsPerMinute: 1_000_000 }) // each hop fetches earlier changes from VDAB
    const { data } = await query('{ vacatures(first: 200) { nodes { id } } }')
    const ids = (data as { vacatures: { nodes: { id: string }[] } }).vacatures.nodes
      .map((node) => node.id.slice(9))
      .filter((one) => one !== id)
    const gone = new Set<string>()
    const wrong: string[] = []
    const readers = [readSse, readSubscription].map((read) => {
      const seen = new Map<string, boolean>()
      const note = (of: string, isRemoved: boolean) => {
        if (!isRemoved && seen.get(of) === true && gone.has(of)) wrong.push(`${of} came back`)
        seen.set(of, isRemoved)
      }
      let isOver = false
      const run = async () => {
        const step = read(note)
        for (let cursor: string | undefined, hop = 0; !isOver; hop += 1)
          cursor = await step(at(all, Math.floor(Math.random() * all.length)), cursor, 1 + (hop % 17))
      }
      return { seen, run, end: () => (isOver = true) }
    })
    let failure: unknown
    let ended = 0
    for (const { run } of readers)
      void run().then(
        () => (ended += 1),
        (error: unknown) => (failure = error)
      )
    const patch = (of: string, jobs: number) => simulator.patch(`vacatures/${of}`, { aantalJobs: jobs })
    /** Changes an uncounted record until a condition holds. */
    const changeUntil = (holds: () => boolean) =>
      until(async () => {
        if (failure instanceof Error) throw failure
        if (holds()) return true
        await patch(id, 1)
        await setTimeout(200) // each change is a row of VDAB's list
        return false
      })
    await changeUntil(() => readers.every(({ seen }) => seen.size > 0))
    for (let made = 0, round = 0; made < changes; round += 1) {
      const isLast = made + perRound >= changes
      const chosen = Array.from({ length: perRound }, (_, index) => ids[(made + index) % ids.length] ?? '')
      for (const { seen } of readers) seen.clear()
      for (const one of chosen) {
        if (isLast) gone.add(one)
        await (isLast ? simulator.remove(`vacatures/${one}`) : patch(one, (round % 90) + 1))
      }
      made += chosen.length
      await changeUntil(() => readers.every(({ seen }) => chosen.every((one) => seen.get(one) === isLast)))
    }
    for (const { end } of readers) end()
    await changeUntil(() => ended === readers.length)
    t.strictSame(wrong, [], 'no record that was removed came back')
  }
)
