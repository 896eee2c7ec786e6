import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cores, cpuOf, folder, pinned } from './processes.ts'
import type { Server } from './processes.ts'

/**
 * Bodies that all differ: between head and tail are some of the texts and an unused alias, or, with `pair`, two of the
 * texts with `pair` between them.
 */
export type Fresh = { head: string; some: readonly string[]; tail: string; pair?: string }
/** The repeated request; with `fresh` each body differs. */
export type Question = {
  server: Server
  path: string
  headers: Readonly<Record<string, string>>
  body?: string
  fresh?: Fresh
}

/** The result: requests per second, ms, µs of the server's core per request. */
export type Load = { perSecond: number; p50: number; p99: number; cpuMicros: number }

type Told = { requests: number; micros: number; p50: number; p99: number; failed: number }

const hasWrk = spawnSync('wrk', ['-v']).error === undefined
const connections = 32
let seeds = 0

// Every byte that is special in Lua is written as its number.
const quoted = (text: string) =>
  `"${[...Buffer.from(text)].map((byte) => (/[\w :;,.(){}[\]/=-]/.test(String.fromCharCode(byte)) && byte < 128 ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`)).join('')}"`

const freshLines = ({ head, some, tail, pair }: Fresh, seed: number) => [
  `local some, n = { ${some.map(quoted).join(', ')} }, 0`,
  `math.randomseed(${seed * 7919 + Math.floor(Date.now() / 1000)})`,
  'request = function()',
  '  n = n + 1',
  '  local taken = {}',
  ...(pair === undefined
    ? [
        '  for index = 1, #some do if math.random() < 0.5 then taken[#taken + 1] = some[index] end end',
        `  taken[#taken + 1] = "n${seed}_" .. n .. ": status"`
      ]
    : ['  for index = 1, 2 do taken[index] = some[math.random(#some)] end']),
  `  return wrk.format(nil, nil, nil, ${quoted(head)} .. table.concat(taken, ${quoted(pair ?? ' ')}) .. ${quoted(tail)})`,
  'end'
]

const scriptOf = ({ headers, body, fresh }: Question) => {
  const file = join(folder, `load-${(seeds += 1)}.lua`)
  writeFileSync(
    file,
    [
      ...(body === undefined && fresh === undefined ? [] : ['wrk.method = "POST"']),
      ...(body === undefined ? [] : [`wrk.body = ${quoted(body)}`]),
      ...Object.entries(headers).map(([name, value]) => `wrk.headers[${quoted(name)}] = ${quoted(value)}`),
      ...(fresh === undefined ? [] : freshLines(fresh, seeds)),
      'done = function(summary, latency)',
      '  local errors = summary.errors',
      '  io.write(string.format("\\n@{\\"requests\\":%d,\\"micros\\":%d,\\"p50\\":%d,\\"p99\\":%d,\\"failed\\":%d}\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.connect + errors.read + errors.write + errors.status + errors.timeout))',
      'end'
    ].join('\n')
  )
  return file
}

const byWrk = (question: Question, seconds: number) =>
  new Promise<Told>((resolve, reject) => {
    const child = spawn(
      ...pinned(cores.load, 'wrk', [
        '-t1',
        `-c${connections}`,
        `-d${seconds}s`,
        '--latency',
        '--timeout',
        '30s',
        '-s',
        scriptOf(question),
        question.server.url + question.path
      ]),
      { stdio: ['ignore', 'pipe', 'inherit'] }
    )
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.on('error', reject).on('close', () => {
      const told = /@(\{.*\})/.exec(said)?.[1]
      if (told === undefined) reject(new Error(`wrk said: ${said}`))
      else resolve(JSON.parse(told) as Told) // written by the script above
    })
  })

type Autocannon = (options: object) => Promise<{
  requests: { total: number }
  latency: { p50: number; p99: number }
  duration: number
  errors: number
  non2xx: number
}>

const oneOf = (some: readonly string[]) => some[Math.floor(Math.random() * some.length)] ?? ''
const freshBody = ({ head, some, tail, pair }: Fresh) =>
  head +
  (pair === undefined
    ? [...some.filter(() => Math.random() < 0.5), `n${(seeds += 1)}: status`].join(' ')
    : [oneOf(some), oneOf(some)].join(pair)) +
  tail

const byAutocannon = async ({ server, path, headers, body, fresh }: Question, seconds: number): Promise<Told> => {
  const name = 'autocannon' // it has no types, and is slow to load where wrk is installed
  const { default: autocannon } = (await import(name)) as { default: Autocannon }
  const method = body === undefined && fresh === undefined ? 'GET' : 'POST'
  const requests =
    fresh === undefined
      ? undefined
      : [{ method, setupRequest: (request: object) => ({ ...request, body: freshBody(fresh) }) }]
  const {
    requests: { total },
    latency,
    duration,
    errors,
    non2xx
  } = await autocannon({ url: server.url + path, connections, duration: seconds, method, headers, body, requests })
  return {
    requests: total,
    micros: duration * 1e6,
    p50: latency.p50 * 1000,
    p99: latency.p99 * 1000,
    failed: errors + (headers['if-none-match'] === undefined ? non2xx : 0)
  }
}

/** The load generator. */
export const generator = hasWrk ? 'wrk' : 'autocannon'

/** Sends requests on 32 connections for this number of seconds. Throws when a request failed. */
export const drive = async (question: Question, seconds: number): Promise<Load> => {
  const before = cpuOf(question.server.pid)
  const { requests, micros, p50, p99, failed } = await (hasWrk ? byWrk : byAutocannon)(question, seconds)
  if (failed > 0) throw new Error(`${failed} of ${requests} requests failed at ${question.path}`)
  return {
    perSecond: requests / (micros / 1e6),
    p50: p50 / 1000,
    p99: p99 / 1000,
    cpuMicros: (cpuOf(question.server.pid) - before) / requests
  }
}

/** Sends one request as the load does; the answer with its text. Throws on an unexpected status. */
export const askOnce = async ({ server, path, headers, body }: Question, status = 200) => {
  const answer = await fetch(server.url + path, {
    headers,
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined ? {} : { method: 'POST', body })
  })
  const text = await answer.text()
  if (answer.status !== status || text.includes('"errors"'))
    throw new Error(`${path} was answered with ${answer.status}: ${text.slice(0, 300)}`)
  return { text, type: answer.headers.get('content-type') ?? '', etag: answer.headers.get('etag') ?? undefined }
}
