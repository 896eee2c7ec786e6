import type { Cache } from '../cache/requestCache.ts'
import type { LookUp } from './referenceLists.ts'
import type { EndpointName } from '../upstream/endpoints.ts'
import { checkParameters, codesToLookUp } from '../upstream/parameters.ts'
import type { ParameterLimits, Parameters } from '../upstream/parameters.ts'

/** A question as VDAB is asked it: checked, in one order whatever the one it came in, and the key it is known by. */
export type CanonicalQuery = {
  readonly parameters: Parameters
  readonly key: string
  readonly lookUps: readonly LookUp[]
}

const longest = 500
/** What a question takes for each character of its parameters, and besides (measured). */
const bytesOf = ({ length }: string) => 1000 + length * 4

type Dependencies = {
  settings: ParameterLimits & {
    extraParameters: readonly string[]
    velden: readonly string[]
    parameterNames: Readonly<Record<string, string>>
  }
  keyOf: (name: EndpointName, what: string) => string
  /** what a person is searched by is not remembered */
  isPersonal: (name: EndpointName) => boolean
  /** where short questions are remembered; they are not when absent */
  known: Cache<CanonicalQuery> | undefined
}

/** Checks and spells questions; of those that come again the result is remembered. */
export const createCanonicalQueries = ({ settings, keyOf, isPersonal, known }: Dependencies) => {
  const { extraParameters: extra, velden, parameterNames, bulkMaxDays, maxVelden, dubbelsReach } = settings
  const bare = new Map<EndpointName, CanonicalQuery>()
  // Whoever asks the same again may do so with the very same parameters.
  const same = new WeakMap<Parameters, { name: EndpointName; spelled: CanonicalQuery }>()

  const spell = (parameters: Parameters): Parameters => {
    const renamed = Object.entries(parameters).map(
      ([parameter, values]) => [parameterNames[parameter] ?? parameter, [...values].sort()] as const
    )
    return Object.fromEntries(renamed.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  const read = (name: EndpointName, given: Parameters): CanonicalQuery => {
    const checked = checkParameters(name, given, { extra, velden, bulkMaxDays, maxVelden, dubbelsReach })
    const parameters = spell(checked)
    return { parameters, key: keyOf(name, JSON.stringify(parameters)), lookUps: codesToLookUp(name, checked) }
  }

  return {
    /** Parameters by VDAB's names and in one order, unchecked. */
    spell,
    /** The question, checked and spelled. Throws BAD_USER_INPUT where VDAB would not take it. */
    read: (name: EndpointName, given: Parameters): CanonicalQuery => {
      if (isPersonal(name)) return read(name, given)
      const before = same.get(given)
      if (before?.name === name) return before.spelled
      const text = `${name} ${JSON.stringify(given)}`
      const found = known?.get(text)
      const spelled = found ?? read(name, given)
      if (found === undefined && text.length <= longest) known?.set(text, spelled, bytesOf(text))
      same.set(given, { name, spelled })
      return spelled
    },
    /** The question without any parameter. */
    bare: (name: EndpointName): CanonicalQuery => {
      const spelled = bare.get(name) ?? read(name, {})
      bare.set(name, spelled)
      return spelled
    }
  }
}
