import { test } from 'tap'
import { readOperations } from '../../src/rest/operationsFile.ts'
import { readSchema } from '../../src/schema/index.ts'
import { build } from '../helper.ts'
import type { Built } from '../helper.ts'

type Json = Record<string, unknown>
type Page = { totaal: number; nodes: Json[]; pageInfo: Json; problemen?: Json[] }

const known = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const unknownId = 'a3e007c0-68d3-4fb7-aa35-c36e96ede173'
const read = async ({ get }: Pick<Built, 'get'>, path: string, key?: string) => {
  const response = await get(path, key === undefined ? {} : { key })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json }
}
const post = async ({ url }: Built, path: string, body: unknown, key = 'demo-beheer') => {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'x-doel': 'a test', 'content-type': 'application/json' },
    body: JSON.stringify(body)
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json }
}

test('a search is paged forward and backward by Link headers, with the total in the body', async (t) => {
  const gateway = await build(t)
  const first = await read(gateway, '/api/vacatures?jobdomein=JOBCAT10&first=2')
  const page = first.body as unknown as Page
  t.equal(first.headers.get('x-total-count'), String(page.totaal))
  const linkOf = ({ headers }: { headers: Headers }, rel: string) =>
    new RegExp(`<([^>]*)>; rel="${rel}"`).exec(headers.get('link') ?? '')?.[1]
  const next = await read(gateway, `/api/vacatures${linkOf(first, 'next')}`)
  const back = await read(gateway, `/api/vacatures${linkOf(next, 'prev')}`)
  t.strictSame((back.body as unknown as Page).nodes, page.nodes)
  t.notSame((next.body as unknown as Page).nodes, page.nodes)
  t.equal(linkOf(first, 'prev'), undefined)
  t.equal(linkOf(next, 'first'), '?jobdomein=JOBCAT10&first=2')
})

test('velden reduces the answer and the calls to VDAB', async (t) => {
  const gateway = await build(t, { env: { FRESH_SEARCH_S: '0' } })
  await gateway.simulator.reset()
  const { body } = await read(gateway, '/api/vacatures?first=2&velden=leverancier.type,id&velden=leverancier.naam')
  t.strictSame(
    (body as unknown as Page).nodes.map((node) => [Object.keys(node), Object.keys(node['leverancier'] as Json)]),
    [
      [
        ['id', 'leverancier'],
        ['naam', 'type']
      ],
      [
        ['id', 'leverancier'],
        ['naam', 'type']
      ]
    ]
  )
  t.equal((await gateway.simulator.calls()).total, 1, 'no details are fetched')
  const whole = await read(gateway, `/api/vacatures/${known}?velden=functie`)
  t.strictSame(Object.keys(whole.body), ['functie'])
  t.match(whole.body, { functie: { jobdomeinen: [{ label: String }] } })
})

test('opvragen returns records in the order of the ids, with null for an unknown one', async (t) => {
  const gateway = await build(t)
  const { status, body } = await post(gateway, '/api/vacatures/opvragen', { ids: [unknownId, known, 'zzz', known] })
  t.equal(status, 200)
  t.match((body as unknown as Page).nodes, [null, { id: `Vacature:${known}` }, null, { id: `Vacature:${known}` }])
})

test('an invalid parameter is refused with its name, the allowed values and the closest match', async (t) => {
  const gateway = await build(t)
  const cases: [string, string, RegExp][] = [
    ['/api/vacatures?frist=2', 'frist', /did you mean first\?/],
    ['/api/vacatures?first=201', 'first', /from 1 to 200/],
    ['/api/vacatures?first=1&first=2', 'first', /once only/],
    ['/api/vacatures?sinds=gisteren', 'sinds', /whole number/],
    ['/api/vacatures?filterDubbels=ja', 'filterDubbels', /true, false/],
    ['/api/vacatures?sorteerveld=NAAM', 'sorteerveld', /PUBLICATIE_DATUM/],
    ['/api/vacatures?postcode=', 'postcode', /empty/],
    ['/api/vacatures?details=ja', 'details', /true, false/],
    ['/api/vacatures?details=true&velden=id', 'velden', /exclude/],
    ['/api/vacatures?velden=functie.functieTitl', 'velden', /did you mean functie\.functieTitel\?/],
    ['/api/vacatures?velden=id.id', 'velden', /no members/],
    ['/api/vacatures?after=x', 'after', /cursor/],
    ['/api/vacatures?jobdomein=NIETS', 'jobdomein', /JOBCAT01/],
    ['/api/referenties/NIETS', 'lijst', /TALEN/],
    ['/api/referenties?lijst=TALEN', 'lijst', /not a parameter/],
    ['/api/kandidaten/wijzigingen', 'van', /missing/],
    ['/api/kandidaten/wijzigingen?van=gisteren', 'van', /DateTime/]
  ]
  for (const [path, field, message] of cases) {
    const { status, headers, body } = await read(gateway, path)
    t.match([status, headers.get('content-type')], [400, /^application\/problem\+json/], path)
    t.match(body, { code: 'BAD_USER_INPUT', field, detail: message, status: 400 }, path)
  }
  const bodies: [unknown, string][] = [
    [[], 'body'],
    [{}, 'ids'],
    [{ ids: 'x' }, ''],
    [{ ids: [{}] }, 'ids[0]'],
    [{ ids: [known], velden: 'id' }, 'velden'],
    [{ ids: Array.from({ length: 201 }, () => known) }, 'ids']
  ]
  for (const [given, field] of bodies) {
    const { status, body } = await post(gateway, '/api/vacatures/opvragen', given)
    if (field !== '')
      t.match([status, body], [400, { code: 'BAD_USER_INPUT', field }], JSON.stringify(given).slice(0, 60))
  }
})

test('an unknown id is 404 and a missing scope 403, without further calls to VDAB', async (t) => {
  const gateway = await build(t)
  for (const path of [`/api/vacatures/${unknownId}`, '/api/vacatures/zzz', '/api/referenties/TALEN/niets'])
    t.match(await read(gateway, path), { status: 404, body: { code: 'NOT_FOUND', status: 404 } }, path)
  const refused = await read(gateway, '/api/kandidaten', 'demo-frontend')
  t.match([refused.status, refused.body['code']], [403, 'FORBIDDEN'])
  t.equal(refused.headers.get('x-cost'), null)
})

test('personal answers are never cacheable; others are, as long as they are fresh', async (t) => {
  const gateway = await build(t)
  const policy = async (path: string, key: string) => (await read(gateway, path, key)).headers.get('cache-control')
  const detail = `/api/vacatures/${known}`
  t.match(await policy(detail, 'demo-frontend'), /^public, max-age=\d+$/)
  t.match(await policy(detail, 'demo-frontend'), /^public, max-age=\d+$/)
  t.equal(await policy(detail, 'demo-hr'), 'private, no-store')
  t.match(await policy(`${detail}?velden=functie`, 'demo-hr'), /^public, max-age=\d+$/)
  t.equal(await policy('/api/kandidaten?first=1', 'demo-cv'), 'private, no-store')
  t.equal(await policy('/api/kandidaten?first=1&velden=id', 'demo-cv'), 'private, no-store')
})

test('a page is returned when one of its details fails, and problemen gives the path', async (t) => {
  const gateway = await build(t, { env: { VDAB_RETRIES: '0' } })
  const { body } = await read(gateway, '/api/kandidaten?first=3')
  const [first, , third] = (body as unknown as Page).nodes
  for (const node of [first, third]) await read(gateway, `/api/kandidaten/${String(node?.['cvId'])}`)
  await gateway.simulator.faults([{ endpoint: 'GET /kandidaten/{id}', status: 500 }])
  const page = await read(gateway, '/api/kandidaten?first=3&details=true')
  t.equal(page.status, 200)
  t.match((page.body as unknown as Page).nodes, [{ cvId: first?.['cvId'] }, null, { cvId: third?.['cvId'] }])
  t.match(page.body['problemen'], [{ code: 'UPSTREAM_UNAVAILABLE', pad: 'nodes.1', melding: String }])
  await gateway.simulator.heal()
})

test('an error at the root sets the HTTP status of its code', async (t) => {
  const gateway = await build(t, { env: { VDAB_RETRIES: '0' } })
  await gateway.simulator.faults([{ endpoint: 'GET /vacatures', status: 503 }])
  t.match(await read(gateway, '/api/vacatures'), { status: 502, body: { code: 'UPSTREAM_UNAVAILABLE', status: 502 } })
})

test("the gateway's own documents are allowed where only trusted documents are", async (t) => {
  const manifest = t.testdir({ 'trusted.json': '{}' })
  const gateway = await build(t, {
    env: { TRUSTED_DOCUMENTS: 'enforce', TRUSTED_DOCUMENTS_FILE: `${manifest}/trusted.json` }
  })
  t.match(await read(gateway, `/api/vacatures/${known}?velden=id`), { status: 200, body: { id: `Vacature:${known}` } })
})

test('a stored operation becomes a path with parameters, errors and a description', async (t) => {
  const document = 'query titel($id: ID!) { vacature(id: $id) { id functie { functieTitel } } }'
  const folder = t.testdir({
    'good.json': JSON.stringify([{ path: '/api/eigen/titel/{id}', summary: 'A title', document }]),
    'bad.json': JSON.stringify([
      { path: '/api/vacatures', document },
      { path: '/api/eigen/x', document: '{ nothing }' },
      { path: '/api/eigen/{other}', document }
    ])
  })
  const gateway = await build(t, { env: { REST_OPERATIONS_FILE: `${folder}/good.json` } })
  const found = await read(gateway, `/api/eigen/titel/${known}`, 'demo-frontend')
  t.match(found, { status: 200, body: { id: `Vacature:${known}`, functie: { functieTitel: String } } })
  t.match(await read(gateway, `/api/eigen/titel/${unknownId}`), { status: 404 })
  t.match(await read(gateway, `/api/eigen/titel/${known}?x=1`), { status: 400, body: { field: 'x' } })
  const { body } = await read(gateway, '/openapi.json')
  t.match(body, { paths: { '/api/eigen/titel/{id}': { get: { summary: 'A title', 'x-scopes': ['vacatures'] } } } })
  try {
    readOperations(readSchema(), { file: `${folder}/bad.json`, manifest: new Map() })
    t.fail('the file is wrong')
  } catch (error) {
    t.match(error, { problems: [/entry 1 needs a path/, /entry 2 is not right: .*nothing/, /entry 3 names \{other\}/] })
  }
})

test('a deprecated path states since when, until when and its replacement, next to the paging links', async (t) => {
  const document =
    'query ($first: Int) { vacatures(first: $first) { totaal nodes { id } pageInfo { hasNextPage endCursor } } }'
  const one = 'query ($id: ID!) { vacature(id: $id) { id } }'
  const deprecated = { since: '2026-01-31', sunset: '2026-12-31', link: 'https://example.com/new' }
  const folder = t.testdir({
    'good.json': JSON.stringify([
      { path: '/api/eigen/pagina', document, deprecated },
      { path: '/api/eigen/een/{id}', document: one, deprecated }
    ]),
    'bad.json': JSON.stringify([{ path: '/api/eigen/x', document, deprecated: { ...deprecated, since: 'then' } }])
  })
  const gateway = await build(t, { env: { REST_OPERATIONS_FILE: `${folder}/good.json` } })
  const link = '<https://example.com/new>; rel="deprecation"; type="text/html"'
  const expected = { deprecation: '@1769817600', sunset: 'Thu, 31 Dec 2026 00:00:00 GMT' }
  const ofPage = await read(gateway, '/api/eigen/pagina?first=2', 'demo-frontend')
  t.match(Object.fromEntries(ofPage.headers), expected)
  const links = (ofPage.headers.get('link') ?? '').split(', ')
  t.strictSame([links[0], links.length], [link, 3])
  t.match(links.slice(1).join(), /rel="first".*rel="next"/)
  for (const time of ['cold', 'warm', 'kept']) {
    const { headers } = await read(gateway, `/api/eigen/een/${known}`, 'demo-frontend')
    t.match({ ...Object.fromEntries(headers) }, { ...expected, link }, time)
  }
  const { body } = await read(gateway, '/openapi.json')
  t.match(body, { paths: { '/api/eigen/pagina': { get: { deprecated: true } } } })
  try {
    readOperations(readSchema(), { file: `${folder}/bad.json`, manifest: new Map() })
    t.fail('the file is wrong')
  } catch (error) {
    t.match(error, { problems: [/entry 1 has a deprecated that is not/] })
  }
})
