import t from 'tap'
import { attack, p99Of } from '../../bench/hostile.ts'
import { build, logged } from '../helper.ts'
import type { Built } from '../helper.ts'
import { connect, listen } from '../live/live.ts'
import { dial } from './raw.ts'

// `npm run bench -- hostile` measures how long the others wait; this test only checks that they are answered.
t.test('during an attack another consumer gets every answer, and afterwards the gateway has recovered', async (t) => {
  const { url, get } = await build(t, {
    simulator: { vacatures: 60, kandidaten: 10 },
    env: { REQUESTS_PER_MINUTE: '600' }
  })
  const stop = attack(url, { count: 60, pause: 300 })
  t.teardown(() => {
    stop()
  })
  const { failed } = await p99Of(url, 1000)
  t.equal(failed, 0)
  t.ok(stop() > 60, 'the attack sent requests')
  t.equal((await get('/health/live')).status, 200)
  t.strictSame(
    logged.filter((line) => /"level":(50|60)/.test(line)),
    []
  )
})

const unknown = '00000000-0000-4000-8000-00000000abcd'
const services = '/services/openservices'

type Way = { what: string; status: number; ask: (gateway: Built) => Promise<{ status: number }> }

const malformed = async ({ url }: Built) => {
  const connection = await dial(url)
  await connection.write('GET / HTTP/1.1\r\nno header\r\n\r\n')
  const { status } = (await connection.next()) ?? { status: 0 }
  connection.end()
  return { status }
}

let last = 0
/** A new invalid document. */
const wrong = () => `{ nope${(last += 1)} }`
const current = { accept: 'application/graphql-response+json' }

const byEvents = async (gateway: Built) => {
  const { response, payload, stop } = await listen(gateway, { query: wrong() })
  const { errors } = await payload()
  stop()
  return { status: errors ? response.status : 0 }
}

const bySocket = async (gateway: Built) => {
  const { socket, ask } = await connect(gateway)
  const { type } = await ask(wrong())
  socket.terminate()
  return { status: type === 'error' ? 200 : 0 }
}

const byWrongKeyOfSocket = async (gateway: Built) => {
  const { socket, send, closed } = await connect(gateway, { isSilent: true })
  send({ type: 'connection_init', payload: { 'x-api-key': 'wrong' } })
  const [code] = await closed
  socket.terminate()
  return { status: code }
}

/** Requests that are refused as the client's mistake. */
const refusals: readonly Way[] = [
  { what: 'a wrong key', status: 401, ask: ({ get }) => get(`${services}/v1/talen`, { key: 'wrong' }) },
  { what: 'no scope', status: 403, ask: ({ get }) => get(`${services}/v1/kandidaten`, { key: 'demo-frontend' }) },
  { what: 'a wrong parameter', status: 400, ask: ({ get }) => get(`${services}/v2/vacatures?aantal=x`) },
  { what: 'an unknown path', status: 404, ask: ({ get }) => get('/nothing') },
  { what: 'a path that VDAB does not have', status: 404, ask: ({ get }) => get(`${services}/v1/nothing`) },
  {
    what: 'a wrong method',
    status: 405,
    ask: ({ url }) => fetch(`${url}${services}/v1/talen`, { method: 'DELETE', headers: { 'x-api-key': 'demo-hr' } })
  },
  {
    what: 'a media type that is not available',
    status: 406,
    ask: ({ post }) => post({ query: '{ __typename }' }, { headers: { accept: 'text/html' } })
  },
  {
    what: 'a body that is too large',
    status: 413,
    ask: ({ post }) => post({ query: `{ __typename } #${'x'.repeat(300_000)}` })
  },
  {
    what: 'an unsupported content type',
    status: 415,
    ask: ({ post }) => post('{}', { headers: { 'content-type': 'text/x' } })
  },
  { what: 'a request that is not HTTP', status: 400, ask: malformed },
  { what: 'a wrong document', status: 200, ask: ({ post }) => post({ query: wrong() }) },
  { what: 'the same wrong document', status: 200, ask: ({ post }) => post({ query: '{ nope }' }) },
  {
    what: 'a wrong document, in the media type of GraphQL',
    status: 400,
    ask: ({ post }) => post({ query: wrong() }, { headers: current })
  },
  {
    what: 'a wrong document sent by GET',
    status: 200,
    ask: ({ get }) => get(`/graphql?query=${encodeURIComponent(wrong())}`)
  },
  {
    what: 'a wrong document in a batch',
    status: 200,
    ask: ({ post }) => post([{ query: '{ __typename }' }, { query: wrong() }])
  },
  { what: 'a wrong document over SSE', status: 200, ask: byEvents },
  { what: 'a wrong document on a WebSocket', status: 200, ask: bySocket },
  { what: 'a wrong key on a WebSocket', status: 4401, ask: byWrongKeyOfSocket },
  {
    what: 'wrong variables',
    status: 200,
    ask: ({ post }) => post({ query: 'query ($a: Int) { vacatures(first: $a) { totaal } }', variables: { a: 'x' } })
  },
  {
    what: 'an invalid argument',
    status: 200,
    ask: ({ post }) => post({ query: '{ vacatures(first: 1000) { totaal } }' })
  },
  {
    what: 'an operation that costs too much',
    status: 200,
    ask: ({ post }) =>
      post({
        query: `{ ${Array.from({ length: 20 }, (_, at) => `a${at}: vacatures(first: 200) { nodes { functie { omschrijving } } }`).join(' ')} }`
      })
  },
  {
    what: 'a field behind a scope',
    status: 200,
    ask: ({ post }) => post({ query: '{ kandidaten { totaal } }' }, { key: 'demo-frontend' })
  }
]

/** Answers that do not count as a mistake of the client. */
const answers: readonly Way[] = [
  { what: 'an id that VDAB does not have', status: 404, ask: ({ get }) => get(`${services}/v2/vacatures/${unknown}`) },
  {
    what: 'an id that VDAB does not have, in GraphQL',
    status: 200,
    ask: ({ post }) => post({ query: `{ vacature(id: "${unknown}") { id } }` })
  },
  {
    what: 'hidden personal data',
    status: 200,
    ask: ({ post }) =>
      post(
        { query: '{ kandidaat(id: "bbbbbbbb-0000-4000-8000-000000000001") { natuurlijkPersoon { voornaam } } }' },
        { key: 'demo-cv' }
      )
  },
  {
    what: 'a hash that is not registered yet',
    status: 200,
    ask: ({ post }) => post({ extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } })
  }
]

/** A fixed clock, so that all refusals are in one window. */
const time = Date.now()
const roomy = {
  REQUESTS_PER_MINUTE: '100000',
  COST_PER_MINUTE: '1000000',
  LIVE_MAX_CONNECTIONS: '1000',
  REFUSAL_DELAY_MS: '10000'
}

for (const { what, status, ask } of refusals) {
  void t.test(`repeated refusals for ${what} delay that client and no other`, async (t) => {
    const gateway = await build(t, { env: roomy, now: () => time })
    for (let count = 0; count < 100; count += 1) t.equal((await ask(gateway)).status, status)
    let isHeld = true
    void ask(gateway)
      .catch(() => undefined)
      .finally(() => {
        isHeld = false
      }) // the request is still delayed when the gateway stops
    for (let count = 0; count < 20; count += 1)
      t.equal((await gateway.get(`${services}/v1/talen`, { key: 'demo-cv' })).status, 200)
    t.ok(isHeld, 'the 101st request is delayed while twenty others are answered')
  })
}

for (const { what, status, ask } of answers) {
  void t.test(`${what} causes no refusal delay`, async (t) => {
    const gateway = await build(t, { env: roomy, now: () => time })
    for (let count = 0; count < 120; count += 1) t.equal((await ask(gateway)).status, status)
  })
}

void t.test(
  'a new document of another consumer is parsed before the queued documents of a consumer that sends many',
  async (t) => {
    const { post } = await build(t, { env: { REQUESTS_PER_MINUTE: '2000' } })
    const order: string[] = []
    const ask = async (key: string, name: string) => {
      const response = await post(
        {
          query: `{ ${name}: __typename ${Array.from({ length: 400 }, (_, at) => `${name}_${at}: __typename`).join(' ')} }`
        },
        { key }
      )
      t.equal(response.status, 200, name)
      order.push(name)
    }
    const flood = Array.from({ length: 120 }, (_, at) => ask('demo-frontend', `flood${at}`))
    await flood[0]
    await ask('demo-hr', 'other')
    t.ok(order.length < 120, `the other document was answered as number ${order.length}`)
    await Promise.all(flood)
  }
)
