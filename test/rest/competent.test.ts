import { Client } from 'undici'
import t from 'tap'
import { build, buildBefore, vdabKey } from '../helper.ts'

const base = '/services/opendata/competent/v2'
const slager = '07f701ec-57c9-40dd-97d9-e9238062db1e'
const paths = [
  '/search?searchValue=software&entityTypes=OCCUPATIONAL_PROFILE&language=nl&size=10&page=0',
  '/search?searchValue=zzz&language=nl',
  `/releases/current/occupationalprofiles/${slager}`,
  `/releases/3.25/occupationalprofiles/${slager}?lang=fr`,
  '/releases/3.25/technicalcompetences?size=5&page=1',
  `/releases/current/technicalcompetences?occupationalProfileId=${slager}`,
  '/releases/current/technicalcompetences/a70593df-d746-4c33-8cca-267e45d62435',
  '/releases/current/softskills'
]
const hal = { accept: 'application/hal+json', 'x-ibm-client-id': 'demo-frontend' }

void t.test('every Competent path is answered as by VDAB, with one VDAB call', async (t) => {
  const { url, simulator } = await build(t)
  const origin = new URL(simulator.base).origin
  for (const path of paths) {
    const theirs = await fetch(`${origin}${base}${path}`, { headers: { ...hal, 'x-ibm-client-id': vdabKey } })
    const mine = await fetch(`${url}${base}${path}`, { headers: hal })
    t.equal(mine.status, 200, path)
    t.match(mine.headers.get('content-type'), /^application\/hal\+json/)
    t.strictSame(await mine.json(), await theirs.json(), path)
  }
  await simulator.reset()
  for (const path of paths) {
    const again = await fetch(`${url}${base}${path}`, { headers: { ...hal, 'x-ibm-client-id': 'demo-cv' } })
    t.match(again.headers.get('cache-status'), /hit/)
    t.match(again.headers.get('cache-control'), /^public, max-age=\d{5}/)
    const etag = String(again.headers.get('etag'))
    const unmodified = await fetch(`${url}${base}${path}`, { headers: { ...hal, 'if-none-match': etag } })
    t.equal(unmodified.status, 304)
  }
  t.equal((await simulator.calls()).total, 0)
})

void t.test(
  'requests that differ in parameter order share a cache entry; lang and Accept make separate entries',
  async (t) => {
    const { url, simulator } = await build(t)
    const get = async (path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${url}${base}${path}`, { headers: { ...hal, ...headers } })
      return { type: response.headers.get('content-type'), body: (await response.json()) as { title?: object } }
    }
    await get('/search?searchValue=data&language=nl')
    await get('/search?language=nl&searchValue=data')
    t.equal((await simulator.calls()).total, 1)
    const profile = `/releases/current/occupationalprofiles/eccbc68a-353d-40a7-85aa-6577457b3218`
    t.strictSame((await get(profile)).body.title, { nl: 'Aankoper', fr: 'Acheteur', en: null, de: null })
    t.strictSame((await get(`${profile}?lang=en`)).body.title, { nl: null, fr: null, en: null, de: null })
    t.equal((await simulator.calls()).total, 3)
    t.match((await get(profile, { accept: 'application/json' })).type, /^application\/json/)
    t.equal((await simulator.calls()).total, 4)
    t.match((await get(profile, { accept: '*/*' })).type, /^application\/hal\+json/)
    t.equal((await simulator.calls()).total, 4)
  }
)

void t.test("only GET and HEAD below the prefix reach VDAB; other methods get IBM's error", async (t) => {
  const { url, simulator } = await build(t)
  const head = await fetch(`${url}${base}${paths[0]}`, { method: 'HEAD', headers: hal })
  t.equal(head.status, 200)
  t.equal(await head.text(), '')
  t.equal((await simulator.calls()).total, 1)
  const post = await fetch(`${url}${base}/search`, { method: 'POST', headers: hal, body: '{}' })
  t.strictSame([post.status, post.headers.get('allow')], [405, 'GET, HEAD, OPTIONS'])
  const client = new Client(url)
  t.teardown(() => client.close())
  for (const path of [
    '/',
    '/../../openservices/v1/talen',
    '/releases/../search',
    '//search',
    '/a//b',
    '/releases/%2e%2e/search',
    '/releases/..%2f..%2fopenservices',
    '/%2e',
    '/a%20b',
    '/a%3fb=c',
    `/${'a'.repeat(400)}`
  ]) {
    // fetch would resolve the dots
    const answer = await client.request({ method: 'GET', path: `${base}${path}`, headers: hal })
    t.equal(answer.statusCode, 404, path)
    t.match(await answer.body.json(), { httpCode: '404', moreInformation: 'No resources match requested URI' })
  }
  const long = await fetch(`${url}${base}/search?searchValue=${'a'.repeat(2000)}`, { headers: hal })
  t.strictSame([long.status, ((await long.json()) as { httpCode: string }).httpCode], [400, '400'])
  t.equal((await fetch(`${url}${base}/search`, { headers: { accept: 'application/hal+json' } })).status, 401)
  t.equal((await simulator.calls()).total, 1)
})

void t.test('an unknown id is 404, and the 404 is cached for a short time', async (t) => {
  const { url, simulator } = await build(t)
  for (let i = 0; i < 2; i += 1) {
    const answer = await fetch(`${url}${base}/releases/current/occupationalprofiles/nobody`, { headers: hal })
    t.equal(answer.status, 404)
    t.match(await answer.json(), { httpCode: '404', httpMessage: 'Not Found', code: 'NOT_FOUND' })
  }
  t.equal((await simulator.calls()).total, 1)
})

void t.test("a failure of Competent is 502 in IBM's form, and does not affect openservices", async (t) => {
  const { url, get, simulator } = await build(t, { env: { VDAB_RETRIES: '0' } })
  for (const kind of ['reset', 'garbage']) {
    await simulator.faults({ kind, endpoint: 'GET /competent/search' })
    for (let i = 0; i < 5; i += 1) {
      const answer = await fetch(`${url}${base}/search?searchValue=${i}`, { headers: hal })
      t.equal(answer.status, 502, kind)
      t.match(await answer.json(), { httpCode: '502', httpMessage: 'Bad Gateway', code: 'UPSTREAM_UNAVAILABLE' })
    }
  }
  t.equal((await get('/services/openservices/v1/jobdomeinen')).status, 200)
  t.equal((await get('/health/ready')).status, 200)
})

void t.test('a redirect is not followed, and the base path is a setting', async (t) => {
  const asked: string[] = []
  const gateway = await buildBefore(
    t,
    ({ url = '' }, response) => {
      asked.push(url)
      response.writeHead(302, { location: '/services/elsewhere' }).end()
    },
    { VDAB_PATHS: 'competent:competent/v3/{id}' }
  )
  const answer = await gateway.get(`${base}/search?searchValue=a%20b&size=2`)
  t.equal(answer.status, 502)
  t.strictSame(asked, ['/services/opendata/competent/v3/search?searchValue=a+b&size=2'])
})
