import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { readConfig } from '../src/config/index.ts'
import { buildServer } from '../src/server.ts'
import { createSimulator } from '../src/simulator/server.ts'

const idle = 2000
const busy = 200
const measureMs = 15_000
const changesPerSecond = 20

type Told =
  | { ready: { url: string; base: string; ids: string[] } }
  | { memory: NodeJS.MemoryUsage; cpu: NodeJS.CpuUsage }
  | { change: { cursor: string; at: number } }

/** The gateway, in its own process; it reports when each change was sent to its readers. */
const serve = async () => {
  const simulator = createSimulator({ vacatures: 2000, kandidaten: 100 })
  const base = await simulator.listen()
  const settings = {
    VDAB_URL: base,
    VDAB_API_KEY: 'bench',
    PORT: '0',
    REQUESTS_PER_MINUTE: '1000000',
    COST_PER_MINUTE: '1000000000',
    FEED_INTERVAL_MS: '1000',
    FEED_OVERLAP_MS: '0',
    LIVE_MAX_CONNECTIONS: '100000',
    LIVE_MAX_SUBSCRIPTIONS: '100000'
  }
  const { app, changes } = await buildServer(readConfig(settings), { stream: { write: () => {} } })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'x-api-key': 'demo-frontend', 'content-type': 'application/json' },
    body: '{"query":"{ vacatures(first: 200) { nodes { vacatureReferentie { interneReferentie } } } }"}'
  })
  const { data } = (await answer.json()) as {
    data: { vacatures: { nodes: { vacatureReferentie: { interneReferentie: string } }[] } }
  }
  const tell = (told: Told) => {
    process.send?.(told)
  }
  process.on('disconnect', () => process.exit())
  process.on('message', () => {
    globalThis.gc?.()
    tell({ memory: process.memoryUsage(), cpu: process.cpuUsage() })
  })
  tell({
    ready: {
      url,
      base,
      ids: data.vacatures.nodes.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie)
    }
  })
  for await (const item of changes.follow('vacature', { signal: new AbortController().signal }))
    if ('id' in item) tell({ change: { cursor: item.cursor, at: Date.now() } })
}

/** Opens a WebSocket with one subscription; `heard` is called with the cursor of each change. */
const subscribe = async (url: string, query: string, heard: (cursor: string) => void) => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'connection_init', payload: { 'x-api-key': 'demo-hr', 'x-doel': 'bench' } }))
  await once(socket, 'message')
  socket.on('message', (data: Buffer) => {
    const { payload } = JSON.parse(data.toString()) as { payload?: { extensions?: { cursor?: string } } }
    const cursor = payload?.extensions?.cursor
    if (cursor !== undefined) heard(cursor)
  })
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }))
  return socket
}

const idleQuery = 'subscription { kandidaatGewijzigd { id soort } }'
const busyQuery = 'subscription { vacatureGewijzigd { id soort vacature { status functie { functieTitel } } } }'

/** Opens this number of subscriptions, `atOnce` at a time. */
const subscribeAll = async (count: number, atOnce: number, open: () => Promise<WebSocket>) => {
  const sockets: WebSocket[] = []
  while (sockets.length < count) sockets.push(...(await Promise.all(Array.from({ length: atOnce }, open))))
  return sockets
}

const touch = (base: string, id: string) =>
  fetch(new URL(`/_simulator/vacatures/${id}`, base), {
    method: 'PATCH',
    body: '{}',
    headers: { 'content-type': 'application/json' }
  })

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const quantile = (sorted: readonly number[], part: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN

/**
 * The memory of 2,000 idle subscribers, and the delay with which 200 active ones receive a change that the gateway
 * knows.
 */
export const benchSubscribers = async () => {
  const server = fork(fileURLToPath(import.meta.url), ['serve'], { execArgv: ['--import=tsx', '--expose-gc'] })
  const outAt = new Map<string, number>()
  const pendingRequests: { cursor: string; at: number }[] = []
  server.on('message', (told: Told) => {
    if ('change' in told) outAt.set(told.change.cursor, told.change.at)
  })
  const next = async <T>(pick: (told: Told) => T | undefined): Promise<T> => {
    for (;;) {
      const [told] = (await once(server, 'message')) as [Told]
      const picked = pick(told)
      if (picked !== undefined) return picked
    }
  }
  const usage = async () => {
    server.send('usage')
    return next((told) => ('memory' in told ? told : undefined))
  }
  const { url, base, ids } = await next((told) => ('ready' in told ? told.ready : undefined))
  const sockets: WebSocket[] = []
  try {
    for (let count = 0; count < 20; count += 1) sockets.push(await subscribe(url, idleQuery, () => {}))
    await pause(3000)
    const before = await usage()
    sockets.push(...(await subscribeAll(idle, 100, () => subscribe(url, idleQuery, () => {}))))
    await pause(2000)
    const after = await usage()
    const per = (name: 'rss' | 'heapUsed' | 'external') =>
      ((after.memory[name] - before.memory[name]) / idle / 1024).toFixed(1)
    process.stdout.write(
      `idle     ${idle} WebSockets with one subscription each: ${per('heapUsed')} kB of heap, ${per('external')} kB outside the heap, ${per('rss')} kB of RSS each\n`
    )

    const hear = (cursor: string) => {
      pendingRequests.push({ cursor, at: Date.now() })
    }
    sockets.push(...(await subscribeAll(busy, 50, () => subscribe(url, busyQuery, hear))))
    await pause(1000)
    outAt.clear()
    pendingRequests.length = 0
    const start = await usage()
    const until = performance.now() + measureMs
    for (let count = 0; performance.now() < until; count += 1) {
      await touch(base, ids[count % ids.length] ?? '')
      await pause(1000 / changesPerSecond)
    }
    await pause(3000)
    const end = await usage()
    const late = pendingRequests
      .flatMap(({ cursor, at }) => {
        const out = outAt.get(cursor)
        return out === undefined ? [] : [at - out]
      })
      .sort((a, b) => a - b)
    const busyPart = (end.cpu.user + end.cpu.system - start.cpu.user - start.cpu.system) / 1000 / (measureMs + 3000)
    process.stdout.write(
      `busy     ${outAt.size} changes to ${busy} more subscribers: ${pendingRequests.length} events received (${outAt.size * busy} expected), ${(busyPart * 100).toFixed(0)} % of a core\n`
    )
    process.stdout.write(
      `delivery p50 ${quantile(late, 0.5)} ms  p99 ${quantile(late, 0.99)} ms  max ${late.at(-1) ?? NaN} ms after the feed was read, including the fetch of the record\n`
    )
  } finally {
    for (const socket of sockets) socket.terminate()
    server.disconnect()
  }
}

if (process.argv[2] === 'serve') await serve()
else if (process.argv[1] === fileURLToPath(import.meta.url)) await benchSubscribers()
