import { build } from '../helper.ts'
import { dial, written } from '../hostile/raw.ts'
import { test } from './test.ts'

const small = { date: '2026-02-13', vacatures: 400, kandidaten: 0 }
const few = { date: '2026-02-13', vacatures: 1, kandidaten: 0 }
const env = {
  CACHE_ANSWERS: 'fragments',
  REQUESTS_PER_MINUTE: '1000000',
  COST_PER_MINUTE: '1000000000',
  MAX_COST: '100000'
}
const fields = 'id versie functie { functieTitel omschrijving jobdomeinen { code label } } leverancier { naam }'
const page = (first: number, name = 'nodes') =>
  `{ vacatures(first: ${first}) { totaal ${name}: nodes { ${fields} } pageInfo { endCursor } } }`
/** Queries whose answers differ in content and length: from a few hundred bytes to half a megabyte. */
const questions: readonly string[] = [
  '{ vacatures(first: 1) { totaal } }',
  ...[1, 2, 5, 20, 21, 22, 60, 200].map((first) => page(first)),
  ...['a', 'anders', 'b2'].map((name) => page(20, name)),
  `{ a: vacatures(first: 20) { nodes { ${fields} } } __typename b: vacatures(first: 7) { nodes { id ...V } edges { cursor node { ${fields} } } } } fragment V on Vacature { status }`,
  `{ ${Array.from({ length: 6 }, (_, index) => `p${index}: vacatures(first: 200) { nodes { ${fields} } }`).join(' ')} }`
]
const posted = (query: string, ...headers: string[]) =>
  written(
    'POST /graphql',
    [
      ...(headers.some((line) => line.startsWith('X-Api-Key')) ? [] : ['X-Api-Key: demo-frontend']),
      'Content-Type: application/json',
      ...headers
    ],
    JSON.stringify({ query })
  )
const dataOf = (body: Buffer) => body.toString().replace(/,"extensions":.*$/, '')

const setUp = async (t: Parameters<typeof build>[0]) => {
  const { url, simulator } = await build(t, { simulator: small, env })
  const plain = await build(t, { simulator: few, env: { ...env, FAST_PATH: 'off', VDAB_URL: simulator.base } })
  const line = await dial(url)
  const plainLine = await dial(plain.url)
  const askAt = (at: typeof line) => async (query: string) => {
    await at.write(posted(query))
    const raw = await at.next()
    if (raw?.status !== 200) throw new Error(`answered with ${raw?.status}: ${raw?.body.toString().slice(0, 200)}`)
    return raw
  }
  const ask = askAt(line)
  const right = new Map<string, string>()
  for (const query of questions) {
    for (let time = 0; time < 3; time += 1) await ask(query)
    right.set(query, dataOf((await askAt(plainLine)(query)).body))
  }
  plainLine.end()
  return { url, ask, right, line }
}

void test('an answer composed of fragments equals the plain answer byte for byte', async (t) => {
  const { ask, right, line } = await setUp(t)
  for (const query of questions) {
    const { body, names, headers } = await ask(query)
    t.equal(names[0], 'content-type', 'the fast path sent it')
    t.equal(dataOf(body), right.get(query))
    t.equal(Number(headers['content-length']), body.length)
  }
  t.ok(new Set([...right.values()].map((body) => body.length)).size > 8)
  t.ok([...right.values()].some((body) => body.length > 400_000))
  line.end()
})

void test('composed answers do not overwrite each other for clients that read late, slowly or pipeline requests', async (t) => {
  const { url, right, line } = await setUp(t)
  const asked = (from: number) =>
    Array.from({ length: 120 }, (_, index) => questions[(from * 5 + index * 7) % questions.length] ?? '')
  const late = await Promise.all(
    Array.from({ length: 6 }, async (_, from) => {
      const one = await dial(url)
      one.socket.pause()
      for (const query of asked(from)) void one.write(posted(query))
      return { one, queries: asked(from) }
    })
  )
  // Other requests run in the meantime, so that their answers reuse the memory of the late ones.
  for (const query of asked(9)) {
    await line.write(posted(query))
    const raw = await line.next()
    if (raw === undefined || dataOf(raw.body) !== right.get(query))
      t.fail('a client that reads at once got a wrong answer')
  }
  for (const { one, queries } of late) {
    one.socket.resume()
    for (const query of queries) {
      const raw = await one.next()
      if (raw === undefined || dataOf(raw.body) !== right.get(query))
        t.fail(`a client that reads late got ${raw?.body.length ?? 'no'} bytes of a wrong answer`)
    }
    t.equal(one.left(), 0)
    one.end()
  }
  line.end()
})

void test('an operation that the writer can no longer answer is executed, without repeated calls to VDAB', async (t) => {
  const fail = async (more: Record<string, string>) => {
    const clock = { now: Date.parse('2026-03-02T10:00:00.000Z') }
    const { url, simulator } = await build(t, {
      simulator: small,
      env: { ...env, VDAB_RETRIES: '0', ...more },
      now: () => clock.now
    })
    const line = await dial(url)
    const ask = async () => {
      await line.write(posted(`{ vacatures(first: 5) { totaal nodes { ${fields} } } }`))
      const raw = await line.next()
      return {
        isShort: raw?.names[0] === 'content-type',
        body: raw?.body.toString().replace(/,"extensions":\{"(cost|code)".*?\}/g, '')
      }
    }
    for (let time = 0; time < 3; time += 1) await ask()
    const before = await ask()
    t.equal(before.isShort, more['FAST_PATH'] !== 'off')
    clock.now += 3 * 24 * 3_600_000
    await simulator.reset()
    await simulator.faults(['POST /vacatures', 'GET /vacatures/{id}'].map((endpoint) => ({ endpoint, status: 500 })))
    const failed = await ask()
    t.equal(failed.isShort, before.isShort)
    const { perEndpoint } = await simulator.calls()
    await simulator.heal()
    clock.now += 60_000
    t.strictSame(await ask(), before, 'the writer answers again once VDAB has recovered')
    line.end()
    return { body: failed.body, perEndpoint }
  }
  const [short, long] = [await fail({}), await fail({ FAST_PATH: 'off' })]
  t.match(short.body, /"nodes":\[null,null,null,null,null\]/)
  t.equal(short.body?.match(/"message"/g)?.length, 5)
  t.strictSame(short, long)
})

void test('a composed answer reports its stale parts in extensions, like any other', async (t) => {
  const clock = { now: Date.parse('2026-03-02T10:00:00.000Z') }
  const told = await Promise.all(
    ['on', 'off'].map(async (FAST_PATH) => {
      const { url, simulator } = await build(t, {
        simulator: small,
        env: { ...env, VDAB_RETRIES: '0', FAST_PATH },
        now: () => clock.now
      })
      const line = await dial(url)
      const ask = async () => {
        await line.write(posted('{ vacatures(first: 5) { totaal nodes { id } } }', 'X-Api-Key: demo-beheer'))
        const raw = await line.next()
        return {
          isShort: raw?.names[0] === 'content-type',
          body: raw?.body.toString().replace(/"(remaining|ouderdomMs)":\d+/g, '"$1":0')
        }
      }
      for (let time = 0; time < 3; time += 1) await ask()
      return { ask, end: () => line.end(), simulator, calls: await ask() }
    })
  )
  const [fast, plain] = told
  if (!fast || !plain) throw new Error('there are two')
  t.match(
    fast.calls.body,
    /,"extensions":\{"upstreamCalls":0,"cost":\{"price":\d+,"remaining":0,"limit":1000000000\}\}\}$/
  )
  for (const { simulator } of told) await simulator.faults({ status: 500 })
  clock.now += 45_000
  for (const { ask } of told) await ask()
  const [short, long] = [await fast.ask(), await plain.ask()]
  t.same([short.isShort, long.isShort], [true, false])
  t.match(short.body, /"versheid":\[\{"pad":"vacatures","ouderdomMs":0,"reden":"VDAB_FOUT"\}\]/)
  t.equal(short.body, long.body)
  for (const { end } of told) end()
})
