import { badInput } from '../errors.ts'
import { isDay, readInstant } from '../formats/rfc3339.ts'
import type { EndpointName } from './endpoints.ts'
import { knownJobdomeinen, lijsten } from './lijsten.ts'
import type { LijstName } from './lijsten.ts'

/** The parameters of a query by VDAB's names; each is a list, since a parameter may be repeated. */
export type Parameters = Readonly<Record<string, readonly string[]>>

type Rule = {
  /** converts a value to VDAB's format, undefined when it is invalid */
  read: (value: string) => string | undefined
  /** describes the valid values */
  shape: string
  /** the same as JSON Schema */
  schema: Readonly<Record<string, unknown>>
  repeats?: true
  required?: true
  /** built-in codes, and the list in which to look up other codes */
  codes?: { known: readonly string[]; lijst: LijstName }
}

const matching = (pattern: RegExp, shape: string) => ({
  read: (value: string) => (pattern.test(value) ? value : undefined),
  shape,
  schema: { type: 'string', pattern: pattern.source }
})
const integer = (min: number, max: number) => ({
  read: (value: string) =>
    /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max ? String(Number(value)) : undefined,
  shape: `a whole number from ${min} to ${max}`,
  schema: { type: 'integer', minimum: min, maximum: max }
})
const oneOf = (...allowed: string[]) => ({
  read: (value: string) => (allowed.includes(value) ? value : undefined),
  shape: `one of ${allowed.join(', ')}`,
  schema: { type: 'string', enum: allowed }
})

const code = matching(/^[\w.-]{1,64}$/, 'a code: letters, digits, dots and dashes, 64 at most')
const text = matching(/^[^\p{Cc}]{1,200}$/u, 'a text of 1 to 200 characters')
const date = {
  read: (value: string) => (isDay(value) ? value : undefined),
  shape: 'a date like 2026-02-13',
  schema: { type: 'string', format: 'date' }
}
// VDAB's clients send UTC with milliseconds (upstream.md §2.5) [strong].
const instant = {
  read: readInstant,
  shape: 'an instant with its zone like 2026-02-13T12:00:00.000Z',
  schema: { type: 'string', format: 'date-time' }
}
const many = { repeats: true } as const
const must = { required: true } as const

const paging = (max: number) => ({ vanaf: integer(0, 999_999_999), aantal: integer(0, max) })
const timeSpan = { van: { ...instant, ...must }, tot: { ...instant, ...must }, ...paging(2000) }

/** VDAB's parameters per endpoint (upstream.md §2); maxima of a page are 200 and 2,000 [strong]. */
const rules: Partial<Record<EndpointName, Readonly<Record<string, Rule>>>> = {
  vacatures: {
    jobdomein: { ...code, ...many, codes: { known: knownJobdomeinen, lijst: 'JOBDOMEINEN' } },
    postcode: { ...matching(/^\d{4}$/, 'four digits like 1930'), ...many },
    ervaring: { ...oneOf(...lijsten.ERVARING.items.map((item) => item.code)), ...many },
    sinds: integer(1, 3650),
    beroep: { ...code, ...many },
    competentie: { ...code, ...many },
    afstand: integer(0, 1000),
    filterDubbels: oneOf('true', 'false'),
    sorteerveld: oneOf('PUBLICATIE_DATUM', 'WIJZIGINGS_DATUM'),
    velden: {
      ...oneOf('status', 'vdabreferentie', 'leverancier', 'tewerkstellingsgemeente', 'beroep', 'competentie'),
      ...many
    },
    ...paging(200)
  },
  vacaturesInitial: { datum: { ...date, ...must }, ...paging(2000) },
  vacaturesBulk: timeSpan,
  kandidaten: {
    studies: { ...code, ...many },
    gewensteRegios: { ...matching(/^BE[0-9A-Z]{0,6}$/, 'a region code like BE231A'), ...many },
    velden: { ...matching(/^[A-Za-z.]{1,64}$/, 'a name of letters'), ...many },
    ...paging(200)
  },
  kandidatenBulk: timeSpan,
  diplomas: { trefwoord: text }
}

/** The names of the parameters of an endpoint. */
export const parameterNames = (name: EndpointName): readonly string[] => Object.keys(rules[name] ?? {})

/** The parameters of an endpoint for a description: `schema` is JSON Schema of one value. */
export const describeParameters = (name: EndpointName) =>
  Object.entries(rules[name] ?? {}).map(([parameter, { shape, schema, repeats = false, required = false }]) => ({
    name: parameter,
    shape,
    schema,
    repeats,
    required
  }))

/** The limits of VDAB that are settings. */
export type ParameterLimits = {
  bulkMaxDays: number
  /** values of `velden` in one search */
  maxVelden: number
  /** items that paging can reach in a search with `filterDubbels` */
  dubbelsReach: number
}
type Options = ParameterLimits & { extra: readonly string[]; velden: readonly string[] }

/**
 * Validates the parameters of a query before it is sent. Throws BAD_USER_INPUT with the name of the parameter and its
 * valid values on unknown, repeated, invalid and missing parameters, and on too long a time span. `extra` are the names
 * of undocumented parameters of VDAB, which are passed on unchecked.
 */
export const checkParameters = (
  name: EndpointName,
  given: Parameters,
  { extra, velden, ...limits }: Options
): Parameters => {
  const table = rules[name] ?? {}
  const allowed = [...Object.keys(table), ...extra]
  const checked: Record<string, readonly string[]> = {}
  for (const [parameter, values] of Object.entries(given)) {
    const rule = Object.hasOwn(table, parameter) ? table[parameter] : undefined
    if (!rule) {
      if (!extra.includes(parameter)) throw badInput(parameter.slice(0, 64), 'is not a parameter here', allowed)
      checked[parameter] = values
      continue
    }
    if (values.length > 1 && !rule.repeats) throw badInput(parameter, 'may be given once only')
    if (values.length > 200) throw badInput(parameter, 'may be repeated 200 times at most')
    checked[parameter] = [
      ...new Set(
        values.map((value) => {
          const read = parameter === 'velden' && velden.includes(value) ? value : rule.read(value)
          if (read === undefined) throw badInput(parameter, `must be ${rule.shape}`)
          return read
        })
      )
    ]
  }
  for (const [parameter, rule] of Object.entries(table)) {
    if (rule.required && !checked[parameter]?.length) throw badInput(parameter, `is missing: it must be ${rule.shape}`)
  }
  checkSpan(checked['van']?.[0], checked['tot']?.[0], limits.bulkMaxDays)
  if (name === 'vacatures') checkSearch(given, checked, limits)
  return checked
}

/** The number of items of a search that paging can reach at VDAB (upstream.md §2.1) [strong]. */
export const reachOf = ({ filterDubbels }: Parameters, { dubbelsReach }: Pick<ParameterLimits, 'dubbelsReach'>) =>
  filterDubbels?.[0] === 'true' ? dubbelsReach : Infinity

const checkSearch = (given: Parameters, checked: Parameters, limits: ParameterLimits) => {
  if ((given['velden']?.length ?? 0) > limits.maxVelden)
    throw badInput('velden', `takes at most ${limits.maxVelden} values`)
  const reach = reachOf(checked, limits)
  // The default page size of VDAB is not known.
  const end = Number(checked['vanaf']?.[0] ?? 0) + Number(checked['aantal']?.[0] ?? 1)
  if (end > reach)
    throw badInput(
      'vanaf',
      `and aantal must not go beyond ${reach}: with filterDubbels only the first ${reach} results can be reached`
    )
}

const checkSpan = (van: string | undefined, tot: string | undefined, maxDays: number) => {
  if (van === undefined || tot === undefined) return
  const spanMs = Date.parse(tot) - Date.parse(van)
  if (spanMs < 0) throw badInput('tot', 'must not be before van')
  if (spanMs > maxDays * 86_400_000) throw badInput('van', `may lie ${maxDays} days before tot at most`)
}

/** The codes among the parameters that are not built in, with the list in which to look them up. */
export const codesToLookUp = (name: EndpointName, parameters: Parameters) =>
  Object.entries(rules[name] ?? {}).flatMap(([parameter, { codes }]) => {
    const unknown = codes ? (parameters[parameter] ?? []).filter((value) => !codes.known.includes(value)) : []
    return codes && unknown.length > 0 ? [{ parameter, unknown, lijst: codes.lijst }] : []
  })
