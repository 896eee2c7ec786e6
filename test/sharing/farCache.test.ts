import { writeFileSync } from 'node:fs'
import { test } from 'tap'
import { sha256 } from '../../src/access/consumers.ts'
import { markIn } from '../canary.ts'
import { logged, vdabKey, type Built } from '../helper.ts'
import { cacheKey, cacheKeysFile, farGateways, namesIn } from './farGateways.ts'
import { until } from './gateways.ts'
import { hasRedis, startRedis } from './redis.ts'

const skip = hasRedis ? false : 'there is no redis-server'
const page = '{ vacatures(first: 20) { totaal nodes { id } } }'

const callsOf = async ({ simulator }: Built) => (await simulator.calls()).total
const readPage = (gateway: Built) => gateway.query(page, {}, 'demo-frontend')
/** Waits until Redis holds this many values, which gateways write after they answer. */
const holds = (redis: Parameters<typeof namesIn>[0], count: number) =>
  until(async () => (await namesIn(redis)).length >= count)

test('600 identical cold pages over three gateways cause at most four calls to VDAB', { skip }, async (t) => {
  const redis = await startRedis(t)
  const all = await farGateways(t, redis)
  const ask = async ({ url }: Built) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': 'demo-frontend' }
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: page }) })
    const { data } = (await answer.json()) as { data: unknown }
    return JSON.stringify(data)
  }
  const answers = await Promise.all(Array.from({ length: 600 }, (_, index) => ask(all[index % all.length] as Built)))
  t.ok((await callsOf(all[0])) <= 4, `calls: ${await callsOf(all[0])}`)
  t.equal(new Set(answers).size, 1, 'all answers are the same')
})

test('the other gateways find what one gateway has fetched', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [first, ...others] = await farGateways(t, redis)
  const answer = await readPage(first)
  await holds(redis, 1)
  for (const other of others)
    for (let time = 0; time < 20; time += 1) t.strictSame(await readPage(other), answer, 'the answer is the same')
  t.equal(await callsOf(first), 1)
  const metrics = await (await (others[0] as Built).get('/metrics')).text()
  t.match(metrics, /cache_lookups_total\{endpoint="vacatures",layer="far",result="hit"\} 1\b/)
})

/** The id of a vacancy without personal data: it has no `sollicitatieprocedure`, so no contact person. */
const withoutContact = async (gateway: Built): Promise<string> => {
  const { resultaten } = (await (await gateway.get('/services/openservices/v2/vacatures?aantal=100', {})).json()) as {
    resultaten: { vacatureReferentie: { interneReferentie: string } }[]
  }
  for (const { vacatureReferentie } of resultaten) {
    const { interneReferentie: id } = vacatureReferentie
    const record = (await (await gateway.get(`/services/openservices/v2/vacatures/${id}`)).json()) as object
    if (!('sollicitatieprocedure' in record)) return id
  }
  throw new Error('each vacancy of the simulator has a contact person')
}
const title = 'query ($id: ID!) { vacature(id: $id) { functie { functieTitel } } }'
const readTitle = async (gateway: Built, id: string) => {
  const { data } = await gateway.query(title, { id }, 'demo-frontend')
  return (data as { vacature: { functie: { functieTitel: string } | null } }).vacature.functie?.functieTitel
}

test('no gateway finds the old record after one gateway was notified of a change', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [first, second, third] = (await farGateways(t, redis)) as [Built, Built, Built]
  const id = await withoutContact(first)
  await until(async () => (await namesIn(redis)).length >= 2)
  const before = await callsOf(first)
  t.equal(await readTitle(second, id), await readTitle(first, id))
  t.equal(await callsOf(first), before, 'the second gateway reads it from the far cache')
  await first.simulator.patch(`vacatures/${id}`, { functie: { functieTitel: 'another title' } })
  await second.vdab.changed('vacature', [id], Date.now() + 1)
  t.equal(await readTitle(third, id), 'another title', 'the third gateway fetches it from VDAB')
  t.equal(await readTitle(second, id), 'another title')
})

test('CVs and vacancies with a contact person are never stored in the far cache', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [first] = await farGateways(t, redis, { count: 1 })
  const person = '{ kandidaten(first: 5) { nodes { cvId } } }'
  const { data } = await first.query(person, {}, 'demo-hr')
  const [{ cvId }] = (data as { kandidaten: { nodes: [{ cvId: string }] } }).kandidaten.nodes
  await first.query('query ($id: ID!) { kandidaat(id: $id) { cvId } }', { id: cvId }, 'demo-hr')
  t.equal((await namesIn(redis)).length, 0, 'nothing was stored')
  const id = 'aaaaaaaa-0000-4000-8000-000000000001'
  const contact = 'query ($id: ID!) { vacature(id: $id) { sollicitatieprocedure { contactpersoon { naam } } } }'
  t.match(await first.query(contact, { id }, 'demo-hr'), { data: { vacature: { sollicitatieprocedure: {} } } })
  await readPage(first)
  await holds(redis, 1)
  t.equal((await namesIn(redis)).length, 1, 'only the page was stored')
})

test('Redis receives no id, API key, name or clear text, and each Redis key has a TTL', { skip }, async (t) => {
  const redis = await startRedis(t)
  const monitor = await redis.client.monitor()
  const seen: string[] = []
  monitor.on('monitor', (_time: string, args: readonly string[]) => seen.push(args.join(' ')))
  const [first] = await farGateways(t, redis, { count: 1 })
  const id = await withoutContact(first)
  await first.query('{ referenties(lijst: JOBDOMEINEN) { code label } }')
  await first.vdab.changed('vacature', ['aaaaaaaa-0000-4000-8000-000000000001'], Date.now())
  await holds(redis, 3)
  monitor.disconnect()
  const all = seen.join('\n')
  t.ok(seen.length > 5)
  for (const secret of [id, 'aaaaaaaa-0000', 'demo-', 'vacature ', 'jobdomein', 'functieTitel', vdabKey])
    t.notOk(all.includes(secret), `${secret} is not in a command`)
  t.equal(markIn(all.replace(/[A-Za-z0-9+/]{64,}={0,2}/g, '')), undefined)
  for (const name of await redis.client.keys('vdab-gateway:far:*')) t.ok((await redis.client.pttl(name)) > 0)
})

test('a value that was changed, moved or sealed with another key is a miss', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [first, second] = (await farGateways(t, redis, { count: 2 })) as [Built, Built]
  let size = 10
  const values: string[] = []
  const spoilt: readonly ((value: string) => string)[] = [
    (value) => (values.push(value), value),
    () => values[0] ?? '', // the value of another page
    (value) => value.replace(/^\d+/, (asked) => String(Number(asked) + 1)),
    (value) => `${value.slice(0, -8)}AAAAAAAA`,
    (value) => value.replace(/ \w+\./, ' other.'),
    () => 'x',
    () => ''
  ]
  for (const [index, spoil] of spoilt.entries()) {
    const document = `{ vacatures(first: ${(size += 1)}) { totaal nodes { id } } }`
    const known = await namesIn(redis)
    const answer = await first.query(document, {}, 'demo-frontend')
    await holds(redis, known.length + 1)
    const name = (await namesIn(redis)).find((one) => !known.includes(one)) ?? ''
    await redis.client.set(name, spoil(String(await redis.client.get(name))), 'PX', 60_000)
    const before = await callsOf(first)
    t.strictSame(await second.query(document, {}, 'demo-frontend'), answer)
    t.equal((await callsOf(first)) - before, index === 0 ? 0 : 1, 'only an invalid value is fetched from VDAB again')
  }
})

test('keys are rotated while gateways run: the first key encrypts, all keys decrypt', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [old, fresh] = [cacheKey('old'), cacheKey('fresh')]
  const file = cacheKeysFile(old)
  const [first, second, third] = (await farGateways(t, redis, { file })) as [Built, Built, Built]
  await readPage(first)
  await holds(redis, 1)
  const known = logged.length
  writeFileSync(file, fresh + old)
  await until(() => logged.slice(known).filter((line) => line.includes('2 keys')).length === 3)
  await readPage(second)
  t.equal(await callsOf(first), 1, 'a value that the old key encrypted is still found')
  const other = '{ vacatures(first: 10) { totaal nodes { id } } }'
  await second.query(other, {}, 'demo-frontend')
  await holds(redis, 2)
  const values = await Promise.all((await namesIn(redis)).map((name) => redis.client.get(name)))
  t.strictSame(values.map((value) => /^\d+ (\w+)\./.exec(value ?? '')?.[1]).sort(), ['fresh', 'old'])
  writeFileSync(file, 'none')
  await until(() => logged.slice(known).filter((line) => line.includes('the previous keys stay')).length === 3)
  await third.query(other, {}, 'demo-frontend')
  t.equal(await callsOf(first), 2, 'an invalid file changes nothing')
})

test('no request fails while the far cache hangs, is down or was wiped, and it is used again', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [first, second] = (await farGateways(t, redis, { count: 2, env: { CACHE_MAX_MB: '1' } })) as [Built, Built]
  let size = 10
  /** A page that no gateway has requested yet. */
  const fresh = () => `{ vacatures(first: ${(size += 1)}) { totaal nodes { id } } }`
  const isShared = async () => {
    const document = fresh()
    const [names, calls] = [(await namesIn(redis)).length, await callsOf(first)]
    t.notOk((await first.query(document)).errors)
    for (let turn = 0; turn < 50 && (await namesIn(redis)).length === names; turn += 1) await new Promise(setImmediate)
    t.notOk((await second.query(document)).errors)
    return (await callsOf(first)) === calls + 1
  }
  t.ok(await isShared())
  redis.freeze()
  for (let turn = 0; turn < 5; turn += 1)
    t.notOk((await first.query(fresh())).errors, 'Redis hangs, the request succeeds')
  redis.thaw()
  await until(isShared)
  await redis.kill()
  for (let turn = 0; turn < 5; turn += 1)
    t.notOk((await first.query(fresh())).errors, 'Redis is down, the request succeeds')
  await redis.restart()
  await until(async () => redis.client.status === 'ready')
  await until(isShared)
  await redis.client.flushall()
  await until(isShared) // the first request can come before the gateways notice the wipe
  const ready = (await (await fetch(`${first.url}/health/ready`)).json()) as object
  t.notOk('sharing' in ready, 'a far cache does not turn on shared limits')
})

test('a request with max-age=0 is not answered from the far cache', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [first, second] = (await farGateways(t, redis, { count: 2 })) as [Built, Built]
  await readPage(first)
  await holds(redis, 1)
  await second.post({ query: page }, { headers: { 'cache-control': 'max-age=0' } })
  t.equal(await callsOf(first), 2)
})

test('a gateway that follows the feed uses only pages fetched since its own start', { skip }, async (t) => {
  const redis = await startRedis(t)
  const file = cacheKeysFile()
  const [first] = await farGateways(t, redis, { count: 1, file })
  await readPage(first)
  await holds(redis, 1)
  const late = { count: 1, file, env: { VDAB_URL: first.simulator.base } }
  const [without] = await farGateways(t, redis, late)
  await readPage(without)
  t.equal(await callsOf(first), 1, 'without a feed lifetimes are shorter, and the age alone decides')
  const [followed] = await farGateways(t, redis, { ...late, env: { ...late.env, FEED_INTERVAL_MS: '3600000' } })
  const pages = async () => (await first.simulator.calls()).perEndpoint['GET /vacatures']
  await readPage(followed)
  t.equal(await pages(), 2, 'the older page is not used, because changes before the start are unknown')
})

test('a document that was registered at one gateway is known to the others', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [first, second] = (await farGateways(t, redis, { count: 2 })) as [Built, Built]
  const hash = sha256(page)
  const extensions = { persistedQuery: { version: 1, sha256Hash: hash } }
  const unknown = { errors: [{ message: 'PersistedQueryNotFound' }] }
  t.match(await (await second.post({ extensions })).json(), unknown)
  t.match(await (await first.post({ query: page, extensions })).json(), { data: { vacatures: {} } })
  await holds(redis, 2)
  t.match(await (await second.post({ extensions })).json(), { data: { vacatures: {} } })
  t.match(await (await second.post({ documentId: `sha256:${hash}` })).json(), { data: { vacatures: {} } })
  await redis.kill()
  const other = { persistedQuery: { version: 1, sha256Hash: sha256('another') } }
  t.match(await (await second.post({ extensions: other })).json(), unknown, 'without Redis the document is unknown')
  const withId = `query { vacature(id: "aaaaaaaa-0000-4000-8000-000000000001") { id } }`
  const ofId = { persistedQuery: { version: 1, sha256Hash: sha256(withId) } }
  await first.post({ query: withId, extensions: ofId })
  t.match(await (await second.post({ extensions: ofId })).json(), unknown)
})
