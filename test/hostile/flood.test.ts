import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { floods, pour, promised } from '../../bench/floods.ts'
import { sha256 } from '../../src/access/consumers.ts'
import { free, windowMs } from '../../src/access/refusalDelay.ts'
import { eighths } from '../../src/cache/shares.ts'
import { catalogue, isRefusal } from '../../src/errors.ts'
import { builtCli } from '../built.ts'

t.setTimeout(600_000) // 100,000 requests, on a busy machine

const cli = builtCli()
const { cacheMb, memoryFlags, grownMb, rssMb } = promised
const key = 'flooding'
/** Enough requests of each kind to fill the caches of request data, and more than those that once ended the process. */
const enough = 2000
const counts: Readonly<Record<string, number>> = {
  'documents with an unknown field': 6000,
  'valid documents': 3000,
  'valid documents with directives': 10_000,
  variables: 6000,
  'APQ documents': 3000,
  'APQ hashes': 6000,
  'Accept headers': 6000,
  'header names': 6000
}

type Cache = { requests: { bytes: number } }

/** The production gateway with little memory; its consumer has no effective limit and no refusal delay. */
const start = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flood-'))
  const consumers = join(folder, 'consumers.json')
  writeFileSync(
    consumers,
    JSON.stringify([
      {
        name: key,
        sha256: sha256(key),
        scopes: ['vacatures'],
        limits: { requestsPerMinute: 1_000_000_000, costPerMinute: 1_000_000_000 }
      }
    ])
  )
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    VDAB_URL: 'simulator',
    PORT: '0',
    CONSUMERS_FILE: consumers,
    AUDIT_FILE: join(folder, 'audit.ndjson'),
    CACHE_MAX_MB: String(cacheMb),
    REFUSAL_DELAY_MS: '0',
    FEED_INTERVAL_MS: '0'
  }
  const child = spawn(process.execPath, [...memoryFlags, cli], {
    env,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (part: Buffer) => {
      if (said.length < 100_000) said += part.toString()
      const found = /the gateway listens on (http[^" ]+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', (code) => {
      reject(new Error(`the gateway ended with ${code}`))
    })
  })
  return {
    url,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
  }
}

t.test(
  'a flood of distinct requests raises memory by no more than documented',
  { skip: process.platform === 'linux' ? false : 'memory is read from /proc' },
  async (t) => {
    const { url, isAlive, rss } = await start()
    const kept = async () =>
      ((await (await fetch(`${url}/health/ready`)).json()) as { cache: Cache }).cache.requests.bytes // its documented form
    for (const flood of floods) {
      const before = rss()
      const to = counts[flood.name] ?? enough
      t.equal(await pour(url, flood, { to, key }), 0, `${to} ${flood.name} get the expected answer`)
      t.ok(isAlive(), 'the gateway is alive')
      const after = rss()
      t.ok(after - before < grownMb, `${flood.name}: from ${before.toFixed(0)} to ${after.toFixed(0)} MB`)
      t.ok(after < rssMb, `no more than ${rssMb} MB in total`)
      t.ok((await kept()) <= (cacheMb * 2 ** 20) / 8, 'data of requests stays within its share of the cache')
    }
  }
)

void t.test('the page on memory and overload states the tested numbers', (t) => {
  const text = readFileSync(new URL('../../docs/operations/memory.md', import.meta.url), 'utf8')
  t.match(
    text,
    `with \`CACHE_MAX_MB=${cacheMb}\` and \`NODE_OPTIONS="${memoryFlags.join(' ')}"\`, no flood of one kind moves the resident memory by more than ${grownMb} MB, and the whole stays below ${rssMb} MB`
  )
  t.match(text, `A consumer may cause ${free} refusals in ${windowMs / 1000} s.`)
  for (const share of Object.values(eighths)) t.match(text, `\n| ${share}/8 | `)
  t.equal(
    Object.values(eighths).reduce((sum, share) => sum + share, 0),
    8
  )
  const codes = /an error has the code (.+?), whatever/.exec(text)?.[1] ?? ''
  for (const code of Object.keys(catalogue)) t.equal(codes.includes(`\`${code}\``), isRefusal(code), code)
  t.end()
})
