import { createHash } from 'node:crypto'
import type { GraphQLFormattedError } from 'graphql'
import { request } from 'undici'
import { withoutCost } from '../helper.ts'
import type { Built } from '../helper.ts'
import { connect } from '../live/live.ts'
import type { Question } from './random-documents.ts'
import { toldBy } from './reference.ts'
import type { Told, Who } from './reference.ts'

type Answer = { data?: unknown; errors?: GraphQLFormattedError[]; extensions?: { verborgen?: string[] } }
type Gateway = Pick<Built, 'url' | 'look'>
/** Node refuses larger request headers. */
const longestPath = 12_000
/** The origin of a page that may read answers; it must be in CORS_ORIGINS of the gateway under test. */
export const origin = 'https://jobs.example'
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
/** The headers that a browser adds to a request of a page. */
const browser = {
  accept: '*/*',
  'accept-language': 'nl-BE,nl;q=0.9,en;q=0.8',
  'cache-control': 'no-store',
  cookie: 'a=b; c=d',
  origin,
  referer: `${origin}/vacatures`,
  'sec-ch-ua': '"Chromium";v="140", "Not=A?Brand";v="24"',
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'cross-site',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
}
/** A way in which a gateway answers one query. */
export type Way = (question: Question, who: Who) => Promise<Told>

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** The ways in which a gateway answers a query, each over its own kind of socket. `close` closes them. */
export const createWays = (gateway: Gateway) => {
  const { url, look } = gateway
  let past = 0

  type Sent = { body?: unknown; headers?: Readonly<Record<string, string>> }
  const ask = async ({ key, doel }: Who, path: string, { body, headers = {} }: Sent): Promise<string> => {
    const all = {
      'x-api-key': key,
      'x-request-id': 'the-same',
      ...headers,
      ...(doel === undefined ? {} : { 'x-doel': doel }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' })
    }
    const response = await request(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: all,
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.body.text()
    look(text, new Headers(all), path)
    if (Object.keys(response.headers)[0] === 'content-type') past += 1 // fastify writes the security headers first
    return text
  }
  const told = (answer: unknown) => toldBy(withoutCost(answer as Answer))
  const post = async (body: unknown, who: Who, headers: Readonly<Record<string, string>> = {}) =>
    told(JSON.parse(await ask(who, '/graphql', { body, headers })))

  const sockets = new Map<string, ReturnType<typeof connect>>()
  const socketOf = ({ key, doel }: Who) => {
    const name = `${key} ${doel ?? ''}`
    const socket =
      sockets.get(name) ??
      connect(gateway, { key, payload: { 'x-api-key': key, ...(doel === undefined ? {} : { 'x-doel': doel }) } })
    sockets.set(name, socket)
    return socket
  }

  const ways = {
    post: (question, who) => post(question, who),
    'post, new media type': (question, who) => post(question, who, { accept: 'application/graphql-response+json' }),
    'post, by a browser': (question, who) => post(question, who, browser),
    'post, traced': (question, who) => post(question, who, { traceparent, forwarded: 'for=192.0.2.1' }),
    get: async (question, who) => {
      const { query, variables, operationName } = question
      const path = `/graphql?${new URLSearchParams({ query, variables: JSON.stringify(variables), ...(operationName === undefined ? {} : { operationName }) }).toString()}`
      return path.length > longestPath ? post(question, who) : told(JSON.parse(await ask(who, path, {})))
    },
    list: async (question, who) => {
      const answers = JSON.parse(
        await ask(who, '/graphql', { body: [{ query: '{ __typename }' }, question] })
      ) as unknown[]
      return told(answers[1])
    },
    persisted: async ({ query, ...rest }, who) => {
      const byHash = { ...rest, extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(query) } } }
      const first = await post(byHash, who)
      return first.errors[0]?.includes('PersistedQueryNotFound') === true ? post({ query, ...byHash }, who) : first
    },
    id: ({ query, ...rest }, who) => post({ documentId: hashOf(query), ...rest }, who),
    events: async (question, who) => {
      const text = await ask(who, '/graphql', { body: question, headers: { accept: 'text/event-stream' } })
      const data = /^event: next\n(?:id: [^\n]*\n)?data: ([^\n]*)\n/m.exec(text)?.[1]
      return told(JSON.parse(data ?? text))
    },
    socket: async ({ query, ...rest }, who) => {
      const socket = await socketOf(who)
      const { type, payload } = await socket.ask(query, rest)
      if (type === 'error') return told({ errors: payload })
      await socket.next() // complete
      return told(payload)
    }
  } satisfies Record<string, Way>

  return {
    ways,
    past: () => past,
    close: async () => {
      for (const socket of sockets.values()) (await socket).socket.close()
    }
  }
}
