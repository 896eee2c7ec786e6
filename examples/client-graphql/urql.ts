import { Client, fetchExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'

/** Objects without an identity of their own: they belong to their parent. */
const embedded = () => null

/** The cache of urql for the schema of the gateway. A code is unique within its list. */
export const createCache = () =>
  cacheExchange({
    keys: new Proxy(
      {
        Vacature: ({ id }: { id?: unknown }) => id as string,
        Kandidaat: ({ id }: { id?: unknown }) => id as string,
        Referentie: ({ lijst, code }: { lijst?: unknown; code?: unknown }) => `${String(lijst)}:${String(code)}`
      } as Record<string, (data: Record<string, unknown>) => string | null>,
      { get: (keys, name: string) => keys[name] ?? embedded }
    ),
    resolvers: {
      Query: {
        vacatures: relayPagination(),
        kandidaten: relayPagination(),
        vacature: (_parent, { id }) => ({ __typename: 'Vacature', id: id as string })
      }
    }
  })

/** A client of urql for a gateway. */
export const createUrql = (url: string, key: string) =>
  new Client({
    url: `${url}/graphql`,
    preferGetMethod: false,
    exchanges: [createCache(), fetchExchange],
    fetchOptions: { headers: { 'x-api-key': key } }
  })
