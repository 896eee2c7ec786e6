import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { examineLimits, examineNode } from '../../src/commands/doctor/machine.ts'
import { examineMemory } from '../../src/commands/doctor/memory.ts'
import { doctor } from '../../src/commands/doctor.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import { build, consumersFile, settingsOf, vdabKey } from '../helper.ts'
import { secret as redisSecret } from '../sharing/gateways.ts'
import { hasRedis, startRedis } from '../sharing/redis.ts'

type Finding = { level: string; about: string; what: string; todo?: string }

const secrets = [
  vdabKey,
  'demo-client-secret',
  'wrong-secret-canary',
  'proxy-password-canary',
  'sentinel-of-a-typo',
  redisSecret,
  'redis-password-canary'
]
const written = (text: string, mode = 0o600) => {
  const path = join(mkdtempSync(join(tmpdir(), 'doctor-')), 'file')
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

/** Runs the doctor; fails the test when a secret is printed. */
const examine = async (t: Test, environment: Record<string, string>) => {
  const printed: string[] = []
  const since = performance.now()
  const env = { PORT: '0', CONSUMERS_FILE: consumersFile(), ...environment }
  const isWell = await doctor(env, { isJson: true, print: (line) => printed.push(line) })
  const ms = performance.now() - since
  const text = printed.join('\n')
  for (const secret of secrets) t.notMatch(text, secret, 'no secret is printed')
  const { findings, count } = JSON.parse(text) as { findings: Finding[]; count: Record<string, number> } // its own format
  t.equal(isWell, count['error'] === 0)
  const of = (about: string) => findings.filter((finding) => finding.about === about)
  for (const { level, what, todo } of findings)
    t.equal(todo !== undefined && todo !== '', level !== 'ok', `${what}: a finding has advice unless it is ok`)
  return { findings, errors: findings.filter(({ level }) => level === 'error'), of, isWell, ms }
}

const simulate = async (t: Test, world: Parameters<typeof createSimulator>[0] = {}) => {
  const simulator = createSimulator({ vacatures: 5, kandidaten: 5, key: vdabKey, ...world })
  const base = await simulator.listen()
  t.teardown(() => simulator.close())
  const put = async (path: string, body: unknown) => {
    const url = new URL(`/_simulator/${path}`, base)
    const headers = { 'content-type': 'application/json' }
    const { ok } = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) })
    if (!ok) throw new Error(`PUT ${path}`)
  }
  const calls = async () => (await (await fetch(new URL('/_simulator/calls', base))).json()) as { total: number }
  return { base, put, calls, env: { VDAB_URL: base, VDAB_API_KEY: vdabKey } }
}

t.test('there are no errors if VDAB answers, with at most four calls', async (t) => {
  for (const version of ['v2', 'v4'] as const) {
    const { base, env, calls } = await simulate(t, { profile: version })
    const audit = written('')
    const { isWell, errors, of } = await examine(t, { ...env, ...settingsOf(version, base), AUDIT_FILE: audit })
    t.strictSame(errors, [])
    t.equal(isWell, true)
    t.match(of('key'), [{ level: 'ok', what: 'VDAB accepts the key' }])
    t.match(of('clock'), [{ level: 'ok' }])
    t.match(of('profile'), [{ level: 'ok', what: `VDAB has the Vacature API of ${version}` }])
    t.match(of('token'), version === 'v4' ? [{ level: 'ok' }] : [])
    t.equal(of('network').length, version === 'v4' ? 2 : 1)
    t.match(of('disk'), [{ level: 'ok', what: /MB are free/ }])
    t.equal((await calls()).total, version === 'v4' ? 3 : 2)
  }
})

t.test('without settings it examines the embedded simulator', async (t) => {
  const lines: string[] = []
  t.equal(await doctor({ PORT: '0' }, { print: (line) => lines.push(line) }), true)
  t.match(lines.join('\n'), /^ok +settings no key and no VDAB_URL: the gateway runs on the embedded simulator/m)
  t.match(lines.at(-1), /^\d+ ok, \d+ warning\(s\), 0 error\(s\)$/)
  for (const line of lines.slice(0, -1)) t.match(line, /^(ok|warning|error) +\w+ +\S/)
})

t.test('a key that VDAB does not know is explained', async (t) => {
  const { base, calls } = await simulate(t)
  const { errors } = await examine(t, { VDAB_URL: base, VDAB_API_KEY: 'sentinel-of-a-typo' })
  t.match(errors, [
    { about: 'key', what: /refuses the key \(status 401\)/, todo: /client id .* into VDAB_API_KEY, without spaces/ }
  ])
  t.equal((await calls()).total, 1, 'there is no other call')
  const open = createSimulator({ vacatures: 5, kandidaten: 5 })
  const url = await open.listen()
  t.teardown(() => open.close())
  const unsubscribed = await examine(t, { VDAB_URL: url, VDAB_API_KEY: 'unsubscribed-sentinel-of-a-typo' })
  t.match(unsubscribed.of('key'), [{ level: 'warning', what: /not for the reference lists \(status 403\)/ }])
  t.match(unsubscribed.errors, [{ about: 'profile', what: /not subscribed to the Vacature API of v2/ }])
})

t.test('a wrong client secret of version 4 is distinguished from a wrong key', async (t) => {
  const { base, env } = await simulate(t, { profile: 'v4' })
  const settings = { ...env, ...settingsOf('v4', base), VDAB_CLIENT_SECRET: 'wrong-secret-canary' }
  const { errors, of } = await examine(t, settings)
  t.match(of('key'), [{ level: 'ok' }])
  t.match(errors, [{ about: 'token', what: /token service refuses/, todo: /VDAB_CLIENT_ID and VDAB_CLIENT_SECRET/ }])
})

t.test('a profile that VDAB does not have is named, with the one that it has', async (t) => {
  const two = await simulate(t, { profile: 'v2' })
  const four = await simulate(t, { profile: 'v4' })
  const asked = await examine(t, four.env)
  t.match(asked.errors, [{ about: 'profile', what: /no Vacature API of v2/, todo: /set VDAB_PROFILE=v4/ }])
  const mixed = await examine(t, { ...two.env, ...settingsOf('v4', four.base) })
  t.match(mixed.errors, [{ about: 'profile', what: /no Vacature API of v4/, todo: /set VDAB_PROFILE=v2/ }])
})

t.test('a clock that is more than 30 s off is a warning, with the direction', async (t) => {
  const { put, env } = await simulate(t)
  for (const [byMs, level, what] of [
    [90_000, 'warning', /is (89|90) s behind that of VDAB/],
    [-90_000, 'warning', /is (90|91) s ahead of that of VDAB/],
    [5000, 'ok', /agree/]
  ] as const) {
    await put('clock', { now: new Date(Date.now() + byMs).toISOString() })
    const { of, isWell } = await examine(t, env)
    t.match(of('clock'), [{ level, what }])
    t.equal(isWell, true, 'a warning is no error')
  }
})

t.test('a VDAB that fails, hangs or is down is described, within a bounded time', async (t) => {
  const { put, env } = await simulate(t)
  await put('faults', { status: 503 })
  t.match((await examine(t, env)).errors, [{ about: 'key', what: 'VDAB fails (status 503)' }])
  await put('faults', { kind: 'hang' })
  const hanging = await examine(t, { ...env, VDAB_HEADERS_TIMEOUT_MS: '300000' })
  t.match(hanging.errors, [{ about: 'key', what: 'VDAB does not answer in time' }])
  t.ok(hanging.ms < 12_000, `${hanging.ms} ms`)
  const down = await examine(t, { ...env, VDAB_URL: 'http://127.0.0.1:1/services' })
  t.match(down.errors, [{ about: 'network', what: 'no connection to 127.0.0.1 of VDAB_URL (ECONNREFUSED)' }])
  const nowhere = await examine(t, { ...env, VDAB_URL: 'https://vdab.invalid/services' })
  t.match(nowhere.errors, [{ about: 'network', what: /^the name vdab.invalid of VDAB_URL has no address/ }])
  const proxied = await examine(t, {
    ...env,
    VDAB_URL: 'https://vdab.invalid/services',
    HTTPS_PROXY: 'http://me:proxy-password-canary@127.0.0.1:1'
  })
  t.match(proxied.errors, [{ about: 'network', what: 'no connection to 127.0.0.1 of HTTPS_PROXY (ECONNREFUSED)' }])
})

t.test('all wrong settings are named, and the machine is still examined', async (t) => {
  const { errors, of } = await examine(t, { PORT: 'sentinel-of-a-typo', VDAB_API_KYE: vdabKey, VDAB_URL: 'ftp://x' })
  t.match(
    errors.map(({ what }) => what.split(' ')[0]),
    ['VDAB_URL', 'VDAB_API_KEY', 'PORT', 'VDAB_API_KYE']
  )
  t.equal(of('node').length, 1)
  t.strictSame(of('key'), [])
})

t.test('files that others may read or change, and files that are wrong, are errors', async (t) => {
  const { base } = await simulate(t)
  const { errors } = await examine(t, {
    VDAB_URL: base,
    VDAB_API_KEY_FILE: written(vdabKey, 0o644),
    CONSUMERS_FILE: written('{', 0o666),
    AUDIT_FILE: '/proc/version/audit'
  })
  t.match(
    errors.map(({ what }) => what),
    [
      'CONSUMERS_FILE is not JSON',
      'AUDIT_FILE is below something that is not a folder',
      'the file in VDAB_API_KEY_FILE can be read by every user of this machine',
      'the file in CONSUMERS_FILE can be changed by every user of this machine'
    ]
  )
})

t.test('a port that another program uses is an error; one of a running gateway is not', async (t) => {
  const { env } = await simulate(t)
  const other = createServer((socket) => socket.end('no gateway'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo // it listens
  t.match((await examine(t, { ...env, PORT: String(port) })).errors, [{ about: 'port', what: /another program uses/ }])
  const gateway = await build(t)
  const running = await examine(t, { ...env, PORT: new URL(gateway.url).port })
  t.match(running.of('port'), [{ level: 'ok', what: /a gateway listens on port/ }])
  t.match((await examine(t, { ...env, METRICS_PORT: String(port) })).errors, [
    { about: 'port', todo: /another METRICS_PORT/ }
  ])
  const { operatorUrl } = await build(t, { env: { METRICS_PORT: '0' } })
  const { of } = await examine(t, { ...env, METRICS_PORT: new URL(operatorUrl() ?? '').port })
  t.match(of('port'), [{ level: 'ok' }, { level: 'ok', what: /a gateway listens on port/ }])
})

t.test('versions of Node, memory and open files are judged by their limits', async (t) => {
  const at = (day: string) => Date.parse(`${day}T12:00:00Z`)
  const levels = (findings: readonly { level: string }[]) => findings.map(({ level }) => level)
  for (const [version, day, level] of [
    ['18.20.0', '2026-01-01', 'error'],
    ['20.18.9', '2026-01-01', 'error'],
    ['20.19.0', '2026-04-30', 'ok'],
    ['20.20.0', '2026-05-01', 'warning'],
    ['23.1.0', '2026-05-01', 'warning'],
    ['24.1.0', '2026-05-01', 'ok'],
    ['25.0.0', '2026-05-01', 'warning'],
    ['26.0.0', '2027-01-01', 'ok']
  ] as const)
    t.strictSame(levels(examineNode(version, at(day))), [level], `${version} on ${day}`)

  const mega = 1024 * 1024
  const enrichment = { heap: 200 * mega, all: 300 * mega }
  for (const [cache, workers, limit, heap, expected] of [
    [256, 1, 1024, 4096, ['ok']],
    [256, 1, 500, 4096, ['warning']],
    [256, 1, 300, 4096, ['error']],
    [256, 4, 1024, 4096, ['error']],
    [256, 1, 2048, 300, ['error']],
    [256, 1, 300, 300, ['error', 'error']],
    [256, 1, 600, 4096, ['warning']],
    [256, 1, 1024, 500, ['warning']]
  ] as const)
    t.strictSame(
      levels(
        examineMemory({ cacheMaxBytes: cache * mega, workers, enrichment }, { limit: limit * mega, heap: heap * mega })
      ),
      expected,
      `${workers} × ${cache} MB in ${limit} MB, heap ${heap} MB`
    )

  const limits = (soft: string) => written(`Limit  Soft  Hard\nMax open files            ${soft}    1048576    files\n`)
  t.strictSame(
    ['1024', '4096', 'unlimited'].map((soft) => levels(examineLimits(limits(soft)))),
    [['warning'], ['ok'], ['ok']]
  )
  t.strictSame(examineLimits('/nowhere/limits'), [], 'there is no finding if the system does not report the limit')
})

const noRedis = hasRedis ? false : 'there is no redis-server'
const rights = '~vdab-gateway:* resetchannels -@all +@connection +@scripting +@read +@write +time +info'

t.test('a Redis that the gateways can share is all ok, and no key stays in it', { skip: noRedis }, async (t) => {
  const { env } = await simulate(t)
  const redis = await startRedis(t)
  await redis.client.call('ACL', 'SETUSER', 'gateway', 'on', '>redis-password-canary', ...rights.split(' '))
  const before = await redis.client.keys('*')
  const sharing = {
    REDIS_URL: `redis://gateway:redis-password-canary@127.0.0.1:${redis.port}`,
    REDIS_SECRET: redisSecret
  }
  const { of, errors } = await examine(t, { ...env, ...sharing })
  t.strictSame(errors, [])
  t.strictSame(
    of('redis').map(({ level, what }) => `${level} ${what.replace(/\d+\.\d+\.\d+/, 'N')}`),
    [
      'ok REDIS_SECRET is set',
      'ok the connection stays on this machine, without TLS',
      'ok Redis (REDIS_URL) answers',
      'ok Redis N is new enough',
      'ok the user of REDIS_URL may run the scripts on the keys below REDIS_PREFIX',
      'ok the clocks of this machine and of Redis agree within 2 s'
    ]
  )
  t.strictSame(await redis.client.keys('*'), before)
  t.strictSame((await examine(t, env)).of('redis'), [], 'without REDIS_URL there is no finding about Redis')
})

t.test('a Redis that evicts, refuses or does not answer is explained', { skip: noRedis }, async (t) => {
  const { env } = await simulate(t)
  const redis = await startRedis(t)
  const at = (user: string, host = `127.0.0.1:${redis.port}`) =>
    examine(t, { ...env, REDIS_URL: `redis://${user}${host}`, REDIS_SECRET: redisSecret })
  await redis.client.config('SET', 'maxmemory-policy', 'allkeys-lru')
  t.match((await at('')).errors, [{ about: 'redis', what: /may evict the counts \(maxmemory-policy allkeys-lru\)/ }])
  await redis.client.config('SET', 'maxmemory-policy', 'noeviction')

  t.match((await at('gateway:redis-password-canary@')).errors, [
    { what: /no answer .*\(WRONGPASS\)/, todo: /password/ }
  ])
  const other = rights.replace('vdab-gateway:', 'other:')
  await redis.client.call('ACL', 'SETUSER', 'gateway', 'on', '>redis-password-canary', ...other.split(' '))
  t.match((await at('gateway:redis-password-canary@')).errors, [{ what: /scripts cannot run .*\(NOPERM\)/ }])

  const { of, errors } = await at('gateway:redis-password-canary@', 'localhost.invalid:6379')
  t.match(errors, [{ what: /no answer from the Redis of REDIS_URL \(E[A-Z_]+\)/ }])
  t.match(of('redis')[1], { level: 'warning', what: /not encrypted/, todo: /rediss/ })
  redis.freeze()
  const hanging = await at('')
  redis.thaw()
  t.match(hanging.errors, [{ what: /no answer from the Redis/ }])
  t.ok(hanging.ms < 20_000, `${hanging.ms} ms`)
})
