import { ApolloClient, HttpLink, InMemoryCache, type FieldMergeFunction } from '@apollo/client'

type Page = { readonly nodes?: readonly unknown[] }

/** Appends the next page of `nodes` to the pages before. Without `after`, the list starts anew. */
const appendNodes: FieldMergeFunction<Page> = (before, page, { args }) =>
  args?.['after'] === undefined || args['after'] === null
    ? page
    : { ...page, nodes: [...(before?.nodes ?? []), ...(page.nodes ?? [])] }

/** A list with cursors: one entry per filter, whose pages are appended. */
const pages = (...keyArgs: string[]) => ({ keyArgs, merge: appendNodes })

/** The cache of Apollo Client for the schema of the gateway. A code is unique within its list. */
export const createCache = () =>
  new InMemoryCache({
    typePolicies: {
      Vacature: { keyFields: ['id'] },
      Kandidaat: { keyFields: ['id'] },
      Referentie: { keyFields: ['lijst', 'code'] },
      Query: {
        fields: {
          vacatures: pages('filter', 'sorteerveld'),
          kandidaten: pages('filter'),
          vacaturesInitieel: pages('datum'),
          vacatureWijzigingen: pages('van', 'tot'),
          kandidaatWijzigingen: pages('van', 'tot'),
          // A record that a search has brought is not requested again.
          vacature: (known, { args, toReference }) =>
            known ?? toReference({ __typename: 'Vacature', id: args?.['id'] as string })
        }
      }
    }
  })

/** A client of Apollo for a gateway. */
export const createApollo = (url: string, key: string) =>
  new ApolloClient({
    link: new HttpLink({ uri: `${url}/graphql`, headers: { 'x-api-key': key } }),
    cache: createCache()
  })
