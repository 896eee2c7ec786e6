import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Test } from 'tap'
import { readConfig } from '../../src/config/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import { build, consumersFile, settingsOf, vdabKey } from '../helper.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const written = (content: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'config-')), 'value')
  writeFileSync(path, content)
  return path
}
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

t.test('one error names every wrong setting and shows none of their values', async (t) => {
  const canary = 'c4n4ry'
  const env = {
    VDAB_URL: `ftp://${canary}@vdab.example/services`,
    VDAB_API_KEY: `${canary} ${canary}`,
    VDAB_PROFILE: canary,
    LOG_LEVEL: canary,
    PORT: canary,
    REQUESTS_PER_MINUTE: '0',
    WORKERS: '0',
    CACHE_MAX_MB: '-1',
    AUTH_ISSUER: canary,
    AUTH_AUDIENCE: canary,
    AUTH_ALGORITHMS: canary,
    AUTH_CLOCK_TOLERANCE_S: '-1',
    SHUTDOWN_TIMEOUT_MS: '1.5',
    GRAPHQL_MAX_BODY_KB: '1e9',
    GRAPHQL_MAX_TOKENS: '0x',
    GRAPHQL_MAX_BATCH: '101',
    MAX_COST: '0',
    MAX_DEPTH: '101',
    MAX_ALIASES: '-1',
    MAX_ROOT_FIELDS: '0',
    MAX_DIRECTIVES: canary,
    INTROSPECTION: canary,
    COST_PER_MINUTE: '0',
    CORS_ORIGINS: `${canary}, *`,
    TRUSTED_DOCUMENTS: canary,
    VDAB_PATHS: canary,
    VDAB_PARAMETER_NAMES: `:${canary}`,
    VDAB_ID_PATTERN: `(${canary}`,
    VDAB_MAX_VELDEN: canary,
    VDAB_BULK_MAX_DAYS: '0',
    BATCH_WINDOW_MS: '-1',
    BATCH_MAX: '201',
    VDAB_CONCURRENCY: '0',
    VDAB_MAX_WAITING: '0',
    VDAB_RETRIES: '6',
    VDAB_CONNECT_TIMEOUT_MS: '9',
    VDAB_HEADERS_TIMEOUT_MS: '9',
    VDAB_BODY_TIMEOUT_MS: '9',
    VDAB_TIMEOUT_MS: '9',
    VDAB_MAX_ANSWER_MB: '0'
  }
  const problems = problemsOf(env)
  t.strictSame(problems.map((problem) => problem.split(' ')[0]).sort(), Object.keys(env).sort())
  t.notMatch(problems.join('\n'), new RegExp(canary))
  t.notMatch(new ConfigError(problems).message, new RegExp(canary))
})

t.test('a URL of VDAB is https, or http on localhost', async (t) => {
  const env = { VDAB_API_KEY: vdabKey, CONSUMERS_FILE: consumersFile() }
  for (const url of [
    'https://api.vdab.be/services',
    'https://api.vdab.be',
    'http://127.0.0.1:4010/services',
    'http://localhost:4010/services',
    'http://[::1]:4010/services',
    'http://0x7f.1/services'
  ])
    t.strictSame(problemsOf({ ...env, VDAB_URL: url }), [], url)
  for (const url of [
    'http://api.vdab.be/services',
    'http://127.0.0.1.example/services',
    'http://localhost.example/services',
    'http://10.0.0.1/services',
    'http://0.0.0.0/services'
  ]) {
    t.strictSame(
      problemsOf({ ...env, VDAB_URL: url }),
      ['VDAB_URL must be https://; http:// is only for this machine itself (loopback)'],
      url
    )
  }
  for (const url of [
    'https://me:secret@api.vdab.be/services',
    'https://api.vdab.be/services?key=secret',
    'https://api.vdab.be/services#secret',
    'http://127.0.0.1@127.0.0.1/services'
  ]) {
    t.strictSame(
      problemsOf({ ...env, VDAB_URL: url }),
      ['VDAB_URL must not hold credentials, a query or a fragment'],
      url
    )
  }
  for (const url of [
    'api.vdab.be',
    'Simulator',
    '//api.vdab.be',
    'file:///services',
    'javascript:alert(1)',
    'https://'
  ]) {
    t.strictSame(
      problemsOf({ ...env, VDAB_URL: url }),
      ['VDAB_URL must be "simulator" or an https:// address such as https://api.vdab.be/services'],
      url
    )
  }
})

t.test('in production a missing setting is refused instead of guessed', async (t) => {
  const production = { NODE_ENV: 'production' }
  t.strictSame(problemsOf(production), [
    'VDAB_URL is missing: with NODE_ENV=production the simulator must be asked for by name (VDAB_URL=simulator)'
  ])
  t.strictSame(problemsOf({ ...production, VDAB_URL: 'simulator' }), [])
  t.strictSame(problemsOf({ ...production, VDAB_API_KEY: vdabKey }), [
    'CONSUMERS_FILE is missing: the demo consumers exist on the simulator only'
  ])
  t.strictSame(
    problemsOf({ ...production, VDAB_API_KEY: vdabKey, VDAB_URL: 'http://127.0.0.1:4010/services' }),
    ['CONSUMERS_FILE is missing: the demo consumers exist on the simulator only'],
    'a VDAB on loopback needs CONSUMERS_FILE too'
  )
  t.strictSame(problemsOf({ ...production, VDAB_API_KEY: vdabKey, CONSUMERS_FILE: consumersFile() }), [])
})

t.test('an API key selects VDAB, and VDAB requires an API key', async (t) => {
  t.equal(readConfig({}).vdab.url, undefined, 'without VDAB_URL the embedded simulator is used')
  t.equal(
    readConfig({ VDAB_API_KEY: vdabKey, CONSUMERS_FILE: consumersFile() }).vdab.url?.href,
    'https://api.vdab.be/services'
  )
  t.strictSame(problemsOf({ VDAB_URL: 'https://api.vdab.be/services', CONSUMERS_FILE: consumersFile() }), [
    'VDAB_API_KEY (or VDAB_API_KEY_FILE) is missing: VDAB_URL is set, and VDAB answers nobody without a key'
  ])
  t.strictSame(problemsOf({ VDAB_API_KEY: vdabKey }), [
    'CONSUMERS_FILE is missing: the demo consumers exist on the simulator only'
  ])
  t.strictSame(problemsOf({ VDAB_API_KEY: ' \n', VDAB_URL: '  ' }), [], 'a blank value counts as absent')
})

t.test('a secret can be read from a file', async (t) => {
  const CONSUMERS_FILE = consumersFile()
  const keyOf = (env: Record<string, string>) => readConfig({ CONSUMERS_FILE, ...env }).vdab.key.value.reveal()
  t.equal(keyOf({ VDAB_API_KEY_FILE: written(`${vdabKey}\r\n`) }), vdabKey)
  t.equal(
    keyOf({ VDAB_API_KEY_FILE: written(`${vdabKey}\n`), VDAB_API_KEY: 'another' }),
    vdabKey,
    'the file takes precedence over the setting itself'
  )
  t.strictSame(problemsOf({ CONSUMERS_FILE, VDAB_API_KEY_FILE: '/nowhere/at-all' }), [
    'VDAB_API_KEY_FILE names a file that cannot be read'
  ])
  t.strictSame(problemsOf({ CONSUMERS_FILE, VDAB_API_KEY_FILE: tmpdir() }), [
    'VDAB_API_KEY_FILE names a file that cannot be read'
  ])
  t.strictSame(problemsOf({ CONSUMERS_FILE, VDAB_API_KEY_FILE: written('two\nlines') }), [
    'VDAB_API_KEY must be visible ASCII without spaces'
  ])
  t.strictSame(
    problemsOf({ CONSUMERS_FILE, VDAB_URL: 'https://api.vdab.be/services', VDAB_API_KEY_FILE: written('\n') }),
    ['VDAB_API_KEY (or VDAB_API_KEY_FILE) is missing: VDAB_URL is set, and VDAB answers nobody without a key']
  )
})

t.test('an invalid proxy URL is refused at the start without showing its password', async (t) => {
  const env = { VDAB_API_KEY: vdabKey, CONSUMERS_FILE: consumersFile() }
  t.strictSame(problemsOf({ ...env, HTTPS_PROXY: 'http://me:secret@proxy.example:3128' }), [])
  for (const proxy of ['me:secret@proxy.example', 'proxy example', 'http://'])
    t.strictSame(
      problemsOf({ ...env, HTTPS_PROXY: proxy }),
      ['HTTPS_PROXY must be an http:// or https:// address'],
      proxy
    )
})

t.test('the configuration is frozen', async (t) => {
  t.throws(() => Object.assign(readConfig({}), { port: 1 }), TypeError)
})

/** The real process, its log lines as they arrive, and its exit. */
const run = (t: Test, args: string[], env: Record<string, string> = {}) => {
  const child = spawn(process.execPath, ['--import=tsx', 'src/cli.ts', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env }
  })
  t.teardown(() => child.kill('SIGKILL'))
  const out: string[] = []
  const err: string[] = []
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()))
  const lines = createInterface(child.stdout)
  lines.on('line', (line) => out.push(line))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err: err.join('') })) // a close event gives code and signal
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = (line: string) => {
        const [, found] = pattern.exec(line) ?? []
        if (found !== undefined) resolve(found)
      }
      out.forEach(look)
      lines.on('line', look)
      void ended.then(() =>
        reject(new Error(`ended without saying ${String(pattern)}: ${out.join('\n')} ${err.join('')}`))
      )
    })
  return { child, ended, said }
}
const small = { GRAPHQL_MAX_BATCH: '2' }

t.test('invalid settings end the process with exit code 1 and a message without a stack trace', async (t) => {
  const { code, out, err } = await run(t, [], {
    PORT: 'no-port',
    VDAB_URL: 'http://vdab.example',
    VDAB_API_KEY: vdabKey
  }).ended
  t.strictSame(
    [code, out, err],
    [
      1,
      [],
      'The settings are not right:\n  - VDAB_URL must be https://; http:// is only for this machine itself (loopback)\n  - PORT must be a whole number from 0 to 65535\n'
    ]
  )
})

t.test('an invalid value of an option ends the process with 1 and a message without a stack trace', async (t) => {
  const { code, err } = await run(t, ['serve', '--port', 'x']).ended
  t.strictSame([code, err], [1, 'The settings are not right:\n  - PORT must be a whole number from 0 to 65535\n'])
})

t.test('a setting that is spelled wrong is named with the likely one, and its value is not shown', async (t) => {
  const canary = 'c4n4ry'
  const misspelled = {
    CACHE_MAX_MBB: canary,
    VDAB_API_KYE_FILE: canary,
    VDAB_URLL: canary,
    VDAB_ANSWERS: canary,
    cache_max_mb: canary,
    WORKER: canary,
    REDIS_URI: canary
  }
  const others = {
    HOME: '/',
    HTTP_PROXY: canary,
    http_proxy: canary,
    HOSTNAME: canary,
    VDAB_GATEWAY_PORT: canary,
    VDAB_GATEWAY_SERVICE_HOST: canary,
    VDAB_API_KEY_FILE: written(vdabKey),
    VDAB_URL: 'http://127.0.0.1:4010/services',
    NODE_OPTIONS: canary
  }
  const { unknown } = readConfig({ ...others, ...misspelled })
  t.strictSame(unknown, [
    'CACHE_MAX_MBB is set, but is not a setting of this gateway; did you mean CACHE_MAX_MB?',
    'VDAB_API_KYE_FILE is set, but is not a setting of this gateway; did you mean VDAB_API_KEY_FILE?',
    'VDAB_URLL is set, but is not a setting of this gateway; did you mean VDAB_URL?',
    'VDAB_ANSWERS is set, but is not a setting of this gateway',
    'cache_max_mb is set, but is not a setting of this gateway; did you mean CACHE_MAX_MB?',
    'WORKER is set, but is not a setting of this gateway; did you mean WORKERS?',
    'REDIS_URI is set, but is not a setting of this gateway; did you mean REDIS_URL?'
  ])
  t.notMatch(unknown.join('\n'), canary)
  t.strictSame(
    problemsOf({ VDAB_URL: 'https://api.vdab.be/services', CONSUMERS_FILE: consumersFile(), VDAB_API_KYE: canary }),
    [
      'VDAB_API_KEY (or VDAB_API_KEY_FILE) is missing: VDAB_URL is set, and VDAB answers nobody without a key',
      'VDAB_API_KYE is set, but is not a setting of this gateway; did you mean VDAB_API_KEY?'
    ],
    'the misspelled setting is named when the start fails because of it'
  )
  for (const profile of ['v2', 'v4'])
    t.strictSame(
      readConfig({
        ...others,
        VDAB_PROFILE: profile,
        ...(profile === 'v2' ? {} : settingsOf('v4', 'http://127.0.0.1:4010')),
        AUTH_JWKS_URL: 'https://login.example/jwks',
        AUTH_ISSUER: 'https://login.example',
        AUTH_AUDIENCE: 'here'
      }).unknown,
      [],
      `no setting of ${profile} is unknown`
    )
})

t.test('a port in use ends the process with exit code 1 and a message without a stack trace', async (t) => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  t.teardown(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const { code, out, err } = await run(t, ['--port', String(port)], { VDAB_URL: 'simulator' }).ended
  t.strictSame([code, err], [1, `listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`])
  t.notMatch(out.join('\n'), /"stack"/)
})

t.test('an invalid consumers file ends the process with exit code 1 and a message', async (t) => {
  const { code, err } = await run(t, [], { PORT: '0', VDAB_URL: 'simulator', CONSUMERS_FILE: written('{') }).ended
  t.strictSame([code, err], [1, 'The settings are not right:\n  - CONSUMERS_FILE is not JSON\n'])
})

t.test('the first request is answered, and SIGTERM waits for the request in progress', async (t) => {
  const { child, ended, said } = run(t, [], { PORT: '0', ...small })
  const [url, door] = await Promise.all([
    said(/"msg":"the gateway listens on ([^" ]+)/),
    said(/its control API: ([^) "]+)/)
  ])
  const ask = (query: string) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'demo-frontend' },
      body: JSON.stringify({ query })
    })
  t.match(await (await ask('{ vacatures(first: 1) { totaal nodes { id } } }')).json(), {
    data: { vacatures: { nodes: [{ id: /^Vacature:/ }] } }
  })

  const simulator = (method: string, path: string, body?: unknown) =>
    fetch(new URL(path, door), {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    })
  await simulator('DELETE', 'calls')
  await simulator('PUT', 'faults', { latencyMs: 1000 })
  const underWay = ask('{ vacatures(first: 2) { nodes { id functie { functieTitel } } } }')
  while (((await (await simulator('GET', 'calls')).json()) as { total: number }).total === 0)
    await new Promise(setImmediate)
  child.kill('SIGTERM')
  const answer = await underWay
  t.match(await answer.json(), {
    data: { vacatures: { nodes: [{ functie: {} }, { functie: {} }] } },
    errors: undefined
  })
  t.equal(answer.status, 200)
  const { code, err } = await ended
  t.strictSame([code, err], [0, ''])
  await t.rejects(ask('{ __typename }'))
})

t.test(
  'a request that does not finish is aborted after the shutdown timeout, and the process still ends',
  async (t) => {
    const { child, ended, said } = run(t, [], { PORT: '0', SHUTDOWN_TIMEOUT_MS: '300' })
    const [url, door] = await Promise.all([
      said(/"msg":"the gateway listens on ([^" ]+)/),
      said(/its control API: ([^) "]+)/)
    ])
    await fetch(new URL('faults', door), {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"kind":"hang"}'
    })
    const underWay = fetch(`${url}/graphql?query={vacatures{totaal}}`, {
      headers: { 'x-api-key': 'demo-frontend' }
    }).catch((error: unknown) => error)
    while (((await (await fetch(new URL('calls', door))).json()) as { total: number }).total === 0)
      await new Promise(setImmediate)
    child.kill('SIGTERM')
    await underWay
    t.equal((await ended).code, 1)
  }
)

t.test('a start without settings warns that it runs on the simulator, and which settings have no effect', async (t) => {
  const { child, ended, said } = run(t, [], {
    PORT: '0',
    EXPORT_CALLS_PER_MINUTE: 'secret',
    CACHE_MAX_MBB: 'secret'
  })
  t.equal(await said(/"level":40,.*"msg":"(ON THE SIMULATOR)/), 'ON THE SIMULATOR')
  t.equal(await said(/"msg":"(\w+) is set, but this version ignores it"/), 'EXPORT_CALLS_PER_MINUTE')
  t.equal(await said(/"level":40,.*"msg":"CACHE_MAX_MBB is set, .* did you mean (\w+)\?"/), 'CACHE_MAX_MB')
  await said(/(GraphiQL with VDAB's documented questions)/)
  child.kill('SIGINT')
  const { code, out } = await ended
  t.equal(code, 0)
  t.notMatch(out.join('\n'), /secret/)
  for (const line of out) t.type(JSON.parse(line), Object, 'every line is JSON')
})

t.test('while VDAB refuses its key the gateway is not ready and states the reason', async (t) => {
  const simulator = createSimulator({ vacatures: 5, kandidaten: 5 })
  const base = await simulator.listen()
  t.teardown(() => simulator.close())
  const { get, post } = await build(t, { env: { VDAB_URL: base, VDAB_API_KEY: 'wrong-key-of-nobody' } })
  for (let time = 0; time < 2; time += 1) {
    const ready = await get('/health/ready')
    t.equal(ready.headers.get('cache-control'), 'no-store')
    t.match(
      [ready.status, await ready.json()],
      [
        503,
        {
          status: 'unavailable',
          upstream: { status: 'refused', reason: 'VDAB refuses the key (status 401)' },
          simulator: true
        }
      ]
    )
  }
  t.equal((await get('/health/live')).status, 200)
  t.match(await (await post({ query: '{ vacatures { totaal } }' })).json(), {
    errors: [{ path: ['vacatures'], extensions: { code: 'UPSTREAM_REFUSED' } }]
  })
})

t.test('the gateway is ready again as soon as VDAB is', async (t) => {
  let now = Date.parse('2026-02-13T12:00:00Z')
  const { get, query, simulator } = await build(t, {
    env: { VDAB_RETRIES: '0' },
    now: () => now,
    simulator: { vacatures: 5, kandidaten: 5 }
  })
  const ready = async () => {
    const response = await get('/health/ready')
    const { upstream } = (await response.json()) as { upstream: { status: string; reason?: string } }
    return [response.status, upstream.status, upstream.reason]
  }
  await simulator.faults({ status: 500 })
  t.strictSame(
    await ready(),
    [503, 'unavailable', 'VDAB fails (status 500)'],
    'a gateway without any answer of VDAB is not ready'
  )
  await simulator.heal()
  t.strictSame(
    await ready(),
    [503, 'unavailable', 'VDAB fails (status 500)'],
    'VDAB is not checked again within two seconds'
  )
  now += 2001
  t.strictSame(await ready(), [200, 'ok', undefined])
  await simulator.faults({ status: 401 })
  t.strictSame(await ready(), [200, 'ok', undefined], 'a recent answer counts')
  await query('{ vacatures { totaal } }')
  t.strictSame(await ready(), [503, 'refused', 'VDAB refuses the key (status 401)'], 'a refused call changes the state')
  await simulator.faults({ kind: 'reset' })
  now += 2001
  t.strictSame(
    await ready(),
    [200, 'unavailable', 'VDAB cannot be reached'],
    'the gateway stays ready during an outage'
  )
  await simulator.heal()
  now += 2001
  t.strictSame(await ready(), [200, 'ok', undefined])
})

t.test('simultaneous health checks cause one call to VDAB', async (t) => {
  const { get, simulator } = await build(t, { simulator: { vacatures: 5, kandidaten: 5 } })
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await get('/health/ready')).status))
  t.strictSame([new Set(statuses), (await simulator.calls()).total], [new Set([200]), 1])
})
