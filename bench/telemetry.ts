import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { median } from './figures.ts'
import { askOnce, drive } from './load.ts'
import type { Load, Question } from './load.ts'
import { endAll, pinSelf } from './processes.ts'
import { startGateway, startVdab } from './product.ts'
import type { Vdab } from './product.ts'
import { detail, page } from './questions.ts'
import { posted, restDetail } from './warm.ts'

// Two starts of the same gateway differ by some percent, so the figures are taken over several starts.
const starts = Number(process.env['TELEMETRY_STARTS'] ?? 5)
const rounds = 4
const seconds = 1
const warmUpSeconds = 2
const say = (text: string) => {
  process.stdout.write(`${text}\n`)
}

/** A collector that reads its requests and stores nothing. */
const startCollector = async () => {
  let bytes = 0
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    request.on('end', () => response.end('{}'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port
  return { url: `http://127.0.0.1:${port}`, bytes: () => bytes, close: () => server.close() }
}

/** Each mode, and the mode that it is compared with. */
const baselines = { off: 'off', metrics: 'off', 'traces 1 %': 'metrics', 'traces 100 %': 'metrics' } as const
type Mode = keyof typeof baselines

type Loads = Record<Mode, Load[]>
const modes = Object.keys(baselines) as Mode[] // the keys of the table
let turn = 0
const noLoads = (): Loads => ({ off: [], metrics: [], 'traces 1 %': [], 'traces 100 %': [] })

/** Starts a gateway of each mode, and sends each request to the gateways in turn. */
const measureOneStart = async (vdab: Vdab, collectorUrl: string, all: Readonly<Record<string, Loads>>) => {
  const sampled = (ratio: string) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: ratio
  })
  const [id = ''] = await vdab.ids(1)
  const start = (env: Readonly<Record<string, string>>) => startGateway({ vdab: vdab.base, env, isTold: true })
  const gateways = {
    off: await start({ BENCH_UNHEARD: 'on' }),
    metrics: await start({}),
    'traces 1 %': await start(sampled('0.01')),
    'traces 100 %': await start(sampled('1'))
  } satisfies Record<Mode, unknown>
  const questions: Readonly<Record<string, (server: Question['server']) => Question>> = {
    W1: (server) => posted(server, detail, { id }),
    W2: (server) => posted(server, page, { jobdomein: ['JOBCAT01'] }),
    REST: (server) => restDetail(server, id)
  }
  for (const [name, of] of Object.entries(questions)) {
    for (const server of Object.values(gateways)) {
      await askOnce(of(server))
      await drive(of(server), warmUpSeconds)
    }
    for (let round = 0; round < rounds; round += 1) {
      const place = (turn += 1) % modes.length // the first of a round has an advantage
      for (const mode of [...modes.slice(place), ...modes.slice(0, place)])
        all[name]?.[mode].push(await drive(of(gateways[mode]), seconds))
    }
  }
  for (const server of Object.values(gateways)) await server.end()
}

/**
 * The cost of metrics and traces: warm W1, W2 and REST, with the gateways in turn in each round. `off` is the gateway
 * without the listeners of metrics, the status page and the watcher.
 */
export const benchTelemetry = async () => {
  pinSelf()
  const collector = await startCollector()
  const vdab = await startVdab(2000)
  const all: Readonly<Record<string, Loads>> = { W1: noLoads(), W2: noLoads(), REST: noLoads() }
  for (let index = 0; index < starts; index += 1) await measureOneStart(vdab, collector.url, all)
  for (const [name, loads] of Object.entries(all))
    for (const mode of modes) {
      const pairs = loads[mode].map((it, round) => ({ it, base: loads[baselines[mode]][round] ?? it }))
      const ratio = median(pairs.map(({ it, base }) => it.perSecond / base.perSecond))
      const byCpu = median(pairs.map(({ it, base }) => base.cpuMicros / it.cpuMicros))
      const micros = median(pairs.map(({ it }) => it.cpuMicros))
      say(
        `${name.padEnd(5)} ${mode.padEnd(13)} ${micros.toFixed(1)} CPU µs per request; ` +
          `ratio to ${baselines[mode]}: ${ratio.toFixed(3)} by requests, ${byCpu.toFixed(3)} by CPU`
      )
    }
  say(`${collector.bytes()} bytes of spans`)
  collector.close()
  await endAll()
}
