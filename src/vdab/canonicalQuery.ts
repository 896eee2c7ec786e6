import type { Cache } from '../cache/requestCache.ts'
import type { CodeCheck } from './referenceLists.ts'
import type { EndpointName } from '../upstream/endpoints.ts'
import { checkParameters, codesToLookUp } from '../upstream/parameters.ts'
import type { ParameterLimits, Parameters } from '../upstream/parameters.ts'

/**
 * A query in canonical form: checked parameters by VDAB's names in one order, its cache key, and the codes to look up.
 */
export type CanonicalQuery = {
  readonly parameters: Parameters
  readonly key: string
  readonly lookUps: readonly CodeCheck[]
}

const maxKnownLength = 500
/** The heap size of a canonical query, by the length of its text (measured). */
const bytesOf = ({ length }: string) => 1000 + length * 4

type Dependencies = {
  settings: ParameterLimits & {
    extraParameters: readonly string[]
    velden: readonly string[]
    parameterNames: Readonly<Record<string, string>>
  }
  keyOf: (name: EndpointName, what: string, isAboutPerson: boolean) => string
  /** queries about people are not cached */
  isPersonal: (name: EndpointName) => boolean
  /** caches canonical queries; none when absent */
  known: Cache<CanonicalQuery> | undefined
}

/** Checks queries and converts them to canonical form. */
export const createCanonicalQueries = ({ settings, keyOf, isPersonal, known }: Dependencies) => {
  const { extraParameters: extra, velden, parameterNames, bulkMaxDays, maxVelden, dubbelsReach } = settings
  const bare = new Map<EndpointName, CanonicalQuery>()

  const spell = (parameters: Parameters): Parameters => {
    const renamed = Object.entries(parameters).map(
      ([parameter, values]) => [parameterNames[parameter] ?? parameter, [...values].sort()] as const
    )
    return Object.fromEntries(renamed.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  const build = (name: EndpointName, given: Parameters, isAboutPerson = isPersonal(name)): CanonicalQuery => {
    const checked = checkParameters(name, given, { extra, velden, bulkMaxDays, maxVelden, dubbelsReach })
    const parameters = spell(checked)
    return {
      parameters,
      key: keyOf(name, JSON.stringify(parameters), isAboutPerson),
      lookUps: codesToLookUp(name, checked)
    }
  }

  return {
    /** Renames and sorts parameters without checks. */
    spell,
    /** The canonical query. Throws BAD_USER_INPUT for a query that VDAB would refuse. */
    read: (name: EndpointName, given: Parameters, isAboutPerson = isPersonal(name)): CanonicalQuery => {
      if (isAboutPerson) return build(name, given, true)
      const text = `${name} ${JSON.stringify(given)}`
      const found = known?.get(text)
      if (found) return found
      const query = build(name, given)
      if (text.length <= maxKnownLength) known?.set(text, query, bytesOf(text))
      return query
    },
    /** The canonical query without parameters. */
    bare: (name: EndpointName): CanonicalQuery => {
      const query = bare.get(name) ?? build(name, {})
      bare.set(name, query)
      return query
    }
  }
}
