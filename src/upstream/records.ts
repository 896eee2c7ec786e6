import { GatewayError } from '../errors.ts'
import type { LijstItem } from './lijsten.ts'

/** A record as VDAB sends it: any branch may be missing, any member may be new. */
export type VdabRecord = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is VdabRecord => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A page of items with the total number of hits. */
export type Page = { readonly totaal: number; readonly items: readonly VdabRecord[] }

/**
 * Reads the envelope of searches, bulk and POST: `{aantal, resultaten}` in v2, where `aantal` is the total and not the
 * page's length; `totaalAantalResultaten` in v4; a bare array is taken too (upstream.md §2.1, §8 rows 2 and 6).
 * Throws UPSTREAM_UNAVAILABLE on anything else.
 */
export const readPage = (answer: unknown): Page => {
  const items: unknown = isObject(answer) ? answer['resultaten'] : answer
  if (!Array.isArray(items)) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB answered in a shape that is not known.', { upstreamStatus: 200 })
  const total = isObject(answer) ? Number(answer['totaalAantalResultaten'] ?? answer['aantal']) : NaN
  return { totaal: Number.isSafeInteger(total) && total >= 0 ? total : items.length, items: items.filter(isObject) }
}

/** The id of a Vacature or of a row that points at one. */
export const vacatureId = (record: VdabRecord): string | undefined => {
  const reference = record['vacatureReferentie']
  const id = isObject(reference) ? reference['interneReferentie'] : record['interneReferentie']
  return typeof id === 'string' ? id : undefined
}

/** The id of a Kandidaat or of a row that points at one. */
export const kandidaatId = (record: VdabRecord): string | undefined => (typeof record['cvId'] === 'string' ? record['cvId'] : undefined)

/** One full record; anything but an object is an answer we cannot read. */
export const readRecord = (answer: unknown): VdabRecord => {
  if (isObject(answer)) return answer
  throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB answered in a shape that is not known.', { upstreamStatus: 200 })
}

/** A reference list: a bare array of `{code, beschrijving}` (upstream.md §4) [strong]; rows without a code are dropped. */
export const readLijst = (answer: unknown): readonly LijstItem[] =>
  (isObject(answer) && !Array.isArray(answer['resultaten']) ? [] : readPage(answer).items).flatMap(({ code, beschrijving, label }) => {
    const text = beschrijving ?? label
    return typeof code === 'string' && typeof text === 'string' ? [{ code, beschrijving: text }] : []
  })
