import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demoConsumers } from '../src/access/consumers.ts'
import { promised } from './floods.ts'
import { p99Of } from './hostile.ts'
import { endAll, folder, peakRssOf, letFloat, rssOf } from './processes.ts'
import { startGateway, startVdab } from './product.ts'

const count = Number(process.env['FLOOD_COUNT'] ?? 100_000)
/** A limit of 100,000 a minute, fully used. */
const perSecond = 100_000 / 60
const connections = 500
const measureMs = 8000
const attacker = 'demo-frontend'

/** Floods that leave data in the gateway, or that it validates slowly. */
const kinds = [
  'documents with an unknown field',
  'valid documents',
  'valid documents with directives',
  'variables',
  'APQ documents',
  'APQ hashes',
  'Accept headers',
  'header names'
]

const writeConsumers = () => {
  const file = join(folder, 'flood.json')
  const much = { requestsPerMinute: 1_000_000, costPerMinute: 1_000_000_000 }
  writeFileSync(
    file,
    JSON.stringify(
      demoConsumers.map((entry) => ({
        ...entry,
        limits: entry.name === attacker ? { ...much, requestsPerMinute: 100_000 } : much
      }))
    )
  )
  return file
}

/**
 * Measures the memory, and the latency of another consumer, while one key sends each kind of new request at 100,000 a
 * minute.
 */
export const benchFlood = async () => {
  letFloat() // on two cores, as in production: the garbage collector has its own threads
  try {
    const vdab = await startVdab(5000)
    const { url, pid } = await startGateway({
      vdab: vdab.base,
      node: promised.memoryFlags,
      env: { CACHE_MAX_MB: String(promised.cacheMb), CONSUMERS_FILE: writeConsumers() }
    })
    await p99Of(url, 3000)
    process.stdout.write(
      `${`${count} different`.padEnd(36)}${'RSS before'.padStart(11)}${'after'.padStart(7)}${'most'.padStart(6)}  p99 of another consumer: quiet, attacked (ms)\n`
    )
    for (const name of process.env['FLOOD_KINDS']?.split(',') ?? kinds) {
      const before = rssOf(pid)
      const quiet = await p99Of(url, measureMs)
      const child = fork(fileURLToPath(new URL('flooder.ts', import.meta.url)), [
        url,
        name,
        String(count),
        attacker,
        String(connections),
        String(perSecond)
      ])
      // It represents clients on other machines: it must not use the cores of the gateway and of the measurement.
      setPriority(child.pid ?? 0, constants.priority.PRIORITY_LOW)
      const over = once(child, 'message')
      await new Promise((resolve) => setTimeout(resolve, 3000))
      const attacked = await p99Of(url, measureMs)
      const [others] = (await over) as [number] // flooder.ts sends nothing else
      const mb = (value: number) => value.toFixed(0)
      process.stdout.write(
        `${name.padEnd(36)}${mb(before).padStart(11)}${mb(rssOf(pid)).padStart(7)}${mb(peakRssOf(pid)).padStart(6)}  ${quiet.p99.toFixed(1)}  ${attacked.p99.toFixed(1)}  ${(attacked.p99 / quiet.p99).toFixed(2)} ×${attacked.failed > 0 ? `  ${attacked.failed} failed` : ''}${others > 0 ? `  (${others} of the flood with another status)` : ''}\n`
      )
    }
  } finally {
    await endAll()
  }
}
