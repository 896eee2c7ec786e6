import { readFileSync } from 'node:fs'
import { createCached } from '../src/cache/cached.ts'
import { createMemoryTier } from '../src/cache/memory.ts'
import type { Samples } from './records.ts'

const megabyte = 1024 * 1024
const maxBytes = 64 * megabyte
const freshness = { row: 'bench', freshMs: 3_600_000, negativeMs: 3_600_000 }
const inMegabytes = (bytes: number) => (bytes / megabyte).toFixed(1).padStart(8)
const idOf = (index: number) => `${index.toString(16).padStart(8, '0')}-68d3-4fb7-aa35-c36e96ede172`

// What runs is: cache-fill.ts FILE floor | million | weigh WHAT, with --expose-gc.
const [file = '', mode = '', what] = process.argv.slice(2)
const samples = JSON.parse(readFileSync(file, 'utf8')) as Samples // written by cache.ts
const heap = () => {
  for (let again = 0; again < 3; again += 1) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** The next answer, parsed from a text of its own, as the client does it. */
const parse = (texts: readonly string[], index: number): unknown => JSON.parse((texts[index % texts.length] ?? '').replaceAll('{id}', idOf(index)))

const createCache = () => {
  const tier = createMemoryTier({ maxBytes })
  return { tier, cached: createCached({ tier }) }
}

const fillWithAMillion = async (keeps: boolean) => {
  const texts = samples['vacature'] ?? []
  const before = heap()
  const start = process.memoryUsage.rss()
  const { tier, cached } = createCache()
  let peak = start
  process.stdout.write(`      start   rss ${inMegabytes(start)} MB\n`)
  for (let index = 0; index < 1_000_000; index += 1) {
    if (keeps) await cached.get(`vacature ${idOf(index)}`, freshness, async () => parse(texts, index))
    else await Promise.resolve(parse(texts, index))
    if (index % 500 === 0) peak = Math.max(peak, process.memoryUsage.rss())
    if ((index + 1) % 100_000 === 0) {
      const { bytes, items } = tier.size()
      process.stdout.write(`${String(index + 1).padStart(11)}   rss ${inMegabytes(process.memoryUsage.rss())} MB   heap in use ${inMegabytes(process.memoryUsage().heapUsed)} MB   held ${items} records, estimated ${inMegabytes(bytes)} MB\n`)
    }
  }
  process.stdout.write(`       peak   rss ${inMegabytes(peak)} MB sampled, ${inMegabytes(process.resourceUsage().maxRSS * 1024)} MB by the system\n`)
  const grown = heap() - before
  const { bytes, items } = tier.size()
  if (keeps) process.stdout.write(`after a collection: heap grew by ${inMegabytes(grown)} MB for ${items} records, estimated ${inMegabytes(bytes)} MB: estimate / heap = ${(bytes / grown).toFixed(3)}\n`)
}

const weigh = async (what: string) => {
  const texts = samples[what] ?? []
  const before = heap()
  const { tier, cached } = createCache()
  for (let index = 0; tier.size().items === index && index < 200_000; index += 1) await cached.get(`bench ${idOf(index)}`, freshness, async () => parse(texts, index))
  const grown = heap() - before
  const { bytes, items } = tier.size()
  const inKilobytes = (sum: number) => (sum / 1024).toFixed(2).padStart(8)
  const json = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length
  process.stdout.write(`${what.padEnd(24)} ${String(items).padStart(7)} held  ${inKilobytes(json)} KB of JSON  ${inKilobytes(bytes / items)} KB estimated  ${inKilobytes(grown / items)} KB of heap  estimate / heap = ${(bytes / grown).toFixed(3)}\n`)
}

await (what === undefined ? fillWithAMillion(mode === 'million') : weigh(what))
