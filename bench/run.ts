import { benchCache } from './cache.ts'
import { benchExport } from './export.ts'
import { benchFreshness } from './freshness.ts'
import { benchGateway } from './gateway.ts'
import { benchHostile } from './hostile.ts'
import { benchKopie } from './kopie.ts'
import { benchSubscribers } from './subscribers.ts'

const benches = { gateway: benchGateway, cache: benchCache, hostile: benchHostile, subscribers: benchSubscribers, freshness: benchFreshness, export: benchExport, kopie: benchKopie } as const
const isBench = (name: string): name is keyof typeof benches => Object.hasOwn(benches, name)

// `npm run bench` runs all, `npm run bench -- cache` one. Figures are ratios to read, not limits to keep.
const asked = process.argv.slice(2)
const names = asked.length === 0 ? Object.keys(benches) : asked
for (const name of names) {
  if (!isBench(name)) throw new Error(`"${name}" is not a benchmark; there are: ${Object.keys(benches).join(', ')}`)
  process.stdout.write(`\n== ${name} (Node ${process.version})\n`)
  await benches[name]()
}
