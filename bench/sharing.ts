import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { median } from './figures.ts'
import { askOnce, drive } from './load.ts'
import type { Load, Question } from './load.ts'
import { cores, endAll, freePort, pinned, pinSelf } from './processes.ts'
import { startGateway, startVdab } from './product.ts'
import { detail, page } from './questions.ts'
import { posted, restDetail } from './warm.ts'

const rounds = 12
const warmUpSeconds = 3
const say = (text: string) => {
  process.stdout.write(`${text}\n`)
}

/** A redis-server beside the load, which keeps nothing on disk. */
const startRedis = async () => {
  const port = await freePort()
  const [command, args] = pinned(cores.load, 'redis-server', ['--port', String(port), '--save', ''])
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.stdout.resume()
  return { url: `redis://127.0.0.1:${port}`, child }
}

type Of = (server: Question['server']) => Question
type Pair = { without: Load; shared: Load }

/** Lets two gateways answer one question in changing order. */
const compare = async (off: Question['server'], on: Question['server'], of: Of) => {
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
  const micros = (which: keyof Pair) => median(pairs.map((pair) => pair[which].cpuMicros)).toFixed(1)
  const byCpu = median(pairs.map(({ without, shared }) => without.cpuMicros / shared.cpuMicros)).toFixed(3)
  return { without: micros('without'), shared: micros('shared'), byCpu }
}

/**
 * What shared limits cost: W1, W2 and REST, warm, of a gateway without Redis and of one with it, in changing order; then
 * the same while Redis is frozen.
 */
export const benchSharing = async () => {
  pinSelf()
  const redis = await startRedis()
  try {
    const vdab = await startVdab(2000)
    const [id = ''] = await vdab.ids(1)
    const env = { REDIS_URL: redis.url, REDIS_SECRET: 'a-secret-of-thirty-two-characters', REDIS_MEMBERS: '1' }
    const [off, on] = [await startGateway({ vdab: vdab.base }), await startGateway({ vdab: vdab.base, env })]
    const questions: Readonly<Record<string, Of>> = {
      W1: (server) => posted(server, detail, { id }),
      W2: (server) => posted(server, page, { jobdomein: ['JOBCAT01'] }),
      REST: (server) => restDetail(server, id)
    }
    for (const state of ['with Redis', 'while Redis is frozen']) {
      if (state !== 'with Redis') redis.child.kill('SIGSTOP')
      for (const [name, of] of Object.entries(questions)) {
        const { without, shared, byCpu } = await compare(off, on, of)
        say(`${name.padEnd(5)} ${state.padEnd(22)} ${without} → ${shared} µs; ${byCpu} by CPU`)
      }
    }
  } finally {
    redis.child.kill('SIGKILL')
    await endAll()
  }
}
