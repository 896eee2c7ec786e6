import { test } from 'tap'
import { build } from '../helper.ts'
import { scrape } from '../telemetry/scrape.ts'

type Page = { data: { vacatures: { totaal: number; pageInfo: { hasNextPage: boolean; endCursor: string } } } }
type Query = (text: string, variables?: unknown) => Promise<unknown>

/** Reads every vacancy; returns their number. */
const readAll = async (query: Query) => {
  for (let after: string | null = null; ;) {
    const { data } = (await query(
      `query ($after: String) {
        vacatures(first: 200, after: $after) { totaal nodes { versie } pageInfo { hasNextPage endCursor } }
      }`,
      { after }
    )) as Page
    const { totaal, pageInfo } = data.vacatures
    if (!pageInfo.hasNextPage) return totaal
    after = pageInfo.endCursor
  }
}

test('the enrichment remembers no more vacancies than ENRICH_MAX_VACATURES, and the metrics show its memory', async (t) => {
  const env = { ENRICH_MAX_VACATURES: '1000', ENRICH_LEVENSLOOP: 'off' }
  const { query, url } = await build(t, { env, simulator: { vacatures: 1500 } })
  const bytes = async (name: string) => (await scrape(url)).sum(name, { part: 'enrichment' })
  t.equal(await bytes('cache_bytes'), 0)
  t.ok((await readAll(query)) > 1200, 'there are more vacancies than it remembers')
  const nearby = (await query(
    `{ vacatures(nabij: { breedte: 50.85, lengte: 4.35, binnenKm: 200 }) { totaal } }`
  )) as Page
  t.ok(nearby.data.vacatures.totaal > 500, 'a search by distance finds them')
  t.ok(nearby.data.vacatures.totaal <= 1000, 'those read first are forgotten')
  const [used, limit] = [await bytes('cache_bytes'), await bytes('cache_limit_bytes')]
  t.ok(used > 0.9 * limit && used <= limit, `${used} of ${limit} bytes`)
})

test('a part that is off takes no memory', async (t) => {
  const env = { ENRICH_PLAATS: 'off', ENRICH_DUBBELS: 'off', ENRICH_LEVENSLOOP: 'off' }
  const { query, url } = await build(t, { env, simulator: { vacatures: 100 } })
  await readAll(query)
  t.equal((await scrape(url)).sum('cache_limit_bytes', { part: 'enrichment' }), 0)
})
