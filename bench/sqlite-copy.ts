import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sqlite from 'node-sqlite3-wasm'
import { Pool } from 'undici'
import { createSimulator } from '../src/simulator/server.ts'

type Options = {
  vacatures: number
  changes: number
  /** the average pause between two changes, in ms */
  pauseMs: number
  consumerKills: number
  gatewayKills: number
  /** calls per minute of the gateway; a low number makes some kills happen during an export */
  callsPerMinute: number
  /** the seed of the random kills */
  seed?: number
  log?: (message: string) => void
}
type Found = {
  published: number
  copied: number
  differing: number
  missing: number
  superfluous: number
  ms: number
  consumerStarts: number
  gatewayStarts: number
  exportsBegun: number
  exportsContinued: number
}

const root = fileURLToPath(new URL('..', import.meta.url))

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  server.close()
  await once(server, 'close')
  return port
}

/** The longest wait, in ms, for the log line of an export after a start. */
const maxWaitMs = 10_000

/** Random numbers from 0 to 1 by a seed (mulberry32). */
const createRandom = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A process that can be killed or stopped, and started again. */
const createProcess = (start: () => ChildProcess) => {
  let child: ChildProcess | undefined
  let starts = 0
  const gone = async () => {
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  return {
    start() {
      starts += 1
      child = start()
      return child
    },
    end: async (signal: NodeJS.Signals) => {
      child?.kill(signal)
      await gone()
    },
    gone,
    starts: () => starts
  }
}

const startGateway = (port: number, base: string, { callsPerMinute }: Options) =>
  spawn(process.execPath, ['--import=tsx', 'src/cli.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      VDAB_URL: base,
      VDAB_API_KEY: 'bench',
      PORT: String(port),
      LOG_LEVEL: 'info',
      REQUESTS_PER_MINUTE: '1000000',
      COST_PER_MINUTE: '1000000000',
      FEED_INTERVAL_MS: '200',
      FEED_OVERLAP_MS: '2000',
      VDAB_CALLS_PER_MINUTE: String(callsPerMinute),
      BATCH_MAX: '25',
      AUDIT_FILE: join(tmpdir(), 'audit-of-no-one.ndjson')
    }
  })

/** The published vacancies of the simulator, as VDAB's JSON by id. */
const readWorld = async (pool: Pool): Promise<Map<string, string>> => {
  const ask = async (path: string, body?: unknown) => {
    const answer = await pool.request({
      path: `/services/openservices/v2/vacatures${path}`,
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'x-ibm-client-id': 'any', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return (await answer.body.json()) as {
      aantal: number
      resultaten: { vacatureReferentie: { interneReferentie: string } }[]
    } // the simulator's envelope
  }
  const idsOf = ({ resultaten }: Awaited<ReturnType<typeof ask>>) =>
    resultaten.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie)
  const ids: string[] = []
  const datum = new Date().toISOString().slice(0, 10)
  for (let total = 1; ids.length < total;) {
    const page = await ask(`/initial?datum=${datum}&aantal=2000&vanaf=${ids.length}`)
    ids.push(...idsOf(page))
    total = page.aantal
  }
  const world = new Map<string, string>()
  for (let at = 0; at < ids.length; at += 200) {
    const page = await ask('', { vacatureIds: ids.slice(at, at + 200) })
    idsOf(page).forEach((id, index) => world.set(id, JSON.stringify(page.resultaten[index])))
  }
  return world
}

/** Makes one change by the simulator's control API: mostly a new title, sometimes the end, the return or the removal. */
const createChanger = (pool: Pool, ids: string[], random: () => number) => {
  const closed: string[] = []
  const control = async (method: 'PATCH' | 'DELETE', id: string, body?: unknown) => {
    const answer = await pool.request({
      path: `/_simulator/vacatures/${id}`,
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`${method} ${id}: ${answer.statusCode}`)
  }
  const take = (from: string[]) => from.splice(Math.floor(random() * from.length), 1)[0]
  return async (number: number) => {
    const kind = random()
    if (kind < 0.02 && ids.length > 100) return control('DELETE', take(ids) ?? '')
    if (kind < 0.08 && ids.length > 100) {
      const id = take(ids) ?? ''
      closed.push(id)
      return control('PATCH', id, { status: 'NIET_GEPUBLICEERD' })
    }
    if (kind < 0.13 && closed.length > 0) {
      const id = take(closed) ?? ''
      ids.push(id)
      return control('PATCH', id, { status: 'GEPUBLICEERD' })
    }
    return control('PATCH', ids[Math.floor(random() * ids.length)] ?? '', {
      functie: { functieTitel: `Titel ${number}` }
    })
  }
}

const readCopy = (path: string): Map<string, string> => {
  const database = new sqlite.Database(path, { readOnly: true })
  try {
    return new Map(database.all('SELECT id, json FROM vacatures').map(({ id, json }) => [id as string, json as string])) // the columns are text
  } finally {
    database.close()
  }
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const startAndListen = async (gateway: ReturnType<typeof createProcess>) => {
  const { stdout } = gateway.start()
  for await (const line of stdout ?? []) if (String(line).includes('the gateway listens on')) break
}

const example = (port: number, file: string) => [
  'examples/sqlite-copy/copy.mjs',
  ...['--gateway', `http://127.0.0.1:${port}`, '--key', 'demo-hr', '--db', file]
]

const startExample = (port: number, file: string) =>
  spawn(process.execPath, example(port, file), { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })

const runExampleOnce = async (port: number, file: string) => {
  const last = spawn(process.execPath, [...example(port, file), '--once'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit']
  })
  const [status] = (await once(last, 'exit')) as [number | null]
  if (status !== 0) throw new Error(`the example ended with status ${status ?? 'none'}`)
}

const compare = (world: ReadonlyMap<string, string>, copy: ReadonlyMap<string, string>) => ({
  published: world.size,
  copied: copy.size,
  differing: [...world].filter(([id, json]) => copy.has(id) && copy.get(id) !== json).length,
  missing: [...world.keys()].filter((id) => !copy.has(id)).length,
  superfluous: [...copy.keys()].filter((id) => !world.has(id)).length
})

/** The processes to kill, in random order. */
const drawKills = ({ consumerKills, gatewayKills }: Options, random: () => number) =>
  [...Array.from({ length: consumerKills }, () => 'consumer'), ...Array.from({ length: gatewayKills }, () => 'gateway')]
    .map((target) => ({ target, at: random() }))
    .sort((a, b) => a.at - b.at)

/**
 * Runs `examples/sqlite-copy` against a gateway, changes vacancies at random, kills both processes several times, and
 * compares the copy with VDAB's data at the end. The first kills happen during the export.
 */
export const runWithKills = async (options: Options): Promise<Found> => {
  const { vacatures, changes, pauseMs, seed = 1, log = () => {} } = options
  const startedAt = performance.now()
  const simulator = createSimulator({ vacatures, kandidaten: 0 })
  const base = await simulator.listen()
  const pool = new Pool(new URL(base).origin)
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-copy-'))
  const file = join(folder, 'copy.sqlite')
  const port = await freePort()
  let output = ''

  const gateway = createProcess(() => startGateway(port, base, options))
  const consumer = createProcess(() => {
    const child = startExample(port, file)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    return child
  })
  const random = createRandom(seed)
  let made = 0
  const make = async (change: (number: number) => Promise<void>, count: number) => {
    for (let left = Math.min(count, changes - made); left > 0; left -= 1) {
      made += 1
      await change(made)
      if (pauseMs > 0) await wait(random() * 2 * pauseMs)
      if (made % 1000 === 0) log(`${made} changes`)
    }
  }
  const killConsumer = async () => {
    await consumer.end('SIGKILL')
    consumer.start()
  }
  const killGateway = async (during: Promise<void>) => {
    await gateway.end('SIGKILL')
    await Promise.all([during, wait(random() * 500).then(() => startAndListen(gateway))])
  }
  try {
    await startAndListen(gateway)
    consumer.start()
    const change = createChanger(pool, [...(await readWorld(pool)).keys()], createRandom(seed + 1))
    const kills = drawKills(options, random)
    // The first kills happen during an export, the others at any time.
    const early = Math.ceil(kills.length / 5)
    for (const [index, { target }] of kills.entries()) {
      const printed = output.length
      // A process that was killed just after the last line of its export does not log the export, hence the time limit.
      const until = performance.now() + maxWaitMs
      const isExporting = () => output.slice(index === 0 ? 0 : printed).includes('export')
      while (index < early && !isExporting() && !output.includes('the copy holds') && performance.now() < until)
        await wait(20)
      const later = ((changes - made) / (kills.length - index)) * 2
      await make(change, index < early ? 20 + random() * 60 : later * random())
      if (target === 'consumer') await killConsumer()
      else await killGateway(make(change, 20))
    }
    await make(change, changes)
    await consumer.end('SIGTERM')
    await runExampleOnce(port, file)
    return {
      ...compare(await readWorld(pool), readCopy(file)),
      ms: Math.round(performance.now() - startedAt),
      consumerStarts: consumer.starts(),
      gatewayStarts: gateway.starts(),
      exportsBegun: output.split('a new export').length - 1,
      exportsContinued: output.split('where it broke off').length - 1
    }
  } finally {
    await consumer.end('SIGKILL')
    await gateway.end('SIGKILL')
    await pool.close()
    await simulator.close()
    rmSync(folder, { recursive: true })
  }
}

/** 10,000 random changes, 20 kills of the consumer and 5 of the gateway. Fails when the copy differs from VDAB's data. */
export const benchSqliteCopy = async () => {
  const log = (message: string) => {
    process.stdout.write(`${message}\n`)
  }
  const found = await runWithKills({
    vacatures: 2000,
    changes: 10_000,
    pauseMs: 8,
    consumerKills: 20,
    gatewayKills: 5,
    callsPerMinute: 900,
    log
  })
  log(JSON.stringify(found, null, 2))
  const isEqual = found.differing + found.missing + found.superfluous === 0
  log(isEqual ? `the copy equals VDAB's data: ${found.published} vacancies` : "THE COPY DIFFERS FROM VDAB'S DATA")
  if (!isEqual) process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchSqliteCopy()
