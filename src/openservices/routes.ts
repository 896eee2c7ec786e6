import type { RecordType } from '../access/redaction.ts'
import { endpoint, type DetailName, type EndpointName, type PageName } from '../upstream/endpoints.ts'
import { lijsten } from '../upstream/lijsten.ts'

/**
 * A path of VDAB: the kind of its answer, the required scope, and the type whose directives control the redaction of
 * its records.
 */
export type Route = { url: string; scope?: string; type?: RecordType } & (
  | { kind: 'page'; name: PageName }
  | { kind: 'detail'; name: DetailName }
  | { kind: 'opId'; name: 'vacaturesOpId' }
  | { kind: 'lijst'; name: EndpointName }
)

const lijstRoutes = Object.values(lijsten).flatMap((row): Route[] =>
  'endpoint' in row ? [{ url: `/${endpoint(row.endpoint).path}`, kind: 'lijst', name: row.endpoint }] : []
)

/**
 * VDAB's paths below `/services/openservices` (upstream.md §2, §4). VDAB_PATHS changes the paths at VDAB, not these.
 */
export const routes: readonly Route[] = [
  { url: '/v2/vacatures', kind: 'page', name: 'vacatures', scope: 'vacatures', type: 'Vacature' },
  { url: '/v2/vacatures', kind: 'opId', name: 'vacaturesOpId', scope: 'vacatures', type: 'Vacature' },
  { url: '/v2/vacatures/initial', kind: 'page', name: 'vacaturesInitial', scope: 'vacatures', type: 'Vacature' },
  { url: '/v2/vacatures/bulk', kind: 'page', name: 'vacaturesBulk', scope: 'vacatures', type: 'Vacature' },
  { url: '/v2/vacatures/:id', kind: 'detail', name: 'vacature', scope: 'vacatures', type: 'Vacature' },
  { url: '/v1/kandidaten', kind: 'page', name: 'kandidaten', scope: 'kandidaten', type: 'Kandidaat' },
  { url: '/v1/kandidaten/bulk', kind: 'page', name: 'kandidatenBulk', scope: 'kandidaten', type: 'KandidaatStatus' },
  { url: '/v1/kandidaten/:id', kind: 'detail', name: 'kandidaat', scope: 'kandidaten', type: 'Kandidaat' },
  ...lijstRoutes
]
