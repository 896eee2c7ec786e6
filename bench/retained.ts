import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../src/access/consumers.ts'
import { floods, pour } from './floods.ts'
import { endAll, folder, tellOf } from './processes.ts'
import { startGateway, startVdab } from './product.ts'

const count = 3000
const key = 'retained-key'
/** so that nothing is evicted */
const cacheMb = 16_384

type Size = { bytes: number; items: number }
type Ready = { cache: Size & { derived: Size; requests: Size } }

/** Consumers without effective limits. */
export const writeRoomy = (name: string, keys: readonly string[]): string => {
  const file = join(folder, `${name}.json`)
  writeFileSync(
    file,
    JSON.stringify(
      keys.map((one) => ({
        name: one,
        sha256: sha256(one),
        scopes: ['vacatures', 'kandidaten'],
        limits: { requestsPerMinute: 1_000_000_000, costPerMinute: 1_000_000_000 }
      }))
    )
  )
  return file
}

/** The memory retained after each kind of new request: the growth of the heap against the counted bytes. */
export const benchRetained = async () => {
  try {
    const vdab = await startVdab(500)
    const gateway = await startGateway({
      vdab: vdab.base,
      node: ['--expose-gc'],
      env: {
        CACHE_MAX_MB: String(cacheMb),
        CONSUMERS_FILE: writeRoomy('retained', [key]),
        REFUSAL_DELAY_MS: '0',
        LOG_LEVEL: 'warn'
      },
      isTold: true
    })
    const held = async () => {
      const { heapUsed, external } = await tellOf<NodeJS.MemoryUsage>(gateway, 'memory')
      const { cache } = (await (await fetch(`${gateway.url}/health/ready`)).json()) as Ready // its documented form
      return {
        heap: heapUsed + external,
        counted: cache.bytes + cache.derived.bytes + cache.requests.bytes,
        requests: cache.requests
      }
    }
    process.stdout.write(
      `${'retained per request'.padEnd(46)}${'heap'.padStart(8)}${'counted'.padStart(9)}  bytes each, ${count} requests\n`
    )
    for (const flood of floods) {
      await pour(gateway.url, flood, { to: 200, key })
      const before = await held()
      const others = await pour(gateway.url, flood, { from: 200, to: 200 + count, key })
      const after = await held()
      const each = (grown: number) => (grown / count).toFixed(0)
      const [heap, counted] = [after.heap - before.heap, after.counted - before.counted]
      process.stdout.write(
        `${flood.name.padEnd(46)}${each(heap).padStart(8)}${each(counted).padStart(9)}  ${heap / count < 100 ? '' : (counted / heap).toFixed(2)}${others > 0 ? `  ${others} with another status` : ''}\n`
      )
    }
  } finally {
    await endAll()
  }
}
