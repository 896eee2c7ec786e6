import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { quantile } from './figures.ts'
import { endAll, letFloat } from './processes.ts'
import { startGateway, startVdab } from './product.ts'
import type { Vdab } from './product.ts'

const limit = 120
const minuteMs = 60_000
const latencyMs = 200
const seconds = Number(process.env['QUOTA_SECONDS'] ?? 150)
const quietSeconds = 20
const greedyEveryMs = 300
const politeEveryMs = 4000
const counted = '/services/openservices/v2/vacatures'

type Call = { at: number; status: number }

/** A proxy to VDAB with a network delay, which records the arrival and the answer of each POST of ids. */
const startDoor = async ({ base }: Vdab) => {
  const calls: Call[] = []
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/', headers } = incoming
    const call = { at: performance.now(), status: 0 }
    if (method === 'POST' && url === counted) calls.push(call)
    const onward = httpRequest(new URL(url, base), { method, headers }, (answer) => {
      call.status = answer.statusCode ?? 0
      setTimeout(() => {
        outgoing.writeHead(call.status, answer.headers)
        answer.pipe(outgoing)
      }, latencyMs)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port
  return { url: `http://127.0.0.1:${port}/services`, calls, server }
}

/** The maximum number of calls in any minute, at any alignment. */
const mostInAMinute = (calls: readonly Call[]) => {
  let [most, first] = [0, 0]
  for (const [last, { at }] of calls.entries()) {
    while (at - (calls[first]?.at ?? 0) >= minuteMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

type Answered = { ms: number; code: string | undefined }

/** Requests two vacancies that are not cached, which takes one POST. */
const createAsker = (url: string, ids: readonly string[]) => {
  let next = 0
  return async (consumer: string): Promise<Answered> => {
    next = (next + 2) % (ids.length - 1)
    const began = performance.now()
    const { body } = await request(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': `${consumer}-key` },
      body: JSON.stringify({
        query: 'query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id aantalJobs } }',
        variables: { ids: [ids[next], ids[next + 1]] }
      })
    })
    const { errors } = (await body.json()) as { errors?: { extensions: { code: string } }[] } // the gateway's envelope
    return { ms: performance.now() - began, code: errors?.[0]?.extensions.code }
  }
}

/** Sends requests at a fixed rate, without waiting for answers, until the time is over. */
const askEvery = async (everyMs: number, forMs: number, ask: () => Promise<Answered>): Promise<Answered[]> => {
  const asked: Promise<Answered>[] = []
  const until = performance.now() + forMs
  while (performance.now() < until) {
    asked.push(ask())
    await delay(everyMs)
  }
  return Promise.all(asked)
}

/** Reads exports in sequence; a refused one is repeated. */
const exportUntil = async (url: string, signal: AbortSignal) => {
  while (!signal.aborted)
    try {
      const { body } = await request(`${url}/api/vacatures/export`, { headers: { 'x-api-key': 'bench-key' }, signal })
      await body.dump({ limit: 1e12 })
    } catch {
      await delay(1000)
    }
}

const p99 = (answers: readonly Answered[]) =>
  quantile(
    answers.map(({ ms }) => ms),
    0.99
  )
const codes = (answers: readonly Answered[]) => {
  const count = new Map<string, number>()
  for (const { code = 'answered' } of answers) count.set(code, (count.get(code) ?? 0) + 1)
  return [...count].map(([code, times]) => `${times} ${code}`).join(', ')
}

const measure = async (workers: number) => {
  const vdab = await startVdab(12_000)
  const ids = await vdab.ids(10_000)
  await vdab.tell('PUT', 'limits', { callsPerMinute: limit })
  const door = await startDoor(vdab)
  const env = {
    WORKERS: String(workers),
    FRESH_VACATURE_S: '0',
    STALE_VACATURE_S: '0',
    FEED_INTERVAL_MS: '0',
    WARM_START: 'off'
  }
  const gateway = await startGateway({ vdab: door.url, env })
  const ask = createAsker(gateway.url, ids)
  await ask('d')
  const quiet = await askEvery(1000, quietSeconds * 1000, () => ask('d'))
  const began = performance.now()
  const stop = new AbortController()
  const copying = exportUntil(gateway.url, stop.signal)
  const [polite, ...greedy] = await Promise.all([
    askEvery(politeEveryMs, seconds * 1000, () => ask('d')),
    // Not at the same moment: requests that arrive together share one call.
    ...['a', 'b', 'c'].map(async (name, index) => {
      await delay((index * greedyEveryMs) / 3)
      return askEvery(greedyEveryMs, seconds * 1000, () => ask(name))
    })
  ])
  stop.abort()
  await copying
  const ended = began + seconds * 1000
  const last = door.calls.filter(({ at }) => at >= ended - 2 * minuteMs && at < ended)
  const refused = door.calls.filter(({ status }) => status === 429).length
  const use = (last.length / (2 * limit)) * 100
  const [before, loaded] = [p99(quiet), p99(polite)]
  process.stdout.write(
    [
      `WORKERS=${workers}`,
      `  VDAB's count   at most ${mostInAMinute(door.calls)} calls in any minute (limit ${limit}), ${refused} got a 429`,
      `  use            ${use.toFixed(1)} % of the last two minutes (least 95 %)`,
      `  polite         p99 ${before.toFixed(0)} ms quiet, ${loaded.toFixed(0)} ms loaded: ${(loaded / before).toFixed(2)} (most 3); ${codes(polite)}`,
      ...greedy.map(
        (answers, index) => `  greedy ${index + 1}       p99 ${p99(answers).toFixed(0)} ms; ${codes(answers)}`
      ),
      ''
    ].join('\n')
  )
  await gateway.end()
  door.server.closeAllConnections()
  door.server.close()
}

/**
 * The quota of VDAB under load: a limit of 120 calls a minute, three heavy consumers that request 600, an export, and
 * one light consumer; with one process and with two workers.
 */
export const benchQuota = async () => {
  letFloat()
  try {
    for (const workers of [1, 2]) await measure(workers)
  } finally {
    await endAll()
  }
}
