import { createApollo } from './apollo.ts'
import { LeesVacatureDocument, ZoekVacaturesDocument, type ZoekVacaturesQuery } from './operations.generated.ts'
import { createUrql } from './urql.ts'

const url = process.env['GATEWAY'] ?? 'http://127.0.0.1:3000'
const key = process.env['KEY'] ?? 'demo-frontend'

const titlesOf = ({ vacatures }: ZoekVacaturesQuery) =>
  vacatures.nodes.map((vacature) => vacature?.functie?.functieTitel ?? null)

const withApollo = async () => {
  const client = createApollo(url, key)
  const first = await client.query({ query: ZoekVacaturesDocument, variables: { first: 2 } })
  const after = first.data?.vacatures.pageInfo.endCursor ?? null
  // The list has one entry for all its pages, so only the network has the next page. fetchMore of a hook does the same.
  await client.query({ query: ZoekVacaturesDocument, variables: { first: 2, after }, fetchPolicy: 'network-only' })
  const all = client.readQuery({ query: ZoekVacaturesDocument, variables: { first: 2 } })
  const id = all?.vacatures.nodes[0]?.id ?? ''
  const known = await client.query({ query: LeesVacatureDocument, variables: { id }, fetchPolicy: 'cache-only' })
  return { titles: all && titlesOf(all), known: known.data?.vacature?.functie?.functieTitel }
}

const withUrql = async () => {
  const client = createUrql(url, key)
  const first = await client.query(ZoekVacaturesDocument, { first: 2 })
  const after = first.data?.vacatures.pageInfo.endCursor ?? null
  const second = await client.query(ZoekVacaturesDocument, { first: 2, after })
  const id = first.data?.vacatures.nodes[0]?.id ?? ''
  const known = await client.query(LeesVacatureDocument, { id }, { requestPolicy: 'cache-only' })
  return { titles: second.data && titlesOf(second.data), known: known.data?.vacature?.functie?.functieTitel }
}

console.log(JSON.stringify({ apollo: await withApollo(), urql: await withUrql() }))
