import { test } from 'tap'
import { build } from '../helper.ts'
import { hasNginx, startNginx } from './nginx.ts'

const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const cvId = '30dbfef1-59df-4521-a111-964bf0208e68'
const base = '/services/openservices'
const detail = `${base}/v2/vacatures/${id}`
const enriched = `/api/vacatures/${id}`
const search = '/api/vacatures?first=3&details=true'
const gql = (query: string) => `/graphql?query=${encodeURIComponent(query)}`
const cv = gql(`{ kandidaat(id: "${cvId}") { id natuurlijkPersoon { voornaam familienaam } } }`)
const withContact = gql(`{ vacature(id: "${id}") { id sollicitatieprocedure { email } } }`)
const keys = ['demo-frontend', 'demo-cv', 'demo-hr', 'demo-beheer'] as const

const skip = !hasNginx() && process.env['CI'] !== 'true' ? 'nginx is not in PATH: install nginx-light' : false

const asksOf =
  (url: string) =>
  async (path: string, key: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, { headers: { 'x-api-key': key, 'x-doel': 'a test', ...headers } })
    return {
      status: answer.status,
      cache: answer.headers.get('x-cache'),
      headers: answer.headers,
      text: await answer.text()
    }
  }
type Ask = ReturnType<typeof asksOf>
const until = async (isSo: () => Promise<boolean>) => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await isSo()) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}

void test(
  'a shared cache that follows the response headers serves hits to consumers with access only',
  { skip },
  async (t) => {
    const { url } = await build(t)
    const direct = asksOf(url)
    const cached = asksOf(await startNginx(t, url))
    for (const path of [
      detail,
      enriched,
      search,
      `${base}/v1/talen`,
      gql(`{ vacature(id: "${id}") { functie { functieTitel } } }`)
    ]) {
      const [first, second] = [await cached(path, 'demo-frontend'), await cached(path, 'demo-frontend')]
      t.same([first.status, first.cache, second.cache], [200, 'MISS', 'HIT'], path)
      t.equal(second.text, first.text)
      const other = await cached(path, 'demo-cv')
      t.not(other.cache, 'HIT', 'another key with the same scope does not get that answer')
      const none = await fetch(url + path)
      t.equal(none.status, 401)
      for (const name of ['link', 'x-total-count', 'content-type', 'vary'])
        t.equal(second.headers.get(name), first.headers.get(name), `${path} ${name}`)
      const etag = second.headers.get('etag') ?? ''
      t.match(etag, /^"/)
      t.equal((await cached(path, 'demo-frontend', { 'if-none-match': etag })).status, 304)
    }
    const page = await cached(search, 'demo-frontend')
    t.equal(page.cache, 'HIT')
    t.match(page.headers.get('link'), /rel="next"/, 'a cached page has a link to the next page')
    t.match(page.headers.get('x-total-count'), /^\d+$/)
    t.equal((await cached(detail, 'wrong')).status, 401, 'a wrong key gets no cached answer')
    t.equal((await cached(detail, '')).status, 401)
    const people = `/api/kandidaten/${cvId}`
    for (const path of [detail, enriched, search, people, cv, withContact, `${base}/v1/kandidaten/${cvId}`])
      for (let time = 0; time < 2; time += 1)
        for (const key of keys) {
          const [through, own] = [await cached(path, key), await direct(path, key)]
          const same = (text: string) => text.replace(/"(requestId|upstreamCalls)":("[^"]*"|\d+)/g, '')
          t.same([through.status, same(through.text)], [own.status, same(own.text)], `${key} ${path}`)
        }
  }
)

void test('a shared cache never stores personal data', { skip }, async (t) => {
  const { url } = await build(t)
  const cached = asksOf(await startNginx(t, url))
  const people = ['/api/kandidaten?first=2', `/api/kandidaten/${cvId}`, `${base}/v1/kandidaten/${cvId}`]
  for (const path of [cv, withContact, detail, enriched, search, ...people])
    for (let time = 0; time < 3; time += 1) {
      const { cache, headers } = await cached(path, 'demo-hr')
      t.same([cache, headers.get('cache-control'), headers.get('etag')], ['MISS', 'private, no-store', null], path)
    }
})

void test('a shared cache stores an answer while it is fresh, and then revalidates it by ETag', { skip }, async (t) => {
  const start = Date.parse('2026-03-02T10:00:00.000Z')
  const clock = { now: start }
  const { url, simulator } = await build(t, { now: () => clock.now })
  const front = await startNginx(t, url)
  const cached: Ask = asksOf(front)
  const path = `${base}/v2/vacatures?aantal=3`
  await asksOf(url)(path, 'demo-frontend')
  clock.now += 28_500 // 1 s of its 30 s is left
  const first = await cached(path, 'demo-frontend')
  t.same(
    [first.cache, first.headers.get('age'), first.headers.get('cache-control')],
    ['MISS', '28', 'public, max-age=30']
  )
  clock.now += 60_000
  t.ok(
    await until(async () => (await cached(path, 'demo-frontend')).cache === 'REVALIDATED'),
    'an unchanged answer is not sent again'
  )
  await simulator.patch(`vacatures/${id}`, { functie: { functieTitel: 'Anders' } })
  const old = await asksOf(url)(detail, 'demo-frontend')
  clock.now += 10 * 60_000 - 1_500
  const before = await cached(detail, 'demo-frontend')
  t.equal(before.text, old.text)
  await simulator.patch(`vacatures/${id}`, { functie: { functieTitel: 'Nieuw' } })
  clock.now += 60_000
  t.ok(
    await until(async () => (await cached(detail, 'demo-frontend')).text.includes('Nieuw')),
    'a changed answer is fetched once the cached one has expired'
  )
})
