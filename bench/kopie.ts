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
  /** changes before the next one is made, in ms on average */
  pauseMs: number
  consumerKills: number
  gatewayKills: number
  /** so many calls a minute has the export, so that some of the kills meet it */
  callsPerMinute: number
  /** the kills are drawn from it: the same seed, the same kills */
  seed?: number
  say?: (message: string) => void
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

/** ms within which one that is started says that it begins or goes on with an export. */
const silentMs = 10_000

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
const createDice = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A process that is started again and again: killed without warning, or stopped. */
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

/** What is published at the simulator now, by id, and as VDAB would say it. */
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

/** Makes one change at the simulator's own door: mostly another title, now and then an end, a return or a removal. */
const createChanger = (pool: Pool, ids: string[], dice: () => number) => {
  const closed: string[] = []
  const door = async (method: 'PATCH' | 'DELETE', id: string, body?: unknown) => {
    const answer = await pool.request({
      path: `/_simulator/vacatures/${id}`,
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`${method} ${id}: ${answer.statusCode}`)
  }
  const take = (from: string[]) => from.splice(Math.floor(dice() * from.length), 1)[0]
  return async (number: number) => {
    const kind = dice()
    if (kind < 0.02 && ids.length > 100) return door('DELETE', take(ids) ?? '')
    if (kind < 0.08 && ids.length > 100) {
      const id = take(ids) ?? ''
      closed.push(id)
      return door('PATCH', id, { status: 'NIET_GEPUBLICEERD' })
    }
    if (kind < 0.13 && closed.length > 0) {
      const id = take(closed) ?? ''
      ids.push(id)
      return door('PATCH', id, { status: 'GEPUBLICEERD' })
    }
    return door('PATCH', ids[Math.floor(dice() * ids.length)] ?? '', { functie: { functieTitel: `Titel ${number}` } })
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
  'examples/kopie/kopie.mjs',
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

/** Which process is killed at each kill, in a random order. */
const drawKills = ({ consumerKills, gatewayKills }: Options, dice: () => number) =>
  [...Array.from({ length: consumerKills }, () => 'consumer'), ...Array.from({ length: gatewayKills }, () => 'gateway')]
    .map((who) => ({ who, at: dice() }))
    .sort((a, b) => a.at - b.at)

/**
 * Runs the example of `examples/kopie` against a gateway while VDAB changes at random and both are killed now and then, and
 * compares its copy with VDAB's world in the end. The first of the kills meet the export.
 */
export const keepInStep = async (options: Options): Promise<Found> => {
  const { vacatures, changes, pauseMs, seed = 1, say = () => {} } = options
  const startedAt = performance.now()
  const simulator = createSimulator({ vacatures, kandidaten: 0 })
  const base = await simulator.listen()
  const pool = new Pool(new URL(base).origin)
  const folder = mkdtempSync(join(tmpdir(), 'kopie-'))
  const file = join(folder, 'copy.sqlite')
  const port = await freePort()
  let said = ''

  const gateway = createProcess(() => startGateway(port, base, options))
  const consumer = createProcess(() => {
    const child = startExample(port, file)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    return child
  })
  const dice = createDice(seed)
  let made = 0
  const make = async (change: (number: number) => Promise<void>, count: number) => {
    for (let left = Math.min(count, changes - made); left > 0; left -= 1) {
      made += 1
      await change(made)
      if (pauseMs > 0) await wait(dice() * 2 * pauseMs)
      if (made % 1000 === 0) say(`${made} changes`)
    }
  }
  const killConsumer = async () => {
    await consumer.end('SIGKILL')
    consumer.start()
  }
  const killGateway = async (during: Promise<void>) => {
    await gateway.end('SIGKILL')
    await Promise.all([during, wait(dice() * 500).then(() => startAndListen(gateway))])
  }
  try {
    await startAndListen(gateway)
    consumer.start()
    const change = createChanger(pool, [...(await readWorld(pool)).keys()], createDice(seed + 1))
    const kills = drawKills(options, dice)
    // The first of the kills come while an export is on its way, the others anywhere.
    const early = Math.ceil(kills.length / 5)
    for (const [index, { who }] of kills.entries()) {
      const heard = said.length
      // One that was killed after its last line and before it told of it has nothing to tell any more.
      const until = performance.now() + silentMs
      const isExporting = () => said.slice(index === 0 ? 0 : heard).includes('export')
      while (index < early && !isExporting() && !said.includes('the copy holds') && performance.now() < until)
        await wait(20)
      await make(change, index < early ? 20 + dice() * 60 : ((changes - made) / (kills.length - index)) * 2 * dice())
      if (who === 'consumer') await killConsumer()
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
      exportsBegun: said.split('a new export').length - 1,
      exportsContinued: said.split('where it broke off').length - 1
    }
  } finally {
    await consumer.end('SIGKILL')
    await gateway.end('SIGKILL')
    await pool.close()
    await simulator.close()
    rmSync(folder, { recursive: true })
  }
}

/** 10,000 random changes, 20 kills of the consumer and 5 of the gateway: does the copy equal VDAB's world in the end? */
export const benchKopie = async () => {
  const say = (message: string) => {
    process.stdout.write(`${message}\n`)
  }
  const found = await keepInStep({
    vacatures: 2000,
    changes: 10_000,
    pauseMs: 8,
    consumerKills: 20,
    gatewayKills: 5,
    callsPerMinute: 900,
    say
  })
  say(JSON.stringify(found, null, 2))
  const isEqual = found.differing + found.missing + found.superfluous === 0
  say(isEqual ? `the copy equals VDAB's world: ${found.published} vacancies` : "THE COPY DIFFERS FROM VDAB'S WORLD")
  if (!isEqual) process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchKopie()
