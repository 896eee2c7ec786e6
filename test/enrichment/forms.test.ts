import { isDeepStrictEqual } from 'node:util'
import { parse } from 'csv-parse/sync'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import t from 'tap'
import { build } from '../helper.ts'

type Json = Record<string, unknown>
type Page = { totaal: number; nodes: (Json | null)[]; pageInfo: { endCursor: string }; verborgen?: string[] }

const world = { vacatures: 60, kandidaten: 20 }
const calm = { REFUSAL_DELAY_MS: '0', VDAB_RETRIES: '0' }
const gateway = await build(t, { simulator: world, env: calm })
const { get, simulator } = gateway
const frontend = { key: 'demo-frontend' }

const accepting = (accept: string, key = 'demo-frontend') => ({ key, headers: { accept } })
const pageOf = async (path: string, how = frontend) => (await (await get(path, how)).json()) as Page
const rowsOf = (text: string) => parse<Record<string, string>>(text, { columns: true, record_delimiter: '\r\n' })
const csvOf = async (path: string, how = frontend) => rowsOf(await (await get(path, how)).text())
const idOf = (node: Json | null | undefined) =>
  (node?.['vacatureReferentie'] as { interneReferentie: string }).interneReferentie

/** The value at a path in JSON; a list of values if there is a list above it. */
const valueAt = (value: unknown, path: readonly string[]): unknown => {
  if (Array.isArray(value)) return value.map((item) => valueAt(item, path))
  const [first, ...rest] = path
  return first === undefined ? value : valueAt((value as Json | null)?.[first] ?? null, rest)
}
/** The paths of the values that are not null, without the indexes of lists. */
const pathsOf = (value: unknown, above: readonly string[] = []): string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, above))
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...above, name]))
  return value == null ? [] : [above.join('.')]
}
const itemsOf = (cell: string) => cell.split(/(?<!\\)\|/).map((item) => item.replace(/\\([\\|])/g, '$1'))
const asText = (value: unknown) => (value == null ? '' : typeof value === 'string' ? value : JSON.stringify(value))
const isFormula = (text: string) => /^[=+\-@\t\r\n]/.test(text)

t.test('a page as CSV has the values of the same page as JSON, by the path of each field', async (t) => {
  for (const query of [
    'first=50&details=true',
    'first=50',
    'first=50&velden=functie,profiel,tewerkstellingsadres,id'
  ]) {
    const { nodes, totaal } = await pageOf(`/api/vacatures?${query}`)
    const response = await get(`/api/vacatures.csv?${query}`, frontend)
    t.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
    t.equal(response.headers.get('x-total-count'), String(totaal))
    t.match(response.headers.get('link'), /rel="next"/)
    const text = await response.text()
    if (query.includes('velden'))
      t.match(
        text,
        /^functie\..*,profiel\..*,tewerkstellingsadres\..*,id,probleem\r\n/,
        'columns in the order of velden'
      )
    const rows = rowsOf(text)
    t.equal(rows.length, nodes.length)
    for (const [index, node] of nodes.entries()) {
      const { probleem, ...row } = rows[index] ?? {}
      t.equal(probleem, '')
      t.ok(
        pathsOf(node).every((path) => Object.hasOwn(row, path)),
        'there is a column for each value'
      )
      const wrong = Object.entries(row).filter(([path, cell]) => {
        const value = valueAt(node, path.split('.'))
        const text = cell.replace(/^'(?=[=+\-@\t\r\n])/, '')
        if (!Array.isArray(value)) return text !== asText(value)
        return value.length === 0 ? text !== '' : !isDeepStrictEqual(itemsOf(text), value.map(asText))
      })
      t.strictSame(wrong, [])
    }
  }
})

t.test('a text that a spreadsheet would run as a formula is escaped, and a negative number is not', async (t) => {
  const [node] = (await pageOf('/api/vacatures?first=1')).nodes
  const titles = ['=HYPERLINK("https://x")', '+1', '-1', '@SUM(A1)', '\tx', 'a, "b"\r\nc', 'a|b\\c', 'gewoon']
  for (const functieTitel of titles) {
    await simulator.patch(`vacatures/${idOf(node)}`, {
      functie: { functieTitel },
      tewerkstellingsadres: {
        postcode: '1000',
        gemeente: 'BRUSSEL',
        landCode: 'XX',
        locatie: { latitude: -3.5, longitude: 4 }
      }
    })
    gateway.vdab.forget('vacature', idOf(node))
    const rows = await csvOf(
      '/api/vacatures.csv?first=200&velden=vacatureReferentie.interneReferentie,functie.functieTitel,tewerkstellingsadres.locatie'
    )
    const row = rows.find((one) => one['vacatureReferentie.interneReferentie'] === idOf(node))
    t.equal(row?.['functie.functieTitel'], isFormula(functieTitel) ? `'${functieTitel}` : functieTitel)
    t.equal(row?.['tewerkstellingsadres.locatie.latitude'], '-3.5')
  }
})

t.test('CSV shows which records failed and which fields the scopes hide', async (t) => {
  const contact = '/api/vacatures.csv?first=40&velden=id,sollicitatieprocedure.contactpersoon.naam'
  const hidden = await get(contact, frontend)
  t.equal(hidden.headers.get('x-verborgen'), 'sollicitatieprocedure.contactpersoon.naam')
  const names = (text: string) => rowsOf(text).map((row) => row['sollicitatieprocedure.contactpersoon.naam'] ?? '')
  t.ok(names(await hidden.text()).every((name) => name === ''))
  const shown = await get(contact, { key: 'demo-hr' })
  t.equal(shown.headers.get('x-verborgen'), null)
  t.equal(shown.headers.get('cache-control'), 'private, no-store')
  t.ok(names(await shown.text()).some((name) => name !== ''))

  const { nodes } = await pageOf('/api/vacatures?first=3')
  for (const node of nodes) gateway.vdab.forget('vacature', idOf(node))
  await simulator.faults([
    { endpoint: 'POST /vacatures', status: 500 },
    { endpoint: 'GET /vacatures/{id}', status: 500 }
  ])
  const failed = await get('/api/vacatures.csv?first=3&velden=id,functie.functieTitel', frontend)
  await simulator.heal()
  t.equal(failed.status, 200)
  t.equal(failed.headers.get('x-problemen'), '3')
  for (const row of rowsOf(await failed.text()))
    t.strictSame(row, { id: '', 'functie.functieTitel': '', probleem: 'UPSTREAM_UNAVAILABLE' })
})

t.test('CVs as CSV need the scope and the purpose, and write the same audit records as JSON', async (t) => {
  t.equal((await get('/api/kandidaten.csv', frontend)).status, 403)
  t.equal((await get('/api/kandidaten.csv', { key: 'demo-cv', headers: { 'x-doel': '' } })).status, 403)
  const query = 'first=5&velden=cvId,natuurlijkPersoon.achternaam,competenties'
  const recordsOf = async (cvId: string) => {
    const { resultaten } = (await (await get(`/api/audit/kandidaten/${cvId}`)).json()) as { resultaten: Json[] }
    return resultaten.map(({ groepen, deur }) => ({ groepen, deur }))
  }
  const { nodes } = await pageOf(`/api/kandidaten?${query}`, { key: 'demo-hr' })
  const response = await get(`/api/kandidaten.csv?${query}`, { key: 'demo-hr' })
  t.equal(response.headers.get('cache-control'), 'private, no-store')
  t.strictSame(
    rowsOf(await response.text()).map((row) => row['cvId']),
    nodes.map((node) => node?.['cvId'])
  )
  for (const node of nodes) {
    const records = await recordsOf(String(node?.['cvId']))
    t.strictSame(records.map(({ deur }) => deur).sort(), ['GET /api/kandidaten', 'GET /api/kandidaten.csv'])
    t.strictSame(records[0]?.groepen, records[1]?.groepen)
  }
  t.equal((await get('/api/kandidaten', accepting('application/atom+xml', 'demo-hr'))).status, 406)
  t.equal((await get('/api/kandidaten.atom', { key: 'demo-hr' })).status, 404)
})

type Entry = {
  id: string
  title: string | { '#text': string }
  updated: string
  link: { href: string }
  content?: unknown
}
type Atom = { feed: { id: string; updated: string; entry: Entry[]; link: { href: string; rel?: string } } }
const reader = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', parseTagValue: false })

t.test('a search as a feed is well formed, stable and the same for every key', async (t) => {
  const [node] = (await pageOf('/api/vacatures?first=1')).nodes
  await simulator.patch(`vacatures/${idOf(node)}`, {
    functie: {
      functieTitel: 'C++ <script> & \u0003co',
      omschrijving: '<p>a ]]> b\u0008 &amp; c</p><script>x</script>'
    },
    leverancier: { naam: 'Proef & <Zoon>' },
    publicatieDatum: '2026-01-02'
  })
  gateway.vdab.forget('vacature', idOf(node))
  const response = await get('/api/vacatures.atom?first=200', { key: 'demo-hr' })
  t.equal(response.headers.get('content-type'), 'application/atom+xml; charset=utf-8')
  const text = await response.text()
  t.equal(XMLValidator.validate(text), true)
  t.notMatch(text, /demo-hr|apikey|<script>x/i)
  const { feed } = reader.parse(text) as Atom
  t.match(feed.id, /^urn:uuid:[\da-f-]{36}$/)
  t.equal(feed.link.href, 'vacatures.atom?first=200')
  const entry = feed.entry.find(({ id }) => id === `urn:uuid:${idOf(node)}`)
  t.match(entry, { updated: '2026-01-02T00:00:00.000Z' })
  t.match(JSON.stringify(entry?.title), /C\+\+ &lt;script&gt; &amp; co/)
  t.match(JSON.stringify(entry?.content), /a \]\](>|&gt;) b &amp; c/)
  t.match(entry?.link.href, /^https:\/\/www\.vdab\.be\/vindeenjob\/vacatures\/\d+$/)
  t.equal(
    feed.updated,
    feed.entry
      .map(({ updated }) => updated)
      .sort()
      .at(-1)
  )
  t.equal(feed.entry.length, (await pageOf('/api/vacatures?first=200')).nodes.length)

  const again = await get('/api/vacatures.atom?first=200', frontend)
  t.equal(await again.text(), text, 'the feed is the same for every consumer and every request')
  t.match(again.headers.get('cache-control'), /^public, max-age=/)
  t.match(again.headers.get('vary'), /accept/)
  const etag = again.headers.get('etag') ?? ''
  t.equal((await get('/api/vacatures.atom?first=200', { ...frontend, headers: { 'if-none-match': etag } })).status, 304)

  const other = reader.parse(await (await get('/api/vacatures.atom?first=1', frontend)).text()) as Atom
  t.equal(other.feed.id, feed.id, 'all pages of a search are one feed')

  const json = await get('/api/vacatures', accepting('application/feed+json'))
  t.equal(json.headers.get('content-type'), 'application/feed+json; charset=utf-8')
  const { items, version } = (await json.json()) as { version: string; items: Json[] }
  t.match(version, /jsonfeed\.org\/version\/1/)
  t.equal(items.length, 20)
  const own = items.find(({ id }) => id === `urn:uuid:${idOf(node)}`)
  t.match(own, { title: 'C++ <script> & co', date_published: '2026-01-02T00:00:00.000Z' })
})

t.test('Accept and suffix give the same response, and a format that a path does not offer is refused', async (t) => {
  for (const [suffix, type] of [
    ['.csv', 'text/csv'],
    ['.atom', 'application/atom+xml'],
    ['.feed.json', 'application/feed+json']
  ] as const) {
    const bySuffix = await get(`/api/vacatures${suffix}?first=5`, frontend)
    const byAccept = await get('/api/vacatures?first=5', accepting(type))
    t.equal(await bySuffix.text(), await byAccept.text())
    t.equal(bySuffix.headers.get('x-cost'), byAccept.headers.get('x-cost'))
    t.equal((await get(`/api/vacatures${suffix}`, accepting('image/png'))).status, 406)
    for (const [path, status] of [
      [`/api/vacatures${suffix}?onbekend=1`, 400],
      [`/api/vacatures${suffix}?first=201`, 400],
      ...(suffix === '.csv' ? [] : ([[`/api/vacatures${suffix}?velden=id`, 400]] as const))
    ] as const) {
      const refused = await get(path, frontend)
      t.match([refused.status, refused.headers.get('content-type')], [status, /^application\/problem\+json/], path)
    }
    t.equal((await get(`/api/vacatures${suffix}`, { key: 'nobody' })).status, 401)
  }
  for (const accept of ['*/*', 'application/json', 'application/*', 'text/csv;q=0.5, application/json'])
    t.match((await get('/api/vacatures', accepting(accept))).headers.get('content-type'), /^application\/json/, accept)
  t.equal((await get('/api/vacatures', accepting('text/*'))).headers.get('content-type'), 'text/csv; charset=utf-8')
})

t.test('ENRICH_FORMS=off: only JSON, and no paths for other formats', async (t) => {
  const off = await build(t, { simulator: world, env: { ...calm, ENRICH_FORMS: 'off' } })
  t.equal((await off.get('/api/vacatures', accepting('text/csv'))).status, 406)
  t.equal((await off.get('/api/vacatures.csv', frontend)).status, 404)
  const { paths } = (await (await off.get('/openapi.json')).json()) as { paths: Json }
  t.notOk(Object.hasOwn(paths, '/api/vacatures.csv'))
})
