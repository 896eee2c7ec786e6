import { badInput } from '../errors.ts'
import { likelyName } from '../formats/likelyName.ts'
import { describeParameters, parameterNames, type Parameters } from '../upstream/parameters.ts'
import type { Route } from './routes.ts'

/**
 * Synonyms that clients send for VDAB's names, in lower case without `_` and `-`. The first name that the path has
 * applies.
 */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  offset: ['vanaf'],
  page: ['vanaf'],
  pagina: ['vanaf'],
  skip: ['vanaf'],
  start: ['vanaf'],
  from: ['van', 'vanaf'],
  until: ['tot'],
  to: ['tot'],
  limit: ['aantal'],
  size: ['aantal'],
  pagesize: ['aantal'],
  perpage: ['aantal'],
  count: ['aantal'],
  max: ['aantal'],
  fields: ['velden'],
  select: ['velden'],
  sort: ['sorteerveld'],
  orderby: ['sorteerveld'],
  sortby: ['sorteerveld'],
  since: ['sinds'],
  date: ['datum'],
  zipcode: ['postcode'],
  postalcode: ['postcode'],
  radius: ['afstand'],
  distance: ['afstand'],
  regio: ['gewensteRegios'],
  q: ['trefwoord'],
  query: ['trefwoord'],
  zoekterm: ['trefwoord']
}

/** Parameters that public clients of version 4 send without effect (upstream.md §2.1, §9) [strong]. */
const withoutEffect: readonly string[] = ['offset']

/** The query parameters of a route for a description. */
export const describeRoute = ({ kind, name, version }: Route) => ({
  parameters: kind === 'detail' || kind === 'opId' ? [] : describeParameters(name),
  withoutEffect: version === 'v4' && kind !== 'detail' && kind !== 'opId' ? withoutEffect : []
})

const likely = (given: string, names: readonly string[]): string | undefined => {
  const plain = given.toLowerCase().replaceAll(/[_-]/g, '')
  const meant = Object.hasOwn(synonyms, plain) ? synonyms[plain] : undefined
  return meant?.find((name) => names.includes(name)) ?? likelyName(plain, names)
}

type Settings = {
  /** are unknown parameters refused, instead of dropped? */
  strict: boolean
  /** undocumented parameters of VDAB that are allowed */
  extra: readonly string[]
}

/**
 * Creates the check of the names of query parameters. In strict mode an unknown name throws BAD_USER_INPUT, with the
 * likely name: VDAB ignores unknown names, and a client whose paging is ignored reads the first page for ever.
 * Otherwise the parameter is dropped.
 */
export const createParameterNames =
  ({ strict, extra }: Settings) =>
  ({ kind, name, version }: Route, given: Parameters): Parameters => {
    const names = kind === 'detail' || kind === 'opId' ? [] : [...parameterNames(name), ...extra]
    const unknown = Object.keys(given).filter((parameter) => !names.includes(parameter))
    if (unknown.length === 0) return given
    const wrong = unknown.find((parameter) => strict && !(version === 'v4' && withoutEffect.includes(parameter)))
    if (wrong === undefined) return Object.fromEntries(Object.entries(given).filter(([one]) => names.includes(one)))
    const shown = wrong.slice(0, 64)
    const meant = likely(shown, names)
    throw badInput(shown, `is not a parameter here${meant === undefined ? '' : ` (did you mean ${meant}?)`}`, names)
  }
