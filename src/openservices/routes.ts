import type { RecordType } from '../access/redaction.ts'
import type { DetailName, EndpointName, PageName } from '../upstream/endpoints.ts'

/** One of VDAB's paths: what kind of answer stands there, the scope it takes, and the type whose marks guard its records. */
export type Route = { url: string; scope?: string; type?: RecordType } & (
  | { kind: 'page'; name: PageName }
  | { kind: 'detail'; name: DetailName }
  | { kind: 'opId'; name: 'vacaturesOpId' }
  | { kind: 'lijst'; name: EndpointName }
)

const lijst = (name: EndpointName, url = `/v1/${name}`): Route => ({ url, kind: 'lijst', name })

/** VDAB's paths below `/services/openservices` (upstream.md §2, §4), whatever VDAB_PATHS says of the way behind them. */
export const routes: readonly Route[] = [
  { url: '/v2/vacatures', kind: 'page', name: 'vacatures', scope: 'vacatures', type: 'Vacature' },
  { url: '/v2/vacatures', kind: 'opId', name: 'vacaturesOpId', scope: 'vacatures', type: 'Vacature' },
  { url: '/v2/vacatures/initial', kind: 'page', name: 'vacaturesInitial', scope: 'vacatures', type: 'Vacature' },
  { url: '/v2/vacatures/bulk', kind: 'page', name: 'vacaturesBulk', scope: 'vacatures', type: 'Vacature' },
  { url: '/v2/vacatures/:id', kind: 'detail', name: 'vacature', scope: 'vacatures', type: 'Vacature' },
  { url: '/v1/kandidaten', kind: 'page', name: 'kandidaten', scope: 'kandidaten', type: 'Kandidaat' },
  { url: '/v1/kandidaten/bulk', kind: 'page', name: 'kandidatenBulk', scope: 'kandidaten', type: 'KandidaatStatus' },
  { url: '/v1/kandidaten/:id', kind: 'detail', name: 'kandidaat', scope: 'kandidaten', type: 'Kandidaat' },
  lijst('jobdomeinen'),
  lijst('diplomas', '/v2/diplomas'),
  lijst('rijbewijzen'),
  lijst('attesten'),
  lijst('arbeidsstelsels'),
  lijst('arbeidsregimes'),
  lijst('arbeidscontractduren'),
  lijst('arbeidscontracten'),
  lijst('softskills'),
  lijst('competenties'),
  lijst('sjablonen'),
  lijst('studieboom'),
  lijst('talen')
]
