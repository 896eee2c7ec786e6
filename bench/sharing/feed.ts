import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventsAt } from '../../test/live/sse.ts'
import { startRedis } from '../../test/sharing/redis.ts'
import { quantile } from '../figures.ts'
import { endAll, folder, letFloat } from '../processes.ts'
import { key, startGateway, startVdab, type Vdab } from '../product.ts'

const members = 3
const pollMs = 1000
const changes = 300
const changeMs = 150
const pages = 60
const rounds = 4
const loadMs = 60_000

const say = (text: string) => {
  process.stdout.write(`${text}\n`)
}
const keysFile = () => {
  const path = join(folder, 'cache-keys')
  writeFileSync(path, `bench:${randomBytes(32).toString('base64')}\n`)
  return path
}

/** Reads the changes of one gateway; `heard` is called with each id. */
const listen = (url: string, signal: AbortSignal, heard: (id: string, at: number) => void) => {
  const run = async () => {
    for await (const { data } of eventsAt(`${url}/api/vacatures/wijzigingen`, { key, signal })) {
      const { interneReferentie } = (data ?? {}) as { interneReferentie?: string }
      if (interneReferentie !== undefined) heard(interneReferentie, performance.now())
    }
  }
  run().catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

/** Measures how long after the first gateway the last one reports a change. */
const spread = async (vdab: Vdab, urls: readonly string[]) => {
  const stop = new AbortController()
  const times = new Map<string, number[]>()
  for (const url of urls)
    listen(url, stop.signal, (id, at) => {
      const found = times.get(id)
      if (found && found.length < urls.length) found.push(at)
    })
  const ids = await vdab.ids(changes)
  await sleep(5 * pollMs)
  for (const id of ids) {
    times.set(id, [])
    await vdab.tell('PATCH', `vacatures/${id}`, { aantalJobs: 7 })
    await sleep(changeMs)
  }
  await sleep(5 * pollMs)
  stop.abort()
  const all = [...times.values()]
  const missed = all.filter((found) => found.length < urls.length).length
  const ms = all.map((found) => Math.max(...found) - Math.min(...found))
  say(
    `${changes} changes: the last of ${urls.length} gateways reports each ${quantile(ms, 0.5).toFixed()} ms (p50), ` +
      `${quantile(ms, 0.99).toFixed()} ms (p99), ${Math.max(...ms).toFixed()} ms (max) after the first; ${missed} missed`
  )
}

/** VDAB's count of calls for one load: pages, each requested several times, from the gateways in turn. */
const countCalls = async (vdab: Vdab, urls: readonly string[]): Promise<number> => {
  await vdab.tell('DELETE', 'calls')
  const endsAt = performance.now() + loadMs
  const total = pages * rounds
  for (let asked = 0; asked < total; asked += 1) {
    const url = urls[asked % urls.length] ?? ''
    // each page is requested again at once, from another gateway
    const answer = await fetch(`${url}/api/vacatures?first=${1 + Math.floor(asked / rounds)}`, {
      headers: { 'x-api-key': key }
    })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    await answer.arrayBuffer()
    await sleep(Math.max(0, (endsAt - performance.now()) / (total - asked)))
  }
  const { total: calls } = (await vdab.tell('GET', 'calls')) as { total: number }
  return calls
}

/** The shared feed: the delay of a change across gateways, and the calls to VDAB of three gateways and of one. */
export const benchSharedFeed = async () => {
  letFloat()
  const ends: (() => Promise<unknown>)[] = []
  const teardown = (done: () => Promise<unknown>) => void ends.push(done)
  try {
    const [redis, far] = [await startRedis({ teardown }), await startRedis({ teardown })]
    const vdab = await startVdab(2000)
    const feed = { FEED_INTERVAL_MS: String(pollMs), MAX_EVENT_LOOP_DELAY_MS: '0', WARM_START: 'off' }
    const one = await startGateway({ vdab: vdab.base, env: feed })
    const ofOne = await countCalls(vdab, [one.url])
    await one.end()
    const shared = {
      ...feed,
      REDIS_URL: redis.url,
      REDIS_CACHE_URL: far.url,
      REDIS_CACHE_KEYS_FILE: keysFile(),
      REDIS_SECRET: 'a-secret-of-thirty-two-characters',
      REDIS_MEMBERS: String(members)
    }
    const urls: string[] = []
    for (let at = 0; at < members; at += 1) urls.push((await startGateway({ vdab: vdab.base, env: shared })).url)
    await sleep(5 * pollMs)
    const ofAll = await countCalls(vdab, urls)
    say(`calls to VDAB for one load: ${ofOne} by one gateway, ${ofAll} by three (${(ofAll / ofOne).toFixed(2)})`)
    await spread(vdab, urls)
  } finally {
    for (const end of ends.reverse()) await end()
    await endAll()
  }
}
