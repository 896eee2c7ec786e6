import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { sha256 } from '../../src/access/consumers.ts'
import { build, logged, type Built } from '../helper.ts'
import { startReceiver, type Receiver, type Told } from './receiver.ts'

const world = { vacatures: 60, kandidaten: 10 }
const followed = { FEED_INTERVAL_MS: '3600000', FEED_OVERLAP_MS: '0', REFUSAL_DELAY_MS: '0' }
const path = '/api/abonnementen'
const hourMs = 3_600_000
type Json = Record<string, unknown>
type Entry = { name: string; scopes?: string[]; webhooks?: string[] }

const consumersIn = (file: string, entries: readonly Entry[]) =>
  writeFileSync(
    file,
    JSON.stringify(
      entries.map(({ name, scopes = ['vacatures', 'abonnementen'], webhooks = [] }) => ({
        name,
        sha256: sha256(name),
        scopes,
        webhooks
      }))
    )
  )
const newFile = (name: string) => join(mkdtempSync(join(tmpdir(), 'abonnementen-')), name)
/** A running clock that can be moved forward. */
const clock = () => {
  let ahead = 0
  return { now: () => Date.now() + ahead, move: (ms: number) => (ahead += ms) }
}

const callerOf = ({ url }: Pick<Built, 'url'>, key = 'team') => {
  const call = async (method: string, way: string, body?: unknown) => {
    const answer = await fetch(`${url}${way}`, {
      method,
      headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await answer.text()
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Json }
  }
  return {
    call,
    /** Creates a subscription, and gives its secret to the receiver. */
    subscribe: async (receiver: Receiver, more: Json = {}) => {
      const { status, body } = await call('POST', path, { url: receiver.url, ...more })
      if (status !== 201) throw new Error(JSON.stringify(body))
      receiver.secrets.set(String(body['id']), String(body['geheim']))
      return String(body['id'])
    },
    deliveries: async (id: string, query = '') =>
      (await call('GET', `${path}/${id}/leveringen${query}`)).body['nodes'] as {
        volg: number
        interneReferentie: string
        soort: string
        status: string
        pogingen: number
        antwoord: string
      }[]
  }
}

const start = async (t: Test, { env = {}, now }: { env?: Record<string, string>; now?: () => number } = {}) => {
  const receiver = await startReceiver(now ? { now } : {})
  t.teardown(receiver.close)
  const file = newFile('consumers.json')
  consumersIn(file, [
    { name: 'team', webhooks: [receiver.host, hostname(), 'hooks.example'] },
    { name: 'other', webhooks: [receiver.host] },
    { name: 'bare', scopes: ['vacatures'] }
  ])
  const settings = { ...followed, CONSUMERS_FILE: file, ABONNEMENTEN_PRIVATE: 'on', ...env }
  const gateway = await build(t, { simulator: world, env: settings, ...(now ? { now } : {}) })
  return { receiver, file, settings, gateway, ...callerOf(gateway) }
}
/** Vacancies that the gateway has read, with a job domain. */
const known = async ({ url }: Built) => {
  const query = '{ vacatures(first: 200) { nodes { id aantalJobs functie { jobdomeinen { code } } } } }'
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'x-api-key': 'team', 'content-type': 'application/json' },
    body: JSON.stringify({ query })
  })
  const { data } = (await answer.json()) as {
    data: { vacatures: { nodes: { id: string; functie: { jobdomeinen: { code: string }[] } | null }[] } }
  }
  return data.vacatures.nodes.map(({ id, functie }) => ({
    id: id.slice(9),
    domains: (functie?.jobdomeinen ?? []).map(({ code }) => code)
  }))
}
const about = (id: string) => (told: readonly Told[]) => told.some(({ data }) => data.interneReferentie === id)

test('a change that matches the filter is delivered with a valid signature and only ids and kinds', async (t) => {
  const { now, move } = clock()
  const { receiver, gateway, subscribe, call, deliveries } = await start(t, { now })
  const vacancies = await known(gateway)
  const one = vacancies.find(({ domains }) => domains.length > 0)
  const domain = one?.domains[0] ?? ''
  const other = vacancies.find(({ domains }) => domains.length > 0 && !domains.includes(domain))
  const [mine, theirs] = [one?.id ?? '', other?.id ?? '']
  move(60_000)
  await gateway.poll()
  const id = await subscribe(receiver, { filter: { jobdomein: [domain] } })
  move(60_000)
  await gateway.simulator.patch(`vacatures/${theirs}`, { aantalJobs: 8 })
  await gateway.simulator.patch(`vacatures/${mine}`, { aantalJobs: 8 })
  await gateway.poll()
  await receiver.until(about(mine))
  t.strictSame(
    receiver.told.map(({ type, data }) => [type, data]),
    [['vacature.gewijzigd', { abonnement: id, interneReferentie: mine, soort: 'GEWIJZIGD' }]]
  )

  move(60_000)
  await gateway.simulator.remove(`vacatures/${theirs}`)
  await gateway.simulator.remove(`vacatures/${mine}`)
  await gateway.poll()
  await receiver.until((told) => told.some(({ type }) => type === 'vacature.verwijderd'))
  t.notOk(
    receiver.told.some(({ data }) => data.interneReferentie === theirs),
    'the vacancy that does not match is never delivered'
  )
  t.strictSame(receiver.invalid, [])
  const rows = await deliveries(id, '?status=BEZORGD')
  t.match(rows, [{ interneReferentie: mine, soort: 'GEWIJZIGD', pogingen: 1, antwoord: '204' }])

  const shown = await call('GET', `${path}/${id}`)
  t.match(shown.body, { id, url: receiver.url, status: 'ACTIEF', wachtend: 0, filter: { jobdomein: [domain] } })
  t.equal(shown.body['geheim'], undefined, 'the secret is shown only once')
  t.strictSame(
    [
      (await callerOf(gateway, 'other').call('GET', `${path}/${id}`)).status,
      (await callerOf(gateway, 'other').call('GET', path)).body
    ],
    [404, { nodes: [] }]
  )
  t.equal((await callerOf(gateway, 'bare').call('GET', path)).status, 403)
  t.equal((await call('DELETE', `${path}/${id}`)).status, 204)
  t.equal((await call('GET', `${path}/${id}`)).status, 404)
})

test('an invalid subscription is refused with the name of the wrong field', async (t) => {
  const { receiver, call } = await start(t, { env: { ABONNEMENTEN_PER_CONSUMER: '1' } })
  const { url } = receiver
  for (const [body, field] of [
    [{}, 'url'],
    [[], 'body'],
    [{ url: 'https://elsewhere.example/' }, 'url'],
    [{ url: `${url}#part` }, 'url'],
    [{ url: 'ftp://hooks.example/' }, 'url'],
    [{ url, soorten: ['NIEUW'] }, 'soorten'],
    [{ url, filter: { plaats: 1 } }, 'filter'],
    [{ url, filter: { postcode: [] } }, 'postcode'],
    [{ url, filter: { afstand: 5 } }, 'filter.afstand'],
    [{ url, meer: 1 }, 'meer']
  ] as const) {
    const { status, body: problem } = await call('POST', path, body)
    t.strictSame([status, problem['code'], problem['field']], [400, 'BAD_USER_INPUT', field], JSON.stringify(body))
  }
  t.equal((await call('POST', path, { url })).status, 201)
  t.equal((await call('POST', path, { url })).status, 400, 'a second subscription exceeds the maximum')
  const off = await start(t, { env: { FEED_INTERVAL_MS: '0' } })
  t.match(await off.call('GET', path), { status: 503, body: { code: 'UPSTREAM_UNAVAILABLE' } })
  const switchedOff = await start(t, { env: { ABONNEMENTEN: 'off' } })
  t.match(await switchedOff.call('GET', path), { status: 503, body: { detail: /ABONNEMENTEN/ } })
})

test('a failed delivery is retried for 72 hours; it holds back its own vacancy and no other', async (t) => {
  const { now, move } = clock()
  const { receiver, gateway, subscribe, deliveries, call } = await start(t, { now })
  const [first, second] = (await known(gateway)).map(({ id }) => id)
  const id = await subscribe(receiver)
  receiver.answer(({ data }, response) => response.writeHead(data.interneReferentie === first ? 500 : 200).end())
  move(60_000)
  await gateway.simulator.patch(`vacatures/${first}`, { aantalJobs: 3 })
  await gateway.poll()
  await receiver.until(about(first ?? ''))
  move(2000)
  await gateway.simulator.remove(`vacatures/${first}`)
  await gateway.simulator.patch(`vacatures/${second}`, { aantalJobs: 3 })
  await gateway.poll()
  await receiver.until(about(second ?? ''))
  const ofFirst = () => receiver.told.filter(({ data }) => data.interneReferentie === first)
  t.ok(
    ofFirst().every(({ data }) => data.soort === 'GEWIJZIGD'),
    'the removal of a vacancy waits for its change'
  )

  /** Waits for the outcome of an attempt: only then the next one is scheduled. */
  const attempted = async (times: number) => {
    while (((await deliveries(id, '?status=WACHT'))[0]?.pogingen ?? 0) < times);
  }
  for (let tries = 1; tries < 4; tries += 1) {
    await attempted(tries)
    move(12 * hourMs)
    await receiver.until(() => ofFirst().length > tries)
  }
  t.equal(new Set(ofFirst().map(({ webhookId }) => webhookId)).size, 1, 'each attempt has the same id')
  await attempted(4)
  move(73 * hourMs)
  await receiver.until(() => ofFirst().some(({ data }) => data.soort === 'VERWIJDERD'))
  const [dead] = await deliveries(id, '?status=DOOD')
  t.match(dead, { interneReferentie: first, soort: 'GEWIJZIGD', status: 'DOOD', antwoord: '500' })

  receiver.answer(204)
  const before = receiver.told.length
  t.match(await call('POST', `${path}/${id}/herhaal`, { dood: true }), { status: 200, body: { herhaald: 1 } })
  await receiver.until(() => receiver.told.length > before)
  t.strictSame(receiver.invalid, [])
})

test('410 ends a subscription; a cursor repeats later changes; a new secret signs next to the old one', async (t) => {
  const { now, move } = clock()
  const { receiver, gateway, subscribe, call } = await start(t, { now, env: { FEED_OVERLAP_MS: '1000' } })
  const [vacature = '', other = ''] = (await known(gateway)).map(({ id }) => id)
  const id = await subscribe(receiver, { soorten: ['GEWIJZIGD'], filter: { filterDubbels: false } })
  const { cursor } = (await call('GET', `${path}/${id}`)).body
  move(60_000)
  await gateway.simulator.patch(`vacatures/${vacature}`, { aantalJobs: 3 })
  await gateway.poll()
  await receiver.until(about(vacature))
  t.equal(receiver.told[0]?.signatures.length, 1)
  move(1500)
  await gateway.simulator.patch(`vacatures/${other}`, { aantalJobs: 3 })
  await gateway.poll()
  await receiver.until(about(other))
  t.equal(
    receiver.told.filter(({ data }) => data.interneReferentie === vacature).length,
    1,
    'a repeated row is not delivered twice'
  )

  const renewed = await call('POST', `${path}/${id}/geheim`)
  receiver.secrets.set(id, String(renewed.body['geheim']))
  receiver.told.length = 0
  t.equal((await call('POST', `${path}/${id}/herhaal`, { sinds: cursor })).status, 200)
  await receiver.until(about(vacature))
  t.equal(receiver.told[0]?.signatures.length, 2)
  t.strictSame(receiver.invalid, [])
  t.equal((await call('POST', `${path}/${id}/herhaal`, { sinds: 'x' })).status, 400)

  receiver.answer(410)
  move(60_000)
  await gateway.simulator.patch(`vacatures/${vacature}`, { aantalJobs: 4 })
  await gateway.poll()
  for (let ended = false; !ended;) ended = (await call('GET', `${path}/${id}`)).body['status'] === 'BEEINDIGD'
  t.match((await call('GET', `${path}/${id}`)).body, { wachtend: 0 })
})

test('subscriptions, their queue and their position survive a restart; their secrets are encrypted', async (t) => {
  const { now, move } = clock()
  const state = newFile('state.sqlite')
  const { receiver, gateway, settings, subscribe } = await start(t, { now, env: { STATE_FILE: state } })
  const [one = '', two = ''] = (await known(gateway)).map(({ id }) => id)
  const id = await subscribe(receiver)
  receiver.answer(500)
  move(60_000)
  await gateway.simulator.patch(`vacatures/${one}`, { aantalJobs: 3 })
  await gateway.poll()
  await receiver.until(about(one))
  await gateway.app.close()
  const texts = readdirSync(join(state, '..'))
    .filter((name) => !name.endsWith('.key'))
    .map((name) => readFileSync(join(state, '..', name), 'latin1'))
  t.notOk(texts.some((text) => text.includes('whsec_') || text.includes(receiver.secrets.get(id)?.slice(6) ?? 'none')))
  t.notOk(
    texts.some((text) => text.includes(receiver.url)),
    'no URL is stored in clear text'
  )

  receiver.answer(204)
  receiver.told.length = 0
  move(60_000)
  const env = { ...settings, VDAB_URL: gateway.simulator.base }
  await gateway.simulator.patch(`vacatures/${two}`, { aantalJobs: 3 })
  await build(t, { simulator: world, env, now })
  await receiver.until((told) => about(one)(told) && about(two)(told))
  t.strictSame(receiver.invalid, [], 'the queued change and the change during the stop are delivered')
})

test('a consumer without its scope gets nothing, and resumes at its position once it has the scope', async (t) => {
  const { now, move } = clock()
  const { receiver, file, gateway, subscribe, call } = await start(t, { now })
  const [vacature = '', other = ''] = (await known(gateway)).map(({ id }) => id)
  const id = await subscribe(receiver)
  consumersIn(file, [{ name: 'team', scopes: ['vacatures'], webhooks: [receiver.host] }])
  while ((await call('GET', path)).status !== 403);
  move(60_000)
  await gateway.simulator.patch(`vacatures/${vacature}`, { aantalJobs: 3 })
  await gateway.poll()
  consumersIn(file, [{ name: 'team', webhooks: ['hooks.example'] }])
  while ((await call('GET', path)).status === 403);
  t.match((await call('GET', `${path}/${id}`)).body, { status: 'GEWEIGERD' }, 'a host that is not listed is refused')
  t.strictSame(receiver.told, [])
  consumersIn(file, [{ name: 'team', webhooks: [receiver.host] }])
  await receiver.until(about(vacature))
  t.notOk(about(other)(receiver.told))
})

test('a receiver that hangs, redirects or floods does not affect other receivers', async (t) => {
  const hostile = await startReceiver()
  const elsewhere = await startReceiver()
  t.teardown(hostile.close)
  t.teardown(elsewhere.close)
  const { now, move } = clock()
  const env = { ABONNEMENTEN_TIMEOUT_MS: '400', ABONNEMENTEN_MAX_QUEUE: '10', ABONNEMENTEN_CONCURRENCY: '10' }
  const { receiver, file, gateway, subscribe, deliveries } = await start(t, { now, env })
  consumersIn(file, [
    { name: 'team', webhooks: [receiver.host] },
    { name: 'other', webhooks: [hostile.host] }
  ])
  const other = callerOf(gateway, 'other')
  while ((await other.call('POST', path, { url: 'x' })).status !== 400);
  const vacancies = (await known(gateway)).map(({ id }) => id).slice(0, 30)
  await subscribe(receiver)
  const bad: string[] = []
  for (let count = 0; count < 3; count += 1)
    for (;;) {
      const made = await other.subscribe(hostile).catch(() => undefined)
      if (made !== undefined) {
        bad.push(made)
        break
      }
    }
  hostile.answer(({ data }, response) => {
    if (data.abonnement === bad[0]) return // it hangs
    if (data.abonnement === bad[1]) response.writeHead(302, { location: elsewhere.url }).end()
    else response.writeHead(200).write(Buffer.alloc(4 * 1024 * 1024))
  })
  move(60_000)
  for (const id of vacancies) await gateway.simulator.patch(`vacatures/${id}`, { aantalJobs: 5 })
  await gateway.poll()
  await receiver.until((told) => vacancies.every((id) => about(id)(told)))
  await hostile.until((told) => bad.every((id) => told.some(({ data }) => data.abonnement === id)))
  t.strictSame(elsewhere.told, [], 'a redirect is not followed')
  let antwoorden: (string | undefined)[] = []
  while (antwoorden[0] !== 'TIMEOUT' || antwoorden[1] !== '302' || antwoorden[2] !== '200')
    antwoorden = await Promise.all(
      bad.map(async (id) => (await other.deliveries(id)).find(({ antwoord }) => antwoord !== null)?.antwoord)
    )
  t.ok((await other.deliveries(bad[0] ?? '', '?status=WACHT')).length <= 30, 'the queue is bounded')
  t.ok((await deliveries(bad[0] ?? '')) === undefined, 'another consumer cannot see the deliveries')
})

test('without ABONNEMENTEN_PRIVATE an address that is not public is refused, also behind a host name', async (t) => {
  const { now, move } = clock()
  const { file, gateway, call, deliveries } = await start(t, { now, env: { ABONNEMENTEN_PRIVATE: 'off' } })
  const hosts = ['127.0.0.1', '10.1.2.3', '169.254.169.254', '[::1]', '[::ffff:7f00:1]', '[fd00:ec2::254]', 'localhost']
  consumersIn(file, [{ name: 'team', webhooks: [...hosts, hostname()] }])
  while ((await call('POST', path, { url: 'https://10.1.2.3/' })).body['allowed'] !== undefined);
  for (const host of hosts)
    t.match(await call('POST', path, { url: `https://${host}/` }), { status: 400, body: { field: 'url' } }, host)
  t.equal((await call('POST', path, { url: `http://${hostname()}/` })).status, 400, 'http is refused')
  const { status, body } = await call('POST', path, { url: `https://${hostname()}/hook` })
  t.equal(status, 201, 'a host name is looked up only at delivery')
  const [vacature = ''] = (await known(gateway)).map(({ id }) => id)
  move(60_000)
  await gateway.simulator.patch(`vacatures/${vacature}`, { aantalJobs: 3 })
  await gateway.poll()
  let answer: string | null | undefined
  while (answer == null) answer = (await deliveries(String(body['id'])))[0]?.antwoord
  t.match(answer, /^(EPRIVATE|ENOTFOUND|EAI_AGAIN)$/)
  t.notOk(
    logged.some((line) => line.includes('/hook')),
    'no URL is in the log'
  )
})
