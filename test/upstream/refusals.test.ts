import t from 'tap'
import { build, buildBefore, vdabKey } from '../helper.ts'

const base = '/services/openservices'
const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const six = ['status', 'vdabreferentie', 'leverancier', 'tewerkstellingsgemeente', 'beroep', 'competentie'].map(
  (name) => `velden=${name}`
)
const direct = async (simulator: { base: string }, path: string) => {
  const answer = await fetch(`${simulator.base}/openservices${path}`, { headers: { 'x-ibm-client-id': vdabKey } })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

void t.test('a request above a known limit of VDAB is refused before any call', async (t) => {
  const { get, simulator } = await build(t)
  const cases: [path: string, field: string][] = [
    [`/v2/vacatures?${six.join('&')}`, 'velden'],
    [`/v2/vacatures?${Array.from({ length: 6 }, () => 'velden=status').join('&')}`, 'velden'],
    ['/v2/vacatures?filterDubbels=true&vanaf=1990&aantal=20', 'vanaf'],
    ['/v2/vacatures?filterDubbels=true&vanaf=2000&aantal=1', 'vanaf'],
    ['/v2/vacatures?filterDubbels=true&vanaf=2000', 'vanaf'],
    ['/v2/vacatures?filterDubbels=true&vanaf=1801&aantal=200', 'vanaf']
  ]
  for (const [path, field] of cases) {
    const answer = await get(`${base}${path}`)
    t.match(
      [answer.status, await answer.json()],
      [400, { httpCode: '400', httpMessage: 'Bad Request', code: 'BAD_USER_INPUT', field }],
      path
    )
    t.equal((await direct(simulator, path)).status, 400, `VDAB refuses ${path} too`)
    await simulator.reset()
  }
  t.equal((await simulator.calls()).total, 0)
  for (const path of [
    `/v2/vacatures?${six.slice(0, 5).join('&')}`,
    '/v2/vacatures?filterDubbels=true&vanaf=1990&aantal=10',
    '/v2/vacatures?filterDubbels=false&vanaf=1990&aantal=20',
    '/v2/vacatures?vanaf=5000&aantal=20'
  ]) {
    const answer = await get(`${base}${path}`)
    t.equal(answer.status, 200, path)
    t.same(await answer.json(), (await direct(simulator, path)).body, path)
  }
})

void t.test('the limits are settings', async (t) => {
  const { get, query } = await build(t, { env: { VDAB_MAX_VELDEN: '2', VDAB_FILTER_DUBBELS_REACH: '30' } })
  t.equal((await get(`${base}/v2/vacatures?${six.slice(0, 3).join('&')}`)).status, 400)
  t.equal((await get(`${base}/v2/vacatures?${six.slice(0, 2).join('&')}`)).status, 200)
  t.equal((await get(`${base}/v2/vacatures?filterDubbels=true&vanaf=20&aantal=11`)).status, 400)
  t.match(
    (await query('{ vacatures(last: 7, filter: { filterDubbels: true }) { nodes { id } pageInfo { hasNextPage } } }'))
      .data,
    { vacatures: { nodes: { length: 7 }, pageInfo: { hasNextPage: false } } }
  )
})

void t.test("a request that VDAB rejects as wrong is the client's error, with VDAB's message", async (t) => {
  const { get, simulator, query } = await build(t)
  for (const path of ['/v1/kandidaten?velden=natuurlijkPersoon', '/v2/vacatures?filterDubbels=true&vanaf=1990']) {
    const { status, body } = await direct(simulator, path)
    const answer = await get(`${base}${path}`)
    t.equal(status, 400)
    t.match([answer.status, await answer.json()], [400, { ...body, code: 'BAD_USER_INPUT' }], path)
  }
  await simulator.faults({ status: 400, endpoint: 'GET /kandidaten' })
  t.match(await query('{ kandidaten { totaal } }'), {
    errors: [{ message: 'The request could not be understood', extensions: { code: 'BAD_USER_INPUT' } }]
  })
})

const words = { httpCode: 'x', moreInformation: 'Parameter sinds klopt niet' }
const at = (test: Parameters<typeof buildBefore>[0], status: number, text: string) =>
  buildBefore(test, (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(text)
  )

void t.test('each status of VDAB is attributed to the client, the gateway or VDAB', async (t) => {
  const wrongPath = JSON.stringify({
    httpCode: '404',
    httpMessage: 'Not Found',
    moreInformation: 'No resources match requested URI'
  })
  const cases: [status: number, text: string, here: number, code: string, says: RegExp][] = [
    ...[400, 404, 409, 410, 413, 414, 416, 422].map((status): [number, string, number, string, RegExp] => [
      status,
      JSON.stringify(words),
      status,
      'BAD_USER_INPUT',
      /^Parameter sinds klopt niet$/
    ]),
    ...[401, 402, 403, 405, 406, 407, 408, 415, 418].map((status): [number, string, number, string, RegExp] => [
      status,
      JSON.stringify(words),
      502,
      'UPSTREAM_REFUSED',
      new RegExp(`status ${status}`)
    ]),
    [404, wrongPath, 502, 'UPSTREAM_REFUSED', /status 404/],
    [429, JSON.stringify(words), 503, 'UPSTREAM_RATE_LIMITED', /limits/],
    [500, JSON.stringify(words), 502, 'UPSTREAM_UNAVAILABLE', /status 500/]
  ]
  for (const [status, text, here, code, says] of cases) {
    const { get, query } = await at(t, status, text)
    const answer = await get(`${base}/v2/vacatures?sinds=3`)
    t.match(
      [answer.status, await answer.json()],
      [here, { httpCode: String(here), moreInformation: says, code }],
      `${status} ${text.slice(0, 60)}`
    )
    t.match(await query('{ vacatures(filter: { sinds: 3 }) { totaal } }'), {
      errors: [{ message: says, extensions: { code } }]
    })
  }
})

void t.test('a message of VDAB that is not one short line, or contains a secret, is not passed on', async (t) => {
  const said = 'VDAB refused the question (status 400).'
  for (const text of [
    '',
    'oops',
    '<html>',
    '[]',
    'null',
    '{}',
    '{"moreInformation":7}',
    '{"moreInformation":""}',
    JSON.stringify({ moreInformation: 'a\nb' }),
    JSON.stringify({ moreInformation: 'x'.repeat(301) }),
    JSON.stringify({ moreInformation: `key ${vdabKey.toUpperCase()}` })
  ]) {
    const { get } = await at(t, 400, text)
    t.match(
      await (await get(`${base}/v2/vacatures`)).json(),
      { httpCode: '400', moreInformation: said },
      text.slice(0, 40)
    )
  }
})

void t.test("a rejected request of the gateway's own is not reported as the client's error", async (t) => {
  const { get } = await buildBefore(
    t,
    (_request, response) => response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(words)),
    { FEED_INTERVAL_MS: '60000' }
  )
  t.match(
    [(await get('/api/vacatures/export')).status, await (await get('/api/vacatures/export')).json()],
    [502, { code: 'UPSTREAM_REFUSED' }]
  )
})

type Page = {
  totaal: number
  nodes: { id: string }[]
  edges: { cursor: string }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}
const fields = '{ totaal nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }'

void t.test("paging stops at VDAB's maximum offset, in both directions and for any page size", async (t) => {
  const { query, get, simulator } = await build(t, {
    simulator: { vacatures: 4000 },
    env: { REQUESTS_PER_MINUTE: '100000', COST_PER_MINUTE: '10000000' }
  })
  const page = async (paging: string) => {
    const { data, errors } = await query(`{ vacatures(${paging}, filter: { filterDubbels: true }) ${fields} }`)
    t.equal(errors, undefined, paging)
    return (data as { vacatures: Page }).vacatures
  }
  const { aantal: totaal } = (await (await get(`${base}/v2/vacatures?filterDubbels=true&aantal=1`)).json()) as {
    aantal: number
  }
  t.ok(totaal > 2000, `${totaal} hits`)
  const cursor = (offset: number) => Buffer.from(`vacatures:${offset}:`).toString('base64url')
  const whole: string[] = []
  for (let vanaf = 0; vanaf < 2000; vanaf += 200)
    whole.push(
      ...(
        (await (await get(`${base}/v2/vacatures?filterDubbels=true&vanaf=${vanaf}&aantal=200`)).json()) as {
          resultaten: { vacatureReferentie: { interneReferentie: string } }[]
        }
      ).resultaten.map(({ vacatureReferentie }) => `Vacature:${vacatureReferentie.interneReferentie}`)
    )
  for (const size of [200, 170]) {
    const ahead: string[] = []
    for (let after: string | null = null; ;) {
      const {
        nodes,
        pageInfo,
        totaal: said
      }: Page = await page(`first: ${size}${after === null ? '' : `, after: "${after}"`}`)
      ahead.push(...nodes.map(({ id: own }) => own))
      t.equal(said, totaal, 'the total is that of VDAB')
      if (!pageInfo.hasNextPage) break
      after = pageInfo.endCursor
    }
    t.same(ahead, whole)
    const back: string[] = []
    for (let before: string | null = null; ;) {
      const { nodes, pageInfo }: Page = await page(`last: ${size}${before === null ? '' : `, before: "${before}"`}`)
      back.unshift(...nodes.map(({ id: own }) => own))
      if (!pageInfo.hasPreviousPage) break
      before = pageInfo.startCursor
    }
    t.same(back, whole)
  }
  const last = await page('last: 5')
  t.same(
    last.nodes.map(({ id: own }) => own),
    whole.slice(-5)
  )
  t.match(last, {
    totaal,
    pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: cursor(1995), endCursor: cursor(1999) }
  })
  t.match(await page(`first: 20, after: "${cursor(1989)}"`), {
    nodes: { length: 10 },
    pageInfo: { hasNextPage: false, endCursor: cursor(1999) }
  })
  t.match(await page(`first: 10, after: "${cursor(1979)}"`), { nodes: { length: 10 }, pageInfo: { hasNextPage: true } })
  t.match(await page(`last: 3, before: "${cursor(5000)}"`), {
    nodes: { length: 3 },
    pageInfo: { hasNextPage: false, endCursor: cursor(1999) }
  })
  await simulator.reset()
  for (const offset of [1999, 2000, 9_999_999]) {
    t.strictSame(
      await page(`first: 20, after: "${cursor(offset)}"`),
      {
        totaal,
        nodes: [],
        edges: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null }
      },
      `after ${offset}`
    )
  }
  const { perEndpoint } = await simulator.calls()
  t.ok((perEndpoint['GET /vacatures'] ?? 0) <= 1, 'only the total is requested')
  for (const filter of ['{ filterDubbels: false }', '{}'])
    t.match(
      (await query(`{ vacatures(first: 20, after: "${cursor(2100)}", filter: ${filter}) ${fields} }`)).data,
      { vacatures: { nodes: { length: 20 }, pageInfo: { hasNextPage: true } } },
      'without filterDubbels there is no maximum offset'
    )
})

void t.test('a POST or a velden value that VDAB refuses is replaced by its fallback', async (t) => {
  const { query, simulator } = await build(t)
  await simulator.faults({ status: 400, endpoint: 'POST /vacatures' })
  t.match(
    await query(
      `{ vacaturesOpId(ids: ["${id}", "9d86dbb5-3cba-4ef5-9172-38c0e6782746"]) { id functie { functieTitel } } }`
    ),
    { data: { vacaturesOpId: [{ id: `Vacature:${id}` }, { id: String }] }, errors: undefined }
  )
  const other = await build(t, { env: { VDAB_VELDEN: 'status,bestaatniet,leverancier' } })
  t.equal((await other.get(`${base}/v2/vacatures?velden=bestaatniet`)).status, 400)
  t.match(await other.query('{ vacatures(first: 3) { nodes { status leverancier { naam } } } }'), {
    data: { vacatures: { nodes: { length: 3 } } },
    errors: undefined
  })
})
