/** A way to request data of one VDAB endpoint, in GraphQL and on VDAB's own path. */
export type Door = {
  /** the name of the endpoint in the simulator */
  readonly endpoint: string
  readonly query: string
  readonly path: string
  /** ids in the body of a POST */
  readonly ids?: readonly string[]
  /** personal data or an export, which are never served stale */
  readonly isNeverStale?: true
}

const vacature = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const others = ['9d86dbb5-3cba-4ef5-9172-38c0e6782746', 'aaaaaaaa-0000-4000-8000-000000000001']
const kandidaat = 'bbbbbbbb-0000-4000-8000-000000000001'
const day = '2026-03-01'
const window = { van: `${day}T00:00:00.000Z`, tot: '2026-03-02T09:00:00.000Z' }

/** One door for each kind of endpoint. They share no record, so that none is answered from the cache of another. */
export const doors: readonly Door[] = [
  {
    endpoint: 'GET /vacatures',
    query: '{ vacatures(first: 3) { totaal nodes { id } } }',
    path: 'v2/vacatures?aantal=4'
  },
  {
    endpoint: 'GET /vacatures/{id}',
    query: `{ vacature(id: "${vacature}") { id aantalJobs functie { functieTitel } } }`,
    path: `v2/vacatures/${vacature}`
  },
  {
    endpoint: 'POST /vacatures',
    query: `{ vacaturesOpId(ids: ${JSON.stringify(others)}) { id aantalJobs functie { functieTitel } } }`,
    path: 'v2/vacatures',
    ids: others
  },
  {
    endpoint: 'GET /vacatures/initial',
    query: `{ vacaturesInitieel(datum: "${day}", first: 3) { totaal nodes { vacatureReferentie { interneReferentie } status } } }`,
    path: `v2/vacatures/initial?datum=${day}&aantal=4`,
    isNeverStale: true
  },
  {
    endpoint: 'GET /vacatures/bulk',
    query: `{ vacatureWijzigingen(van: "${window.van}", tot: "${window.tot}", first: 3) { totaal nodes { vacatureReferentie { interneReferentie } status } } }`,
    path: `v2/vacatures/bulk?van=${window.van}&tot=${window.tot}&aantal=4`,
    isNeverStale: true
  },
  {
    endpoint: 'GET /kandidaten',
    query: '{ kandidaten(first: 3) { totaal nodes { cvId } } }',
    path: 'v1/kandidaten?aantal=4',
    isNeverStale: true
  },
  {
    endpoint: 'GET /kandidaten/{id}',
    query: `{ kandidaat(id: "${kandidaat}") { cvId status } }`,
    path: `v1/kandidaten/${kandidaat}`,
    isNeverStale: true
  },
  {
    endpoint: 'GET /kandidaten/bulk',
    query: `{ kandidaatWijzigingen(van: "${window.van}", tot: "${window.tot}", first: 3) { totaal nodes { cvId status } } }`,
    path: `v1/kandidaten/bulk?van=${window.van}&tot=${window.tot}&aantal=4`,
    isNeverStale: true
  },
  {
    endpoint: 'GET /talen',
    query: '{ referenties(lijst: TALEN) { code label } }',
    path: 'v1/talen'
  }
]

/** The name of the token endpoint in the simulator. */
export const tokenEndpoint = 'POST /isam/sps/oauth/oauth20/token'
