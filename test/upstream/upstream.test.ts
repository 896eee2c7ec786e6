import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import t from 'tap'
import { readConfig } from '../../src/config/index.ts'
import { buildServer } from '../../src/server.ts'
import { build, buildBefore, consumersFile, readJson, vdabKey } from '../helper.ts'

const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const ids = (count: number) => Array.from({ length: count }, (_, index) => idOf(index))
const record = (id: string) => ({ vacatureReferentie: { interneReferentie: id }, aantalJobs: Number(id.slice(-6)) })
const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const idIn = ({ url = '' }: IncomingMessage) => url.split('/').at(-1) ?? ''

const manyById = 'query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id aantalJobs } }'
const found = (wanted: readonly string[]) =>
  wanted.map((id) => ({ id: `Vacature:${id}`, aantalJobs: record(id).aantalJobs }))

void t.test('the key is sent as X-IBM-Client-Id only', async (t) => {
  const seen: IncomingMessage[] = []
  const { get } = await buildBefore(t, (request, response) => {
    seen.push(request)
    json(response, 200, [{ code: 'N', beschrijving: 'Nederlands' }])
  })
  t.equal((await get('/services/openservices/v1/talen')).status, 200)
  for (const { headers, url = '' } of seen) {
    t.equal(headers['x-ibm-client-id'], vdabKey)
    t.same(
      Object.entries({ ...headers, url }).filter(
        ([name, value]) => name !== 'x-ibm-client-id' && String(value).includes(vdabKey)
      ),
      []
    )
    t.equal(headers.accept, 'application/json')
    t.notOk('x-api-key' in headers, 'the key of the consumer is not sent')
  }
})

for (const poisoned of [1, 3]) {
  void t.test(`${poisoned} of 64 ids that make the batch fail lose those ids only`, async (t) => {
    const bad = new Set(
      ids(64)
        .slice(10, 10 + poisoned * 17)
        .filter((_, index) => index % 17 === 0)
    )
    let posts = 0
    const { query } = await buildBefore(t, async (request, response) => {
      if (request.method === 'GET')
        return bad.has(idIn(request))
          ? json(response, 500, { httpCode: '500' })
          : json(response, 200, record(idIn(request)))
      posts += 1
      const { vacatureIds } = (await readJson(request)) as { vacatureIds: string[] }
      return vacatureIds.some((id) => bad.has(id))
        ? json(response, 500, { httpCode: '500' })
        : json(response, 200, { aantal: vacatureIds.length, resultaten: vacatureIds.map(record) })
    })
    const { data, errors = [] } = await query(manyById, { ids: ids(64) })
    t.same(data, { vacaturesOpId: ids(64).map((id) => (bad.has(id) ? null : found([id])[0])) })
    t.same(
      errors.map(({ path, extensions }) => [path, extensions['code']]),
      [...bad].map((id) => [['vacaturesOpId', ids(64).indexOf(id)], 'UPSTREAM_UNAVAILABLE'])
    )
    t.ok(posts <= 2 * 6 * poisoned + 1, `${posts} POSTs`)
  })
}

void t.test('when VDAB itself fails, a batch of 100 makes a few calls, not two hundred', async (t) => {
  let calls = 0
  const { query } = await buildBefore(t, (_, response) => {
    calls += 1
    json(response, 500, {})
  })
  const { errors = [] } = await query(manyById, { ids: ids(100) })
  t.equal(errors.length, 100)
  t.ok(calls <= 7, `${calls} calls`)
})

void t.test('answers are matched by interneReferentie, never by position, and a bare array is accepted', async (t) => {
  const { query } = await buildBefore(t, async (request, response) => {
    if (request.method === 'GET') return json(response, 404, {})
    const { vacatureIds } = (await readJson(request)) as { vacatureIds: string[] }
    return json(response, 200, [...vacatureIds].reverse().slice(1).map(record))
  })
  const { data, errors } = await query(manyById, { ids: ids(5) })
  t.equal(errors, undefined)
  t.same(data, { vacaturesOpId: [...found(ids(4)), null] })
})

void t.test('the body of POST is a setting: another member name, or a bare array', async (t) => {
  for (const [field, expected] of [
    ['nummers', { nummers: ids(2) }],
    ['[]', ids(2)]
  ] as const) {
    const bodies: unknown[] = []
    const { query } = await buildBefore(
      t,
      async (request, response) => {
        bodies.push(await readJson(request))
        return json(response, 200, ids(2).map(record))
      },
      { VDAB_POST_FIELD: field }
    )
    await query(manyById, { ids: ids(2) })
    t.same(bodies, [expected])
  }
})

void t.test('a POST that ignores its ids and returns an empty list is detected and replaced', async (t) => {
  const { query, lines } = await buildBefore(t, (request, response) => {
    if (request.method === 'POST') json(response, 200, { aantal: 0, resultaten: [] })
    else json(response, 200, record(idIn(request)))
  })
  t.same((await query(manyById, { ids: ids(3) })).data, { vacaturesOpId: found(ids(3)) })
  t.same((await query(manyById, { ids: ids(6) })).data, { vacaturesOpId: found(ids(6)) })
  t.equal(lines.filter((line) => line.includes('POST /vacatures')).length, 1, 'there is one warning')
})

void t.test('velden that VDAB refuses or ignores are replaced by details', async (t) => {
  for (const refuses of [true, false]) {
    const { query } = await buildBefore(t, async (request, response) => {
      const { url = '', method } = request
      if (method === 'POST')
        return json(
          response,
          200,
          ids(2).map((id) => ({ ...record(id), leverancier: { naam: 'Werk' } }))
        )
      if (refuses && url.includes('velden')) return json(response, 400, { httpCode: '400' })
      return json(response, 200, {
        aantal: 2,
        resultaten: ids(2).map((id) => ({ vacatureReferentie: { interneReferentie: id } }))
      })
    })
    const { data } = await query('{ vacatures { nodes { leverancier { naam } } } }')
    t.same(data, { vacatures: { nodes: [{ leverancier: { naam: 'Werk' } }, { leverancier: { naam: 'Werk' } }] } })
  }
})

void t.test('codes are accepted bare or with a label, and the total under either name', async (t) => {
  const { query } = await buildBefore(t, (request, response) => {
    if (request.url?.includes('kandidaten')) json(response, 404, {})
    else if (request.url?.includes('/vacatures?'))
      json(response, 200, {
        totaalAantalResultaten: 77,
        resultaten: [{ vacatureReferentie: { interneReferentie: idOf(1) } }]
      })
    else
      json(response, 200, {
        ...record(idOf(1)),
        arbeidsovereenkomst: { arbeidsContract: { code: 'WS', label: 'Werfreserve' }, arbeidsStelsel: 'D' },
        functie: { beroepsprofiel: { code: 'X1', label: 'Slager', ervaring: { code: '2', label: 'Weinig' } } },
        profiel: {
          vereisten: [{ type: 'talen', code: 'N', label: 'Nederlands', score: { code: '3', label: 'goed' } }, {}]
        }
      })
  })
  const { data, errors } = await query(
    '{ vacatures(first: 1) { totaal nodes { arbeidsovereenkomst { arbeidsContract { code label lijst } arbeidsStelsel { code } } functie { beroepsprofiel { code label lijst ervaring { code label } } } profiel { vereisten { type code label lijst score { code label } } } } } }'
  )
  t.equal(errors, undefined)
  t.same(data, {
    vacatures: {
      totaal: 77,
      nodes: [
        {
          arbeidsovereenkomst: {
            arbeidsContract: { code: 'WS', label: 'Werfreserve', lijst: 'ARBEIDSCONTRACTEN' },
            arbeidsStelsel: [{ code: 'D' }]
          },
          functie: {
            beroepsprofiel: {
              code: 'X1',
              label: 'Slager',
              lijst: 'SJABLONEN',
              ervaring: { code: '2', label: 'Weinig' }
            }
          },
          profiel: {
            vereisten: [
              { type: 'talen', code: 'N', label: 'Nederlands', lijst: 'TALEN', score: { code: '3', label: 'goed' } },
              { type: null, code: null, label: null, lijst: null, score: null }
            ]
          }
        }
      ]
    }
  })
})

const failures: { what: string; fault: object; code: string; status: number }[] = [
  { what: 'an error of VDAB', fault: { status: 500 }, code: 'UPSTREAM_UNAVAILABLE', status: 502 },
  { what: 'a broken connection', fault: { kind: 'reset' }, code: 'UPSTREAM_UNAVAILABLE', status: 502 },
  { what: 'half an answer', fault: { kind: 'truncate' }, code: 'UPSTREAM_UNAVAILABLE', status: 502 },
  { what: 'an answer that is not JSON', fault: { kind: 'garbage' }, code: 'UPSTREAM_UNAVAILABLE', status: 502 },
  { what: 'silence', fault: { kind: 'hang' }, code: 'UPSTREAM_TIMEOUT', status: 504 },
  { what: 'an answer that arrives slowly', fault: { kind: 'slow-body' }, code: 'UPSTREAM_TIMEOUT', status: 504 },
  { what: 'VDAB refusing the key', fault: { status: 401 }, code: 'UPSTREAM_REFUSED', status: 502 },
  { what: 'VDAB limiting the calls', fault: { status: 429, retryAfter: 7 }, code: 'UPSTREAM_RATE_LIMITED', status: 503 }
]
for (const { what, fault, code, status } of failures) {
  void t.test(`${what} is ${code} at both doors, until VDAB recovers`, async (t) => {
    const clock = { now: Date.now() }
    const { query, get, simulator } = await build(t, { env: { VDAB_TIMEOUT_MS: '400' }, now: () => clock.now })
    await simulator.faults(fault)
    const { data, errors = [] } = await query('{ vacatures { totaal } }')
    t.same([data, errors.map(({ path, extensions }) => [path, extensions['code']])], [null, [[['vacatures'], code]]])
    const answer = await get('/services/openservices/v2/vacatures')
    t.equal(answer.status, status)
    t.match(await answer.json(), { httpCode: String(status), moreInformation: String, code })
    if (code === 'UPSTREAM_RATE_LIMITED') t.equal(answer.headers.get('retry-after'), '7')
    await simulator.heal()
    clock.now += 7000
    t.equal((await get('/services/openservices/v2/vacatures')).status, 200)
  })
}

void t.test(
  'a detail that fails is null with one error and its path, and the rest of the page is returned',
  async (t) => {
    const { query, simulator } = await build(t, { env: { VDAB_RETRIES: '0' } })
    await simulator.faults([{ endpoint: 'GET /kandidaten/{id}', status: 500, rate: 0.5 }])
    const { data, errors = [] } = await query('{ kandidaten(first: 20) { totaal nodes { cvId status } } }')
    const { nodes } = (data as { kandidaten: { nodes: ({ cvId: string } | null)[] } }).kandidaten
    const nulls = nodes.flatMap((node, index) => (node === null ? [index] : []))
    t.equal(nodes.length, 20)
    t.ok(nulls.length > 0 && nulls.length < 20)
    t.same(
      errors.map(({ path }) => path),
      nulls.map((index) => ['kandidaten', 'nodes', index])
    )
  }
)

void t.test('a temporary 503 is retried once', async (t) => {
  let calls = 0
  const { get } = await buildBefore(
    t,
    (_, response) => {
      calls += 1
      json(response, calls === 1 ? 503 : 200, [])
    },
    {}
  )
  t.equal((await get('/services/openservices/v1/talen')).status, 200)
})

void t.test('a redirect is not followed, so that the key is not sent to another host', async (t) => {
  let elsewhere = 0
  const { get } = await buildBefore(t, ({ url = '' }, response) => {
    if (url.includes('elsewhere')) elsewhere += 1
    response.writeHead(302, { location: '/services/elsewhere' }).end()
  })
  t.equal((await get('/services/openservices/v1/talen')).status, 502)
  t.equal(elsewhere, 0)
})

void t.test('concurrent calls never exceed the setting', async (t) => {
  let atOnce = 0
  let most = 0
  const { query } = await buildBefore(
    t,
    async (request, response) => {
      if (request.url?.includes('kandidaten?'))
        return json(response, 200, { aantal: 60, resultaten: ids(60).map((cvId) => ({ cvId })) })
      atOnce += 1
      most = Math.max(most, atOnce)
      await new Promise(setImmediate)
      atOnce -= 1
      return json(response, 200, { cvId: idIn(request), status: 'OPEN' })
    },
    { VDAB_CONCURRENCY: '4' }
  )
  const { data } = await query('{ kandidaten(first: 60) { nodes { status } } }')
  t.equal((data as { kandidaten: { nodes: unknown[] } }).kandidaten.nodes.length, 60)
  t.ok(most > 1 && most <= 4, `${most} at once`)
})

void t.test('an endpoint that hangs leaves call slots to the others', async (t) => {
  const pending: (() => void)[] = []
  const { query, get } = await buildBefore(t, async (request, response) => {
    if (request.url?.includes('kandidaten?'))
      return json(response, 200, { aantal: 60, resultaten: ids(60).map((cvId) => ({ cvId })) })
    if (request.url?.includes('talen')) return json(response, 200, [{ code: 'N', beschrijving: 'Nederlands' }])
    await new Promise<void>((resolve) => {
      pending.push(resolve)
    })
    return json(response, 200, { cvId: idIn(request), status: 'OPEN' })
  })
  const hanging = query('{ kandidaten(first: 60) { nodes { status } } }')
  while (pending.length === 0) await new Promise(setImmediate)
  t.equal((await get('/services/openservices/v1/talen')).status, 200, 'another endpoint answers while this one hangs')
  let isOver = false
  void hanging.then(() => {
    isOver = true
  })
  while (!isOver) {
    pending.splice(0).forEach((release) => {
      release()
    })
    await new Promise(setImmediate)
  }
  t.equal(((await hanging).data as { kandidaten: { nodes: unknown[] } }).kandidaten.nodes.length, 60)
})

void t.test('an id that VDAB reports as unknown in any known way is null; a wrong path is not', async (t) => {
  const answers: [number, string][] = [
    [404, 'x is geen bestaande vacature'],
    [500, 'x is geen bestaande vacature'],
    [400, 'Invalid string syntax'],
    [404, ''],
    [404, 'No resources match requested URI']
  ]
  const codes: unknown[] = []
  for (const [status, moreInformation] of answers) {
    const { query } = await buildBefore(t, (_, response) => {
      json(response, status, { moreInformation })
    })
    const { data, errors } = await query('{ vacature(id: "a3e007c0-68d3-4fb7-aa35-c36e96ede172") { id } }')
    t.same(data, { vacature: null })
    codes.push(errors?.[0]?.extensions['code'])
  }
  t.same(codes, [undefined, undefined, undefined, undefined, 'UPSTREAM_REFUSED'])
})

void t.test(
  'a list that VDAB does not have leaves its codes without labels, with one warning and one call',
  async (t) => {
    let asked = 0
    const { query, lines } = await buildBefore(t, (request, response) => {
      const { url = '', method } = request
      if (url.includes('arbeidscontracten')) {
        asked += 1
        json(response, 404, { moreInformation: 'No resources match requested URI' })
      } else if (method === 'GET' && url.includes('/vacatures/'))
        json(response, 200, { ...record(idIn(request)), arbeidsovereenkomst: { arbeidsContract: 'G' } })
      else json(response, 405, {})
    })
    const ask = () =>
      query(manyById.replace('aantalJobs', 'arbeidsovereenkomst { arbeidsContract { code label } }'), { ids: ids(4) })
    for (const { data, errors } of [await ask(), await ask()]) {
      t.equal(errors, undefined)
      t.same(data, {
        vacaturesOpId: ids(4).map((id) => ({
          id: `Vacature:${id}`,
          arbeidsovereenkomst: { arbeidsContract: { code: 'G', label: null } }
        }))
      })
    }
    t.equal(asked, 1)
    t.equal(lines.filter((line) => line.includes('ARBEIDSCONTRACTEN')).length, 1)
  }
)

void t.test('a key for some of the products keeps the gateway ready; a key for none does not', async (t) => {
  for (const [allowed, status] of [
    ['/v2/vacatures', 200],
    ['/v1/kandidaten', 200],
    ['/nothing', 503]
  ] as const) {
    const { get, url } = await buildBefore(t, (request, response) => {
      if (request.url?.includes(allowed)) json(response, 200, { aantal: 0, resultaten: [] })
      else json(response, 403, { httpCode: '403', httpMessage: 'Forbidden', moreInformation: 'Not registered to plan' })
    })
    t.equal((await fetch(`${url}/health/ready`)).status, status)
    await get('/services/openservices/v1/talen')
    t.equal((await fetch(`${url}/health/ready`)).status, status)
  }
})

void t.test('a partial POST answer is not taken as complete', async (t) => {
  const { query, lines } = await buildBefore(t, async (request, response) => {
    if (request.method === 'GET') return json(response, 200, record(idIn(request)))
    const { vacatureIds } = (await readJson(request)) as { vacatureIds: string[] }
    return json(response, 200, { aantal: vacatureIds.length, resultaten: vacatureIds.slice(0, 20).map(record) })
  })
  const { data, errors } = await query(manyById, { ids: ids(100) })
  t.equal(errors, undefined)
  t.same(data, { vacaturesOpId: found(ids(100)) })
  t.equal(lines.filter((line) => line.includes('left out vacancies that exist')).length, 1)
})

void t.test('splitting a batch stops at a failure that no id can cause', async (t) => {
  let calls = 0
  const { query } = await buildBefore(t, async (request, response) => {
    calls += 1
    if (request.method === 'GET') return json(response, 429, {})
    const { vacatureIds } = (await readJson(request)) as { vacatureIds: string[] }
    if (vacatureIds.length === 100) return json(response, 500, {})
    return vacatureIds.includes(idOf(0))
      ? json(response, 200, { aantal: 50, resultaten: vacatureIds.map(record) })
      : json(response, 429, {})
  })
  const { data, errors = [] } = await query(manyById, { ids: ids(100) })
  t.equal((data as { vacaturesOpId: unknown[] }).vacaturesOpId.filter((item) => item !== null).length, 50)
  t.same([...new Set(errors.map(({ extensions }) => extensions['code']))], ['UPSTREAM_RATE_LIMITED'])
  t.equal(calls, 3)
})

void t.test(
  'a velden value counts as supported for the fields that it was seen to return, and no others',
  async (t) => {
    const { query } = await buildBefore(t, (request, response) => {
      const { url = '', method } = request
      if (method === 'POST' || url.includes('/vacatures/'))
        json(
          response,
          200,
          method === 'POST'
            ? ids(2).map((id) => ({ ...record(id), leverancier: { naam: 'Werk', kboNummer: '1' } }))
            : record(idIn(request))
        )
      else
        json(response, 200, {
          aantal: 2,
          resultaten: ids(2).map((id) => ({
            vacatureReferentie: { interneReferentie: id },
            leverancier: { naam: 'Werk' }
          }))
        })
    })
    t.same((await query('{ vacatures { nodes { leverancier { naam } } } }')).data, {
      vacatures: { nodes: [{ leverancier: { naam: 'Werk' } }, { leverancier: { naam: 'Werk' } }] }
    })
    t.same((await query('{ vacatures { nodes { leverancier { naam kboNummer } } } }')).data, {
      vacatures: {
        nodes: [{ leverancier: { naam: 'Werk', kboNummer: '1' } }, { leverancier: { naam: 'Werk', kboNummer: '1' } }]
      }
    })
  }
)

void t.test('an unreadable answer is a failure, and is not cached', async (t) => {
  let calls = 0
  const { query, get } = await buildBefore(t, (_, response) => {
    calls += 1
    json(response, 200, calls === 1 ? {} : [{ code: 1, beschrijving: 'Een' }])
  })
  t.equal((await get('/services/openservices/v1/softskills')).status, 502)
  t.same(
    (await query('{ referentie(lijst: SOFTSKILLS, code: "1") { label } }')).data,
    { referentie: { label: 'Een' } },
    'a code may be a number'
  )
})

void t.test('a record with another id than the requested one is refused', async (t) => {
  const { query } = await buildBefore(t, (_, response) => {
    json(response, 200, { cvId: idOf(9), status: 'OPEN' })
  })
  const { data, errors } = await query(`{ kandidaat(id: "${idOf(1)}") { cvId } }`)
  t.same([data, errors?.[0]?.extensions['code']], [{ kandidaat: null }, 'UPSTREAM_UNAVAILABLE'])
})

void t.test('paging back from the end requests only the total and the records that it returns', async (t) => {
  const { query, simulator } = await build(t)
  await query('{ kandidaten(last: 2) { nodes { status } } }')
  t.same((await simulator.calls()).perEndpoint, { 'GET /kandidaten': 2, 'GET /kandidaten/{id}': 2 })
  await simulator.reset()
  await query('{ vacatures(last: 5) { nodes { aantalJobs } } }')
  t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 2, 'POST /vacatures': 1 })
})

void t.test('an empty page has no next page, for any total', async (t) => {
  const { query } = await buildBefore(t, (_, response) => {
    json(response, 200, { aantal: 100, resultaten: [] })
  })
  t.same((await query('{ vacatures { totaal pageInfo { hasNextPage endCursor } } }')).data, {
    vacatures: { totaal: 100, pageInfo: { hasNextPage: false, endCursor: null } }
  })
})

void t.test('readiness does not wait for a hanging VDAB, and sends it no repeated checks', async (t) => {
  let calls = 0
  const { url } = await buildBefore(
    t,
    () => {
      calls += 1
    },
    { VDAB_TIMEOUT_MS: '3000' }
  )
  const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(`${url}/health/ready`)))
  t.same(
    answers.map(({ status }) => status),
    [503, 503, 503, 503, 503]
  )
  t.match(await answers[0]?.json(), { upstream: { status: 'unavailable', reason: 'VDAB has not answered yet' } })
  t.equal(calls, 1)
})

const proxies: [string, (socket: Socket) => void, string][] = [
  ['says nothing', () => {}, 'UPSTREAM_TIMEOUT'],
  [
    'refuses',
    (socket) => {
      socket.once('data', () => {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
      })
    },
    'UPSTREAM_UNAVAILABLE'
  ]
]
for (const [what, behave, code] of proxies) {
  void t.test(`a proxy that ${what} is ${code}, within the timeout for VDAB`, async (t) => {
    const sockets = new Set<Socket>()
    const proxy = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      behave(socket)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    t.teardown(() => {
      for (const socket of sockets) socket.destroy()
      proxy.close()
    })
    const { port } = proxy.address() as AddressInfo
    const config = readConfig({
      VDAB_URL: 'https://vdab.invalid/services',
      VDAB_API_KEY: vdabKey,
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      CONSUMERS_FILE: consumersFile(),
      LOG_LEVEL: 'silent',
      VDAB_TIMEOUT_MS: '600',
      VDAB_CONCURRENCY: '1',
      PORT: '0'
    })
    const { app } = await buildServer(config)
    t.teardown(() => app.close())
    const asked = ['talen', 'attesten', 'rijbewijzen'].map((list) =>
      app.inject({ url: `/services/openservices/v1/${list}`, headers: { 'x-api-key': 'team-key' } })
    )
    t.same(
      (await Promise.all(asked)).map((answer) => answer.json<{ code: string }>().code),
      [code, code, code]
    )
  })
}
