import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { median } from './figures.ts'
import { askOnce, drive } from './load.ts'
import type { Load, Question } from './load.ts'
import { cores, endAll, freePort, pinned, pinSelf } from './processes.ts'
import { startGateway, startVdab } from './product.ts'
import { detail, page } from './questions.ts'
import { posted, restDetail } from './warm.ts'

// Two starts of one gateway differ by 2 to 3 %, so several are compared.
const starts = 4
const rounds = 6
const warmUpSeconds = 2
const say = (text: string) => {
  process.stdout.write(`${text}\n`)
}

/** A redis-server on the core of the load, which writes nothing to disk. */
const startRedis = async () => {
  const port = await freePort()
  const [command, args] = pinned(cores.load, 'redis-server', ['--port', String(port), '--save', ''])
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.stdout.resume()
  return { url: `redis://127.0.0.1:${port}`, child }
}

type Server = Question['server']
type Of = (server: Server) => Question
type Pair = { without: Load; shared: Load }

/** Sends one request to two gateways, in alternating order. */
const compare = async (off: Server, on: Server, of: Of) => {
  for (const server of [off, on]) {
    await askOnce(of(server))
    await drive(of(server), warmUpSeconds)
  }
  const pairs: Pair[] = []
  for (let round = 0; round < rounds; round += 1) {
    const [first, second] = round % 2 === 0 ? [off, on] : [on, off]
    const [one, other] = [await drive(of(first), 1), await drive(of(second), 1)]
    pairs.push(first === off ? { without: one, shared: other } : { without: other, shared: one })
  }
  return pairs
}

const show = (name: string, state: string, pairs: readonly Pair[]) => {
  const micros = (which: keyof Pair) => median(pairs.map((pair) => pair[which].cpuMicros)).toFixed(1)
  const byCpu = median(pairs.map(({ without, shared }) => without.cpuMicros / shared.cpuMicros)).toFixed(3)
  say(`${name.padEnd(5)} ${state.padEnd(22)} ${micros('without')} → ${micros('shared')} µs; ${byCpu} by CPU`)
}

const states = [
  ['with Redis', 'SIGCONT'],
  ['while Redis is frozen', 'SIGSTOP']
] as const

/** A gateway without Redis and one with it, started in either order. */
const startBoth = async (vdab: string, env: Readonly<Record<string, string>>, isOffFirst: boolean) => {
  const first = await startGateway({ vdab, ...(isOffFirst ? {} : { env }) })
  const second = await startGateway({ vdab, ...(isOffFirst ? { env } : {}) })
  return isOffFirst ? ([first, second] as const) : ([second, first] as const)
}

/**
 * The cost of shared limits: warm W1, W2 and REST of a gateway without Redis and of one with it, in alternating order;
 * then the same while Redis is frozen. Repeated over several starts.
 */
export const benchSharing = async () => {
  pinSelf()
  const redis = await startRedis()
  try {
    const vdab = await startVdab(2000)
    const [id = ''] = await vdab.ids(1)
    const env = { REDIS_URL: redis.url, REDIS_SECRET: 'a-secret-of-thirty-two-characters', REDIS_MEMBERS: '1' }
    const questions: Readonly<Record<string, Of>> = {
      W1: (server) => posted(server, detail, { id }),
      W2: (server) => posted(server, page, { jobdomein: ['JOBCAT01'] }),
      REST: (server) => restDetail(server, id)
    }
    const compareAll = async (off: Server, on: Server, state: string, found: Map<string, Pair[]>) => {
      for (const [name, of] of Object.entries(questions)) {
        const key = `${name} ${state}`
        found.set(key, [...(found.get(key) ?? []), ...(await compare(off, on, of))])
      }
    }
    const found = new Map<string, Pair[]>()
    for (let start = 0; start < starts; start += 1) {
      const [off, on] = await startBoth(vdab.base, env, start % 2 === 0)
      for (const [state, signal] of states) {
        redis.child.kill(signal)
        await compareAll(off, on, state, found)
      }
      redis.child.kill('SIGCONT')
      await Promise.all([off.end(), on.end()])
    }
    for (const [state] of states)
      for (const name of Object.keys(questions)) show(name, state, found.get(`${name} ${state}`) ?? [])
  } finally {
    redis.child.kill('SIGKILL')
    await endAll()
  }
}
