import { request as ask } from 'undici'
import t from 'tap'
import { build, vdabKey } from '../helper.ts'
import type { Built } from '../helper.ts'

const base = '/services/openservices'
const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const cvId = '30dbfef1-59df-4521-a111-964bf0208e68'
/** An answer and VDAB's answer a moment later must not be on two sides of midnight. */
const still = { now: () => Date.parse('2026-03-02T10:00:00.000Z') }
const van = 'van=2026-02-13T12:00:00.000Z&tot=2026-02-14T12%3A00%3A00Z'
const paths = [
  '/v2/vacatures?jobdomein=JOBCAT01&postcode=1930',
  '/v2/vacatures?postcode=2000&postcode=9000&ervaring=2&sinds=30&filterDubbels=true&sorteerveld=PUBLICATIE_DATUM&vanaf=0&aantal=7&velden=status&velden=leverancier',
  '/v2/vacatures?postcode=2000&afstand=10&aantal=5&velden=competentie',
  `/v2/vacatures/${id}`,
  '/v2/vacatures/initial?datum=2026-02-13&vanaf=0&aantal=20',
  `/v2/vacatures/bulk?${van}&aantal=2000`,
  '/v1/kandidaten?studies=MAE5AHH&gewensteRegios=BE231A',
  `/v1/kandidaten/${cvId}`,
  `/v1/kandidaten/bulk?${van}&vanaf=0&aantal=2000`,
  ...[
    'jobdomeinen',
    'rijbewijzen',
    'attesten',
    'arbeidsstelsels',
    'arbeidsregimes',
    'arbeidscontractduren',
    'arbeidscontracten',
    'softskills',
    'competenties',
    'sjablonen',
    'studieboom',
    'talen'
  ].map((list) => `/v1/${list}`),
  '/v2/diplomas',
  '/v2/diplomas?trefwoord=handelsingenieur'
]

/** The same request to VDAB itself (the simulator). */
const atVdab = async ({ simulator }: Built, path: string, init: { method?: 'POST'; body?: string } = {}) => {
  const { statusCode, body } = await ask(`${simulator.base}/openservices${path}`, {
    headers: { 'x-ibm-client-id': vdabKey, 'content-type': 'application/json' },
    ...init
  })
  return { status: statusCode, body: await body.json() }
}

void t.test("every VDAB path returns VDAB's JSON to a client that changed only host and key", async (t) => {
  const built = await build(t, still)
  for (const path of paths) {
    const mine = await fetch(`${built.url}${base}${path}`, {
      headers: { accept: 'application/json', 'x-ibm-client-id': 'demo-hr', 'x-doel': 'a test' }
    })
    t.equal(mine.status, 200, path)
    t.match(mine.headers.get('content-type'), /^application\/json/)
    t.same(await mine.json(), (await atVdab(built, path)).body, path)
  }
})

void t.test('a consumer with the scope for contact persons always sees them, and one without it never', async (t) => {
  const built = await build(t, { env: { FEED_INTERVAL_MS: '60000' } })
  const path = `/v2/vacatures/${id}`
  const seenBy = async (key: string) => {
    const answer = await fetch(`${built.url}${base}${path}`, { headers: { 'x-ibm-client-id': key } })
    t.equal(answer.status, 200)
    return answer.text()
  }
  const written = { naam: 'Zoë Ønskó \u{1F600}', email: 'zoe@voorbeeld.invalid' }
  for (const contact of [undefined, written]) {
    if (contact) {
      await built.simulator.patch(`vacatures/${id}`, {
        sollicitatieprocedure: { contactpersoon: contact },
        nieuw: { diep: [{ getal: 1.5, '\ud83d': 'half' }] }
      })
      await built.poll()
    }
    const { body: expected } = await atVdab(built, path)
    const mark = (expected as { sollicitatieprocedure: { contactpersoon: { naam: string } } }).sollicitatieprocedure
      .contactpersoon
    for (const key of ['demo-hr', 'demo-frontend', 'demo-hr', 'demo-frontend', 'demo-hr', 'demo-beheer']) {
      const text = await seenBy(key)
      if (key === 'demo-frontend') t.notOk(text.includes(mark.naam))
      else t.same(JSON.parse(text), expected)
    }
  }
})

void t.test('POST returns the details of the known ids, each once, for any accepted name of the list', async (t) => {
  const built = await build(t, still)
  const ids = [id, '9d86dbb5-3cba-4ef5-9172-38c0e6782746', id, '00000000-0000-4000-8000-000000000000']
  const { body: expected } = await atVdab(built, `/v2/vacatures/${id}`)
  for (const body of [{ vacatureIds: ids }, { ids }, ids]) {
    const answer = await fetch(`${built.url}${base}/v2/vacatures`, {
      method: 'POST',
      headers: { 'x-ibm-client-id': 'demo-hr', 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
    const { aantal, resultaten } = (await answer.json()) as { aantal: number; resultaten: unknown[] }
    t.equal(answer.status, 200)
    t.same([aantal, resultaten.length], [2, 2])
    t.same(resultaten[0], expected)
  }
})

void t.test('an unknown id is 404 with the text of VDAB', async (t) => {
  const { get } = await build(t)
  const unknown = '00000000-0000-4000-8000-000000000000'
  for (const [path, noun] of [
    ['v2/vacatures', 'vacature'],
    ['v1/kandidaten', 'kandidaat']
  ] as const) {
    const answer = await get(`${base}/${path}/${unknown}`)
    t.equal(answer.status, 404)
    t.match(await answer.json(), {
      httpCode: '404',
      httpMessage: 'Not Found',
      moreInformation: `${unknown} is geen bestaande ${noun}`,
      code: 'NOT_FOUND',
      requestId: String
    })
  }
})

const wrong: [string, string, RegExp][] = [
  ['/v2/vacatures?offset=20', 'offset', /not a parameter here \(did you mean vanaf\?\); allowed: .*vanaf, aantal/],
  ['/v2/vacatures?jobdomein=JOBCAT99', 'jobdomein', /JOBCAT99/],
  ['/v2/vacatures?postcode=193', 'postcode', /four digits/],
  ['/v2/vacatures?aantal=201', 'aantal', /from 0 to 200/],
  ['/v2/vacatures?vanaf=-1', 'vanaf', /from 0/],
  ['/v2/vacatures?aantal=1&aantal=2', 'aantal', /once/],
  ['/v2/vacatures?velden=alles', 'velden', /one of status/],
  ['/v2/vacatures?sorteerveld=NAAM', 'sorteerveld', /PUBLICATIE_DATUM/],
  ['/v2/vacatures?filterDubbels=ja', 'filterDubbels', /true, false/],
  ['/v2/vacatures?__proto__=x', '__proto__', /not a parameter/],
  ['/v2/vacatures/initial', 'datum', /missing/],
  ['/v2/vacatures/initial?datum=13-02-2026', 'datum', /2026-02-13/],
  ['/v2/vacatures/bulk?van=2026-02-13T12:00:00.000Z', 'tot', /missing/],
  ['/v2/vacatures/bulk?van=gisteren&tot=2026-02-13T12:00:00.000Z', 'van', /instant/],
  ['/v2/vacatures/bulk?van=2026-02-01T00:00:00.000Z&tot=2026-02-13T12:00:00.000Z', 'van', /5 days/],
  ['/v2/vacatures/bulk?van=2026-02-01T00:00:00.000Z&tot=2026-02-02T12:00:00.000Z&aantal=2001', 'aantal', /2000/],
  ['/v2/vacatures/niet-een-id', 'id', /^Invalid string syntax$/],
  [`/v2/vacatures/${id}?velden=status`, 'velden', /not a parameter/],
  ['/v1/kandidaten?gewensteRegios=Aalst', 'gewensteRegios', /region code/],
  ['/v1/talen?x=1', 'x', /not a parameter/]
]
void t.test("a path that VDAB does not have is 404 with the text of VDAB's gateway", async (t) => {
  const { get } = await build(t)
  const answer = await get(`${base}/v9/vacatures`)
  t.equal(answer.status, 404)
  t.match(await answer.json(), {
    httpCode: '404',
    httpMessage: 'Not Found',
    moreInformation: 'No resources match requested URI',
    code: 'NOT_FOUND'
  })
})

void t.test('invalid parameters are refused with a clear 400 before any call to VDAB', async (t) => {
  const { get, simulator } = await build(t)
  for (const [path, field, says] of wrong) {
    const answer = await get(`${base}${path}`)
    t.equal(answer.status, 400, path)
    const body = (await answer.json()) as { moreInformation: string }
    t.match(body, { httpCode: '400', httpMessage: 'Bad Request', code: 'BAD_USER_INPUT', field }, path)
    t.match(body.moreInformation, says)
  }
  t.same((await simulator.calls()).perEndpoint, { 'GET /jobdomeinen': 1 })
})

void t.test('a POST body that is not one list of ids is refused', async (t) => {
  const { url } = await build(t)
  for (const body of [
    '{}',
    '[null]',
    '[1.5]',
    '{"a":["x"],"b":["y"]}',
    `{"ids":${JSON.stringify(Array.from({ length: 201 }, () => id))}}`,
    'null',
    '{'
  ]) {
    const answer = await fetch(`${url}${base}/v2/vacatures`, {
      method: 'POST',
      headers: { 'x-ibm-client-id': 'demo-hr', 'content-type': 'application/json' },
      body
    })
    t.equal(answer.status, 400, body.slice(0, 40))
    t.match(await answer.json(), { httpCode: '400', code: 'BAD_USER_INPUT' })
  }
})

void t.test(
  'paths of version 4 answer HEAD and a trailing slash as those of version 2, and refuse a second key header',
  async (t) => {
    const { url } = await build(t)
    const send = async (path: string, headers: string[], method: 'GET' | 'HEAD' = 'GET') => {
      const { statusCode, headers: given, body } = await ask(`${url}${base}${path}`, { method, headers })
      return { status: statusCode, etag: given['etag'], length: given['content-length'], text: await body.text() }
    }
    const key = ['x-ibm-client-id', 'demo-frontend']
    for (const path of ['/v2/vacatures', '/vacatures/v4/vacatures', '/vacatures/v4.2.0/vacatures'])
      for (const below of [`/${id}`, '?aantal=3', '/initial?datum=2026-02-20']) {
        const address = `${path}${below}`
        const whole = await send(address, key)
        t.equal(whole.status, 200, address)
        t.strictSame(await send(address, key, 'HEAD'), { ...whole, text: '' }, `HEAD ${address}`)
        const slash = address.replace(/(\?|$)/, '/$1')
        t.strictSame(await send(slash, key), whole, slash)
        for (const more of [key, ['x-ibm-client-id', 'demo-hr'], ['x-api-key', 'demo-hr']]) {
          const twice = await send(address, [...key, ...more])
          t.match([twice.status, twice.text], [401, /"httpCode":"401"/], `${address} with ${more.join(': ')} too`)
        }
      }
  }
)

void t.test('velden=status costs the details with VDAB_PROFILE=v4, and one search with v2', async (t) => {
  for (const version of ['v2', 'v4'] as const) {
    const { get, simulator } = await build(t, { env: { VDAB_PROFILE: version }, simulator: { profile: 'both' } })
    const costOf = async (query: string) => {
      const answer = await get(`${base}/v2/vacatures?${query}`)
      t.equal(answer.status, 200, query)
      return Number(answer.headers.get('x-cost'))
    }
    t.equal(await costOf('aantal=10&velden=leverancier'), 2)
    await simulator.reset()
    const cost = await costOf('aantal=10&velden=status')
    t.equal(cost, version === 'v4' ? 17 : 2, version)
    t.ok((await simulator.calls()).total <= cost, 'no request makes more calls than it costs')
    t.equal(await costOf('aantal=200&velden=status'), version === 'v4' ? 302 : 2)
    t.equal(await costOf('aantal=0&velden=status'), 2)
    t.equal(await costOf('velden=status'), version === 'v4' ? 77 : 2, 'the cost counts the page size that VDAB chooses')
  }
})

void t.test('a wrong method is 405 and lists the allowed ones', async (t) => {
  const { url } = await build(t)
  const answer = await fetch(`${url}${base}/v2/vacatures`, {
    method: 'DELETE',
    headers: { 'x-ibm-client-id': 'demo-hr' }
  })
  t.equal(answer.status, 405)
  t.equal(answer.headers.get('allow'), 'GET, HEAD, OPTIONS, POST')
  t.match(await answer.json(), { httpCode: '405', httpMessage: 'Method Not Allowed' })
})

void t.test('parameters and values that settings add are passed on to VDAB under the configured names', async (t) => {
  const built = await build(t, {
    env: { VDAB_EXTRA_PARAMETERS: 'taal', VDAB_PARAMETER_NAMES: 'afstand:straal', VDAB_VELDEN: 'status,nieuw' }
  })
  t.equal((await built.get(`${base}/v2/vacatures?taal=fr&afstand=5`)).status, 200)
  t.equal(
    (await built.get(`${base}/v2/vacatures?velden=nieuw`)).status,
    400,
    'the simulator itself refuses a value it does not know'
  )
})
