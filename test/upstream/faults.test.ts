import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { catalogue } from '../../src/errors.ts'
import { build, logged } from '../helper.ts'
import type { Built } from '../helper.ts'
import { doors, tokenEndpoint } from './doors.ts'
import type { Door } from './doors.ts'

/**
 * The timeout of a request: short if VDAB does not finish its answer, and otherwise longer than a busy machine
 * needs.
 */
const [shortMs, longMs] = [500, 5000]
/** The tolerance, in ms, for a busy machine. */
const slackMs = 1500
/** The latest time of an answer, in ms. */
const deadlineMs = shortMs + slackMs
const start = Date.parse('2026-03-02T10:00:00.000Z')
/** After this pause every cached answer is stale and every delay of the gateway is over, in ms. */
const pauseMs = 130_000
const env = {
  VDAB_TIMEOUT_MS: String(longMs),
  VDAB_RETRIES: '1',
  FRESH_VACATURE_S: '30',
  FRESH_LIST_S: '30',
  FRESH_KANDIDAAT_S: '30',
  REQUESTS_PER_MINUTE: '100000',
  COST_PER_MINUTE: '10000000'
}
const world = { date: '2026-03-02', vacatures: 200, kandidaten: 100 }

type Test = Parameters<typeof build>[0]
type Profile = 'v2' | 'v4'
/** An answer of either interface: its data, error codes, reasons for being stale, and time in ms. */
type Seen = { data: unknown; codes: string[]; status: number; stale: string | undefined; ms: number }

const buildAt = async (t: Test, profile: Profile, more: Record<string, string> = {}) => {
  const clock = { now: start }
  const gateway = await build(t, {
    env: { ...env, VDAB_PROFILE: profile, ...more },
    simulator: world,
    now: () => clock.now
  })
  return { ...gateway, pass: (ms: number) => (clock.now += ms) }
}

const askGraphql = async ({ post }: Built, { query }: Door): Promise<Seen> => {
  const startedAt = performance.now()
  const answer = await post({ query })
  const {
    data,
    errors = [],
    extensions = {}
  } = (await answer.json()) as {
    data?: unknown
    errors?: { extensions: { code: string } }[]
    extensions?: { versheid?: { reden: string }[] }
  }
  return {
    data,
    codes: errors.map(({ extensions: { code } }) => code),
    status: answer.status,
    stale: extensions.versheid?.[0]?.reden,
    ms: performance.now() - startedAt
  }
}

const askRest = async ({ get, url }: Built, { path, ids }: Door): Promise<Seen> => {
  const startedAt = performance.now()
  const at = `/services/openservices/${path}`
  const answer = ids
    ? await fetch(url + at, {
        method: 'POST',
        headers: { 'x-api-key': 'demo-beheer', 'content-type': 'application/json' },
        body: JSON.stringify(ids)
      })
    : await get(at)
  const body = (await answer.json()) as { code?: string }
  return {
    data: answer.ok ? body : undefined,
    codes: answer.ok ? [] : [String(body.code)],
    status: answer.status,
    stale: /detail=(\w+)/.exec(answer.headers.get('cache-status') ?? '')?.[1],
    ms: performance.now() - startedAt
  }
}

const ask = (gateway: Built, door: Door) => Promise.all([askGraphql(gateway, door), askRest(gateway, door)])
/** Sequential, since after a 429 one call is made before the others. */
const askInTurn = async (gateway: Built, door: Door) => [await askGraphql(gateway, door), await askRest(gateway, door)]
const dataOf = (seen: readonly Seen[]) => seen.map(({ data }) => data)

/** Does the data equal the right data, apart from failed parts that are null? */
const isPartOf = (data: unknown, right: unknown): boolean =>
  data == null ||
  (typeof data === 'object' && typeof right === 'object' && right !== null
    ? Object.entries(data).every(([name, member]) => isPartOf(member, (right as Record<string, unknown>)[name]))
    : data === right)

/** Why an answer is not acceptable; undefined when it is right, marked as stale, or one of these errors in time. */
const faultIn = (
  { data, codes, status, stale, ms }: Seen,
  right: unknown,
  { isNeverStale }: Door,
  allowed: readonly string[]
) => {
  if (ms > deadlineMs) return `it took ${ms} ms`
  if (stale !== undefined && isNeverStale) return 'it is stale'
  if (codes.length === 0)
    return isDeepStrictEqual(data, right) ? undefined : `the data is wrong: ${JSON.stringify(data)}`
  const wrong = codes.find((code) => !allowed.includes(code))
  if (wrong !== undefined) return `its code is ${wrong}`
  if (status !== 200 && status !== catalogue[codes[0] as keyof typeof catalogue].status)
    return `its status is ${status}`
  return isPartOf(data, right) ? undefined : `a part is wrong: ${JSON.stringify(data)}`
}

const healthy: Partial<Record<Profile, Promise<Map<Door, unknown[]>>>> = {}
/** The answers of a gateway whose VDAB works. */
const rightOf = (profile: Profile) =>
  (healthy[profile] ??= (async () => {
    const gateway = await buildAt(t, profile)
    const right = new Map<Door, unknown[]>()
    for (const door of doors) {
      const seen = await ask(gateway, door)
      t.same(
        seen.flatMap(({ codes }) => codes),
        [],
        door.endpoint
      )
      right.set(door, dataOf(seen))
    }
    return right
  })())

const unavailable = ['UPSTREAM_UNAVAILABLE']
const short = { VDAB_TIMEOUT_MS: String(shortMs), VDAB_HEADERS_TIMEOUT_MS: String(0.8 * shortMs) }
const kinds: readonly { name: string; fault: object; codes: readonly string[]; env?: Record<string, string> }[] = [
  { name: 'status 500', fault: { status: 500 }, codes: unavailable },
  { name: 'status 503', fault: { status: 503 }, codes: unavailable },
  { name: 'status 429', fault: { status: 429 }, codes: ['UPSTREAM_RATE_LIMITED'] },
  { name: 'reset', fault: { kind: 'reset' }, codes: unavailable },
  { name: 'hang', fault: { kind: 'hang' }, codes: ['UPSTREAM_TIMEOUT'], env: short },
  { name: 'truncate', fault: { kind: 'truncate' }, codes: unavailable },
  { name: 'garbage', fault: { kind: 'garbage' }, codes: unavailable },
  { name: 'slow body', fault: { kind: 'slow-body' }, codes: ['UPSTREAM_TIMEOUT'], env: short },
  { name: 'wrong type', fault: { kind: 'wrong-type' }, codes: unavailable },
  { name: 'deep nesting', fault: { kind: 'deep-nesting' }, codes: unavailable }
]

t.jobs = 4
for (const profile of ['v2', 'v4'] as const)
  for (const { name, fault, codes, env: own = {} } of kinds)
    t.test(
      `${name} at ${profile} never gives wrong data: answers are right, marked as stale or without data, in time`,
      { buffered: true },
      async (t) => {
        const right = await rightOf(profile)
        const gateway = await buildAt(t, profile, own)
        for (const door of doors) {
          const expected = right.get(door) ?? []
          const judge = (seen: readonly Seen[], allowed: readonly string[], when: string) => {
            t.same(
              seen.flatMap((one, index) => faultIn(one, expected[index], door, allowed) ?? []),
              [],
              `${door.endpoint}, ${when}`
            )
          }
          // wrong-type returns four shapes in turn
          const turns = name === 'wrong type' ? 4 : 1
          await gateway.simulator.faults({ ...fault, endpoint: door.endpoint })
          for (let turn = 0; turn < turns; turn += 1) {
            judge(await ask(gateway, door), codes, 'nothing cached')
            gateway.pass(pauseMs)
          }
          await gateway.simulator.heal()
          judge(await askInTurn(gateway, door), [], 'healed')
          gateway.pass(pauseMs)
          await gateway.simulator.faults({ ...fault, endpoint: door.endpoint })
          const stale = await ask(gateway, door)
          judge(stale, door.isNeverStale ? codes : [], 'with what was cached')
          await gateway.simulator.heal()
          gateway.pass(pauseMs)
        }
      }
    )

t.test(
  'the simultaneous expiry of all version 4 tokens fails no request, and does not count as an outage',
  { buffered: true },
  async (t) => {
    const right = await rightOf('v4')
    const gateway = await buildAt(t, 'v4')
    for (const door of doors) {
      for (let again = 0; again < 3; again += 1) {
        await gateway.simulator.remove('tokens')
        const seen = await ask(gateway, door)
        t.same(
          seen.map(({ data, stale }) => [data, stale === 'VDAB_FOUT']),
          dataOf(seen).map((_, index) => [right.get(door)?.[index], false]),
          door.endpoint
        )
        gateway.pass(pauseMs)
      }
    }
  }
)

for (const { name, fault, env: own = {} } of kinds)
  t.test(`a token service with ${name} affects only requests that need a token`, { buffered: true }, async (t) => {
    const right = await rightOf('v4')
    const gateway = await buildAt(t, 'v4', own)
    for (const door of doors) {
      const takesToken = door.endpoint.includes('vacatures')
      const judge = (seen: readonly Seen[], allowed: readonly string[], when: string) => {
        t.same(
          seen.flatMap((one, index) => faultIn(one, right.get(door)?.[index], door, allowed) ?? []),
          [],
          `${door.endpoint}, ${when}`
        )
      }
      await gateway.simulator.remove('tokens')
      await gateway.simulator.faults({ ...fault, endpoint: tokenEndpoint })
      judge(await ask(gateway, door), takesToken ? ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT'] : [], 'without a token')
      await gateway.simulator.heal()
      gateway.pass(pauseMs)
      judge(await askInTurn(gateway, door), [], 'healed')
      gateway.pass(pauseMs)
    }
  })

t.teardown(() => {
  const errors = logged.filter((line) => /"level":(50|60)/.test(line))
  if (errors.length > 0) throw new Error(`errors were logged: ${errors.slice(0, 5).join('')}`)
})
