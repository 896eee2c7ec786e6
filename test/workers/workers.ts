import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { Client } from 'undici'
import { createSimulator } from '../../src/simulator/server.ts'
import { builtCli } from '../built.ts'
import { vdabKey } from '../helper.ts'

type Test = { teardown(done: () => Promise<unknown>): void }
type Headers = Readonly<Record<string, string>>

/** Resolves once the condition holds; throws after a minute. */
export const until = async (what: string, isSo: () => boolean | Promise<boolean>) => {
  const end = performance.now() + 60_000
  while (performance.now() < end) {
    if (await isSo()) return
    await after(20)
  }
  throw new Error(`waited in vain until ${what}`)
}

/**
 * One connection and the number of its worker (0 without workers), which is requested first. Undefined when the
 * connection went to a worker that was killed at that moment.
 */
const connectTo = async (url: string) => {
  const client = new Client(url)
  const ask = async (
    path: string,
    {
      method = 'GET',
      key = 'demo-beheer',
      headers = {},
      body,
      maxWaitMs = 60_000
    }: { method?: 'GET' | 'POST' | 'DELETE'; key?: string; headers?: Headers; body?: unknown; maxWaitMs?: number } = {}
  ) => {
    const {
      statusCode: status,
      headers: given,
      body: answer
    } = await client.request({
      path,
      method,
      headersTimeout: maxWaitMs,
      headers: {
        'x-api-key': key,
        'x-doel': 'a test',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return { status, headers: given, text: await answer.text() }
  }
  const answer = await ask('/health/ready', { maxWaitMs: 5000 }).catch(() => undefined)
  if (answer) return { id: (JSON.parse(answer.text) as { worker?: { id: number } }).worker?.id ?? 0, ask, client }
  await client.destroy()
  return undefined
}
export type Connection = NonNullable<Awaited<ReturnType<typeof connectTo>>>

type World = Parameters<typeof createSimulator>[0]

/** Starts the production gateway in several processes, with a real simulator in this process. It may not listen yet. */
export const startWorkers = async (t: Test, env: Headers = {}, world: World = { vacatures: 60, kandidaten: 60 }) => {
  const cli = builtCli()
  const simulator = createSimulator(world)
  const base = await simulator.listen()
  const child = spawn(process.execPath, [cli], {
    env: {
      PATH: process.env['PATH'],
      VDAB_URL: base,
      VDAB_API_KEY: vdabKey,
      PORT: '0',
      WORKERS: '2',
      FEED_INTERVAL_MS: '0',
      WATCH_SHARE: '0',
      ...env
    }
  })
  const lines: string[] = []
  const errors: string[] = []
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  createInterface(child.stderr).on('line', (line) => errors.push(line))
  let code: number | null | undefined
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (given) => {
      code = given
      resolve(given)
    })
  })
  t.teardown(async () => {
    child.kill('SIGKILL') // its workers end too
    await ended
    await simulator.close()
    if ([...lines, ...errors].some((line) => line.includes(vdabKey)))
      throw new Error('the VDAB key was seen in a log line')
  })
  return { child, lines, errors, base, ended, code: () => code }
}

/** The production gateway in several processes, which listens. */
export const runWorkers = async (t: Test, env: Headers = {}, world?: World) => {
  const { child, lines, errors, base, ended, code } = await startWorkers(t, env, world)
  const addressIn = () =>
    lines.map((line) => /the gateway listens on ([^" ]+)/.exec(line)?.[1]).find((found) => found !== undefined)
  await until('it listens', () => addressIn() !== undefined || code() !== undefined)
  const url = addressIn()
  if (url === undefined) throw new Error(`it ended with ${code() ?? 'a signal'}: ${errors.join(' ')}`)
  const door = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(`/_simulator/${path}`, base), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return JSON.parse(await response.text())
  }
  const connect = async () => {
    const connection = await connectTo(url)
    if (connection) t.teardown(() => connection.client.destroy())
    return connection
  }
  return {
    url,
    child,
    ended,
    lines,
    errors,
    connect,
    /** A connection to each worker, by number. */
    each: async (count = 2) => {
      const found = new Map<number, Connection>()
      while (found.size < count) {
        const connection = await connect()
        if (connection && !found.has(connection.id)) found.set(connection.id, connection)
      }
      return [...found.values()].sort((a, b) => a.id - b.id)
    },
    /** The processes of the workers, by the process table of the system. */
    pids: () =>
      readFileSync(`/proc/${child.pid ?? 0}/task/${child.pid ?? 0}/children`, 'utf8')
        .trim()
        .split(' ')
        .map(Number),
    simulator: {
      door,
      calls: async () => ((await door('GET', 'calls')) as { perEndpoint: Record<string, number> }).perEndpoint
    }
  }
}
