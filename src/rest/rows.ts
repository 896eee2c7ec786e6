import type { FormName } from './forms/form.ts'

/** The start of a deprecation, its end, and the page that describes the replacement. */
export type Deprecated = { readonly since: Date; readonly sunset: Date; readonly link: string }

/**
 * A URL, and the GraphQL operation that produces its response. The variables of the operation are the parameters of the
 * URL, with their types and descriptions. A POST reads them from the members of a JSON body.
 */
export type Row = {
  readonly method: 'GET' | 'POST'
  /** in Fastify's form: `/api/vacatures/:id` */
  readonly url: string
  readonly id: string
  readonly summary: string
  /** the document; it gets the selection of `type` */
  readonly document: (selection: string) => string
  /** the type whose fields `velden` selects; absent = the selection is fixed */
  readonly type?: string
  /** the selection without `details=true`; absent = always all fields */
  readonly short?: string
  /** the forms of its response other than JSON */
  readonly forms?: readonly FormName[]
  readonly deprecated?: Deprecated
}

/**
 * The fields that VDAB's search sends without a further call: the ids and all that `velden` adds (upstream.md §3.2).
 */
const searchItem =
  'id vacatureReferentie { interneReferentie vdabReferentie } status leverancier { kboNummer naam type } ' +
  'functie { beroepsprofiel { code label lijst } } tewerkstellingsadres { postcode gemeente landCode }'

const vacatureFilter = {
  jobdomein: '[String!]',
  postcode: '[String!]',
  ervaring: '[String!]',
  sinds: 'Int',
  beroep: '[String!]',
  competentie: '[String!]',
  afstand: 'Int',
  filterDubbels: 'Boolean'
}
const kandidaatFilter = { studies: '[String!]', gewensteRegios: '[String!]' }

const paging = { first: 'Int', after: 'String', last: 'Int', before: 'String' }
const position = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'

type Variables = Readonly<Record<string, string>>
const passed = (variables: Variables) =>
  Object.keys(variables)
    .map((name) => `${name}: $${name}`)
    .join(', ')

/**
 * The members of an argument that is an object, each of them a variable; and the extra fields that the page then shows.
 */
type Circle = { readonly variables: Variables; readonly argument: string; readonly shown: string }
const nearby: Circle = {
  variables: { nabijPostcode: 'String', nabijBreedte: 'Float', nabijLengte: 'Float', binnenKm: 'Float' },
  argument: 'nabij: { postcode: $nabijPostcode, breedte: $nabijBreedte, lengte: $nabijLengte, binnenKm: $binnenKm }, ',
  shown: ' dekking { bekend totaal }'
}
const noCircle: Circle = { variables: {}, argument: '', shown: '' }

/** The operation of a page: its filter and its other arguments, each a variable with its type. */
const pageOf = (field: string, filter: Variables, others: Variables, selection: string, circle = noCircle) => {
  const declared = Object.entries({ ...filter, ...circle.variables, ...others, ...paging })
    .map(([name, type]) => `$${name}: ${type}`)
    .join(', ')
  const filtered = Object.keys(filter).length > 0 ? `filter: { ${passed(filter)} }, ` : ''
  const given = `${filtered}${circle.argument}${passed({ ...others, ...paging })}`
  const shown = `totaal nodes { ${selection} } ${position}${circle.shown}`
  return `query ${field}(${declared}) { ${field}(${given}) { ${shown} } }`
}

/** The table of the API under `/api`. A new endpoint over existing types is one row. */
export const rows: readonly Row[] = [
  {
    method: 'GET',
    url: '/api/vacatures',
    id: 'zoekVacatures',
    summary: 'Search vacancies',
    type: 'Vacature',
    short: searchItem,
    forms: ['csv', 'atom', 'jsonFeed'],
    document: (velden) => pageOf('vacatures', vacatureFilter, { sorteerveld: 'VacatureSorteerveld' }, velden, nearby)
  },
  {
    method: 'GET',
    url: '/api/vacatures/:id',
    id: 'vacature',
    summary: 'One vacancy',
    type: 'Vacature',
    forms: ['jsonLd'],
    document: (velden) => `query vacature($id: ID!) { vacature(id: $id) { ${velden} } }`
  },
  {
    method: 'POST',
    url: '/api/vacatures/opvragen',
    id: 'vacaturesOpId',
    summary: 'Several vacancies by id',
    type: 'Vacature',
    document: (velden) => `query vacaturesOpId($ids: [ID!]!) { vacaturesOpId(ids: $ids) { ${velden} } }`
  },
  {
    method: 'GET',
    url: '/api/kandidaten',
    id: 'zoekKandidaten',
    summary: 'Search candidates',
    type: 'Kandidaat',
    short: 'id cvId',
    forms: ['csv'],
    document: (velden) => pageOf('kandidaten', kandidaatFilter, {}, velden)
  },
  {
    method: 'GET',
    url: '/api/kandidaten/wijzigingen',
    id: 'kandidaatWijzigingen',
    summary: 'Changes of candidates in a period of time',
    type: 'KandidaatStatus',
    document: (velden) => pageOf('kandidaatWijzigingen', {}, { van: 'DateTime!', tot: 'DateTime' }, velden)
  },
  {
    method: 'GET',
    url: '/api/kandidaten/:id',
    id: 'kandidaat',
    summary: 'One candidate',
    type: 'Kandidaat',
    document: (velden) => `query kandidaat($id: ID!) { kandidaat(id: $id) { ${velden} } }`
  },
  {
    method: 'GET',
    url: '/api/referenties/:lijst',
    id: 'referenties',
    summary: 'A reference list',
    document: () =>
      'query referenties($lijst: Referentielijst!, $trefwoord: String) ' +
      '{ referenties(lijst: $lijst, trefwoord: $trefwoord) { code label lijst } }'
  },
  {
    method: 'GET',
    url: '/api/referenties/:lijst/:code',
    id: 'referentie',
    summary: 'One code of a reference list',
    document: () =>
      'query referentie($lijst: Referentielijst!, $code: String!) ' +
      '{ referentie(lijst: $lijst, code: $code) { code label lijst } }'
  }
]
