import { isExactNumber, isJsonObject } from '../../formats/exactJson.ts'
import type { VdabRecord } from '../../upstream/records.ts'
import { belgianPostcode, nameKey } from '../plaats/names.ts'
import { shinglesOf, signatureOf } from './shingles.ts'

/** What of a vacancy tells whether another one is the same. */
export type DuplicateFacts = {
  /** `interneReferentie` of the vacancy that VDAB keeps as the parent, in lower case; its own when it is the parent */
  readonly parent: string | undefined
  /** `vdabReferentie` */
  readonly nummer: string | undefined
  /** the numbers in VDAB's `dubbelIds` */
  readonly nummers: readonly string[]
  /** one for each name of the employer, with the place of work; texts are compared where one is equal */
  readonly keys: readonly string[]
  /** undefined when the text is too short to compare */
  readonly signature: string | undefined
}

const member = (value: unknown, name: string): unknown => (isJsonObject(value) ? value[name] : undefined)
const written = (value: unknown): string | undefined => {
  const text = typeof value === 'string' ? value.trim() : isExactNumber(value) ? value.source : value
  return typeof text === 'number' ? String(text) : typeof text === 'string' && text !== '' ? text : undefined
}

/** The employer is the client of an intermediary where VDAB names one, else the supplier (upstream.md §3.1). */
const employersOf = (record: VdabRecord): readonly string[] => {
  const employer = isJsonObject(record['opdrachtgever']) ? record['opdrachtgever'] : record['leverancier']
  const [kbo, naam] = [written(member(employer, 'kboNummer')), written(member(employer, 'naam'))]
  return [
    ...(kbo === undefined ? [] : [`kbo ${kbo.replace(/\D/g, '').padStart(10, '0')}`]),
    ...(naam === undefined || nameKey(naam) === '' ? [] : [`naam ${nameKey(naam)}`])
  ]
}

const placeOf = (record: VdabRecord): string | undefined => {
  const adres = record['tewerkstellingsadres']
  const [postcode, gemeente] = [written(member(adres, 'postcode')), written(member(adres, 'gemeente'))]
  return postcode === undefined ? gemeente && nameKey(gemeente) : (belgianPostcode(postcode) ?? postcode)
}

const textOf = (record: VdabRecord): string => {
  const functie = record['functie']
  const texts = [member(functie, 'functieTitel'), member(functie, 'omschrijving'), record['vrijeVereiste']]
  return [...texts, member(record['arbeidsovereenkomst'], 'extra')].filter((text) => typeof text === 'string').join(' ')
}

/** Reads what tells of duplicates from a record of a vacancy. */
export const factsOf = (record: VdabRecord): DuplicateFacts => {
  const dubbels = record['dubbels']
  const numbers = member(dubbels, 'dubbelIds')
  const place = placeOf(record)
  const keys = place === undefined ? [] : employersOf(record).map((employer) => `${employer} ${place}`)
  const shingles = keys.length === 0 ? undefined : shinglesOf(textOf(record))
  return {
    parent: written(member(dubbels, 'parentUuid') ?? member(dubbels, 'parentId'))?.toLowerCase(),
    nummer: written(member(record['vacatureReferentie'], 'vdabReferentie')),
    nummers: Array.isArray(numbers) ? numbers.flatMap((number) => written(number) ?? []) : [],
    keys,
    signature: shingles && signatureOf(shingles)
  }
}
