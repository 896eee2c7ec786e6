import { request as ask } from 'undici'
import t from 'tap'
import { build, buildBefore, readJson, vdabKey } from '../helper.ts'
import type { Built } from '../helper.ts'

const path = '/services/openservices/v2/vacatures'
const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const second = '9d86dbb5-3cba-4ef5-9172-38c0e6782746'
const unknown = '00000000-0000-4000-8000-000000000000'
/** The compared answers must not be on both sides of midnight. */
const still = { now: () => Date.parse('2026-03-02T10:00:00.000Z') }

type Json = {
  aantal?: number
  resultaten?: { vacatureReferentie: { interneReferentie: string; vdabReferentie: number } }[]
  moreInformation?: string
  httpCode?: string
  httpMessage?: string
}
type Asked = { method?: 'GET' | 'POST'; body?: string; headers?: Record<string, string> }
type Given = { status: number; text: string; json: Json }

const json = { 'content-type': 'application/json' }
const asked = async (url: string, key: string, { method = 'GET', body, headers = json }: Asked): Promise<Given> => {
  const answer = await ask(url, {
    method,
    headers: { 'x-ibm-client-id': key, 'x-doel': 'a test', ...headers },
    ...(body === undefined ? {} : { body })
  })
  const text = await answer.body.text()
  return { status: answer.statusCode, text, json: JSON.parse(text) as Json }
}
const both = async ({ url, simulator }: Pick<Built, 'url' | 'simulator'>, at: string, how: Asked = {}) => ({
  directly: await asked(`${simulator.base}${at.slice('/services'.length)}`, vdabKey, how),
  here: await asked(`${url}${at}`, 'demo-hr', how)
})

const idOf = ({ vacatureReferentie: { interneReferentie } }: { vacatureReferentie: { interneReferentie: string } }) =>
  interneReferentie
/**
 * The answer with its records in the order of another one, since VDAB returns them in any order (upstream.md §8 row 2).
 */
const inOrderOf = (json: Json, other: Json): Json => {
  const places = new Map((other.resultaten ?? []).map((record, index) => [idOf(record), index]))
  return {
    ...json,
    resultaten: (json.resultaten ?? []).toSorted((a, b) => (places.get(idOf(a)) ?? -1) - (places.get(idOf(b)) ?? -1))
  }
}
const errorOf = ({ httpCode, httpMessage, moreInformation }: Json) => ({ httpCode, httpMessage, moreInformation })
const post = (list: unknown): Asked => ({ method: 'POST', body: JSON.stringify(list) })

void t.test(
  "every record in VDAB's change feed can be requested, in batches and singly, and is answered as by VDAB",
  async (t) => {
    const built = await build(t, {
      ...still,
      simulator: { vacatures: 2000 },
      env: { REQUESTS_PER_MINUTE: '100000', COST_PER_MINUTE: '10000000' }
    })
    const window = `${path}/bulk?van=2026-02-26T00:00:00.000Z&tot=2026-03-02T10:00:00.000Z&aantal=2000`
    const { directly, here } = await both(built, window)
    t.equal(here.text, directly.text)
    const ids = (here.json.resultaten ?? []).map(idOf)
    t.equal(ids.length, here.json.aantal, 'the page contains the whole window')
    t.ok(ids.length > 300, `${ids.length} rows`)
    t.ok(
      ids.some((one) => one.startsWith('NOT_FOUND-')),
      'the window contains an id of a lost record'
    )

    for (const round of [1, 2]) {
      for (let start = 0; start < ids.length; start += 100) {
        const part = await both(built, path, post({ vacatureIds: ids.slice(start, start + 100) }))
        t.equal(part.here.status, part.directly.status, `from ${start}, time ${round}`)
        t.equal(
          JSON.stringify(inOrderOf(part.here.json, part.directly.json)),
          part.directly.text,
          `from ${start}, time ${round}: the same bytes in VDAB's order`
        )
      }
    }
    for (const one of new Set(ids)) {
      const single = await both(built, `${path}/${one}`)
      if (single.directly.status === 200) t.equal(single.here.text, single.directly.text, one)
      else t.same([single.here.status, errorOf(single.here.json)], [single.directly.status, single.directly.json], one)
    }
  }
)

void t.test('every POST body gets the status and body that VDAB gives', async (t) => {
  const built = await build(t, still)
  const { resultaten: [first] = [] } = (await both(built, path, post([id]))).directly.json
  const number = first?.vacatureReferentie.vdabReferentie ?? 0
  const lists: [what: string, asked: Asked][] = [
    ["an id that cannot be VDAB's", post(['NOT_FOUND-a3e007c0'])],
    [
      'ids that cannot exist among others',
      post([`NOT_FOUND-${id}`, id, '', ' ', 'x', '../..', 'null', '__proto__', second, id.slice(1), `${id} `])
    ],
    ['an unknown id', post([unknown])],
    ['only unknown ids', post([unknown, 'NOT_FOUND-1', '999'])],
    ['one id twice', post([id, id, second, id])],
    ['one id in another case', post([id.toUpperCase(), id, second.toUpperCase()])],
    ["VDAB's number", post([number])],
    ["VDAB's number as text", post([String(number)])],
    ['a number and the id of the same vacancy', post([id, number, String(number), second])],
    [
      'numbers that VDAB does not know',
      post([1, -5, 0, 9007199254740991, '1', '000', '123456789012345678901234567890'])
    ],
    ['an empty list', post([])],
    ['an empty list by name', post({ vacatureIds: [] })],
    ['another name', post({ ids: [id] })],
    ['a third name', post({ interneReferenties: [id, second] })],
    ['a list among other members', post({ taal: 'nl', vacatureIds: [id], x: { y: [1] }, z: null })],
    ['a list called __proto__', { method: 'POST', body: `{"__proto__":["${id}"]}` }],
    ['a list called constructor', post({ constructor: [id] })],
    ['200 ids', post(Array.from({ length: 200 }, (_, index) => (index % 2 ? id : `NOT_FOUND-${index}`)))],
    ['201 ids', post(Array.from({ length: 201 }, () => id))],
    ['two lists', post({ a: [id], b: [second] })],
    ['no list', post({})],
    ['a bare id', post({ vacatureIds: id })],
    ['null', post(null)],
    ['a text', post(id)],
    ['null in the list', post([id, null])],
    ['a boolean in the list', post([true])],
    ['a fraction in the list', post([1.5])],
    ['an object in the list', post([{ id }])],
    ['a list in the list', post([[id]])],
    ['no JSON', { method: 'POST', body: '{' }],
    ['nothing', { method: 'POST', body: '' }],
    ['no media type', { method: 'POST', body: JSON.stringify([id]), headers: {} }],
    ['another media type', { method: 'POST', body: JSON.stringify([id]), headers: { 'content-type': 'text/plain' } }]
  ]
  for (const round of [1, 2]) {
    for (const [what, how] of lists) {
      const { directly, here } = await both(built, path, how)
      t.equal(here.status, directly.status, `${what}, time ${round}`)
      if (directly.status === 200)
        t.equal(JSON.stringify(inOrderOf(here.json, directly.json)), directly.text, `${what}, time ${round}`)
      else if (directly.status === 415)
        t.match(errorOf(here.json), { httpCode: '415', moreInformation: /application\/json/ }, what)
      else t.same(errorOf(here.json), directly.json, `${what}, time ${round}`)
    }
  }
})

void t.test("a malformed and an unknown id each get VDAB's own error text", async (t) => {
  const built = await build(t, { ...still, env: { REFUSAL_DELAY_MS: '0' } })
  for (const noun of ['v2/vacatures', 'v1/kandidaten']) {
    for (const one of [
      'NOT_FOUND-a3e007c0',
      'x',
      '65866999',
      'null',
      '%20',
      '%zz',
      '%00',
      'a%2Fb',
      '..%2f..',
      '__proto__',
      id.slice(1),
      `${id}x`,
      `${id}%20`,
      'a'.repeat(3000),
      'é',
      unknown,
      id.toUpperCase()
    ]) {
      for (const round of [1, 2]) {
        const { directly, here } = await both(built, `/services/openservices/${noun}/${one}`)
        t.equal(here.status, directly.status, `${noun}/${one.slice(0, 50)}`)
        if (directly.status !== 200)
          t.same(errorOf(here.json), directly.json, `${noun}/${one.slice(0, 50)}, time ${round}`)
      }
    }
  }
})

void t.test('an id that VDAB cannot have causes no call in a batch or in GraphQL, where it is null', async (t) => {
  const { url, query, simulator } = await build(t, still)
  const cvId = '30dbfef1-59df-4521-a111-964bf0208e68'
  const bad = ['NOT_FOUND-a3e007c0', 'x', '', ' ', '../../etc/passwd', '65866999', '__proto__', `${id}x`]
  await simulator.reset()
  const posted = await asked(`${url}${path}`, 'demo-hr', post(bad.filter((one) => one !== '65866999')))
  t.same([posted.status, posted.json], [200, { aantal: 0, resultaten: [] }])
  for (const round of [1, 2, 3]) {
    t.same(
      await query('query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id } }', { ids: bad }),
      { data: { vacaturesOpId: bad.map(() => null) }, extensions: { upstreamCalls: 0 } },
      `time ${round}`
    )
    for (const one of bad) {
      t.same(
        await query('query ($id: ID!) { vacature(id: $id) { id } kandidaat(id: $id) { id } }', { id: one }),
        { data: { vacature: null, kandidaat: null }, extensions: { upstreamCalls: 0 } },
        `${one}, time ${round}`
      )
      t.same(
        await query(
          'query ($v: ID!, $k: ID!) { a: node(id: $v) { id } b: node(id: $k) { id } c: vacature(id: $v) { id } }',
          { v: `Vacature:${one}`, k: `Kandidaat:${one}` }
        ),
        { data: { a: null, b: null, c: null }, extensions: { upstreamCalls: 0 } },
        `${one}, time ${round}`
      )
    }
  }
  t.equal((await simulator.calls()).total, 0)
  const mixed = await query('query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id } }', {
    ids: ['x', id, 'NOT_FOUND-1', `Vacature:${second}`, unknown]
  })
  t.same(mixed.data, { vacaturesOpId: [null, { id: `Vacature:${id}` }, null, { id: `Vacature:${second}` }, null] })
  t.equal(mixed.errors, undefined)
  t.match(
    (await query(`{ node(id: "nonsense") { id } vacature(id: "Kandidaat:${cvId}") { id } }`)).errors,
    [{ extensions: { code: 'BAD_USER_INPUT' } }, { extensions: { code: 'BAD_USER_INPUT' } }],
    'an id without a type, or of another type, is an error'
  )
})

void t.test('a setting defines the pattern of possible ids', async (t) => {
  const known: Readonly<Record<string, object>> = {
    'v-1': { vacatureReferentie: { interneReferentie: 'v-1' }, status: 'GEPUBLICEERD' },
    'v-2': { vacatureReferentie: { interneReferentie: 'v-2' }, status: 'GEPUBLICEERD' }
  }
  const calls: string[] = []
  const { url, query } = await buildBefore(
    t,
    async (request, response) => {
      const send = (status: number, body: unknown) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      }
      const one = request.url?.split('/').at(-1) ?? ''
      calls.push(`${request.method ?? ''} ${one}`)
      if (request.method === 'POST') {
        const { vacatureIds } = (await readJson(request)) as { vacatureIds: string[] }
        const resultaten = vacatureIds.flatMap((asked) => known[asked] ?? [])
        send(200, { aantal: resultaten.length, resultaten })
      } else if (known[one]) send(200, known[one])
      else send(404, { httpCode: '404', moreInformation: `${one} is geen bestaande vacature` })
    },
    { VDAB_ID_PATTERN: 'v-[0-9]+' }
  )
  const list = async (ids: unknown) => (await asked(`${url}${path}`, 'team-key', post(ids))).json
  t.same(await list(['v-1', id, 'v-2', 'NOT_FOUND-v-1', 'v-3']), {
    aantal: 2,
    resultaten: [known['v-1'], known['v-2']]
  })
  t.notOk(calls.some((call) => call.includes('NOT_FOUND') || call.includes(id)))
  t.same((await query(`{ vacaturesOpId(ids: ["v-2", "${id}"]) { id } }`)).data, {
    vacaturesOpId: [{ id: 'Vacature:v-2' }, null]
  })
  t.match(await asked(`${url}${path}/${id}`, 'team-key', {}), {
    status: 400,
    json: { moreInformation: 'Invalid string syntax' }
  })
  t.match(await asked(`${url}${path}/v-9`, 'team-key', {}), {
    status: 404,
    json: { moreInformation: 'v-9 is geen bestaande vacature' }
  })
})
