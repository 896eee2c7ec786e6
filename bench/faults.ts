import { setTimeout as sleep } from 'node:timers/promises'
import { catalogue } from '../src/errors.ts'
import { doors, tokenEndpoint } from '../test/upstream/doors.ts'
import type { Door } from '../test/upstream/doors.ts'
import { askAt, connections, freshMs, startFailing, totalMs } from './failing.ts'
import type { Failing, Profile, Seen } from './failing.ts'
import { benchOutages } from './outages.ts'
import { endAll, tellOf } from './processes.ts'

/** The duration of a cell with an empty cache, and with stale answers, in ms; and the permitted delay of an answer. */
const [cellMs, slackMs] = [600, 1000]
const rates = [0.1, 1]
const profiles: readonly Profile[] = ['v2', 'v4']

type Handles = { sockets: number; timers: number; requests: number }
const handlesOf = ({ gateway }: Failing) => tellOf<Handles>(gateway, 'handles')

type Kind = { name: string; fault?: object; endpoint?: string; endsTokens?: true; only?: Profile }
const kinds: readonly Kind[] = [
  { name: 'status 500', fault: { status: 500 } },
  { name: 'status 503', fault: { status: 503 } },
  { name: 'status 429', fault: { status: 429, retryAfter: 1 } },
  ...['reset', 'hang', 'truncate', 'garbage', 'slow-body', 'wrong-type', 'deep-nesting'].map((kind) => ({
    name: kind,
    fault: { kind }
  })),
  { name: 'expired token', endsTokens: true, only: 'v4' },
  { name: 'token service down', fault: { kind: 'reset' }, endpoint: tokenEndpoint, endsTokens: true, only: 'v4' }
]

type Right = ReadonlyMap<Door, readonly string[]>
type Row = { requests: number; right: number; stale: number; wrong: number; worst: number; codes: Map<string, number> }
const rowOf = (): Row => ({ requests: 0, right: 0, stale: 0, wrong: 0, worst: 0, codes: new Map() })

const note = (row: Row, { data, codes, isStale, ms }: Seen, right: string | undefined, { isNeverStale }: Door) => {
  row.requests += 1
  row.worst = Math.max(row.worst, ms)
  for (const code of codes) row.codes.set(code, (row.codes.get(code) ?? 0) + 1)
  const isKnown = codes.every((code) => code !== 'INTERNAL' && Object.hasOwn(catalogue, code))
  if (ms > totalMs + slackMs || !isKnown || (codes.length === 0 && data !== right) || (isStale && isNeverStale))
    row.wrong += 1
  else if (codes.length === 0) row[isStale ? 'stale' : 'right'] += 1
}

const load = async ({ pool }: Failing, door: Door, right: Right, row: Row) => {
  const until = performance.now() + cellMs
  await Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      const isRest = index % 2 === 0
      while (performance.now() < until) {
        note(row, await askAt(pool, door, isRest), right.get(door)?.[isRest ? 0 : 1], door)
        await sleep(5)
      }
    })
  )
}

/** The right answers; repeats the requests until they succeed, and returns how long that took. */
const healthy = async ({ pool }: Failing, door: Door) => {
  const startedAt = performance.now()
  for (;;) {
    const seen = [await askAt(pool, door, true), await askAt(pool, door, false)]
    const ms = performance.now() - startedAt
    if (seen.every(({ codes, isStale }) => codes.length === 0 && !isStale))
      return { data: seen.map(({ data }) => data), ms }
    if (ms > 10_000) throw new Error(`${door.endpoint} does not recover: ${JSON.stringify(seen)}`)
    await sleep(50)
  }
}

const runCell = async (
  failing: Failing,
  { fault, endpoint, endsTokens }: Kind,
  door: Door,
  rate: number,
  right: Right
) => {
  const row = rowOf()
  const { tell } = failing
  const phase = async () => {
    if (fault) await tell('PUT', 'faults', { ...fault, rate, endpoint: endpoint ?? door.endpoint })
    if (endsTokens) await tell('DELETE', 'tokens')
    const ending = endsTokens && setInterval(() => void tell('DELETE', 'tokens'), 50 / rate)
    await load(failing, door, right, row)
    if (ending) clearInterval(ending)
    await tell('DELETE', 'faults')
  }
  await phase()
  const { data, ms } = await healthy(failing, door)
  if (data.some((text, index) => text !== right.get(door)?.[index])) row.wrong += 1
  await sleep(freshMs)
  await phase()
  await healthy(failing, door)
  return { row, healedMs: ms }
}

const columns = [4, 19, 6, 24, 9, 7, 7, 7, 9, 10, 9]
const line = (cells: readonly (string | number)[], last = '') =>
  `${cells.map((cell, index) => (index < 4 ? String(cell).padEnd(columns[index] ?? 0) : String(cell).padStart(columns[index] ?? 0))).join(' ')}  ${last}\n`
const head = [
  '',
  'fault',
  'rate',
  'endpoint',
  'requests',
  'right',
  'stale',
  'wrong',
  'worst ms',
  'healed ms',
  'handles'
]

const signed = (value: number) => (value < 0 ? String(value) : `+${value}`)

/** Runs the cells of one version; returns the number of wrong answers. */
const runProfile = async (profile: Profile, chosen: readonly Kind[]): Promise<number> => {
  const failing = await startFailing(profile)
  const answers = new Map<Door, readonly string[]>()
  for (const door of doors) answers.set(door, (await healthy(failing, door)).data)
  await Promise.all(Array.from({ length: connections }, () => askAt(failing.pool, doors[0] as Door, true))) // it has doors
  const before = await handlesOf(failing)
  let wrong = 0
  for (const kind of chosen.filter(({ only = profile }) => only === profile))
    for (const rate of rates)
      for (const door of doors) {
        const { row, healedMs } = await runCell(failing, kind, door, rate, answers)
        const now = await handlesOf(failing)
        wrong += row.wrong
        const { requests, right, stale, worst, codes } = row
        const handles = `${signed(now.sockets - before.sockets)} ${signed(now.timers - before.timers)}`
        const cells = [requests, right, stale, row.wrong, worst.toFixed(), healedMs.toFixed(), handles]
        const errors = [...codes].map(([code, count]) => `${code} ${count}`).join(', ')
        process.stdout.write(line([profile, kind.name, rate, door.endpoint, ...cells], errors))
      }
  await failing.close()
  await sleep(35_000) // idle connections to VDAB end after 30 s
  const after = await handlesOf(failing)
  const asText = ({ sockets, timers, requests }: Handles) => `${sockets} sockets, ${timers} timers, ${requests} others`
  process.stdout.write(
    `${profile}: at the start ${asText(before)} (including ${connections} of clients); at the end ${asText(after)}\n`
  )
  await failing.gateway.end()
  return wrong
}

/**
 * The table of all faults at all endpoints in both versions: the answers to 50 connections while VDAB fails, first with
 * an empty cache and then with stale answers. `handles` are sockets and timers beyond those at the start; up to 18
 * connections to VDAB may stay open. `BENCH_FAULTS` limits it to faults whose names contain this text. A process that
 * exits, e.g. by an unhandled rejection, fails the benchmark. Then the two scenarios of outages.ts.
 */
export const benchFaults = async () => {
  const only = process.env['BENCH_FAULTS'] ?? ''
  const chosen = kinds.filter(({ name }) => name.includes(only))
  try {
    process.stdout.write(line(head, 'errors'))
    let wrong = 0
    for (const profile of profiles) wrong += await runProfile(profile, chosen)
    process.stdout.write(`${wrong} wrong answers\n\n`)
    for (const profile of profiles) await benchOutages(profile)
  } finally {
    await endAll()
  }
}
