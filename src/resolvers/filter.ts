import type { VdabRecord } from '../context.ts'
import type { VacatureFilter } from '../schema/types.ts'
import { isRecord, member, readCode, asText } from './reading.ts'

/** What a filter looks at, as a vacancy has it. */
export type Filterwaarden = {
  readonly jobdomein: readonly string[]
  readonly postcode: string | null
  readonly ervaring: string | null
  readonly beroep: string | null
  readonly competentie: readonly string[]
  readonly publicatieDatum: string | null
  readonly isDubbel: boolean | null
}

const dayMs = 86_400_000
const competenties = new Set(['technischecompetentie', 'competentie'])

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const codeOf = (value: unknown): string | null => readCode(value)?.code ?? null

/** Does `dubbels` name another vacancy as the parent? Null when it names none. */
export const isDubbel = (record: VdabRecord): boolean | null => {
  const dubbels = member(record, 'dubbels')
  const parent = member(dubbels, 'parentUuid') ?? member(dubbels, 'parentId')
  return isRecord(dubbels) && parent != null
    ? parent !== member(member(record, 'vacatureReferentie'), 'interneReferentie')
    : null
}

/** The members of a record that a filter looks at (upstream.md §3.1), as codes. */
export const filterwaardenOf = (record: VdabRecord): Filterwaarden => {
  const functie = member(record, 'functie')
  const beroepsprofiel = member(functie, 'beroepsprofiel')
  const vereisten = listOf(member(member(record, 'profiel'), 'vereisten'))
  return {
    jobdomein: listOf(member(functie, 'jobdomeinen')).flatMap((code) => codeOf(code) ?? []),
    postcode: asText(member(member(record, 'tewerkstellingsadres'), 'postcode')) ?? null,
    ervaring: codeOf(member(beroepsprofiel, 'ervaring')),
    beroep: codeOf(beroepsprofiel),
    competentie: vereisten
      .filter((vereiste) => competenties.has(String(member(vereiste, 'type')).toLowerCase()))
      .flatMap((vereiste) => codeOf(vereiste) ?? []),
    publicatieDatum: asText(record['publicatieDatum']) ?? null,
    isDubbel: isDubbel(record)
  }
}

const hasOne = (wanted: readonly string[] | null | undefined, values: readonly string[]) =>
  wanted == null || wanted.some((code) => values.includes(code))
const present = (value: string | null) => (value === null ? [] : [value])

/**
 * Does VDAB's search find a vacancy by this filter? One value of each member that is given has to fit. `afstand` is not
 * judged here: VDAB alone knows where its postal codes lie.
 */
export const finds = (
  { jobdomein, postcode, ervaring, beroep, competentie, sinds, filterDubbels }: VacatureFilter,
  waarden: Filterwaarden,
  now: string
): boolean =>
  hasOne(jobdomein, waarden.jobdomein) &&
  hasOne(postcode, present(waarden.postcode)) &&
  hasOne(ervaring, present(waarden.ervaring)) &&
  hasOne(beroep, present(waarden.beroep)) &&
  hasOne(competentie, waarden.competentie) &&
  !(filterDubbels === true && waarden.isDubbel === true) &&
  (sinds == null ||
    (waarden.publicatieDatum ?? '') >= new Date(Date.parse(now) - sinds * dayMs).toISOString().slice(0, 10))
