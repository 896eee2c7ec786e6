import { readFileSync } from 'node:fs'
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { createCached } from '../src/cache/cached.ts'
import { createMemoryTier } from '../src/cache/memory.ts'
import type { Samples } from './records.ts'

const megabyte = 1024 * 1024
const maxBytes = 64 * megabyte
const freshness = { row: 'bench', freshMs: 3_600_000, negativeMs: 3_600_000 }
// The entries that the gateway stores as text, with the share for parsed objects: none, because texts are measured.
const asText = { ...freshness, isText: true }
const isRecord = (what: string) => /^(vacature|kandidaat)/.test(what)
const inMegabytes = (bytes: number) => (bytes / megabyte).toFixed(1).padStart(8)
const idOf = (index: number) => `${index.toString(16).padStart(8, '0')}-68d3-4fb7-aa35-c36e96ede172`

// Usage: cache-fill.ts FILE floor | million | weigh WHAT, with --expose-gc.
const [file = '', mode = '', what] = process.argv.slice(2)
const samples = JSON.parse(readFileSync(file, 'utf8')) as Samples // written by cache.ts
const heap = () => {
  for (let again = 0; again < 3; again += 1) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** The next answer, parsed from its own text, as in the client. */
const parse = (texts: readonly string[], index: number): unknown =>
  JSON.parse((texts[index % texts.length] ?? '').replaceAll('{id}', idOf(index)))

const createCache = () => {
  const tier = createMemoryTier({ maxBytes })
  return { tier, cached: createCached({ tier, openBytes: maxBytes / 8 }) }
}

const fillWithAMillion = async (keeps: boolean) => {
  const texts = samples['vacature'] ?? []
  const before = heap()
  const start = process.memoryUsage.rss()
  const { cached } = createCache()
  const tellPauses = watchPauses()
  let peak = start
  process.stdout.write(`      start   rss ${inMegabytes(start)} MB\n`)
  for (let index = 0; index < 1_000_000; index += 1) {
    if (keeps) await cached.get(`vacature ${idOf(index)}`, asText, async () => parse(texts, index))
    else await Promise.resolve(parse(texts, index))
    if (index % 500 === 0) {
      peak = Math.max(peak, process.memoryUsage.rss())
      await new Promise(setImmediate) // otherwise no pause would be reported
    }
    if ((index + 1) % 100_000 === 0) {
      const { bytes, items } = cached.size()
      process.stdout.write(
        `${String(index + 1).padStart(11)}   rss ${inMegabytes(process.memoryUsage.rss())} MB   heap in use ${inMegabytes(process.memoryUsage().heapUsed)} MB   ${items} records cached, estimated ${inMegabytes(bytes)} MB\n`
      )
    }
  }
  process.stdout.write(
    `       peak   rss ${inMegabytes(peak)} MB sampled, ${inMegabytes(process.resourceUsage().maxRSS * 1024)} MB by the system\n`
  )
  tellPauses()
  const grown = heap() - before
  const { bytes, items } = cached.size()
  if (keeps)
    process.stdout.write(
      `after a collection: heap grew by ${inMegabytes(grown)} MB for ${items} records, estimated ${inMegabytes(bytes)} MB: estimate / heap = ${(bytes / grown).toFixed(3)}\n`
    )
}

/** The GC pauses, by kind. */
const watchPauses = () => {
  const pauses = new Map<string, number[]>()
  const names = new Map<unknown, string>([
    [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
    [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
    [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental']
  ])
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { detail } = entry as typeof entry & { detail?: { kind?: number } } // entries of GC have this member, the type of all entries lacks it
      const name = names.get(detail?.kind) ?? 'other'
      pauses.set(name, [...(pauses.get(name) ?? []), entry.duration])
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  return () => {
    observer.disconnect()
    for (const [name, all] of pauses) {
      const sorted = all.sort((a, b) => a - b)
      const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1)
      process.stdout.write(
        `${name.padStart(11)}   ${sorted.length} pauses   p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   longest ${at(1)} ms\n`
      )
    }
  }
}

const weigh = async (what: string) => {
  const texts = samples[what] ?? []
  const before = heap()
  const tier = createMemoryTier({ maxBytes })
  const cached = createCached({ tier, openBytes: 0 })
  for (let index = 0; tier.size().items === index && index < 200_000; index += 1)
    await cached.get(`bench ${idOf(index)}`, isRecord(what) ? asText : freshness, async () => parse(texts, index))
  const grown = heap() - before
  const { bytes, items } = tier.size()
  const inKilobytes = (sum: number) => (sum / 1024).toFixed(2).padStart(8)
  const json = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length
  process.stdout.write(
    `${what.padEnd(24)} ${String(items).padStart(7)} cached  ${inKilobytes(json)} KB of JSON  ${inKilobytes(bytes / items)} KB estimated  ${inKilobytes(grown / items)} KB of heap  estimate / heap = ${(bytes / grown).toFixed(3)}\n`
  )
}

await (what === undefined ? fillWithAMillion(mode === 'million') : weigh(what))
