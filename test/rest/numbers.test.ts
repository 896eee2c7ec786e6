import fc from 'fast-check'
import t from 'tap'
import { exactJson, isExactNumber } from '../../src/formats/exactJson.ts'
import { buildBefore, readJson } from '../helper.ts'

const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const cvId = '30dbfef1-59df-4521-a111-964bf0208e68'
const base = '/services/openservices'
const numbers = [
  '9007199254740993',
  '12345678901234567890',
  '-9007199254740993',
  '1.0',
  '2500.00',
  '1.50',
  '-0',
  '-0.0',
  '0.0',
  '1e2',
  '1E+2',
  '6.5e-7',
  '0.0000001',
  '1e400',
  '0.1',
  '3',
  '-4.25',
  '1e21',
  '123456789.12345678901234567890',
  '9007199254740991',
  '1000000000000000000000'
]

/** A vacancy with all of the numbers, in known and unknown members, in lists and below lists. */
const vacature = (own: string, more = '') =>
  `{"vacatureReferentie":{"interneReferentie":"${own}","vdabReferentie":9007199254740993},"status":"GEPUBLICEERD","aantalJobs":1.0,"tekst":"[1.0, 9007199254740993] en \\"-0\\"","lijst":[${numbers.join(',')}],` +
  `"diep":[{"x":[{${numbers.map((number, index) => `"n${index}":${number}`).join(',')}}]}],"arbeidsovereenkomst":{"minimumBrutoLoon":2500.00,"maximumBrutoLoon":12345678901234567890,"aantalUur":38.0},` +
  `"leverancier":{"kboNummer":12345678901234567890},"functie":{"jobdomeinen":[12345678901234567890]},"dubbels":{"dubbelIds":[1.0,3]}${more}}`
const page = (...items: string[]) => `{"aantal":${items.length}.0,"resultaten":[${items.join(',')}]}`
const ids = Array.from({ length: 60 }, (_, index) => `${id.slice(0, -4)}${1000 + index}`)
const many = page(...ids.map((one) => vacature(one)))
const talen = '[{"code":1.0,"beschrijving":"Nederlands","volgorde":-0}]'

/** VDAB's answer to a GET, as text; POST returns the requested vacancies. */
type Answers = Readonly<Record<string, string>>
const before = (test: Parameters<typeof buildBefore>[0], answers: Answers, env: Record<string, string> = {}) =>
  buildBefore(
    test,
    async (request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://vdab')
      const posted =
        request.method === 'POST' ? ((await readJson(request)) as { vacatureIds: string[] }).vacatureIds : undefined
      const text = posted ? page(...posted.map((one) => vacature(one))) : answers[pathname.slice(base.length)]
      response
        .writeHead(text === undefined ? 404 : 200, { 'content-type': 'application/json' })
        .end(text ?? '{"moreInformation":"is geen bestaande"}')
    },
    env
  )

for (const kept of ['all', 'fragments', 'off']) {
  void t.test(`REST returns numbers as VDAB wrote them, cold and warm, with CACHE_ANSWERS=${kept}`, async (t) => {
    const answers = {
      [`/v2/vacatures/${id}`]: vacature(id),
      '/v2/vacatures': page(vacature(id)),
      '/v2/vacatures/initial': many,
      '/v2/vacatures/bulk': many,
      '/v1/talen': talen
    }
    const { get, url } = await before(t, answers, { CACHE_ANSWERS: kept })
    const query: Readonly<Record<string, string>> = {
      '/v2/vacatures/initial': '?datum=2026-02-13&aantal=2000',
      '/v2/vacatures/bulk': '?van=2026-02-13T12:00:00Z&tot=2026-02-13T13:00:00Z'
    }
    for (const round of [1, 2, 3]) {
      for (const [path, text] of Object.entries(answers)) {
        const answer = await get(`${base}${path}${query[path] ?? ''}`)
        t.match(answer.headers.get('content-type'), 'application/json; charset=utf-8')
        t.equal(await answer.text(), text, `${path}, time ${round}`)
      }
      const posted = await fetch(`${url}${base}/v2/vacatures`, {
        method: 'POST',
        headers: { 'x-api-key': 'team-key', 'content-type': 'application/json' },
        body: JSON.stringify(ids)
      })
      t.equal(await posted.text(), many.replace('60.0', '60'), `POST, time ${round}`)
    }
  })
}

void t.test('REST returns the numbers of CVs as VDAB wrote them too', async (t) => {
  const kandidaat = `{"cvId":"${cvId}","status":"OPEN","opleidingen":[{"type":"studie","behaaldIn":2010.0,"naam":"MAE5AHH"}],"gewensteJob":{"arbeidsRegimes":[1.0,9007199254740993]}}`
  const { get } = await before(t, {
    [`/v1/kandidaten/${cvId}`]: kandidaat,
    '/v1/kandidaten': `{"aantal":1.0,"resultaten":[${kandidaat}]}`
  })
  for (const round of [1, 2]) {
    t.equal(await (await get(`${base}/v1/kandidaten/${cvId}`)).text(), kandidaat, `time ${round}`)
    t.equal(
      await (await get(`${base}/v1/kandidaten`)).text(),
      `{"aantal":1.0,"resultaten":[${kandidaat}]}`,
      `time ${round}`
    )
  }
})

void t.test('an export contains numbers as VDAB wrote them', async (t) => {
  const { get } = await before(
    t,
    { '/v2/vacatures/initial': page(...ids.map((one) => `{"vacatureReferentie":{"interneReferentie":"${one}"}}`)) },
    { FEED_INTERVAL_MS: '60000' }
  )
  const lines = (await (await get('/api/vacatures/export')).text()).split('\n').map((line) => line.trim())
  t.same(
    lines.slice(1, -2),
    ids.map((one) => vacature(one))
  )
})

void t.test(
  'GraphQL returns no number that VDAB did not write: a Long beyond 2^53 is null; codes and texts keep their digits',
  async (t) => {
    const { query } = await before(t, {
      [`/v2/vacatures/${id}`]: vacature(id),
      '/v1/jobdomeinen': '[{"code":12345678901234567890,"beschrijving":"Veel"}]'
    })
    const asked = `{ vacature(id: "${id}") { aantalJobs vacatureReferentie { vdabReferentie } arbeidsovereenkomst { minimumBrutoLoon aantalUur } leverancier { kboNummer } functie { jobdomeinen { code label } } dubbels { dubbelIds } } }`
    for (const round of [1, 2, 3]) {
      const { data } = await query(asked)
      t.match(
        data,
        {
          vacature: {
            aantalJobs: 1,
            vacatureReferentie: { vdabReferentie: null },
            arbeidsovereenkomst: { minimumBrutoLoon: 2500, aantalUur: 38 },
            leverancier: { kboNummer: '12345678901234567890' },
            functie: { jobdomeinen: [{ code: '12345678901234567890', label: 'Veel' }] },
            dubbels: { dubbelIds: [1, 3] }
          }
        },
        `time ${round}`
      )
    }
  }
)

void t.test('members named like properties of Object.prototype are passed on like any other', async (t) => {
  const odd =
    ',"__proto__":{"a":1.0},"constructor":{"prototype":1},"toString":"x","hasOwnProperty":null,"valueOf":[{"__proto__":null}]'
  const record = vacature(id, odd)
  const envelope = `{"__proto__":[1],"constructor":2,"aantal":1,"resultaten":[${record}]}`
  const person = `{"cvId":"${cvId}","__proto__":{"naam":"x"},"constructor":"x","status":"OPEN","competenties":[{"type":"constructor","code":"1","__proto__":null},{"type":"__proto__","code":"2"}]}`
  const { get, query, url } = await before(t, {
    [`/v2/vacatures/${id}`]: record,
    '/v2/vacatures': envelope,
    '/v2/vacatures/initial': envelope,
    '/v1/talen': `[{"code":"N","__proto__":1}]`,
    [`/v1/kandidaten/${cvId}`]: person
  })
  for (const round of [1, 2, 3]) {
    t.equal(await (await get(`${base}/v2/vacatures/${id}`)).text(), record, `time ${round}`)
    t.equal(await (await get(`${base}/v2/vacatures`)).text(), envelope, `time ${round}`)
    t.equal(await (await get(`${base}/v2/vacatures/initial?datum=2026-02-13`)).text(), envelope, `time ${round}`)
    t.equal(await (await get(`${base}/v1/talen`)).text(), `[{"code":"N","__proto__":1}]`)
    t.equal(
      await (await get(`${base}/v1/kandidaten/${cvId}`)).text(),
      `{"cvId":"${cvId}","status":"OPEN","competenties":[{"type":"constructor","code":"1"},{"type":"__proto__","code":"2"}]}`,
      'unknown members of CVs are dropped'
    )
    t.same((await query(`{ vacature(id: "${id}") { status } vacatures { nodes { aantalJobs } } }`)).data, {
      vacature: { status: 'GEPUBLICEERD' },
      vacatures: { nodes: [{ aantalJobs: 1 }] }
    })
    t.same((await query(`{ kandidaat(id: "${cvId}") { status competenties { code label } } }`)).data, {
      kandidaat: {
        status: 'OPEN',
        competenties: [
          { code: '1', label: null },
          { code: '2', label: null }
        ]
      }
    })
  }
  const post = async (body: string) =>
    (
      await fetch(`${url}${base}/v2/vacatures`, {
        method: 'POST',
        headers: { 'x-api-key': 'team-key', 'content-type': 'application/json' },
        body
      })
    ).status
  t.same(
    [await post(`{"__proto__":["${id}"]}`), await post(`{"constructor":["${id}"]}`), await post('{"__proto__":{}}')],
    [200, 200, 400]
  )
})

void t.test('parsed JSON is written with the same digits, and parses as JSON.parse does', (t) => {
  const number = fc.oneof(
    fc.constantFrom(...numbers),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.bigInt().map(String)
  )
  const text = fc
    .oneof(fc.string(), fc.constantFrom('1.0', ',1.0', '[1.0]', '\\"', '"', '\\', '__proto__'))
    .map((one) => JSON.stringify(one))
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      number,
      text,
      fc.constantFrom('null', 'true'),
      fc.array(tie('tree'), { maxLength: 5 }).map((items) => `[${items.join(',')}]`),
      fc
        .uniqueArray(
          fc.tuple(
            text.filter((name) => !/^"\d+"$/.test(name)),
            tie('tree')
          ),
          { maxLength: 5, selector: ([name]) => name }
        )
        .map((members) => `{${members.map(([name, value]) => `${name}:${value}`).join(',')}}`)
    )
  }))
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown
  fc.assert(
    fc.property(tree, (json) => {
      const list = `[${json}]`
      const value = exactJson.parse(list)
      return (
        exactJson.stringify(value) === list && JSON.stringify(plain(value)) === JSON.stringify(plain(JSON.parse(list)))
      )
    }),
    { numRuns: 3000 }
  )
  t.end()
})

void t.test('text that is not JSON is refused', (t) => {
  for (const text of [
    '{1.0:2}',
    '[01.0]',
    '[1.]',
    '[.50]',
    '[+1.0]',
    '[1.0.0]',
    '[1.0-2.0]',
    '["a"1.0]',
    '{"a":"b 1.0}',
    '[-]',
    '[--1.0]',
    '[1.0e]',
    '1.0 2.0',
    '[1e5e5]',
    '[1.0',
    '{"a" 1.0}',
    'tru1.0',
    ''
  ]) {
    t.throws(() => JSON.parse(text) as unknown, SyntaxError)
    t.throws(() => exactJson.parse(text), SyntaxError, text)
  }
  t.same((exactJson.parse('[1.0,1.5,-0,0,1e2,100, 9007199254740993]') as unknown[]).map(isExactNumber), [
    true,
    false,
    true,
    false,
    true,
    false,
    true
  ])
  t.end()
})
