import type { Config } from '../config/index.ts'
import { endpoint } from './endpoints.ts'
import type { EndpointName } from './endpoints.ts'

type Settings = Pick<Config['vdab'], 'profile' | 'environment' | 'version' | 'paths'>
/** The path of an endpoint below VDAB_URL, and the credentials that a call needs. */
type Target = { readonly path: string; readonly needsToken: boolean }

/**
 * Vacature v4: its paths contain the word twice, and each call sends a token in addition to the key (upstream.md §1.1,
 * §1.6) [strong]. Kandidaat and Referentie have no newer public version (§1.2, §1.3).
 */
const v4: Partial<Record<EndpointName, string>> = {
  vacatures: 'vacatures',
  vacature: 'vacatures/{id}',
  vacaturesOpId: 'vacatures',
  vacaturesInitial: 'vacatures/initial',
  vacaturesBulk: 'vacatures/bulk'
}
/** The test environment has only Vacature v4 (upstream.md §1.7) [strong]. */
const roots = { live: 'openservices', test: 'openservices-test' } as const

/** Finds the target of each endpoint under the profile of the settings. VDAB_PATHS overrides any path by name. */
export const createTargets =
  ({ profile, environment, version, paths }: Settings) =>
  (name: EndpointName): Target => {
    const path = profile === 'v4' ? v4[name] : undefined
    return path === undefined
      ? {
          path: `${endpoint(name).root ?? 'openservices'}/${paths[name] ?? endpoint(name).path}`,
          needsToken: false
        }
      : { path: `${roots[environment]}/${paths[name] ?? `vacatures/${version}/${path}`}`, needsToken: true }
  }
