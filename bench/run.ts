import { benchSpeed, parts } from './speed.ts'

/** The benchmarks other than the default one, by name. */
const others: Readonly<Record<string, () => Promise<void>>> = {
  cache: async () => (await import('./cache.ts')).benchCache(),
  hostile: async () => (await import('./hostile.ts')).benchHostile(),
  subscribers: async () => (await import('./subscribers.ts')).benchSubscribers(),
  freshness: async () => (await import('./freshness.ts')).benchFreshness(),
  export: async () => (await import('./export.ts')).benchExport(),
  faults: async () => (await import('./faults.ts')).benchFaults(),
  flood: async () => (await import('./flood.ts')).benchFlood(),
  retained: async () => (await import('./retained.ts')).benchRetained(),
  profile: async () => (await import('./profile.ts')).benchProfile(),
  'sqlite-copy': async () => (await import('./sqlite-copy.ts')).benchSqliteCopy(),
  workers: async () => (await import('./workers.ts')).benchWorkers(),
  upstream: async () => (await import('./upstream.ts')).benchUpstream(),
  quota: async () => (await import('./quota.ts')).benchQuota(),
  telemetry: async () => (await import('./telemetry.ts')).benchTelemetry(),
  scrape: async () => (await import('./scrape.ts')).benchScrape(),
  sharing: async () => (await import('./sharing.ts')).benchSharing(),
  'sharing-feed': async () => (await import('./sharing/feed.ts')).benchSharedFeed(),
  'sharing-faults': async () => (await import('./sharing/faults.ts')).benchSharingFaults(),
  plaats: async () => (await import('./enrichment/plaats.ts')).benchPlaats()
}
const long = ['cache', 'hostile', 'subscribers', 'freshness']

// `npm run bench` runs the parts of speed.ts, `-- --full` runs them longer and then the older benchmarks, `-- cold
// zipf` runs only those parts.
const given = process.argv.slice(2)
const isFull = given.includes('--full')
const asked = given.filter((name) => name !== '--full')
const unknown = asked.find((name) => !Object.hasOwn(others, name) && !parts.includes(name))
if (unknown !== undefined)
  throw new Error(`"${unknown}" is not a benchmark; there are: ${[...parts, ...Object.keys(others)].join(', ')}`)

const only = asked.filter((name) => parts.includes(name))
if (asked.length === 0 || only.length > 0) await benchSpeed({ isFull, only })
for (const name of asked.length === 0 && isFull ? long : asked) {
  if (!Object.hasOwn(others, name)) continue
  process.stdout.write(`\n== ${name} (Node ${process.version})\n`)
  await others[name]?.()
}
