import type { IncomingMessage, ServerResponse } from 'node:http'
import t from 'tap'
import { build, buildBefore, readJson } from '../helper.ts'

const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const record = (id: string) => ({ vacatureReferentie: { interneReferentie: id }, aantalJobs: 1 })
const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const start = Date.parse('2026-03-02T10:00:00.000Z')
const talen = '/services/openservices/v1/talen'
const list = [{ code: 'N', beschrijving: 'Nederlands' }]

void t.test(
  'while VDAB limits an endpoint no call is made, clients get the remaining wait, and then one test call is made',
  async (t) => {
    const clock = { now: start }
    const { query, get, simulator } = await build(t, { now: () => clock.now })
    const aantal = async (index: number) => get(`/services/openservices/v2/vacatures?aantal=${index}`)
    await simulator.faults({ endpoint: 'GET /vacatures', status: 429, retryAfter: 7 })
    const refusal = async (index: number) => {
      const { status, headers } = await aantal(index)
      return [status, headers.get('retry-after')]
    }
    t.same(await refusal(1), [503, '7'])
    clock.now += 2500
    t.same(
      await Promise.all([2, 3, 4, 5, 6, 7, 8, 9].map(refusal)),
      Array.from({ length: 8 }, () => [503, '5']),
      'the remaining wait is rounded up'
    )
    t.match((await query('{ vacatures { totaal } }')).errors, [
      { extensions: { code: 'UPSTREAM_RATE_LIMITED', retryAfter: 5 } }
    ])
    t.equal((await simulator.calls()).perEndpoint['GET /vacatures'], 1)
    t.equal((await get(talen)).status, 200, 'other endpoints have their own limits')
    clock.now += 4500
    const [one, ...others] = (await Promise.all([2, 3, 4, 5].map(refusal))).sort((a, b) => Number(b[1]) - Number(a[1]))
    t.same(
      [one, others],
      [[503, '7'], Array.from({ length: 3 }, () => [503, '1'])],
      'one test call is made, and is limited again'
    )
    t.equal((await simulator.calls()).perEndpoint['GET /vacatures'], 2)
    await simulator.heal()
    t.same(await refusal(1), [503, '7'], 'the Retry-After of VDAB is passed on')
    clock.now += 7000
    t.equal((await aantal(1)).status, 200)
    t.same(
      (await Promise.all([2, 3, 4].map(aantal))).map(({ status }) => status),
      [200, 200, 200]
    )
  }
)

const waits: [string, Record<string, string>, number][] = [
  ['seconds', { 'retry-after': '90' }, 90],
  ['a date', { 'retry-after': new Date(start + 42_000).toUTCString() }, 42],
  ['nothing', {}, 60],
  ['nonsense', { 'retry-after': 'soon' }, 60],
  ['nought', { 'retry-after': '0' }, 1],
  ['a date of the past', { 'retry-after': new Date(start - 42_000).toUTCString() }, 1],
  ['a day', { 'retry-after': '86400' }, 300]
]
for (const [what, headers, seconds] of waits) {
  void t.test(`a 429 whose Retry-After is ${what} stops calls for ${seconds} s`, async (t) => {
    const clock = { now: start }
    let calls = 0
    let isLimited = true
    const { get } = await buildBefore(
      t,
      (_, response) => {
        calls += 1
        json(response, isLimited ? 429 : 200, isLimited ? {} : list, isLimited ? headers : {})
      },
      {},
      () => clock.now
    )
    const told = async () => (await get(talen)).headers.get('retry-after')
    t.equal(await told(), String(seconds))
    isLimited = false
    clock.now += seconds * 1000 - 1
    t.equal(await told(), '1')
    t.equal(calls, 1)
    clock.now += 1
    t.equal((await get(talen)).status, 200)
    t.equal(calls, 2)
  })
}

for (const [what, header] of [
  ['seconds', '3600'],
  ['a fraction', '3600.5'],
  ['a date', new Date(start + 3_600_000).toUTCString()]
] as const) {
  void t.test(`a 503 whose Retry-After, ${what}, is after the deadline is not retried`, async (t) => {
    let calls = 0
    const { get } = await buildBefore(
      t,
      (_, response) => {
        calls += 1
        json(response, 503, {}, { 'retry-after': header })
      },
      { VDAB_RETRIES: '3' },
      () => start
    )
    t.equal((await get(talen)).status, 502)
    t.equal(calls, 1)
  })
}

void t.test(
  'a test call without an answer lets the next request make one, and a clock set back does not extend the wait',
  async (t) => {
    const clock = { now: start }
    let calls = 0
    let answer = (response: ServerResponse): unknown => json(response, 429, {}, { 'retry-after': '5' })
    const { get } = await buildBefore(
      t,
      (_, response) => {
        calls += 1
        answer(response)
      },
      { VDAB_RETRIES: '0' },
      () => clock.now
    )
    t.equal((await get(talen)).status, 503)
    clock.now += 5000
    answer = (response) => response.destroy()
    t.same([(await get(talen)).status, (await get(talen)).status, calls], [502, 502, 3])
    answer = (response) => json(response, 429, {}, { 'retry-after': '5' })
    t.equal((await get(talen)).status, 503)
    answer = (response) => json(response, 200, list)
    clock.now -= 3_600_000
    t.equal((await get(talen)).status, 200)
  }
)

const whole: [string, (response: ServerResponse) => unknown][] = [
  ['429', (response) => json(response, 429, {}, { 'retry-after': '30' })],
  ['502', (response) => json(response, 502, {})],
  ['503', (response) => json(response, 503, {})],
  ['a reset', (response) => response.destroy()],
  ['no JSON', (response) => response.writeHead(200).end('<html>')]
]
for (const [what, fail] of whole) {
  void t.test(`requests whose shared batch ends in ${what} each get one attempt of their own`, async (t) => {
    const bodies: string[][] = []
    const { query } = await buildBefore(
      t,
      async (request: IncomingMessage, response: ServerResponse) => {
        const { url = '', method } = request
        if (method === 'GET') return json(response, 200, record(url.split('/').at(-1) ?? ''))
        const { vacatureIds } = (await readJson(request)) as { vacatureIds: string[] }
        bodies.push(vacatureIds)
        return vacatureIds.includes(idOf(9)) ? fail(response) : json(response, 200, vacatureIds.map(record))
      },
      { BATCH_WINDOW_MS: '500', VDAB_RETRIES: '1' }
    )
    const one = (index: number) => query(`{ vacature(id: "${idOf(index)}") { id aantalJobs } }`)
    const [first, second, several] = await Promise.all([
      one(1),
      one(2),
      query('query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id } }', { ids: [idOf(2), idOf(8), idOf(9)] })
    ])
    t.same(
      [first?.data, first?.errors, second?.errors],
      [{ vacature: { id: `Vacature:${idOf(1)}`, aantalJobs: 1 } }, undefined, undefined]
    )
    t.same(
      several?.errors?.map(({ path }) => path),
      [
        ['vacaturesOpId', 1],
        ['vacaturesOpId', 2]
      ],
      'a record that another request also needs is returned'
    )
    t.equal(bodies[0]?.length, 4, 'the ids were sent in one batch')
    t.ok(bodies.length <= 4, `${bodies.length} POSTs`)
  })
}

void t.test(
  'requests of a batch do not make more calls to a failing VDAB than the circuit breaker allows',
  async (t) => {
    let calls = 0
    const { query } = await buildBefore(
      t,
      (_, response) => {
        calls += 1
        json(response, 502, {})
      },
      { BATCH_WINDOW_MS: '500' }
    )
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => query(`{ vacature(id: "${idOf(index)}") { id } }`))
    )
    t.same([...new Set(answers.map(({ errors }) => errors?.[0]?.extensions['code']))], ['UPSTREAM_UNAVAILABLE'])
    t.ok(calls <= 40, `${calls} calls`)
  }
)
