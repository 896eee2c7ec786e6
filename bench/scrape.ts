import { setTimeout } from 'node:timers/promises'
import { Client } from 'undici'
import { median, quantile } from './figures.ts'
import { askOnce, drive } from './load.ts'
import type { Question } from './load.ts'
import { cpuOf, endAll, freePort, pinSelf } from './processes.ts'
import { startGateway, startVdab } from './product.ts'
import { detail, page } from './questions.ts'
import { posted, restDetail } from './warm.ts'

const rounds = 8
const roundMs = 3000
const perSecond = 2000
const scrapeEveryMs = 100
const clients = 8
const say = (text: string) => {
  process.stdout.write(`${text}\n`)
}

/** Sends requests at a fixed rate, without waiting for answers. Resolves to their latencies in ms. */
const pace = async (question: Question, ms: number): Promise<number[]> => {
  const { server, path, headers, body } = question
  const open = Array.from({ length: clients }, () => new Client(server.url, { pipelining: 4 }))
  const latencies: number[] = []
  const running: Promise<unknown>[] = []
  const startedAt = performance.now()
  let sent = 0
  while (performance.now() - startedAt < ms) {
    const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1000)
    for (; sent < due; sent += 1) {
      const at = performance.now()
      const client = open[sent % clients]
      if (!client) continue
      const method = body === undefined ? 'GET' : 'POST'
      running.push(
        client
          .request({ path, method, headers, ...(body === undefined ? {} : { body }) })
          .then((answer) => answer.body.dump())
          .then(() => latencies.push(performance.now() - at))
      )
    }
    await setTimeout(1)
  }
  await Promise.all(running)
  await Promise.all(open.map((client) => client.close()))
  return latencies
}

/** Scrapes until the signal. Resolves to the ms of each scrape. */
const scrapeUntil = async (url: string, signal: AbortSignal): Promise<number[]> => {
  const times: number[] = []
  while (!signal.aborted) {
    const at = performance.now()
    await (await fetch(`${url}/metrics`)).text()
    times.push(performance.now() - at)
    await setTimeout(scrapeEveryMs)
  }
  return times
}

/** The cost of a scrape, and its effect on other requests: rounds with scrapes are compared with rounds without. */
export const benchScrape = async () => {
  pinSelf()
  const vdab = await startVdab(2000)
  const metricsPort = await freePort()
  const server = await startGateway({ vdab: vdab.base, env: { METRICS_PORT: String(metricsPort) } })
  const url = `http://127.0.0.1:${metricsPort}`
  const [id = ''] = await vdab.ids(1)
  const question = posted(server, detail, { id })
  for (const one of [question, posted(server, page, { jobdomein: ['JOBCAT01'] }), restDetail(server, id)]) {
    await askOnce(one)
    await drive(one, 1)
  }
  const kilobytes = (await (await fetch(`${url}/metrics`)).text()).length / 1024
  const [without, during, scrapes, costs]: [number[], number[], number[], number[]] = [[], [], [], []]
  for (let round = 0; round < rounds; round += 1) {
    const before = cpuOf(server.pid)
    without.push(...(await pace(question, roundMs)))
    const between = cpuOf(server.pid)
    const over = new AbortController()
    const scraping = scrapeUntil(url, over.signal)
    during.push(...(await pace(question, roundMs)))
    over.abort()
    const times = await scraping
    scrapes.push(...times)
    costs.push((cpuOf(server.pid) - between - (between - before)) / 1000 / times.length)
  }
  const p = (values: readonly number[], share: number) => quantile(values, share).toFixed(2)
  say(`${kilobytes.toFixed(0)} kB, ${perSecond} requests per second, one scrape every ${scrapeEveryMs} ms`)
  say(
    `one scrape: ${median(costs).toFixed(2)} ms of CPU; ${p(scrapes, 0.5)} ms p50, ${p(scrapes, 0.99)} ms p99, ${p(scrapes, 1)} ms at most`
  )
  say(`requests without scrapes: ${p(without, 0.5)} ms p50, ${p(without, 0.99)} p99, ${p(without, 0.999)} p99.9`)
  say(`requests with scrapes:    ${p(during, 0.5)} ms p50, ${p(during, 0.99)} p99, ${p(during, 0.999)} p99.9`)
  await endAll()
}
