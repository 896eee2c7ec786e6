import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { demoConsumers, loadConsumers, sha256 } from '../src/access/consumers.ts'
import { readConfig } from '../src/config/index.ts'
import type { Config } from '../src/config/index.ts'
import { buildServer } from '../src/server.ts'
import { demoClient } from '../src/simulator/credentials.ts'
import { createSimulator } from '../src/simulator/server.ts'
import { tokenName, tokenPath } from '../src/simulator/token-endpoint.ts'
import { hiddenIn, markIn } from './canary.ts'

type Test = { teardown(done: () => Promise<unknown>): void }
type Answer = {
  data?: unknown
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
  extensions?: Record<string, unknown>
}
type Price = { price: number; remaining: number; limit: number }

/**
 * An answer without its price, which every answer contains and test/graphql/cost.test.ts checks. The other members of
 * `extensions` stay. Throws when the price does not have the documented form.
 */
export const withoutCost = <T>(answer: T): T => {
  if (Array.isArray(answer)) return answer.map(withoutCost) as T
  const { extensions, ...rest } = answer as Answer
  if (extensions?.['cost'] === undefined) return answer
  const { cost, ...others } = extensions
  const { price, remaining, limit, ...more } = cost as Price
  if (![price, remaining, limit].every(Number.isInteger) || Object.keys(more).length > 0)
    throw new Error(`a wrong price: ${JSON.stringify(cost)}`)
  return { ...rest, ...(Object.keys(others).length > 0 ? { extensions: others } : {}) } as T
}

type Options = {
  env?: Record<string, string>
  simulator?: Parameters<typeof createSimulator>[0]
  now?: () => number
  /** puts a server between gateway and simulator: gets the address of the simulator, returns that of the server */
  between?: (base: string) => Promise<string>
}

/** The key of the gateway under test at VDAB, which must not occur anywhere else. */
export const vdabKey = 'c0ffee00-5ec1-4e7a-b0a7-vdabkeycanary'

/** All log lines of the gateways of this test process. */
export const logged: string[] = []

/**
 * Every log line, audit record and answer of every test is checked here. The VDAB key in one of them fails the test,
 * and so does personal data, except in an answer to a consumer that may see it.
 */
const leaks: string[] = []
const withoutKey = (where: string, text: string) => {
  if (text.includes(vdabKey)) leaks.push(`the VDAB key was seen in ${where}`)
}
const withoutPerson = (where: string, text: string) => {
  const mark = markIn(text)
  if (mark !== undefined) leaks.push(`"${mark}", the mark of a person, was seen in ${where}`)
}
const noLeaks = () => {
  if (leaks.length > 0) throw new Error([...new Set(leaks)].join('; '))
}
const stream = {
  write: (line: string) => {
    logged.push(line)
    withoutKey('a log line', line)
    withoutPerson(`a log line: ${line.slice(0, 300)}`, line)
  }
}

/** FAST_PATH of the environment in which the tests run. */
const fastPath = process.env['FAST_PATH'] === undefined ? {} : { FAST_PATH: process.env['FAST_PATH'] }

/** The test, the gateway and the simulator share one event loop, so its delay is not that of the gateway. */
const anyLoad = { MAX_EVENT_LOOP_DELAY_MS: '0' }

/** VDAB_PROFILE of the environment in which the tests run: which version of VDAB's API the gateways call. */
const profile = process.env['VDAB_PROFILE'] === 'v4' ? 'v4' : 'v2'
/** Version 4 sends labels with its codes, so that no list is fetched. */
export const hasLabels = profile === 'v4'
/** The settings of a gateway for a version of VDAB's API, with the simulator at `base`. */
export const settingsOf = (version: 'v2' | 'v4', base: string): Record<string, string> =>
  version === 'v2'
    ? {}
    : {
        VDAB_PROFILE: version,
        VDAB_CLIENT_ID: demoClient.clientId,
        VDAB_CLIENT_SECRET: demoClient.clientSecret,
        VDAB_TOKEN_URL: new URL(tokenPath, base).href
      }

type Settings = Pick<Config, 'consumersFile' | 'auditFile'>

/** The scopes of the consumer of these headers; none for an unknown key and for a token. */
const scopesOf = (headers: Headers, { consumersFile }: Settings): ReadonlySet<string> => {
  const shown = [
    headers.get('x-api-key'),
    headers.get('x-ibm-client-id'),
    headers.get('authorization')?.replace(/^Bearer +/i, '')
  ].flatMap((key) => (key ? [sha256(key)] : []))
  const entries = consumersFile === undefined ? demoConsumers : loadConsumers(consumersFile)
  return new Set(
    entries
      .filter(({ sha256: hashes }) => [hashes].flat().some((hash) => shown.includes(hash)))
      .flatMap(({ scopes }) => scopes)
  )
}
/** Checks an answer of any door for data that the consumer may not see. */
const looking = (settings: Settings) => (text: string, headers: Headers, where: string) => {
  const scopes = scopesOf(headers, settings)
  withoutKey('an answer', text)
  for (const hidden of hiddenIn(text, scopes))
    leaks.push(`${hidden} was seen in an answer to a consumer with [${[...scopes].join(' ')}]: ${where}`)
}
const asking =
  (settings: Settings) =>
  async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, init)
    const text = `${JSON.stringify([...response.headers])}\n${await response.clone().text()}`
    looking(settings)(text, new Headers(init.headers), url)
    return response
  }

/** Checks the audit file of a stopped gateway, and its rotated files. */
const readAudit = ({ auditFile = '' }: Settings) => {
  if (!auditFile.startsWith(tmpdir())) return
  for (const entry of readdirSync(dirname(auditFile), { withFileTypes: true }))
    if (entry.isFile()) withoutPerson('the audit file', readFileSync(join(dirname(auditFile), entry.name), 'utf8'))
}

type Calls = { total: number; perEndpoint: Record<string, number> }

/** The real gateway in front of a real simulator, each on its own port. */
export const build = async (t: Test, { env = {}, simulator: world = {}, now, between }: Options = {}) => {
  const version = world.profile === 'v4' ? 'v4' : (env['VDAB_PROFILE'] ?? profile) === 'v4' ? 'v4' : 'v2'
  const simulator = createSimulator({ profile: version === 'v4' ? 'both' : 'v2', ...world, ...(now ? { now } : {}) })
  const base = await simulator.listen()
  const config = readConfig({
    VDAB_URL: between ? await between(base) : base,
    VDAB_API_KEY: vdabKey,
    PORT: '0',
    LOG_LEVEL: 'trace',
    AUDIT_FILE: auditFile(),
    FEED_INTERVAL_MS: '0',
    WARM_START: 'off',
    WATCH_SHARE: '0',
    ...anyLoad,
    ...settingsOf(version, base),
    ...fastPath,
    ...env
  })
  const ask = asking(config)
  const { app, changes, operatorUrl, vdab } = await buildServer(config, {
    stream,
    ...(now ? { now } : {})
  })
  const url = await app.listen({ host: config.host, port: config.port })
  t.teardown(async () => {
    await app.close()
    await simulator.close()
    readAudit(config)
    noLeaks()
  })

  const door = new URL('/_simulator/', base)
  const atDoor = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(path, door), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} /_simulator/${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  const post = (
    body: unknown,
    { key = 'demo-beheer', headers = {} }: { key?: string; headers?: Record<string, string> } = {}
  ) =>
    ask(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key, 'x-doel': 'a test', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body)
    })

  return {
    app,
    changes,
    operatorUrl,
    /** lets a test report changes, as the feed does */
    vdab,
    url,
    /** Reads VDAB's feeds now. */
    poll: () => changes.poll(),
    look: looking(config),
    simulator: {
      base,
      /** the calls to VDAB's API; those to its token service separately */
      calls: async () => {
        const { total, perEndpoint } = (await atDoor('GET', 'calls')) as Calls
        const { [tokenName]: tokens = 0, ...others } = perEndpoint
        return { total: total - tokens, tokens, perEndpoint: others as Record<string, number> }
      },
      reset: () => atDoor('DELETE', 'calls'),
      faults: (faults: unknown) => atDoor('PUT', 'faults', faults),
      heal: () => atDoor('DELETE', 'faults'),
      patch: (path: string, body: unknown) => atDoor('PATCH', path, body),
      remove: (path: string) => atDoor('DELETE', path),
      put: (path: string, body: unknown) => atDoor('PUT', path, body)
    },
    post,
    /** Sends one operation and returns the parsed answer, without its price. */
    query: async (query: string, variables?: unknown, key?: string) =>
      withoutCost((await (await post({ query, variables }, key === undefined ? {} : { key })).json()) as Answer),
    /** GETs a path of the gateway. */
    get: (
      path: string,
      { key = 'demo-beheer', headers = {} }: { key?: string; headers?: Record<string, string> } = {}
    ) => ask(`${url}${path}`, { headers: { 'x-api-key': key, 'x-doel': 'a test', ...headers } })
  }
}

export type Built = Awaited<ReturnType<typeof build>>

/** A file for the audit records of one gateway under test, in its own folder. */
export const auditFile = (): string => join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit.ndjson')

/** A file with one consumer, "team", with the key `team-key` and all scopes. */
export const consumersFile = (): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'consumers-')), 'consumers.json')
  writeFileSync(
    path,
    JSON.stringify([{ name: 'team', sha256: sha256('team-key'), scopes: ['vacatures', 'kandidaten', 'beheer'] }])
  )
  return path
}

export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** The real gateway in front of a VDAB that `handler` implements, for behaviour that the simulator never shows. */
export const buildBefore = async (
  t: Test,
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
  env: Record<string, string> = {},
  now?: () => number
) => {
  // At its start the gateway checks whether a loopback address is the simulator; that is not a call to VDAB.
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/_simulator')) response.writeHead(404).end()
    else void handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const lines: string[] = []
  const config = readConfig({
    VDAB_URL: `http://127.0.0.1:${port}/services`,
    VDAB_API_KEY: vdabKey,
    CONSUMERS_FILE: consumersFile(),
    PORT: '0',
    LOG_LEVEL: 'trace',
    AUDIT_FILE: auditFile(),
    FEED_INTERVAL_MS: '0',
    WATCH_SHARE: '0',
    WARM_START: 'off',
    ...anyLoad,
    ...fastPath,
    ...env
  })
  const ask = asking(config)
  const { app, changes } = await buildServer(config, {
    ...(now ? { now } : {}),
    stream: {
      write: (line) => {
        lines.push(line)
        stream.write(line)
      }
    }
  })
  const url = await app.listen({ host: config.host, port: config.port })
  t.teardown(async () => {
    await app.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    readAudit(config)
    noLeaks()
  })
  const get = (path: string) => ask(`${url}${path}`, { headers: { 'x-api-key': 'team-key', 'x-doel': 'a test' } })
  const query = async (text: string, variables?: unknown) =>
    withoutCost(
      (await (
        await ask(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-api-key': 'team-key', 'x-doel': 'a test' },
          body: JSON.stringify({ query: text, variables })
        })
      ).json()) as Answer
    )
  return { app, changes, url, get, query, lines }
}
