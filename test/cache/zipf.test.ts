import t from 'tap'
import { build } from '../helper.ts'

const ids = 800
const asks = 1500

/** A seeded generator: a test that counts must not depend on chance. */
const createRandom = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}

/** Positions by a Zipf distribution: the first is requested most, each next one less. */
const createZipf = (count: number, random: () => number) => {
  const sums: number[] = []
  for (let rank = 1; rank <= count; rank += 1) sums.push((sums.at(-1) ?? 0) + 1 / rank ** 0.7)
  const total = sums.at(-1) ?? 1
  return () => {
    const wanted = random() * total
    return sums.findIndex((sum) => sum >= wanted)
  }
}

/** The number of misses of an LRU cache with this number of items, for this sequence. */
const missesOf = (trace: readonly string[], room: number): number => {
  const held = new Set<string>()
  let misses = 0
  for (const id of trace) {
    if (!held.delete(id)) {
      misses += 1
      const [oldest] = held
      if (held.size >= room && oldest !== undefined) held.delete(oldest)
    }
    held.add(id)
  }
  return misses
}

const operation = 'query ($id: ID!) { vacature(id: $id) { id status functie { functieTitel } } }'

for (const answers of ['all', 'off']) {
  void t.test(
    `popular items stay cached: with CACHE_ANSWERS=${answers}, the calls are within 5 % of an ideal LRU with as many items`,
    async (t) => {
      const { get, query, simulator } = await build(t, {
        env: {
          CACHE_MAX_MB: '1',
          CACHE_ANSWERS: answers,
          LOG_LEVEL: 'silent',
          REQUESTS_PER_MINUTE: '1000000',
          BATCH_WINDOW_MS: '0',
          COST_PER_MINUTE: '100000000'
        },
        simulator: { vacatures: ids * 2 }
      })
      const known: string[] = []
      for (let vanaf = 0; known.length < ids; vanaf += 200) {
        const { resultaten } = (await (
          await fetch(`${simulator.base}/openservices/v2/vacatures?aantal=200&vanaf=${vanaf}`, {
            headers: { 'x-ibm-client-id': 'test' }
          })
        ).json()) as { resultaten: { vacatureReferentie: { interneReferentie: string } }[] }
        known.push(...resultaten.map(({ vacatureReferentie: { interneReferentie } }) => interneReferentie))
      }
      const random = createRandom(7)
      const position = createZipf(ids, random)
      const trace = Array.from({ length: asks }, () => known[position()] ?? '')
      await simulator.reset()
      for (const [index, id] of trace.entries()) {
        // The doors alternate, since an answer derived from a record is a use of it too.
        if (index % 2 === 0) await (await get(`/services/openservices/v2/vacatures/${id}`)).text()
        else await query(operation, { id })
      }
      const { cache } = (await (await get('/health/ready')).json()) as { cache: { items: number } }
      const { 'GET /vacatures/{id}': calls = 0 } = (await simulator.calls()).perEndpoint
      const ideal = missesOf(trace, cache.items)
      t.ok(cache.items < ids * 0.6 && cache.items > 100, `${cache.items} items are cached`)
      t.ok(
        Math.abs(calls - ideal) <= ideal * 0.05,
        `${calls} calls for ${asks} requests, ${ideal} by an ideal LRU: ${(calls / ideal).toFixed(3)}`
      )
    }
  )
}
