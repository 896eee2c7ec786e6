import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { median } from './figures.ts'
import { askOnce, drive } from './load.ts'
import type { Load, Question } from './load.ts'
import { endAll, pinSelf } from './processes.ts'
import { startGateway, startVdab } from './product.ts'
import { detail, page } from './questions.ts'
import { posted, restDetail } from './warm.ts'

const rounds = Number(process.env['TRACES_ROUNDS'] ?? 9)
const seconds = 1
const warmUpSeconds = 3
const say = (text: string) => {
  process.stdout.write(`${text}\n`)
}

/** A collector that reads what it gets, and keeps nothing. */
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

/** What traces cost: W1, W2 and REST, warm, against the same gateway without traces, one after the other in each round. */
export const benchTraces = async () => {
  pinSelf()
  const collector = await startCollector()
  const vdab = await startVdab(2000)
  const sampled = (ratio: string) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: ratio
  })
  const [id = ''] = await vdab.ids(1)
  const gateways = {
    off: await startGateway({ vdab: vdab.base }),
    '1 %': await startGateway({ vdab: vdab.base, env: sampled('0.01') }),
    '100 %': await startGateway({ vdab: vdab.base, env: sampled('1') })
  }
  const questions: Readonly<Record<string, (server: Question['server']) => Question>> = {
    W1: (server) => posted(server, detail, { id }),
    W2: (server) => posted(server, page, { jobdomein: ['JOBCAT01'] }),
    REST: (server) => restDetail(server, id)
  }
  for (const [name, of] of Object.entries(questions)) {
    const loads = new Map<string, Load[]>()
    for (const server of Object.values(gateways)) {
      await askOnce(of(server))
      await drive(of(server), warmUpSeconds)
    }
    for (let round = 0; round < rounds; round += 1)
      for (const [mode, server] of Object.entries(gateways))
        loads.set(mode, [...(loads.get(mode) ?? []), await drive(of(server), seconds)])
    const off = loads.get('off') ?? []
    for (const [mode, measured] of loads) {
      const ratio = median(measured.map(({ perSecond }, round) => perSecond / (off[round]?.perSecond ?? NaN)))
      const micros = median(measured.map(({ cpuMicros }) => cpuMicros))
      const perSecond = Math.round(median(measured.map((load) => load.perSecond)))
      say(
        `${name.padEnd(5)} ${mode.padEnd(6)} ${perSecond}/s  ${ratio.toFixed(3)} of off  ${micros.toFixed(1)} µs a request`
      )
    }
  }
  say(`${collector.bytes()} bytes of spans`)
  collector.close()
  await endAll()
}
