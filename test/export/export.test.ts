import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import zlib from 'node:zlib'
import { request } from 'undici'
import t from 'tap'
import { readConfig } from '../../src/config/index.ts'
import { seal } from '../../src/export/checksumTrailer.ts'
import { build, buildBefore, consumersFile, logged, readJson } from '../helper.ts'
import type { Built } from '../helper.ts'

const vary = 'origin, x-api-key, x-ibm-client-id, authorization, accept, accept-encoding'
const path = '/api/vacatures/export'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

type First = { versie: number; moment: string; datum: string; verwacht: number; cursor: string; na?: string }
type Last = { compleet: boolean; aantal: number; sha256: string; cursor: string; ontbreekt?: string[] }
type Vacature = { vacatureReferentie: { interneReferentie: string }; status: string }

/** The parts of an export's text; throws when a line is not JSON. */
const read = (text: string) => {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('the text ends in half a line')
  const [first, ...rest] = lines.map((line) => JSON.parse(line) as unknown)
  const last = rest.pop() as Last
  return {
    first: first as First,
    vacatures: rest as Vacature[],
    last,
    before: text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)
  }
}
const idsOf = (vacatures: readonly Vacature[]) =>
  vacatures.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie)

/** The vacancies that the simulator itself lists as published today. */
const publishedAt = async ({ simulator }: Built, day: number) => {
  const { body } = await request(
    `${simulator.base}/openservices/v2/vacatures/initial?aantal=2000&datum=${new Date(day).toISOString().slice(0, 10)}`,
    { headers: { 'x-ibm-client-id': 'any' } }
  )
  const { resultaten } = (await body.json()) as { resultaten: { vacatureReferentie: { interneReferentie: string } }[] }
  return resultaten.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie).sort()
}
const noon = Date.parse('2026-02-13T12:00:00.000Z')

void t.test(
  'an export contains every published vacancy once, ordered by id, and its last line confirms that it is complete',
  async (t) => {
    const built = await build(t, { now: () => noon })
    const expected = await publishedAt(built, noon)
    await built.simulator.reset()
    const answer = await built.get(path, { key: 'demo-hr' })
    const { first, vacatures, last, before } = read(await answer.text())
    t.same(
      [
        answer.status,
        answer.headers.get('content-type'),
        answer.headers.get('cache-control'),
        answer.headers.get('vary')
      ],
      [200, 'application/x-ndjson; charset=utf-8', 'private, no-store', vary]
    )
    t.same(first, {
      versie: 1,
      moment: '2026-02-13T12:00:00.000Z',
      datum: '2026-02-13',
      verwacht: expected.length,
      cursor: first.cursor
    })
    t.same(last, { compleet: true, aantal: expected.length, sha256: sha256(before), cursor: first.cursor })
    t.same(idsOf(vacatures), expected)
    t.ok(expected.length > 1000)
    const { perEndpoint } = await built.simulator.calls()
    t.same(
      perEndpoint,
      { 'GET /vacatures/initial': 1, 'POST /vacatures': Math.ceil(expected.length / 100) },
      'there is one call for each 100 vacancies'
    )

    const [one] = expected
    const detail = await request(`${built.simulator.base}/openservices/v2/vacatures/${one ?? ''}`, {
      headers: { 'x-ibm-client-id': 'any' }
    })
    t.same(vacatures[0], await detail.body.json(), "a line is VDAB's own JSON")
    t.equal(
      ((await (await built.get('/health/ready')).json()) as { cache: { items: number } }).cache.items,
      0,
      'the export does not fill the cache'
    )
  }
)

void t.test('the default day of an export is the current day in Brussels', async (t) => {
  const built = await build(t, {
    simulator: { vacatures: 20 },
    now: () => Date.parse('2026-07-13T22:30:00.000Z')
  })
  t.equal(read(await (await built.get(path)).text()).first.datum, '2026-07-14')
})

void t.test('an export contains contact persons only for consumers with the scope', async (t) => {
  const { get } = await build(t, { now: () => noon })
  const copy = async (key: string) => read(await (await get(path, { key })).text())
  const [open, closed] = [await copy('demo-hr'), await copy('demo-frontend')]
  t.same(idsOf(open.vacatures), idsOf(closed.vacatures))
  const naming = (vacatures: readonly Vacature[]) =>
    vacatures.filter((vacature) => JSON.stringify(vacature).includes('"contactpersoon":{"')).length
  t.ok(naming(open.vacatures) > 0)
  t.equal(naming(closed.vacatures), 0)
  t.not(open.last.sha256, closed.last.sha256)
})

void t.test('the answer uses the encoding that the client prefers', async (t) => {
  const { url } = await build(t, { simulator: { vacatures: 300 }, now: () => noon })
  const ask = async (accept?: string) => {
    const { statusCode, headers, body } = await request(`${url}${path}`, {
      headers: { 'x-api-key': 'demo-frontend', ...(accept === undefined ? {} : { 'accept-encoding': accept }) }
    })
    return { statusCode, encoding: headers['content-encoding'], bytes: await buffer(body) }
  }
  const plain = await ask()
  const { last } = read(plain.bytes.toString())
  t.same([plain.statusCode, plain.encoding], [200, undefined])
  for (const accept of ['gzip', 'gzip, deflate, br', 'br;q=1, gzip;q=0.4, identity;q=0.2', 'identity;q=0, gzip']) {
    const { encoding, bytes } = await ask(accept)
    t.equal(encoding, 'gzip', accept)
    t.equal(read(zlib.gunzipSync(bytes).toString()).last.aantal, last.aantal)
    t.ok(bytes.length < plain.bytes.length / 3)
  }
  for (const accept of ['identity', 'br', 'gzip;q=0', 'identity, gzip;q=0.5'])
    t.equal((await ask(accept)).encoding, undefined, accept)
  const refused = await ask('br, identity;q=0')
  t.equal(refused.encoding, 'br', 'the refusal is sent in an encoding that the client accepts')
  t.match(
    [refused.statusCode, JSON.parse(zlib.brotliDecompressSync(refused.bytes).toString())],
    [406, { code: 'BAD_USER_INPUT', field: 'accept-encoding' }]
  )
  const { zstdDecompressSync } = zlib as typeof zlib & { zstdDecompressSync?: (bytes: Buffer) => Buffer } // the types are those of Node 20
  const zstd = await ask('zstd')
  if (!zstdDecompressSync) t.equal(zstd.encoding, undefined, 'a Node without zstd sends no encoding')
  else t.same([zstd.encoding, read(zstdDecompressSync(zstd.bytes).toString()).last.aantal], ['zstd', last.aantal])
})

void t.test(
  'an interrupted export resumes after the last vacancy received, with the cursor of its start',
  async (t) => {
    let time = noon
    const { get } = await build(t, { now: () => time })
    const whole = read(await (await get(path)).text())
    time += 600_000
    for (const at of [0, 700, whole.vacatures.length - 1]) {
      const na = idsOf(whole.vacatures)[at] ?? ''
      const { first, vacatures, last, before } = read(
        await (await get(`${path}?na=${na.toUpperCase()}&sinds=${whole.first.cursor}`)).text()
      )
      t.match(first, { na, cursor: whole.first.cursor, moment: '2026-02-13T12:10:00.000Z' })
      t.same(vacatures, whole.vacatures.slice(at + 1))
      t.same(last, { compleet: true, aantal: vacatures.length, sha256: sha256(before), cursor: whole.first.cursor })
    }
  }
)

void t.test('an invalid parameter gets a problem that names it; HEAD answers without a call to VDAB', async (t) => {
  const { url, get, simulator } = await build(t)
  const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
  for (const [query, field] of [
    ['wat=1', 'wat'],
    [`na=${id}`, 'sinds'],
    ['sinds=x', 'na'],
    ['na=1&sinds=x', 'na'],
    [`na=${id}&na=${id}`, 'na'],
    [`na=${id}&sinds=x`, 'sinds']
  ] as const) {
    const answer = await get(`${path}?${query}`)
    t.same([answer.status, answer.headers.get('content-type')], [400, 'application/problem+json; charset=utf-8'], query)
    t.match(await answer.json(), { code: 'BAD_USER_INPUT', field })
  }
  t.equal((await fetch(`${url}${path}`)).status, 401)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await fetch(`${url}${path}`, { method, headers: { 'x-api-key': 'demo-frontend' } })
    t.same([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD, OPTIONS'], method)
  }
  const head = await fetch(`${url}${path}`, { method: 'HEAD', headers: { 'x-api-key': 'demo-frontend' } })
  t.same(
    [head.status, head.headers.get('content-type'), await head.text()],
    [200, 'application/x-ndjson; charset=utf-8', '']
  )
  t.same((await simulator.calls()).total, 0)
})

/** An export that the test reads step by step: the text so far, and its end. */
const open = async (url: string, { key = 'demo-frontend', query = '' } = {}) => {
  const asked = httpRequest(`${url}${path}${query}`, { headers: { 'x-api-key': key } })
  asked.on('error', () => {})
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  let text = ''
  const isWhole = new Promise<boolean>((resolve) => {
    response
      .on('end', () => {
        resolve(true)
      })
      .on('error', () => {})
      .on('close', () => {
        resolve(response.complete)
      })
  })
  response.setEncoding('utf8')
  return {
    response,
    isWhole,
    text: () => text,
    /** Reads until this number of lines has arrived. */
    lines: async (count: number) => {
      const have = () => text.split('\n').length - 1
      while (have() < count) {
        const chunk = response.read() as string | null
        if (chunk === null && response.destroyed) throw new Error('the connection is broken')
        if (chunk === null) await once(response, 'readable')
        else text += chunk
      }
    },
    flow: () => {
      response.on('data', (chunk: string) => {
        text += chunk
      })
    },
    leave: () => {
      asked.destroy()
    }
  }
}

/** Waits for an event of another process or socket, until the test times out. */
const until = async (isSo: () => boolean | Promise<boolean>) => {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve))
}

void t.test('the export waits for a slow reader, and stops fetching for one that disconnects', async (t) => {
  const { url, simulator } = await build(t, { simulator: { vacatures: 20_000 }, now: () => noon })
  const first = await open(url)
  await first.lines(300)
  /** The number of calls, once no new call is made during 2,000 turns of the event loop. */
  const settled = async () => {
    let last = -1
    for (let same = 0; same < 10;) {
      const { total } = await simulator.calls()
      same = total === last ? same + 1 : 0
      last = total
      for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    }
    return last
  }
  const calls = await settled()
  t.ok(calls < 90, `${calls} calls of some 190 were made for a reader that has stopped at line 300 of 18,000`)
  first.leave()
  t.ok((await settled()) - calls <= 3, 'only calls in progress are completed')
  await until(() =>
    logged.some((line) => line.includes('"route":"/api/vacatures/export"') && line.includes('"answered"'))
  )
})

void t.test(
  'a temporary failure of VDAB delays an export; a failure at the start is a problem, a lasting one ends it without a last line',
  async (t) => {
    let time = noon
    const { url, get, simulator } = await build(t, {
      env: { EXPORT_TRIES: '2', VDAB_RETRIES: '0' },
      now: () => time
    })
    await simulator.faults({ status: 503, endpoint: 'GET /vacatures/initial' })
    const refused = await get(path)
    t.match([refused.status, await refused.json()], [502, { code: 'UPSTREAM_UNAVAILABLE' }])
    t.equal(refused.headers.get('content-encoding'), null)
    await simulator.heal()

    await simulator.faults({ status: 503, endpoint: 'POST /vacatures' })
    const cut = await open(url)
    cut.flow()
    const passing = async (isSo: () => boolean | Promise<boolean>) =>
      until(async () => {
        time += 10
        return isSo()
      })
    await passing(() => cut.response.closed)
    t.equal(await cut.isWhole, false, 'the connection is broken, as the client can see')
    t.equal(cut.text().split('\n').length, 2, 'the export broke off after the first line')
    t.ok(logged.some((line) => line.includes('"code":"UPSTREAM_UNAVAILABLE"') && line.includes('an export broke off')))

    await simulator.reset()
    const late = await open(url)
    late.flow()
    await until(async () => ((await simulator.calls()).perEndpoint['POST /vacatures'] ?? 0) >= 3)
    await simulator.heal()
    await passing(() => late.response.closed)
    t.equal(await late.isWhole, true)
    t.equal(read(late.text()).last.compleet, true)
  }
)

const uuid = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const row = (index: number) => ({ vacatureReferentie: { interneReferentie: uuid(index) }, status: 'GEPUBLICEERD' })

/** A VDAB of `count` vacancies; `list` answers a page of its list, `spoilt` contains ids whose details fail. */
const vdabOf =
  (list: (vanaf: number, aantal: number) => unknown, spoilt: ReadonlySet<string> = new Set()) =>
  async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://vdab')
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (url.pathname.endsWith('/initial')) {
      send(200, list(Number(url.searchParams.get('vanaf')), Number(url.searchParams.get('aantal'))))
      return
    }
    const ids =
      request.method === 'POST'
        ? ((await readJson(request)) as { vacatureIds: string[] }).vacatureIds
        : [url.pathname.split('/').pop() ?? '']
    if (ids.some((id) => spoilt.has(id))) {
      send(500, {})
      return
    }
    const found = ids.map((id) => ({
      vacatureReferentie: { interneReferentie: id },
      status: id.endsWith('7') ? 'GESLOTEN' : 'GEPUBLICEERD'
    }))
    send(200, request.method === 'POST' ? { aantal: found.length, resultaten: found } : found[0])
  }

void t.test('an incomplete export names the missing vacancies', async (t) => {
  const spoilt = new Set([uuid(33), uuid(154)])
  const { get } = await buildBefore(
    t,
    vdabOf(
      (vanaf, aantal) => ({
        aantal: 250,
        resultaten: Array.from({ length: 250 }, (_, index) => row(index)).slice(vanaf, vanaf + aantal)
      }),
      spoilt
    ),
    { EXPORT_TRIES: '1' }
  )
  const { vacatures, last, before } = read(await (await get(path)).text())
  t.same(last, { compleet: false, aantal: 223, ontbreekt: [...spoilt], sha256: sha256(before), cursor: last.cursor })
  t.same(
    [vacatures.length, vacatures.filter(({ status }) => status !== 'GEPUBLICEERD').length],
    [223, 0],
    'the export has no vacancy that is no longer published'
  )
})

void t.test('an export contains every vacancy that stays in the list while the list changes', async (t) => {
  // Of 9,000 rows, some leave and some are inserted in front between any two pages; rows that have left need not be
  // exported.
  let rows = Array.from({ length: 9000 }, (_, index) => index)
  let next = 9000
  let moves = 0
  const list = (vanaf: number, aantal: number) => {
    const page = { aantal: rows.length, resultaten: rows.slice(vanaf, vanaf + aantal).map(row) }
    moves += 1
    rows = rows.filter((_, index) => index % (moves === 2 ? 7 : 97) !== 3)
    rows.unshift(...Array.from({ length: moves === 3 ? 300 : 1 }, () => next++))
    return page
  }
  const { get } = await buildBefore(t, vdabOf(list))
  const { vacatures, last } = read(await (await get(path)).text())
  const seen = new Set(idsOf(vacatures))
  const stayed = rows.filter((index) => index < 9000 && index % 10 !== 7)
  t.equal(last.compleet, true)
  t.equal(seen.size, vacatures.length, 'each vacancy occurs once')
  t.same(
    stayed.filter((index) => !seen.has(uuid(index))),
    []
  )
  t.ok(moves > 5)
})

void t.test('a list that is shorter than its total does not count as a complete export', async (t) => {
  const { get } = await buildBefore(
    t,
    vdabOf((vanaf) => ({
      aantal: 5000,
      resultaten: Array.from({ length: 2000 }, (_, index) => row(index)).slice(vanaf, vanaf + 2000)
    }))
  )
  await t.rejects(async () => (await get(path)).text())
})

void t.test(
  'an export waits for the calls per minute that VDAB allows, and warns about its old limit setting',
  async (t) => {
    let time = noon
    const { url, simulator } = await build(t, {
      env: { VDAB_CALLS_PER_MINUTE: '10', EXPORT_CALLS_PER_MINUTE: '600' },
      now: () => time
    })
    const posts = async () => (await simulator.calls()).perEndpoint['POST /vacatures'] ?? 0
    const one = await open(url)
    one.flow()
    await until(async () => (await posts()) === 3)
    for (let turn = 0; turn < 300; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    t.equal(await posts(), 3, 'a quarter of the calls is made at once')
    let most = 0
    const began = time
    await until(async () => {
      const count = await posts()
      most = Math.max(most, count - (time - began) / 6000)
      time += 1000
      return one.response.complete
    })
    t.ok(most <= 3, `${most} calls above an even pace`)
    t.equal(read(one.text()).last.compleet, true)
    t.same(readConfig({ EXPORT_CALLS_PER_MINUTE: '600' }).notYet, ['EXPORT_CALLS_PER_MINUTE'])
  }
)

void t.test('the number of concurrent exports is limited per consumer and in total', async (t) => {
  const { url, get } = await build(t, {
    env: { EXPORT_MAX: '3', EXPORT_MAX_PER_CONSUMER: '2' },
    simulator: { vacatures: 20_000 },
    now: () => noon
  })
  const [one, two] = [await open(url), await open(url)]
  const third = await get(path, { key: 'demo-frontend' })
  t.match(
    [third.status, third.headers.get('retry-after'), await third.json()],
    [
      429,
      '10',
      { code: 'RATE_LIMITED', detail: 'You have 2 exports running, which is the maximum; ask again in 10 s.' }
    ]
  )
  const other = await open(url, { key: 'demo-hr' })
  const full = await get(path, { key: 'demo-cv' })
  t.match(
    [full.status, await full.json()],
    [429, { detail: 'This gateway has 3 exports running, which is the maximum; ask again in 10 s.' }]
  )
  one.leave()
  await until(async () => {
    const again = await open(url)
    again.leave()
    return again.response.statusCode === 200
  })
  two.leave()
  other.leave()
})

void t.test('a reader that reads nothing loses its export slot; a slow reader keeps it', async (t) => {
  const stallMs = 1000
  const { url } = await build(t, {
    env: { EXPORT_MAX_PER_CONSUMER: '1', EXPORT_STALL_MS: String(stallMs) },
    simulator: { vacatures: 20_000 },
    now: () => noon
  })
  const began = Date.now()
  const [slow, idle] = [await open(url), await open(url, { key: 'demo-hr' })]
  // The timeout passes three times before the 18,000 lines end; the system delivers them in chunks of about 1,000.
  for (let count = 500; Date.now() - began < 3 * stallMs; count += 500) {
    await slow.lines(count)
    await new Promise((resolve) => setTimeout(resolve, stallMs / 10))
  }
  slow.flow()
  await until(() =>
    logged.some((line) => line.includes('"code":"RATE_LIMITED"') && line.includes('an export broke off'))
  )
  const next = await open(url, { key: 'demo-hr' })
  t.equal(next.response.statusCode, 200)
  next.leave()
  t.equal(await slow.isWhole, true)
  t.equal(read(slow.text()).last.compleet, true)
  idle.flow()
  t.equal(await idle.isWhole, false)
})

void t.test('a wait for VDAB does not count as a reader that reads nothing', async (t) => {
  const answer = vdabOf((vanaf) => ({
    aantal: 10,
    resultaten: Array.from({ length: 10 }, (_, index) => row(index)).slice(vanaf)
  }))
  const { get } = await buildBefore(
    t,
    async (request, response) => {
      await new Promise((resolve) => setTimeout(resolve, 1500))
      await answer(request, response)
    },
    { EXPORT_STALL_MS: '500' }
  )
  t.equal(read(await (await get(path)).text()).last.compleet, true)
})

void t.test('an export ends when the key of its consumer is revoked', async (t) => {
  const file = consumersFile()
  const { url } = await build(t, {
    env: { CONSUMERS_FILE: file },
    simulator: { vacatures: 20_000 },
    now: () => noon
  })
  const cut = await open(url, { key: 'team-key' })
  await cut.lines(100)
  writeFileSync(file, '[]')
  await until(() => logged.some((line) => line.includes('"code":"FORBIDDEN"') && line.includes('an export broke off')))
  cut.flow()
  t.equal(await cut.isWhole, false)
})

void t.test('whitespace is sent while a line is delayed, and the checksum of the last line covers it', async (t) => {
  let goOn = () => {}
  async function* lines() {
    yield Buffer.from('{"a":1}\n')
    await new Promise<void>((resolve) => {
      goOn = resolve
    })
    yield Buffer.from('{"b":2}\n')
    await new Promise<void>((resolve) => {
      goOn = resolve
    })
    return 2
  }
  let text = ''
  let spaces = 0
  for await (const bytes of seal(lines(), {
    heartbeatMs: 1,
    lastLine: (total, hash) => `${JSON.stringify({ total, hash })}\n`
  })) {
    text += bytes.toString()
    if (bytes.toString() !== ' ') continue
    spaces += 1
    if (spaces % 3 === 0) goOn()
  }
  const [first = '', second = '', last = ''] = text.split('\n')
  t.match([first, second, last], ['{"a":1}', /^ {3,}\{"b":2\}$/, /^ {3,}\{/])
  t.same(JSON.parse(last), { total: 2, hash: sha256(`${first}\n${second}\n`) })
})

void t.test('an export is charged its documented cost', async (t) => {
  const { get } = await build(t, { env: { COST_PER_MINUTE: '4000' }, simulator: { vacatures: 20 } })
  const [paid, refused] = [await get(path), await get(path)]
  t.same([paid.headers.get('x-cost'), paid.headers.get('x-cost-remaining'), refused.status], ['2500', '1500', 429])
})

void t.test('a gateway that stops aborts its exports', async (t) => {
  const { url, app } = await build(t, { simulator: { vacatures: 20_000 }, now: () => noon })
  const cut = await open(url)
  await cut.lines(100)
  const closing = app.close()
  cut.flow()
  t.equal(await cut.isWhole, false)
  await closing
})
