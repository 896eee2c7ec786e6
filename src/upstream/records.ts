import { GatewayError } from '../errors.ts'
import { isExactNumber, isJsonObject } from '../formats/exactJson.ts'
import { endpoint } from './endpoints.ts'
import type { EndpointName } from './endpoints.ts'
import type { LijstItem } from './lijsten.ts'

/** A record as VDAB sends it: any member may be missing, and there may be unknown members. */
export type VdabRecord = Readonly<Record<string, unknown>>

/** A page of items with the total number of hits. */
export type Page = { readonly totaal: number; readonly items: readonly VdabRecord[] }

const unknownShape = () =>
  new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB answered in a shape that is not known.', { upstreamStatus: 200 })

/**
 * Reads the envelope of searches, bulk and POST: `{aantal, resultaten}` in v2, where `aantal` is the total and not the
 * length of the page; `totaalAantalResultaten` in v4; a bare array is accepted too (upstream.md §2.1, §8 rows 2 and 6).
 * Throws UPSTREAM_UNAVAILABLE on anything else.
 */
export const readPage = (answer: unknown): Page => {
  const items: unknown = isJsonObject(answer) ? answer['resultaten'] : answer
  if (!Array.isArray(items)) throw unknownShape()
  const total = isJsonObject(answer) ? Number(answer['totaalAantalResultaten'] ?? answer['aantal']) : NaN
  return { totaal: Number.isSafeInteger(total) && total >= 0 ? total : items.length, items: items.filter(isJsonObject) }
}

/**
 * Endpoints whose response may be a bare array: the lists are one, the response of POST is not documented (§8 row 2).
 */
const isBare = (name: EndpointName) => name === 'vacaturesOpId' || endpoint(name).kind === 'lijst'

/**
 * Throws UPSTREAM_UNAVAILABLE on a response that this endpoint cannot send. Without this check, an empty list or a
 * `null` instead of a response would count as "nothing was found" and be cached.
 */
export const checkShape = (name: EndpointName, answer: unknown): void => {
  if (!isBare(name) && !isJsonObject(answer)) throw unknownShape()
  if (endpoint(name).unknownIsNull) return
  const items: unknown = isJsonObject(answer) ? answer['resultaten'] : answer
  if (!Array.isArray(items) || (items.length > 0 && !items.some(isJsonObject))) throw unknownShape()
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number'
      ? String(value)
      : isExactNumber(value)
        ? value.source
        : undefined

/** The id of a Vacature, or of a row that refers to one. */
export const vacatureId = (record: VdabRecord): string | undefined => {
  const reference = record['vacatureReferentie']
  return textOf(isJsonObject(reference) ? reference['interneReferentie'] : record['interneReferentie'])
}

/** VDAB's number of a Vacature, which its website shows; NaN when there is none. */
export const vdabReferentie = (record: VdabRecord): number => {
  const reference = record['vacatureReferentie']
  return isJsonObject(reference) ? Number(reference['vdabReferentie'] ?? NaN) : NaN
}

/** The id of a Kandidaat, or of a row that refers to one. */
export const kandidaatId = (record: VdabRecord): string | undefined => textOf(record['cvId'])

/**
 * The record that was requested by its id. Throws UPSTREAM_UNAVAILABLE when the response is another record, or not an
 * object.
 */
export const readRecord = (
  answer: unknown,
  id: string,
  idOf: (record: VdabRecord) => string | undefined
): VdabRecord => {
  if (isJsonObject(answer) && idOf(answer)?.toLowerCase() === id) return answer
  throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB answered something else than the record that was asked.', {
    upstreamStatus: 200
  })
}

/**
 * A reference list: a bare array of `{code, beschrijving}` (upstream.md §4) [strong]; rows without a code or a label
 * are dropped.
 */
export const readLijst = (answer: unknown): readonly LijstItem[] =>
  readPage(answer).items.flatMap((item) => {
    const code = textOf(item['code'])
    const beschrijving = textOf(item['beschrijving'] ?? item['label'])
    return code === undefined || beschrijving === undefined ? [] : [{ code, beschrijving }]
  })
