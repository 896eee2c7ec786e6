import { writeFileSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import t from 'tap'
import { secretOf } from '../../src/config/secret.ts'
import { demoClient } from '../../src/simulator/credentials.ts'
import { tokenName } from '../../src/simulator/token-endpoint.ts'
import { build, buildBefore, logged, settingsOf, vdabKey } from '../helper.ts'

const day = 86_400_000
const vacature = '{ vacature(id: "a3e007c0-68d3-4fb7-aa35-c36e96ede172") { status } }'
const totals = (n: number) => `{ vacatures(first: ${n}) { totaal } }`
const secretFile = (text: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'secret-')), 'secret')
  writeFileSync(path, text)
  return path
}
/** A gateway for version 4 and a simulator of version 4 that share one clock. */
const buildV4 = async (t: Parameters<typeof build>[0], env: Record<string, string> = {}) => {
  let time = Date.parse('2026-11-28T12:00:00Z')
  const gateway = await build(t, { env, simulator: { profile: 'v4' }, now: () => time })
  return { ...gateway, pass: (ms: number) => (time += ms) }
}
const countOf = async ({ simulator }: Awaited<ReturnType<typeof buildV4>>, name: string) =>
  (await simulator.calls()).perEndpoint[name] ?? 0
const tokensOf = async ({ simulator }: Awaited<ReturnType<typeof buildV4>>) => (await simulator.calls()).tokens

t.test('a secret is revealed only where it is sent, and never by formatting or logging', async (t) => {
  const secret = secretOf('opensesame')
  t.equal(secret.reveal(), 'opensesame')
  for (const text of [
    inspect(secret),
    inspect({ secret }, { showHidden: true, depth: 9 }),
    format('%o %j', secret, secret),
    JSON.stringify({ secret })
  ])
    t.notMatch(text, 'opensesame')
  /* eslint-disable @typescript-eslint/no-base-to-string -- what must fail */
  for (const make of [
    () => String(secret),
    () => format('%s', secret),
    () => 'a'.concat(secret as never),
    () => [secret].join()
  ])
    t.throws(make, { name: 'TypeError' })
  /* eslint-enable @typescript-eslint/no-base-to-string */
})

for (const auth of ['form', 'basic'])
  t.test(`a token by ${auth} is fetched once, used by all calls, and renewed before it ends`, async (t) => {
    const gateway = await buildV4(t, { VDAB_TOKEN_AUTH: auth, VDAB_TOKEN_SCOPE: 'openid' })
    t.match(await gateway.query(vacature), { data: { vacature: { status: 'GEPUBLICEERD' } } })
    for (const n of [1, 2, 3]) t.match(await gateway.query(totals(n)), { data: { vacatures: { totaal: Number } } })
    t.equal(await tokensOf(gateway), 1)
    gateway.pass(850_000)
    t.match(await gateway.query(totals(4)), { data: { vacatures: { totaal: Number } } })
    gateway.pass(60_000)
    t.match(await gateway.query(totals(5)), { data: { vacatures: { totaal: Number } } })
    t.equal(await tokensOf(gateway), 2, 'the second token was fetched while the first was valid')
  })

t.test(
  'a thousand simultaneous requests with a token that VDAB refuses fetch one new token, and none fails',
  async (t) => {
    const gateway = await buildV4(t, {
      REQUESTS_PER_MINUTE: '100000',
      COST_PER_MINUTE: '1000000',
      VDAB_CONCURRENCY: '64'
    })
    await gateway.query(totals(1))
    await gateway.simulator.remove('tokens')
    await gateway.simulator.reset()
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, n) =>
        gateway.query(`{ vacatures(first: 1, filter: { sinds: ${n + 1} }) { totaal } }`)
      )
    )
    t.strictSame(
      [
        ...new Set(
          answers.flatMap(({ errors = [] }) =>
            errors.map(({ message, extensions }) => `${message} ${String(extensions['code'])}`)
          )
        )
      ],
      []
    )
    t.equal(await tokensOf(gateway), 1)
  }
)

t.test(
  'a refusal by the token service is distinguished from one by VDAB, to consumers, in the log and in readiness',
  async (t) => {
    const gateway = await buildV4(t, { VDAB_CLIENT_SECRET: 'wrong-secret-canary' })
    const { errors } = await gateway.query(vacature)
    t.match(errors, [
      {
        message:
          "VDAB's token service refuses this gateway (invalid_client, status 401); its operator must look at VDAB_CLIENT_ID and VDAB_CLIENT_SECRET.",
        extensions: { code: 'UPSTREAM_REFUSED' }
      }
    ])
    const ready = await gateway.get('/health/ready')
    t.equal(ready.status, 503)
    t.match(await ready.json(), { upstream: { status: 'refused', reason: /token service refuses this gateway/ } })
    t.match(logged.join(''), 'token service refuses this gateway')
    t.notMatch(logged.join(''), 'wrong-secret-canary')
    t.equal(await countOf(gateway, 'GET /vacatures/{id}'), 0, 'no call is sent without a token')
  }
)

t.test('while the token service fails a valid token stays in use, and requests are not delayed', async (t) => {
  const gateway = await buildV4(t)
  await gateway.query(totals(1))
  await gateway.simulator.faults({ endpoint: tokenName, status: 503 })
  gateway.pass(850_000)
  t.match(await gateway.query(totals(2)), { data: { vacatures: { totaal: Number } } })
  gateway.pass(60_000)
  t.match(await gateway.query(totals(3)), {
    errors: [{ message: "VDAB's token service failed (status 503).", extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]
  })
  await gateway.simulator.heal()
  gateway.pass(5000)
  t.match(await gateway.query(totals(3)), { data: { vacatures: { totaal: Number } } })
})

t.test('new tokens that expire before their first use fail no request; a refused key uses few tokens', async (t) => {
  let [time, granted, firstValid] = [Date.parse('2026-11-28T12:00:00Z'), 0, 1]
  const send = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const handler = ({ method, headers }: IncomingMessage, response: ServerResponse) => {
    if (method === 'POST') {
      granted += 1
      return send(response, 200, { access_token: `token-${granted}`, token_type: 'Bearer', expires_in: 900 })
    }
    const isValid = Number(headers.authorization?.split('-')[1]) >= firstValid
    return send(response, isValid ? 200 : 401, { totaalAantalResultaten: 7, resultaten: [] })
  }
  const service = createServer(handler)
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  t.teardown(() => service.close())
  const base = `http://127.0.0.1:${(service.address() as AddressInfo).port}/services`
  const { query } = await buildBefore(t, handler, settingsOf('v4', base), () => time)
  await query(totals(1))
  firstValid = granted + 2
  t.match(
    await query(totals(2)),
    { data: { vacatures: { totaal: 7 } } },
    'the first new token has expired, the second is valid'
  )
  firstValid = Infinity
  const before = granted
  for (let n = 3; n < 10; n += 1)
    t.match(await query(totals(n)), { errors: [{ extensions: { code: 'UPSTREAM_REFUSED' } }] })
  t.equal(granted - before, 3)
  firstValid = 1
  time += 5000
  t.match(await query(totals(20)), { data: { vacatures: { totaal: 7 } } })
})

t.test('a broken connection to the token service is replaced, and no request fails', async (t) => {
  const gateway = await buildV4(t)
  await gateway.simulator.faults({ kind: 'hang', endpoint: tokenName })
  const answer = gateway.query(totals(1))
  while ((await gateway.simulator.calls()).tokens === 0) await new Promise((resolve) => setImmediate(resolve))
  await gateway.simulator.heal() // it aborts hanging requests
  t.match(await answer, { data: { vacatures: { totaal: Number } } })
})

t.test('no log line contains a token or a secret', async (t) => {
  const gateway = await buildV4(t)
  await gateway.query(totals(1))
  gateway.pass(day)
  await gateway.query(totals(2))
  t.notMatch(logged.join(''), /eyJ[\w-]+\.[\w-]+/)
  t.notMatch(logged.join(''), demoClient.clientSecret)
})

t.test('replacing a key and a client secret under load fails no request', async (t) => {
  const keyFile = secretFile(vdabKey)
  const clientFile = secretFile(demoClient.clientSecret)
  const gateway = await buildV4(t, {
    VDAB_API_KEY: '',
    VDAB_API_KEY_FILE: keyFile,
    VDAB_CLIENT_SECRET: '',
    VDAB_CLIENT_SECRET_FILE: clientFile,
    REQUESTS_PER_MINUTE: '100000'
  })
  await gateway.simulator.put('credentials', { keys: [vdabKey] })
  let isOver = false
  let asked = 0
  const failures: unknown[] = []
  const load = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      asked += 1
      const { errors } = await gateway.query(
        `{ vacatures(first: 1, filter: { sinds: ${(asked % 3000) + 1} }) { totaal } }`
      )
      if (errors) failures.push(errors)
    }
  })
  const until = async (count: number) => {
    while (asked < count) await new Promise((resolve) => setImmediate(resolve))
  }
  await until(50)
  // VDAB revokes the old ones at the moment that the files change
  writeFileSync(keyFile, `${vdabKey}-2`)
  writeFileSync(clientFile, 'second-secret')
  await gateway.simulator.put('credentials', {
    keys: [`${vdabKey}-2`],
    clients: [{ clientId: demoClient.clientId, clientSecret: 'second-secret' }]
  })
  await gateway.simulator.remove('tokens')
  await until(asked + 100)
  // the file contains the next key before VDAB accepts it
  writeFileSync(keyFile, `${vdabKey}-3`)
  await until(asked + 100)
  await gateway.simulator.put('credentials', { keys: [`${vdabKey}-3`] })
  await until(asked + 100)
  isOver = true
  await Promise.all(load)
  t.strictSame(failures, [])
  t.match(await gateway.query(vacature), { data: { vacature: { status: 'GEPUBLICEERD' } } })
})
