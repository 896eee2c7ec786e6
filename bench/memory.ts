import { quantile } from './figures.ts'
import type { Figure, Part } from './figures.ts'
import { askOnce, drive } from './load.ts'
import { peakRssOf, rssOf, tellOf } from './processes.ts'
import type { Server } from './processes.ts'
import { startGateway, startVdab } from './product.ts'
import type { Vdab } from './product.ts'
import { page } from './questions.ts'
import { posted } from './warm.ts'

const perQuestion = 200
const atOnce = 4
/** above the default of 256, so that all vacancies fit */
const cacheMb = 512
/** About 92 % of the simulator's vacancies are published. */
const published = 0.9
const megabyte = 2 ** 20
const query = 'query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { versie } }'

type Pauses = { pauses: readonly (readonly [ms: number, isMajor: 0 | 1])[] }

const pausesOf = async (gateway: Server, when: string): Promise<Figure> => {
  const { pauses } = await tellOf<Pauses>(gateway, 'pauses')
  const times = pauses.map(([ms]) => ms)
  const major = pauses.flatMap(([ms, isMajor]) => (isMajor === 1 ? [ms] : []))
  return {
    what: `longest GC pause, ${when}`,
    value: Math.max(0, ...times),
    unit: 'ms',
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    note: `${times.length} pauses, ${times.reduce((sum, ms) => sum + ms, 0).toFixed(0)} ms in all; ${major.length} of the whole heap, the longest ${Math.max(0, ...major).toFixed(1)} ms`
  }
}

type Held = { bytes: number; items: number }
/** The estimates: all that `CACHE_MAX_MB` bounds (records, lists, derived values), and the enrichment. */
const countedBy = async ({ url }: Server): Promise<Held> => {
  const { cache } = (await (await fetch(`${url}/health/ready`)).json()) as { cache: Held & { derived: Held } } // its documented form
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const enrichment = Number(/cache_bytes\{part="enrichment"\} (\d+)/.exec(metrics)?.[1])
  return { bytes: cache.bytes + cache.derived.bytes + enrichment, items: cache.items }
}

/** The parts of the enrichment that store data for each vacancy. SQLite, which stores levensloop, is outside the heap. */
const parts = ['ENRICH_PLAATS', 'ENRICH_DUBBELS', 'ENRICH_LEVENSLOOP']
const cases = [
  { name: 'the cache alone', off: parts, target: { most: 700 } },
  { name: 'with the enrichment', off: ['ENRICH_LEVENSLOOP'] },
  { name: 'with levensloop in memory too', off: [] }
] as const
type Case = { name: string; off: readonly string[]; target?: { most: number } }

const measure = async (vdab: Vdab, ids: readonly string[], { name, off, target }: Case): Promise<Figure[]> => {
  const gateway = await startGateway({
    vdab: vdab.base,
    node: ['--expose-gc'],
    env: { CACHE_MAX_MB: String(cacheMb), ...Object.fromEntries(off.map((setting) => [setting, 'off'])) },
    isTold: true
  })
  const warmPage = posted(gateway, page, { jobdomein: ['JOBCAT01'] })
  await drive(warmPage, 2)
  const heap = async () => {
    const { heapUsed, external } = await tellOf<NodeJS.MemoryUsage>(gateway, 'memory')
    return heapUsed + external
  }
  const [before, counted] = [await heap(), await countedBy(gateway)]
  const rssBefore = rssOf(gateway.pid)
  await tellOf(gateway, 'pauses')

  let next = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let at = next; at < ids.length; at = next) {
        next += perQuestion
        await askOnce(posted(gateway, query, { ids: ids.slice(at, at + perQuestion) }))
      }
    })
  )
  const seconds = (performance.now() - began) / 1000
  const filling = await pausesOf(gateway, 'while vacancies were fetched')
  await drive(warmPage, 3)
  const loaded = await pausesOf(gateway, 'while pages were requested')
  const [rss, most] = [rssOf(gateway.pid), peakRssOf(gateway.pid)]
  const [grown, { bytes, items }] = [(await heap()) - before, await countedBy(gateway)]
  const rssAfter = rssOf(gateway.pid)
  await gateway.end()

  const error = grown / (bytes - counted.bytes) - 1
  return [
    {
      what: `RSS, ${name}, at most`,
      value: most,
      unit: 'MB',
      ...(target ? { target } : {}),
      rss,
      note: `${seconds.toFixed(0)} s to fetch; ${rssBefore.toFixed(0)} MB before, ${rss.toFixed(0)} once all were cached, ${rssAfter.toFixed(0)} after a collection; ${items - counted.items} items cached`
    },
    {
      what: 'error of the counted bytes against the growth of the heap',
      value: Math.abs(error) * 100,
      unit: '%',
      target: { most: 25 },
      note: `${(grown / megabyte).toFixed(1)} MB grown, ${((bytes - counted.bytes) / megabyte).toFixed(1)} MB counted; ${(grown / ids.length / 1024).toFixed(2)} kB a vacancy`
    },
    filling,
    loaded
  ]
}

/** W6: the memory of this number of vacancies, the accuracy of its estimate, and the GC pauses. */
export const benchMemory = async (_: unknown, { held }: { held: number }): Promise<Part> => {
  const vdab = await startVdab(Math.ceil(held / published))
  const ids = await vdab.ids(held)
  const figures: Figure[] = []
  for (const one of cases) figures.push(...(await measure(vdab, ids, one)))
  await vdab.end()
  return { title: `W6: ${held} vacancies cached (fetched ${perQuestion} at a time; CACHE_MAX_MB=${cacheMb})`, figures }
}
