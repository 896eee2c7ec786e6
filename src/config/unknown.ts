import { likelyName } from '../formats/likelyName.ts'
import type { Environment } from './settings.ts'

/** Settings of other programs that look like ours. */
const ofOthers = new Set(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy', 'FTP_PROXY', 'ftp_proxy'])
/** Kubernetes sets such a variable for each port of a Service named vdab-gateway. */
const ofKubernetes = /^VDAB_GATEWAY_/
const ours = /^VDAB_/
/** Shorter names too often resemble those of other programs (`PORTS`, `HOME`). */
const minLength = 6

const describe = (name: string, known: ReadonlySet<string>): readonly string[] => {
  if (known.has(name) || ofOthers.has(name) || ofKubernetes.test(name) || name.length < minLength) return []
  const likely = likelyName(name, known, name.length < 10 ? 1 : 2)
  if (likely !== undefined) return [`${name} is set, but is not a setting of this gateway; did you mean ${likely}?`]
  return ours.test(name) ? [`${name} is set, but is not a setting of this gateway`] : []
}

/**
 * Describes each variable of the environment that looks like a setting but is not, with the likely one. `asked`
 * contains every name that the configuration has read. No text contains a value.
 */
export const unknownSettings = (environment: Environment, asked: ReadonlySet<string>): readonly string[] =>
  Object.keys(environment)
    .filter((name) => environment[name] !== undefined)
    .flatMap((name) => describe(name, asked))
