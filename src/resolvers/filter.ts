import type { VdabRecord } from '../context.ts'
import type { VacatureFilter } from '../schema/types.ts'
import { member, readCode, textOf } from './reading.ts'

const dayMs = 86_400_000
const competenties = new Set(['technischecompetentie', 'competentie'])

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const codeOf = (value: unknown): string | null => readCode(value)?.code ?? null
const codesOf = (values: unknown): string[] => listOf(values).flatMap((value) => codeOf(value) ?? [])

/** The parent that `dubbels` names: a UUID, or an older id. */
export const parentVacatureOf = (dubbels: unknown): unknown =>
  member(dubbels, 'parentUuid') ?? member(dubbels, 'parentId')

/** Does `dubbels` name another vacancy as the parent? Null if it names none. */
export const isDubbel = (record: VdabRecord): boolean | null => {
  const parent = parentVacatureOf(member(record, 'dubbels'))
  return parent == null ? null : parent !== member(member(record, 'vacatureReferentie'), 'interneReferentie')
}

/** The values of a vacancy that a filter tests (upstream.md §3.1), as codes. */
export const filterwaardenOf = (record: VdabRecord) => {
  const functie = member(record, 'functie')
  const beroepsprofiel = member(functie, 'beroepsprofiel')
  const vereisten = listOf(member(member(record, 'profiel'), 'vereisten'))
  return {
    jobdomein: codesOf(member(functie, 'jobdomeinen')),
    postcode: textOf(member(member(record, 'tewerkstellingsadres'), 'postcode')) ?? null,
    ervaring: codeOf(member(beroepsprofiel, 'ervaring')),
    beroep: codeOf(beroepsprofiel),
    competentie: codesOf(vereisten.filter((item) => competenties.has(String(member(item, 'type')).toLowerCase()))),
    publicatieDatum: textOf(record['publicatieDatum']) ?? null,
    isDubbel: isDubbel(record)
  }
}

const hasOne = (wanted: readonly string[] | null | undefined, values: readonly (string | null)[]) =>
  wanted == null || wanted.some((code) => values.includes(code))

/**
 * Does a vacancy match this filter, as in VDAB's search? One value of each given member must match. `afstand` is not
 * tested, because only VDAB has the locations of its postal codes.
 */
export const finds = (
  { jobdomein, postcode, ervaring, beroep, competentie, sinds, filterDubbels }: VacatureFilter,
  waarden: ReturnType<typeof filterwaardenOf>,
  now: string
): boolean =>
  hasOne(jobdomein, waarden.jobdomein) &&
  hasOne(postcode, [waarden.postcode]) &&
  hasOne(ervaring, [waarden.ervaring]) &&
  hasOne(beroep, [waarden.beroep]) &&
  hasOne(competentie, waarden.competentie) &&
  !(filterDubbels === true && waarden.isDubbel === true) &&
  (sinds == null ||
    (waarden.publicatieDatum ?? '') >= new Date(Date.parse(now) - sinds * dayMs).toISOString().slice(0, 10))

/**
 * Can a vacancy with these successive values have matched this filter? Undefined: the values are not known. The day of
 * publication is not tested: a vacancy that is too old for `sinds` now was not too old before.
 */
export const mayHaveFound = (
  filter: VacatureFilter,
  waarden: readonly Readonly<Record<string, unknown>>[] | undefined,
  now: string
): boolean =>
  waarden === undefined ||
  // created by filterwaardenOf, even after a restart
  waarden.some((one) => finds({ ...filter, sinds: null }, one as ReturnType<typeof filterwaardenOf>, now))

type Change = {
  filter: VacatureFilter | undefined
  /** is the vacancy unpublished according to VDAB's change list? */
  isGone: boolean
  /** the record of a published vacancy; undefined if it was not read */
  record: VdabRecord | null | Error | undefined
  /** the values before the change; undefined if they are not known */
  waarden: readonly Readonly<Record<string, unknown>>[] | undefined
  now: string
}

/** The kind of a change for a filter; undefined if the vacancy has never matched the filter. */
export const judgeChange = ({ filter, isGone, record, waarden, now }: Change) => {
  if (filter && isGone && !mayHaveFound(filter, waarden, now)) return undefined
  if (record instanceof Error) return 'ONBEKEND'
  if (isGone || record === null) return 'VERWIJDERD'
  if (!filter || !record) return 'GEWIJZIGD'
  if (typeof record['status'] === 'string' && record['status'] !== 'GEPUBLICEERD') return 'VERWIJDERD'
  if (finds(filter, filterwaardenOf(record), now)) return 'GEWIJZIGD'
  return mayHaveFound(filter, waarden, now) ? 'VERLATEN' : undefined
}
