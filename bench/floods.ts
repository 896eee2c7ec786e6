import { createHash } from 'node:crypto'
import { Pool } from 'undici'

/** One request of a flood. */
type Asked = { path?: string; method?: 'GET' | 'POST'; headers?: Readonly<Record<string, string>>; body?: unknown }
/** Requests of one kind, each of which is new: `of` returns the n-th one. */
export type Flood = { readonly name: string; readonly status: number; readonly of: (n: number) => Asked }

const vacature = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hashed = (query: string) => ({ query, extensions: { persistedQuery: { version: 1, sha256Hash: sha256(query) } } })
const plain = { query: '{ __typename }' }
const filled = (n: number, length: number) => String(n).padStart(length, 'x')

/** The kinds of new requests that a client can send. */
export const floods: readonly Flood[] = [
  { name: 'documents with an unknown field', status: 200, of: (n) => ({ body: { query: `{nope${n}}` } }) },
  {
    name: 'documents with many errors',
    status: 200,
    of: (n) => ({
      body: {
        query: `{ vacature(id: "${vacature}") { ${Array.from({ length: 50 }, (_, at) => `nope${n}_${at}`).join(' ')} } }`
      }
    })
  },
  { name: 'documents that are not GraphQL', status: 200, of: (n) => ({ body: { query: `{ a${n}` } }) },
  {
    name: 'documents above a maximum',
    status: 200,
    of: (n) => ({
      body: { query: `{ ${Array.from({ length: 110 }, (_, at) => `a${n}_${at}: __typename`).join(' ')} }` }
    })
  },
  {
    name: 'operation names that do not exist',
    status: 200,
    of: (n) => ({ body: { query: 'query a { __typename }', operationName: `b${n}` } })
  },
  {
    name: 'variables of the wrong type',
    status: 200,
    of: (n) => ({ body: { query: 'query ($a: Int) { vacatures(first: $a) { totaal } }', variables: { a: `x${n}` } } })
  },
  {
    name: 'valid documents',
    status: 200,
    of: (n) => ({ body: { query: `{ a${n}: vacature(id: "${vacature}") { id status } }` } })
  },
  {
    name: 'valid documents, each sent three times',
    status: 200,
    of: (n) => ({ body: { query: `{ a${Math.floor(n / 3)}: vacature(id: "${vacature}") { id status } }` } })
  },
  {
    name: 'valid documents with directives',
    status: 200,
    of: (n) => ({
      body: {
        query: `{ a${n}: vacature(id: "${vacature}") @include(if: true) { id } node(id: "Vacature:${vacature}") { id } }`
      }
    })
  },
  {
    name: 'long valid documents',
    status: 200,
    of: (n) => ({
      body: {
        query: `{ vacature(id: "${vacature}") { ${Array.from({ length: 90 }, (_, at) => `a${n}_${at}: status`).join(' ')} } }`
      }
    })
  },
  {
    name: 'variables',
    status: 200,
    of: (n) => ({
      body: {
        query: 'query ($a: String) { referenties(lijst: JOBDOMEINEN, trefwoord: $a) { code } }',
        variables: { a: `x${n}` }
      }
    })
  },
  {
    name: 'long variables',
    status: 200,
    of: (n) => ({
      body: {
        query: 'query ($a: String) { referenties(lijst: JOBDOMEINEN, trefwoord: $a) { code } }',
        variables: { a: filled(n, 1900) }
      }
    })
  },
  { name: 'undeclared variables', status: 200, of: (n) => ({ body: { ...plain, variables: { [`a${n}`]: n } } }) },
  { name: 'APQ documents', status: 200, of: (n) => ({ body: hashed(`{ a${n}: __typename }`) }) },
  {
    name: 'APQ hashes',
    status: 200,
    of: (n) => ({ body: { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(String(n)) } } } })
  },
  {
    name: 'batches of invalid documents',
    status: 200,
    of: (n) => ({ body: [{ query: `{nope${n}}` }, { query: `{nopenope${n}}` }] })
  },
  {
    name: 'Accept headers',
    status: 200,
    of: (n) => ({ body: plain, headers: { accept: `application/json, x/${n}` } })
  },
  {
    name: 'Accept-Encoding headers',
    status: 200,
    of: (n) => ({
      path: '/services/openservices/v2/vacatures?aantal=20',
      headers: { 'accept-encoding': `gzip, x${n}` }
    })
  },
  {
    name: 'long Accept headers',
    status: 200,
    of: (n) => ({ body: plain, headers: { accept: `application/json, x/${filled(n, 3000)}` } })
  },
  { name: 'header names', status: 200, of: (n) => ({ body: plain, headers: { [`x-${n}`]: '1' } }) },
  { name: 'long header names', status: 200, of: (n) => ({ body: plain, headers: { [`x-${filled(n, 3000)}`]: '1' } }) },
  {
    name: 'content types',
    status: 200,
    of: (n) => ({ body: plain, headers: { 'content-type': `application/json; a=${filled(n, 1000)}` } })
  },
  {
    name: 'unsupported content types',
    status: 415,
    of: (n) => ({ body: plain, headers: { 'content-type': `x/${filled(n, 1000)}` } })
  },
  { name: 'request ids', status: 200, of: (n) => ({ body: plain, headers: { 'x-request-id': `id-${n}` } }) },
  { name: 'wrong keys', status: 401, of: (n) => ({ body: plain, headers: { 'x-api-key': `wrong-${n}` } }) },
  { name: 'unknown paths', status: 404, of: (n) => ({ path: `/nothing/${n}` }) },
  {
    name: 'queries of GET',
    status: 200,
    of: (n) => ({ path: `/graphql?query=${encodeURIComponent(`{ a${n}: __typename }`)}` })
  },
  {
    name: 'unknown parameters',
    status: 400,
    of: (n) => ({ path: `/services/openservices/v2/vacatures?x${n}=1` })
  },
  {
    name: 'invalid values',
    status: 400,
    of: (n) => ({ path: `/services/openservices/v2/vacatures?aantal=x${n}` })
  },
  {
    name: 'etags',
    status: 200,
    of: (n) => ({ path: '/services/openservices/v1/talen', headers: { 'if-none-match': `"${n}"` } })
  }
]

/**
 * The maximum growth of the resident memory by a flood of one kind, and the maximum total, in MB, with
 * `CACHE_MAX_MB=64` and these flags of Node: docs/operations/memory.md promises it, test/hostile/flood.test.ts tests it.
 */
export const promised = {
  cacheMb: 64,
  memoryFlags: ['--max-old-space-size=192', '--max-semi-space-size=16'],
  grownMb: 64,
  rssMb: 288
} as const

type Pouring = { from?: number; to: number; key: string; connections?: number; perSecond?: number }

/**
 * Sends the requests `from` to `to` of a flood with this key, on this number of connections; returns how many got an
 * unexpected answer.
 */
export const pour = async (
  url: string,
  { status, of }: Flood,
  { from = 0, to, key, connections = 16, perSecond = Infinity }: Pouring
): Promise<number> => {
  const pool = new Pool(url, { connections })
  const startedAt = performance.now()
  let next = from
  let others = 0
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let n = next; n < to; n = next) {
        next += 1
        const dueMs = startedAt + ((n - from) / perSecond) * 1000 - performance.now()
        if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs))
        const { path = '/graphql', body, headers, method = body === undefined ? 'GET' : 'POST' } = of(n)
        const answer = await pool.request({
          path,
          method,
          headers: {
            'x-api-key': key,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
        await answer.body.dump()
        if (answer.statusCode !== status) others += 1
      }
    })
  )
  await pool.close()
  return others
}
