import { isJsonObject } from '../../formats/exactJson.ts'
import type { VdabRecord } from '../../upstream/records.ts'
import { belgianPostcode, nameKey } from '../plaats/names.ts'
import { memberOf, trimmedText } from '../values.ts'
import { smallHashOf, shinglesOf, signatureOf } from './shingles.ts'

const none: readonly string[] = []

/** The data of a vacancy that is needed to find its duplicates. */
export type DuplicateFacts = {
  /** `interneReferentie` of the parent that VDAB names, in lower case; its own if the vacancy is the parent */
  readonly parent: string | undefined
  /** `vdabReferentie` */
  readonly nummer: string | undefined
  /** the numbers in VDAB's `dubbelIds` */
  readonly nummers: readonly string[]
  /**
   * Hashes of the employer and the place of work, one for each name of the employer. Only vacancies with an equal hash
   * are compared by text, so a hash collision matters only if the texts are equal, too.
   */
  readonly keys: readonly number[]
  /** undefined if the text is too short to compare */
  readonly signature: string | undefined
}

/** The employer is `opdrachtgever` if VDAB sends it, else `leverancier` (upstream.md §3.1). */
const employersOf = (record: VdabRecord): readonly string[] => {
  const employer = isJsonObject(record['opdrachtgever']) ? record['opdrachtgever'] : record['leverancier']
  const [kbo, naam] = [trimmedText(memberOf(employer, 'kboNummer')), trimmedText(memberOf(employer, 'naam'))]
  return [
    ...(kbo === undefined ? [] : [`kbo ${kbo.replace(/\D/g, '').padStart(10, '0')}`]),
    ...(naam === undefined || nameKey(naam) === '' ? [] : [`naam ${nameKey(naam)}`])
  ]
}

const placeOf = (record: VdabRecord): string | undefined => {
  const adres = record['tewerkstellingsadres']
  const [postcode, gemeente] = [trimmedText(memberOf(adres, 'postcode')), trimmedText(memberOf(adres, 'gemeente'))]
  return postcode === undefined ? gemeente && nameKey(gemeente) : (belgianPostcode(postcode) ?? postcode)
}

const wordsOf = (record: VdabRecord): string => {
  const functie = record['functie']
  const texts = [memberOf(functie, 'functieTitel'), memberOf(functie, 'omschrijving'), record['vrijeVereiste']]
  return [...texts, memberOf(record['arbeidsovereenkomst'], 'extra')]
    .filter((text) => typeof text === 'string')
    .join(' ')
}

/** Reads the data about duplicates from a record of a vacancy. */
export const factsOf = (record: VdabRecord): DuplicateFacts => {
  const dubbels = record['dubbels']
  const numbers = memberOf(dubbels, 'dubbelIds')
  const place = placeOf(record)
  const keys = place === undefined ? [] : employersOf(record).map((employer) => smallHashOf(`${employer} ${place}`))
  const shingles = keys.length === 0 ? undefined : shinglesOf(wordsOf(record))
  return {
    parent: trimmedText(memberOf(dubbels, 'parentUuid') ?? memberOf(dubbels, 'parentId'))?.toLowerCase(),
    nummer: trimmedText(memberOf(record['vacatureReferentie'], 'vdabReferentie')),
    nummers: Array.isArray(numbers) ? numbers.flatMap((number) => trimmedText(number) ?? []) : none,
    keys,
    signature: shingles && signatureOf(shingles)
  }
}
