import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'

const latencyMs = 80
const bodyBytes = 6000
const rounds = 3
const perRound = 160

/** A temporary certificate for localhost; undefined without openssl. */
const certificate = () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  try {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '1',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
        '-keyout',
        key,
        '-out',
        cert
      ],
      { stdio: 'ignore' }
    )
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** One server for HTTP/1.1 and HTTP/2 over TLS, that answers each request after 80 ms. */
const startServer = async (tls: { key: Buffer; cert: Buffer }) => {
  const body = JSON.stringify({ tekst: 'x'.repeat(bodyBytes) })
  const server = createSecureServer({ ...tls, allowHTTP1: true }, (_, response) => {
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    }, latencyMs)
  })
  server.setTimeout(60_000)
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve)
  })
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
      })
  }
}

type Way = { name: string; options: Pool.Options }
const ways: readonly Way[] = [
  { name: 'HTTP/1.1, 16 connections', options: { connections: 16, pipelining: 1 } },
  { name: 'HTTP/1.1, 4 pipelined on each', options: { connections: 4, pipelining: 4 } },
  { name: 'HTTP/1.1, 16 pipelined on one', options: { connections: 1, pipelining: 16 } },
  { name: 'HTTP/2, one connection', options: { connections: 1, allowH2: true, pipelining: 16 } },
  { name: 'HTTP/2, 4 connections', options: { connections: 4, allowH2: true, pipelining: 4 } }
]

const at = (times: readonly number[], share: number) => times[Math.floor((times.length - 1) * share)] ?? 0

const ask = async (pool: Pool): Promise<number> => {
  const began = performance.now()
  const { body } = await pool.request({ path: '/services/openservices/v2/vacatures', method: 'GET', blocking: false }) // otherwise undici waits for each answer before it pipelines the next request
  await body.text()
  return performance.now() - began
}

/**
 * Sends `perRound` requests by clients that each send the next one after an answer; returns the ms of each, the number
 * of failures, and the CPU time.
 */
const drive = async (pool: Pool, atOnce: number) => {
  const times: number[] = []
  const cpu = process.cpuUsage()
  let left = perRound
  let broken = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left > 0) {
        left -= 1
        await ask(pool).then(
          (ms) => times.push(ms),
          () => {
            broken += 1
          }
        )
      }
    })
  )
  const { user, system } = process.cpuUsage(cpu)
  return { times, broken, cpuMicros: (user + system) / perRound }
}

/**
 * Compares protocols for calls to VDAB: several HTTP/1.1 connections, pipelining on fewer, or HTTP/2; alternately,
 * against one TLS server with a delay of 80 ms. The first request includes the connection; then sixteen requests are
 * concurrent, the maximum of the gateway. CPU is that of both sides.
 */
export const benchUpstream = async () => {
  const tls = certificate()
  if (!tls) {
    process.stdout.write('needs openssl, for a certificate; skipped\n')
    return
  }
  const server = await startServer(tls)
  const seen = new Map(
    ways.map(({ name }) => [
      name,
      {
        first: [] as number[],
        lone: [] as number[],
        times: [] as number[],
        cpu: [] as number[],
        broken: [] as number[]
      }
    ])
  )
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, options } of ways) {
      const pool = new Pool(server.origin, { ...options, connect: { ca: tls.cert, minVersion: 'TLSv1.2' } })
      const [first, lone] = [await ask(pool), await ask(pool)]
      const opening = await drive(pool, 16) // the connections are open now
      const { times, broken, cpuMicros } = await drive(pool, 16)
      const all = seen.get(name)
      all?.first.push(first)
      all?.lone.push(lone)
      all?.times.push(...times)
      all?.cpu.push(cpuMicros)
      all?.broken.push(opening.broken + broken)
      await pool.destroy()
    }
  }
  void server.close()
  process.stdout.write(
    `${`${perRound} requests, 16 at a time`.padEnd(34)}${['first ms', 'alone ms', 'p50 ms', 'p99 ms', 'CPU µs each', 'broken'].map((title) => title.padStart(14)).join('')}\n`
  )
  for (const [name, { first, lone, times, cpu, broken }] of seen) {
    const sorted = (values: number[]) => values.sort((a, b) => a - b)
    const figures = [
      at(sorted(first), 0.5),
      at(sorted(lone), 0.5),
      at(sorted(times), 0.5),
      at(times, 0.99),
      at(sorted(cpu), 0.5),
      broken.reduce((sum, count) => sum + count, 0)
    ]
    process.stdout.write(
      `${name.padEnd(34)}${figures.map((figure, index) => figure.toFixed(index >= 4 ? 0 : 1).padStart(14)).join('')}\n`
    )
  }
}
