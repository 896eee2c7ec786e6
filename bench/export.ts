import { fork, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import { Pool, request } from 'undici'

// About 200,000 of these are published.
const vacatures = 217_500
const latencyMs = 200
const quietMs = 20_000
const clients = 4
const root = fileURLToPath(new URL('..', import.meta.url))

const startSimulator = async () => {
  const child = spawn(
    process.execPath,
    [
      '--import=tsx',
      'src/cli.ts',
      'simulate',
      '--port',
      '0',
      '--vacatures',
      String(vacatures),
      '--kandidaten',
      '0',
      '--latency',
      String(latencyMs)
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] }
  )
  for await (const text of child.stdout) {
    const url = /listens on (\S+)/.exec(String(text))?.[1]
    if (url !== undefined) return { child, url }
  }
  throw new Error('the simulator did not start')
}

/** The current resident memory of the gateway, in MB. */
const rssOf = async (gateway: ChildProcess): Promise<number> => {
  gateway.send('rss')
  const [{ rss }] = (await once(gateway, 'message')) as [{ rss: number }] // export-server.ts sends no other message
  return rss / 2 ** 20
}

/** Requests that no cache can answer, sequential per client, until stopped; their times in ms. */
const askUntil = async (url: string, isOver: () => boolean): Promise<number[]> => {
  const pool = new Pool(url, { connections: clients })
  const times: number[] = []
  let from = Math.floor(Math.random() * 1000)
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (!isOver()) {
        from += 7
        const began = performance.now()
        const { statusCode, body } = await pool.request({
          path: `/services/openservices/v2/vacatures?vanaf=${from}&aantal=20`,
          method: 'GET',
          headers: { 'x-api-key': 'demo-hr' }
        })
        await body.dump()
        if (statusCode !== 200) throw new Error(`a question was answered with ${statusCode}`)
        times.push(performance.now() - began)
      }
    })
  )
  await pool.close()
  return times.sort((a, b) => a - b)
}

const at = (times: readonly number[], share: number) => times[Math.floor((times.length - 1) * share)] ?? 0
const print = (text: string) => {
  process.stdout.write(`${text}\n`)
}

/** Reads the export as a consumer would, and checks it against its last line. */
const takeCopy = async (url: string) => {
  const { statusCode, body } = await request(`${url}/api/vacatures/export`, {
    headers: { 'x-api-key': 'demo-frontend', 'accept-encoding': 'gzip' }
  })
  if (statusCode !== 200) throw new Error(`the export was answered with ${statusCode}`)
  const hash = createHash('sha256')
  let [compressed, bytes, lines] = [0, 0, 0]
  let held = Buffer.alloc(0)
  body.on('data', (chunk: Buffer) => {
    compressed += chunk.length
  })
  for await (const chunk of body.pipe(createGunzip())) {
    const part = chunk as Buffer // a byte stream yields nothing else
    bytes += part.length
    for (let place = part.indexOf(10); place !== -1; place = part.indexOf(10, place + 1)) lines += 1
    held = Buffer.concat([held, part])
    // The last line and the end of the line before it are always within the last 16 kB.
    if (held.length <= 16_384) continue
    hash.update(held.subarray(0, held.length - 16_384))
    held = held.subarray(held.length - 16_384)
  }
  const start = held.lastIndexOf(10, held.length - 2) + 1
  const last = JSON.parse(held.subarray(start).toString()) as { compleet: boolean; aantal: number; sha256: string }
  const isWhole =
    last.compleet && last.aantal === lines - 2 && last.sha256 === hash.update(held.subarray(0, start)).digest('hex')
  return { isWhole, aantal: last.aantal, bytes, compressed }
}

/** Measures the memory of an export of 200,000 vacancies, and the latency of other requests during the export. */
export const benchExport = async () => {
  const simulator = await startSimulator()
  const gateway = fork(fileURLToPath(new URL('export-server.ts', import.meta.url)), {
    execArgv: ['--import=tsx'],
    env: { ...process.env, VDAB_URL: simulator.url }
  })
  try {
    const [{ url }] = (await once(gateway, 'message')) as [{ url: string }] // its first message
    const warmUntil = performance.now() + 3000
    await askUntil(url, () => performance.now() > warmUntil)
    const quietUntil = performance.now() + quietMs
    const quiet = await askUntil(url, () => performance.now() > quietUntil)
    const before = await rssOf(gateway)

    let isOver = false
    let most = before
    const beside = askUntil(url, () => isOver)
    const watching = (async () => {
      while (!isOver) {
        most = Math.max(most, await rssOf(gateway))
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    })()
    const began = performance.now()
    const taking = takeCopy(url).finally(() => {
      isOver = true
    })
    const [copy, busy] = await Promise.all([
      taking.then((taken) => ({ ...taken, seconds: (performance.now() - began) / 1000 })),
      beside,
      watching
    ])

    const say = (times: readonly number[]) =>
      `p50 ${at(times, 0.5).toFixed(0)} ms  p99 ${at(times, 0.99).toFixed(0)} ms  largest ${at(times, 1).toFixed(0)} ms  (${times.length} questions)`
    print(
      `copy      ${copy.aantal} vacancies in ${copy.seconds.toFixed(0)} s, ${copy.isWhole ? 'whole' : 'NOT WHOLE'}; ${(copy.bytes / 2 ** 20).toFixed(0)} MB, ${(copy.compressed / 2 ** 20).toFixed(0)} MB as gzip`
    )
    print(
      `memory    ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most: ${(most - before).toFixed(0)} MB more`
    )
    print(`quiet     ${say(quiet)}`)
    print(`during it ${say(busy)}`)
    print(`p99 during it : quiet ${(at(busy, 0.99) / at(quiet, 0.99)).toFixed(2)}`)
  } finally {
    gateway.disconnect()
    simulator.child.kill()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchExport()
