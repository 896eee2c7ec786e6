import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { createSimulator } from '../src/simulator/server.ts'

const pollMs = 1000
const ids = 10_000
const changesPerSecond = 20
const clients = 8
const ttlMs = 30_000

type Seen = { id: string; versie: number }
type Ask = { path: string; method: 'GET' | 'POST'; body?: string; read: (answer: unknown) => readonly Seen[] }
type Vacature = { vacatureReferentie: { interneReferentie: string }; versie: number } | null
const seen = (vacature: Vacature): readonly Seen[] =>
  vacature ? [{ id: vacature.vacatureReferentie.interneReferentie, versie: vacature.versie }] : []
const fields = '{ vacatureReferentie { interneReferentie } versie }'
const rest = '/services/openservices/v2/vacatures'
const graphql = (query: string, read: Ask['read']): Ask => ({
  path: '/graphql',
  method: 'POST',
  body: JSON.stringify({ query }),
  read
})

/** The ways to request one vacancy or several, over every door. */
const ways: readonly ((some: readonly string[]) => Ask)[] = [
  ([id = '']) =>
    graphql(`{ vacature(id: "${id}") ${fields} }`, (answer) =>
      seen((answer as { data: { vacature: Vacature } }).data.vacature)
    ),
  ([id = '']) => ({ path: `${rest}/${id}`, method: 'GET', read: (answer) => seen(answer as Vacature) }),
  (some) =>
    graphql(`{ vacaturesOpId(ids: ${JSON.stringify(some)}) ${fields} }`, (answer) =>
      (answer as { data: { vacaturesOpId: Vacature[] } }).data.vacaturesOpId.flatMap(seen)
    ),
  (some) => ({
    path: rest,
    method: 'POST',
    body: JSON.stringify(some),
    read: (answer) => (answer as { resultaten: Vacature[] }).resultaten.flatMap(seen)
  }),
  ([id = '']) =>
    graphql(`{ node(id: "Vacature:${id}") { ... on Vacature ${fields} } }`, (answer) =>
      seen((answer as { data: { node: Vacature } }).data.node)
    ),
  ([, id = '']) =>
    graphql(
      `{ vacatures(first: 20, filter: { jobdomein: ["JOBCAT${String(1 + (id.charCodeAt(0) % 24)).padStart(2, '0')}"] }) { nodes ${fields} } }`,
      (answer) => (answer as { data: { vacatures: { nodes: Vacature[] } } }).data.vacatures.nodes.flatMap(seen)
    )
]

/** The gateway in its own process. */
const startGateway = async (env: Record<string, string>) => {
  const child = spawn(process.execPath, ['--import=tsx', 'src/cli.ts'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      VDAB_API_KEY: 'bench',
      REQUESTS_PER_MINUTE: '1000000',
      COST_PER_MINUTE: '1000000000',
      ...env
    },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, address] = /"msg":"the gateway listens on ([^" ]+)/.exec(line) ?? []
      if (address !== undefined) resolve(address)
    })
  })
  return { url, stop: () => child.kill() }
}

/**
 * The calls of a cache with a fixed TTL for the same requests: one per vacancy each time it is requested and not fresh.
 */
const createTtlCache = () => {
  const freshUntil = new Map<string, number>()
  let calls = 0
  return {
    ask(id: string, at: number) {
      if ((freshUntil.get(id) ?? 0) > at) return
      calls += 1
      freshUntil.set(id, at + ttlMs)
    },
    warm: (all: readonly string[], at: number) => {
      for (const id of all) freshUntil.set(id, at + Math.random() * ttlMs)
    },
    calls: () => calls
  }
}

const publishedIds = async (pool: Pool): Promise<string[]> => {
  const known: string[] = []
  for (let vanaf = 0, more = true; more; vanaf += 200) {
    const page = (await (
      await pool.request({
        path: `${rest}?vanaf=${vanaf}&aantal=200`,
        method: 'GET',
        headers: { 'x-api-key': 'demo-frontend' }
      })
    ).body.json()) as { resultaten: { vacatureReferentie: { interneReferentie: string } }[] }
    known.push(...page.resultaten.map(({ vacatureReferentie: { interneReferentie } }) => interneReferentie))
    more = page.resultaten.length === 200
  }
  return known
}

/**
 * Checks the freshness that the feed allows. Vacancies change at random under load; each answer, on every door, is
 * compared with the data at the time of the request. Prints the age of the oldest answer, and the calls to VDAB next to
 * those of a fixed TTL of 30 s. Throws when an answer was older than the poll interval plus a second.
 */
export const benchFreshness = async ({ seconds = 60 } = {}) => {
  const simulator = createSimulator({ vacatures: ids, kandidaten: 100 })
  const base = await simulator.listen()
  const door = new URL('/_simulator/', base)
  const atDoor = (method: string, path: string, body?: unknown) =>
    fetch(new URL(path, door), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
    })
  const gateway = await startGateway({ VDAB_URL: base, FEED_INTERVAL_MS: String(pollMs) })
  const pool = new Pool(gateway.url, { connections: clients })
  try {
    const ask = async ({ path, method, body, read }: Ask) => {
      const answer = await pool.request({
        path,
        method,
        headers: { 'x-api-key': 'demo-frontend', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body })
      })
      const text = await answer.body.text()
      if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}: ${text.slice(0, 200)}`)
      return read(JSON.parse(text))
    }
    // Every published vacancy, and its version; requesting all of them fills the cache.
    const versions = new Map<string, { versie: number; until: number }[]>()
    const known = await publishedIds(pool)
    const current = new Map<string, number>()
    for (let from = 0; from < known.length; from += 100)
      for (const { id, versie } of await ask(ways[3]?.(known.slice(from, from + 100)) as Ask)) current.set(id, versie)
    const all = [...current.keys()]
    await new Promise((resolve) => setTimeout(resolve, 2 * pollMs))

    const ttl = createTtlCache()
    ttl.warm(all, performance.now())
    await atDoor('DELETE', 'calls')
    const until = performance.now() + seconds * 1000
    const one = () => all[Math.floor(Math.random() * all.length)] ?? ''
    let [changes, answers, entities, oldest] = [0, 0, 0, 0]
    const change = async () => {
      for (let next = performance.now(); performance.now() < until; next += 1000 / changesPerSecond) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())))
        const id = one()
        await atDoor('PATCH', `vacatures/${id}`, { aantalJobs: 1 + changes })
        const before = current.get(id) ?? 0
        versions.set(id, [...(versions.get(id) ?? []), { versie: before, until: performance.now() }])
        current.set(id, before + 1)
        changes += 1
      }
    }
    const client = async (index: number) => {
      while (performance.now() < until) {
        const some = Array.from({ length: 20 }, one)
        const way = ways[(index + answers) % ways.length] as (typeof ways)[number] // there is one at each index below the length
        const began = performance.now()
        const shown = await ask(way(some))
        answers += 1
        entities += shown.length
        for (const { id, versie } of shown) {
          ttl.ask(id, began)
          const ended = versions.get(id)?.find((version) => version.versie === versie)?.until
          if (ended !== undefined && current.get(id) !== versie) oldest = Math.max(oldest, began - ended)
        }
      }
    }
    await Promise.all([change(), ...Array.from({ length: clients }, (_, index) => client(index))])
    const { total, perEndpoint } = (await (await atDoor('GET', 'calls')).json()) as {
      total: number
      perEndpoint: Record<string, number>
    }
    process.stdout.write(
      `${seconds} s, ${changes} changes among ${all.length} vacancies, ${answers} answers with ${entities} vacancies\n`
    )
    process.stdout.write(`oldest answer ${oldest.toFixed(0)} ms (promised: ${pollMs + 1000} ms)\n`)
    process.stdout.write(
      `calls to VDAB ${total} ${JSON.stringify(perEndpoint)}; a lifetime of 30 s needs ${ttl.calls()}: ${((100 * total) / ttl.calls()).toFixed(2)} %\n`
    )
    if (oldest > pollMs + 1000) throw new Error('an answer was older than promised')
  } finally {
    await pool.close()
    gateway.stop()
    await simulator.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchFreshness({ seconds: Number(process.argv[2] ?? 60) })
