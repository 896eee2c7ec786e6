import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { demoConsumers } from '../src/access/consumers.ts'

const connections = 500
const pauseMs = 500
const measureMs = 4000
const goodClients = 4

const quickly = (body: string, key: string, extra = '') =>
  `POST /graphql HTTP/1.1\r\nHost: x\r\nx-api-key: ${key}\r\n${extra}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const ask = (query: string) => JSON.stringify({ query })

/** The requests of a hostile client; each connection uses one kind. */
const attacks: readonly string[] = [
  quickly(ask('{ vacatures(first: 200) { nodes { functie { omschrijving(formaat: TEKST) } } } }'), 'demo-frontend'),
  quickly(ask('{ __typename }'), 'wrong'),
  quickly(ask(`{ ${Array.from({ length: 1000 }, (_, index) => `a${index}: __typename`).join(' ')} }`), 'demo-frontend'),
  quickly(ask(`{ ${'a{'.repeat(10_000)}b${'}'.repeat(10_000)} }`), 'demo-frontend'),
  `POST /graphql HTTP/1.1\r\nHost: x\r\nx-api-key: wrong\r\nx-huge: ${'x'.repeat(64_000)}\r\nContent-Length: 2\r\n\r\n{}`,
  'POST /graphql HTTP/1.1\r\nHost: x\r\nx-api-key: demo-frontend\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{'
]

type Attack = { count?: number; pause?: number; isEager?: boolean }

/**
 * Opens the connections. Each sends twice a second, or, when eager, again after each answer, and reconnects when it is
 * closed. Returns a function that stops them.
 */
export const attack = (origin: string, { count = connections, pause = pauseMs, isEager = false }: Attack = {}) => {
  const { hostname, port } = new URL(origin)
  let isOver = false
  let sent = 0
  const timers = new Set<NodeJS.Timeout>()
  const sockets = new Set<ReturnType<typeof connect>>()
  const later = (run: () => void) => {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        if (!isOver) run()
      },
      pause * (0.5 + Math.random())
    )
    timers.add(timer)
  }
  const open = (kind: number) => {
    const bytes = attacks[kind % attacks.length] ?? ''
    const socket = connect(Number(port), hostname)
    const send = () => {
      sent += 1
      socket.write(kind % attacks.length === 5 && sent > connections ? ' ' : bytes) // the slow body continues byte by byte
      if (!isEager) later(send)
    }
    sockets.add(socket)
    socket
      .on('connect', send)
      .on('data', () => {
        if (isEager) send()
      })
      .on('error', () => {})
      .on('close', () => {
        sockets.delete(socket)
        later(() => {
          open(kind)
        })
      })
  }
  for (let kind = 0; kind < count; kind += 1)
    later(() => {
      open(kind)
    })
  return () => {
    isOver = true
    for (const timer of timers) clearTimeout(timer)
    for (const socket of sockets) socket.destroy()
    return sent
  }
}

/** The 99th percentile, in ms, of a consumer that sequentially requests cached answers. */
export const p99Of = async (origin: string, ms = measureMs): Promise<{ p50: number; p99: number; failed: number }> => {
  const pool = new Pool(origin, { connections: goodClients })
  const times: number[] = []
  let failed = 0
  const until = performance.now() + ms
  await Promise.all(
    Array.from({ length: goodClients }, async () => {
      for (let began = performance.now(); began < until; began = performance.now()) {
        const { statusCode, body } = await pool.request({
          path: '/graphql',
          method: 'POST',
          headers: { 'x-api-key': 'demo-hr', 'content-type': 'application/json' },
          body: ask('{ vacatures(first: 50) { nodes { id functie { functieTitel } } } }')
        })
        await body.dump()
        if (statusCode !== 200) failed += 1
        times.push(performance.now() - began)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    })
  )
  await pool.close()
  times.sort((a, b) => a - b)
  return { p50: times[Math.floor(times.length * 0.5)] ?? 0, p99: times[Math.floor(times.length * 0.99)] ?? 0, failed }
}

/** The attack in its own process; returns a function that stops it and returns the number of requests sent. */
const attackApart = (url: string, isEager: boolean) => {
  const child = fork(fileURLToPath(new URL('attacker.ts', import.meta.url)), [url, isEager ? 'eager' : 'paused'])
  return async (): Promise<number> => {
    child.send('stop')
    const [sent] = (await once(child, 'message')) as [number] // attacker.ts sends nothing else
    return sent
  }
}

/**
 * The effect of a hostile client on another consumer: its p99 during an attack by 500 connections, divided by its p99
 * without one.
 */
export const benchHostile = async () => {
  // Imported here, because modules that import only the attack must not start processes.
  const [{ endAll, folder, pinSelf }, { startGateway, startVdab }] = await Promise.all([
    import('./processes.ts'),
    import('./product.ts')
  ])
  // The hostile consumer has the default limit; the other one needs a higher limit here.
  const consumers = join(folder, 'hostile.json')
  writeFileSync(
    consumers,
    JSON.stringify(
      demoConsumers.map((entry) =>
        entry.name === 'demo-frontend'
          ? entry
          : { ...entry, limits: { requestsPerMinute: 1_000_000, costPerMinute: 1_000_000_000 } }
      )
    )
  )
  pinSelf()
  try {
    const vdab = await startVdab(5000)
    const { url } = await startGateway({ vdab: vdab.base, env: { CONSUMERS_FILE: consumers } })
    await p99Of(url, 1500)
    const quiet = await p99Of(url)
    const said = ({ p50, p99, failed }: typeof quiet) =>
      `p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  failed ${failed}`
    process.stdout.write(`quiet            ${said(quiet)}\n`)
    for (const isEager of [false, true]) {
      const stop = attackApart(url, isEager)
      await new Promise((resolve) => setTimeout(resolve, 2000))
      const attacked = await p99Of(url)
      const sent = await stop()
      process.stdout.write(
        `${isEager ? 'without a pause ' : 'twice a second  '} ${said(attacked)}  (${sent} hostile requests on ${connections} connections)  p99 attacked : quiet ${(attacked.p99 / quiet.p99).toFixed(2)}\n`
      )
    }
  } finally {
    await endAll()
  }
}
