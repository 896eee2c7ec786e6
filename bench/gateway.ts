import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import type { Targets } from './gateway-server.ts'

const concurrency = 20
const warmUpMs = 1500
const measureMs = 1500
const rounds = 3
const key = { 'x-api-key': 'demo-frontend' }

// VDAB's documented question, as GraphiQL shows it, for a whole job domain instead of one town, 50 at a time.
const documented = readFileSync(new URL('../src/graphql/graphiql/page/queries/vacatures.graphql', import.meta.url), 'utf8')
const search = documented.replace(/filter: \{[^}]*\}/, 'first: 50, filter: { jobdomein: ["JOBCAT01"] }')
const plainSearch = search.replace(/^.*formaat.*$/m, '')

type Target = { name: string; floor: string; pool: Pool; path: string; method: 'GET' | 'POST'; headers: Record<string, string>; body?: string }
type Measured = { perSecond: number; p50: number; p99: number; cpuMicros: number }

const ask = async ({ pool, path, method, headers, body }: Target) => {
  const answer = await pool.request({ path, method, headers, ...(body === undefined ? {} : { body }) })
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}: ${bytes.toString().slice(0, 200)}`)
  return { bytes, type: String(answer.headers['content-type']) }
}

const cpuOf = async (server: ChildProcess): Promise<number> => {
  server.send('cpu')
  const [{ cpu }] = (await once(server, 'message')) as [{ cpu: NodeJS.CpuUsage }] // gateway-server.ts answers nothing else
  return cpu.user + cpu.system
}

const drive = async (target: Target, ms: number): Promise<number[]> => {
  const times: number[] = []
  const until = performance.now() + ms
  await Promise.all(Array.from({ length: concurrency }, async () => {
    for (let began = performance.now(); began < until; began = performance.now()) {
      await ask(target)
      times.push(performance.now() - began)
    }
  }))
  return times.sort((a, b) => a - b)
}

const measure = async (target: Target, server: ChildProcess): Promise<Measured> => {
  const [cpuBefore, began] = [await cpuOf(server), performance.now()]
  const times = await drive(target, measureMs)
  const [cpu, ms] = [await cpuOf(server) - cpuBefore, performance.now() - began]
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? 0
  return { perSecond: times.length / (ms / 1000), p50: at(0.5), p99: at(0.99), cpuMicros: cpu / times.length }
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const medians = (all: readonly Measured[]): Measured => ({
  perSecond: median(all.map(({ perSecond }) => perSecond)),
  p50: median(all.map(({ p50 }) => p50)),
  p99: median(all.map(({ p99 }) => p99)),
  cpuMicros: median(all.map(({ cpuMicros }) => cpuMicros))
})

/** The targets, each with the floor that sends the same bytes. */
const prepare = async (targets: Targets): Promise<Target[]> => {
  const pool = (origin: string) => new Pool(origin, { connections: concurrency })
  const [compiled, interpreted, floor] = [pool(targets.compiled), pool(targets.interpreted), pool(targets.floor)]
  const asking = (query: string) => ({ path: '/graphql', method: 'POST' as const, headers: { ...key, 'content-type': 'application/json' }, body: JSON.stringify({ query }) })
  const graphql: Target = { name: 'search, compiled', floor: 'floor of the search', pool: compiled, ...asking(search) }
  const plain: Target = { name: 'search, no HTML, compiled', floor: 'floor without HTML', pool: compiled, ...asking(plainSearch) }
  const found = JSON.parse((await ask(graphql)).bytes.toString()) as { data: { vacatures: { nodes: { vacatureReferentie: { interneReferentie: string } }[] } } } // the shape that `search` asks for
  const [first] = found.data.vacatures.nodes
  if (found.data.vacatures.nodes.length !== 50 || !first) throw new Error('the search does not bring 50 details')
  const rest: Target = { name: 'REST detail', floor: 'floor of the detail', pool: compiled, path: `/services/openservices/v2/vacatures/${first.vacatureReferentie.interneReferentie}`, method: 'GET', headers: key }

  const floors = await Promise.all([graphql, plain, rest].map(async (target, index): Promise<Target> => {
    const { bytes, type } = await ask(target)
    await floor.request({ path: `/${index}`, method: 'PUT', headers: { 'content-type': 'text/plain', 'x-type': type }, body: bytes }).then(({ body }) => body.dump())
    process.stdout.write(`${target.name}: an answer of ${(bytes.length / 1024).toFixed(1)} KB\n`)
    return { ...target, name: target.floor, pool: floor, path: `/${index}` }
  }))
  return [...floors, graphql, { ...graphql, name: 'search, interpreted', pool: interpreted }, plain, { ...plain, name: 'search, no HTML, interpr.', pool: interpreted }, rest]
}

const print = (targets: readonly Target[], measured: ReadonlyMap<string, Measured>) => {
  process.stdout.write(`${'from the cache'.padEnd(27)}${['requests/s', 'p50 ms', 'p99 ms', 'server CPU µs', 'requests/s : floor', 'CPU : floor'].map((title) => title.padStart(20)).join('')}\n`)
  for (const { name, floor } of targets) {
    const [it, least] = [measured.get(name), measured.get(floor)]
    if (!it || !least) continue
    const figures = [it.perSecond.toFixed(0), it.p50.toFixed(2), it.p99.toFixed(2), it.cpuMicros.toFixed(0), (it.perSecond / least.perSecond).toFixed(3), (it.cpuMicros / least.cpuMicros).toFixed(2)]
    process.stdout.write(`${name.padEnd(27)}${figures.map((figure) => figure.padStart(20)).join('')}\n`)
  }
  const [compiled, interpreted] = [measured.get('search, compiled'), measured.get('search, interpreted')]
  if (compiled && interpreted) process.stdout.write(`compiled against interpreted: ${(compiled.perSecond / interpreted.perSecond).toFixed(2)} times the requests/s, ${(compiled.cpuMicros / interpreted.cpuMicros).toFixed(2)} of the CPU\n`)
}

/**
 * What the gateway adds to an answer it has in its cache: each kind of question against a bare route that sends the same
 * bytes, all in one server process, by turns, medians of three rounds. The client may be what limits the floor, so the
 * server's CPU time for each request stands beside the requests per second.
 */
export const benchGateway = async () => {
  const server = fork(fileURLToPath(new URL('gateway-server.ts', import.meta.url)), { execArgv: ['--import=tsx'] })
  try {
    const [{ targets: origins }] = (await once(server, 'message')) as [{ targets: Targets }] // its first message
    const targets = await prepare(origins)
    const seen = new Map<string, Measured[]>(targets.map(({ name }) => [name, []]))
    for (const target of targets) await drive(target, warmUpMs)
    for (let round = 0; round < rounds; round += 1) for (const target of targets) seen.get(target.name)?.push(await measure(target, server))
    print(targets, new Map([...seen].map(([name, all]) => [name, medians(all)])))
    await Promise.all([...new Set(targets.map(({ pool }) => pool))].map((pool) => pool.close()))
  } finally {
    server.disconnect()
  }
}
