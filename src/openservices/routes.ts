import type { RecordType } from '../access/redaction.ts'
import { endpoint, type DetailName, type EndpointName, type PageName } from '../upstream/endpoints.ts'
import { lijsten } from '../upstream/lijsten.ts'

/** A version of VDAB's Vacature API. */
export type Version = 'v2' | 'v4'

/**
 * A path of VDAB: the kind of its response, the required scope, the type whose directives control the redaction of its
 * records, and the version in which vacancies are written. `pattern` is the path for the router, if it differs from the
 * path in logs and keys.
 */
export type Route = { url: string; pattern?: string; scope?: string; type?: RecordType; version?: Version } & (
  | { kind: 'page'; name: PageName }
  | { kind: 'detail'; name: DetailName }
  | { kind: 'opId'; name: 'vacaturesOpId' }
  | { kind: 'lijst'; name: EndpointName }
  | { kind: 'document'; name: 'competent' }
)

const lijstRoutes = Object.values(lijsten).flatMap((row): Route[] =>
  'endpoint' in row ? [{ url: `/${endpoint(row.endpoint).path}`, kind: 'lijst', name: row.endpoint }] : []
)

const vacatureRoutes = (version: Version, base: string, pattern = base): Route[] => {
  const common = { version, scope: 'vacatures', type: 'Vacature' } as const
  const at = (path: string) => ({ ...common, url: `${base}${path}`, pattern: `${pattern}${path}` })
  return [
    { ...at(''), kind: 'page', name: 'vacatures' },
    { ...at(''), kind: 'opId', name: 'vacaturesOpId' },
    { ...at('/initial'), kind: 'page', name: 'vacaturesInitial' },
    { ...at('/bulk'), kind: 'page', name: 'vacaturesBulk' },
    { ...at('/:id'), kind: 'detail', name: 'vacature' }
  ]
}

/** Version 4: its paths contain the word twice, and a client may pin a release, such as v4.2.0 (upstream.md §1.1). */
const versionFour = [
  ...vacatureRoutes('v4', '/vacatures/v4/vacatures'),
  ...vacatureRoutes('v4', '/vacatures/v4.x.x/vacatures', '/vacatures/:release(^v4\\.\\d{1,3}\\.\\d{1,3}$)/vacatures')
]

const live: readonly Route[] = [
  ...vacatureRoutes('v2', '/v2/vacatures'),
  ...versionFour,
  { url: '/v1/kandidaten', kind: 'page', name: 'kandidaten', scope: 'kandidaten', type: 'Kandidaat' },
  { url: '/v1/kandidaten/bulk', kind: 'page', name: 'kandidatenBulk', scope: 'kandidaten', type: 'KandidaatStatus' },
  { url: '/v1/kandidaten/:id', kind: 'detail', name: 'kandidaat', scope: 'kandidaten', type: 'Kandidaat' },
  ...lijstRoutes
]

/**
 * VDAB's paths (upstream.md §1, §2, §4). VDAB's test environment has only Vacature v4, under another prefix; here both
 * prefixes return the same responses. VDAB_PATHS changes the paths at VDAB, not these.
 */
export const routes: Readonly<Record<string, readonly Route[]>> = {
  '/services/openservices': live,
  '/services/openservices-test': versionFour
}

/** Every path below the prefix of Competent, the same as at VDAB. */
export const competentRoute: Route = { url: '/{path}', pattern: '/*', kind: 'document', name: 'competent' }
