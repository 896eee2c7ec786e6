import { readConfig } from '../src/config.ts'
import { buildServer } from '../src/server.ts'
import { createSimulator } from '../src/simulator/server.ts'

type Test = { teardown(done: () => Promise<unknown>): void }
type Answer = { data?: unknown; errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]; extensions?: Record<string, unknown> }
type Options = {
  env?: Record<string, string>
  simulator?: Parameters<typeof createSimulator>[0]
  now?: () => number
  jit?: number
}

/** The key with which the gateway under test shows itself to VDAB: never to be seen anywhere else. */
export const vdabKey = 'c0ffee00-5ec1-4e7a-b0a7-vdabkeycanary'

/** Everything the gateways of this test process have logged. */
export const logged: string[] = []

/** The real gateway on a socket of its own, before a real simulator on another. */
export const build = async (t: Test, { env = {}, simulator: world = {}, now, jit }: Options = {}) => {
  const simulator = createSimulator({ ...world, ...(now ? { now } : {}) })
  const base = await simulator.listen()
  const config = readConfig({ VDAB_URL: base, VDAB_API_KEY: vdabKey, PORT: '0', LOG_LEVEL: 'trace', ...env })
  const { app } = await buildServer(config, { stream: { write: (line) => void logged.push(line) }, ...(now ? { now } : {}), ...(jit === undefined ? {} : { jit }) })
  const url = await app.listen({ host: config.host, port: config.port })
  t.teardown(async () => {
    await app.close()
    await simulator.close()
  })

  const door = new URL('/_simulator/', base)
  const atDoor = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(path, door), { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} /_simulator/${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  const post = (body: unknown, { key = 'demo-beheer', headers = {} }: { key?: string; headers?: Record<string, string> } = {}) =>
    fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': key, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) })

  return {
    app,
    url,
    simulator: {
      base,
      calls: () => atDoor('GET', 'calls') as Promise<{ total: number; perEndpoint: Record<string, number> }>,
      reset: () => atDoor('DELETE', 'calls'),
      faults: (faults: unknown) => atDoor('PUT', 'faults', faults),
      heal: () => atDoor('DELETE', 'faults'),
      patch: (path: string, body: unknown) => atDoor('PATCH', path, body),
      remove: (path: string) => atDoor('DELETE', path),
      put: (path: string, body: unknown) => atDoor('PUT', path, body)
    },
    post,
    /** Asks one operation and gives the parsed answer. */
    query: async (query: string, variables?: unknown, key?: string) => (await (await post({ query, variables }, key === undefined ? {} : { key })).json()) as Answer,
    /** GETs a path of the gateway. */
    get: (path: string, { key = 'demo-beheer', headers = {} }: { key?: string; headers?: Record<string, string> } = {}) =>
      fetch(`${url}${path}`, { headers: { 'x-api-key': key, ...headers } })
  }
}

export type Built = Awaited<ReturnType<typeof build>>
