import { test } from 'tap'
import { build } from '../helper.ts'
import { scrape } from '../telemetry/scrape.ts'

type Page = { data: { vacatures: { totaal: number } } }

/** Reads every vacancy; returns their number. */
const readAll = async (get: (path: string) => Promise<Response>) =>
  (await (await get('/api/vacatures/export')).text()).trim().split('\n').length - 1 // the last line is the checksum

test('the enrichment remembers no more vacancies than ENRICH_MAX_VACATURES, and the metrics show its memory', async (t) => {
  const env = { ENRICH_MAX_VACATURES: '1000', ENRICH_LEVENSLOOP: 'off' }
  const { query, get, url } = await build(t, { env, simulator: { vacatures: 1500 } })
  const bytes = async (name: string) => (await scrape(url)).sum(name, { part: 'enrichment' })
  t.equal(await bytes('cache_bytes'), 0)
  t.ok((await readAll(get)) > 1200, 'there are more vacancies than it remembers')
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
  const { get, url } = await build(t, { env, simulator: { vacatures: 100 } })
  await readAll(get)
  t.equal((await scrape(url)).sum('cache_limit_bytes', { part: 'enrichment' }), 0)
})
