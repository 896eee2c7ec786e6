import { Pool } from 'undici'
import { quantile } from './figures.ts'
import type { Part } from './figures.ts'
import type { Question } from './load.ts'
import { rssOf } from './processes.ts'
import { startGateway, withoutWatcher } from './product.ts'
import type { Vdab } from './product.ts'
import { posted, restDetail } from './warm.ts'

const latencyMs = 20
const population = 20_000
const room = 5000
const clients = 32
const trial = { megabytes: 4, vacatures: 3000 }
// Enough requests to contain more distinct ids than fit the cache.
const filling = 30_000
const exponent = 1
const query = 'query ($id: ID!) { vacature(id: $id) { id status versie functie { functieTitel } } }'

/** Seeded random numbers from 0 to 1. */
const createDice = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

/** The requests by rank: the second half as often as the first, the third a third as often, and so on. */
const traceOf = (length: number): number[] => {
  const sums: number[] = []
  for (let rank = 1, sum = 0; rank <= population; rank += 1) sums.push((sum += 1 / rank ** exponent))
  const dice = createDice(5)
  const total = sums.at(-1) ?? 0
  return Array.from({ length }, () => {
    const wanted = dice() * total
    let [low, high] = [0, population - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) < wanted) low = middle + 1
      else high = middle
    }
    return low
  })
}

/** The misses of an ideal LRU of this size, in the part of the trace from `from` on. */
const idealMisses = (trace: readonly number[], size: number, from: number): number => {
  const held = new Set<number>()
  let misses = 0
  for (const [index, rank] of trace.entries()) {
    if (!held.delete(rank) && index >= from) misses += 1
    held.add(rank)
    if (held.size > size)
      for (const oldest of held) {
        held.delete(oldest)
        break
      }
  }
  return misses
}

type Cache = { bytes: number; items: number }
const cacheOf = async ({ url }: Question['server']) =>
  ((await (await fetch(`${url}/health/ready`)).json()) as { cache: Cache }).cache // its documented form

const start = async (vdab: Vdab, megabytes: number) => {
  // One id per call, so that calls count cache misses and not batching.
  const gateway = await startGateway({
    vdab: vdab.base,
    env: { ...withoutWatcher, BATCH_MAX: '1', CACHE_MAX_MB: String(megabytes) }
  })
  const pool = new Pool(gateway.url, { connections: clients, headersTimeout: 30_000, bodyTimeout: 30_000 })
  const times: number[] = []
  const ask = async ({ path, headers, body }: Question) => {
    const began = performance.now()
    const { statusCode, body: answer } = await pool.request({
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body === undefined ? {} : { body })
    })
    await answer.dump()
    if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}`)
    times.push(performance.now() - began)
  }
  /** Sends the requests in this order, with this concurrency; returns the calls to VDAB. */
  const run = async (ids: readonly string[], ways: readonly ((id: string) => Question)[]) => {
    let next = 0
    times.length = 0
    await vdab.takeCalls()
    await Promise.all(
      Array.from({ length: clients }, async () => {
        for (let index = next++; index < ids.length; index = next++) {
          const way = ways[index % ways.length]
          if (way !== undefined) await ask(way(ids[index] ?? ''))
        }
      })
    )
    return vdab.takeCalls()
  }
  const graphql = (id: string) => posted(gateway, query, { id })
  const rest = (id: string) => restDetail(gateway, id)
  return {
    gateway,
    run,
    ways: [graphql, rest],
    rest,
    times,
    end: async () => {
      await pool.close()
      await gateway.end()
    }
  }
}

/** The number of cached vacancies, searched from the most recently requested to the oldest. */
const countHeld = async (
  { run, rest }: Awaited<ReturnType<typeof start>>,
  recent: readonly string[]
): Promise<number> => {
  const block = 100
  let held = 0
  for (let at = 0; at < recent.length; at += block) {
    const asked = recent.slice(at, at + block)
    const calls = await run(asked, [rest])
    held += asked.length - calls
    if (calls > asked.length * 0.8) break
  }
  return held
}

/**
 * W5: 20,000 vacancies by a Zipf distribution, with a cache for a quarter of them: calls to VDAB against those of an
 * ideal LRU.
 */
export const benchZipf = async (vdab: Vdab, { zipfRequests: count }: { zipfRequests: number }): Promise<Part> => {
  const ids = await vdab.ids(population)
  const trying = await start(vdab, trial.megabytes)
  const first = ids.slice(0, trial.vacatures)
  await trying.run(first, trying.ways)
  const perMegabyte = (await countHeld(trying, first.toReversed())) / trial.megabytes
  await trying.end()

  const megabytes = Math.max(1, Math.round(room / perMegabyte))
  const it = await start(vdab, megabytes)
  const trace = traceOf(filling + count)
  const asked = trace.map((rank) => ids[rank] ?? '')
  await it.run(asked.slice(0, filling), it.ways)
  await vdab.tell('PUT', 'faults', { latencyMs })
  const calls = await it.run(asked.slice(filling), it.ways)
  const [p50, p99] = [quantile(it.times, 0.5), quantile(it.times, 0.99)]
  await vdab.tell('DELETE', 'faults')
  const { bytes, items } = await cacheOf(it.gateway)
  const rss = rssOf(it.gateway.pid)
  const held = await countHeld(it, [...new Set(asked.toReversed())])
  await it.end()

  const ideal = idealMisses(trace, held, filling)
  return {
    title: `W5: ${population} vacancies by Zipf's law (exponent ${exponent}), room for about ${room} (CACHE_MAX_MB=${megabytes}), VDAB takes ${latencyMs} ms; ${count} requests after ${filling} that fill it, half GraphQL, half REST`,
    figures: [
      {
        what: 'calls to VDAB, against an ideal LRU',
        value: calls / ideal,
        target: { most: 1.05 },
        callsPerRequest: calls / count,
        p50,
        p99,
        rss,
        note: `the ideal LRU of ${held} vacancies makes ${(ideal / count).toFixed(3)}`
      },
      {
        what: 'cached vacancies',
        value: held,
        unit: '',
        note: `${items} items, ${(bytes / 2 ** 20).toFixed(1)} MB counted`
      }
    ]
  }
}
