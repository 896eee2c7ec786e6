import { GatewayError } from '../errors.ts'
import { vacatureId, type VdabRecord } from '../upstream/records.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'

/** A reference to a vacancy in a body: its id, or VDAB's number, as text or as a number. */
export type Reference = string | number

const maxReferences = 200
const numbers = /^\d{1,15}$/
const refused = (message: string, field: string, status?: number) =>
  new GatewayError('BAD_USER_INPUT', message, status === undefined ? { field } : { field, status })

const isReference = (value: unknown): value is Reference =>
  typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw refused('The body is not valid JSON', 'body')
  }
}

/**
 * Reads the references in a body: a bare list, or an object with one list of any name (upstream.md §8 row 1). Throws
 * BAD_USER_INPUT for a body to which VDAB responds 400 or 415.
 */
export const referencesIn = (body: unknown): readonly Reference[] => {
  if (typeof body !== 'string') throw refused('Content-Type must be application/json', 'content-type', 415)
  const given = parsed(body)
  const [list, other] = (
    Array.isArray(given) ? [given] : Object.values(given ?? {}).filter(Array.isArray)
  ) as unknown[][]
  if (!list || other || !list.every(isReference))
    throw refused('The body must hold exactly one list of vacancy references', 'body')
  if (list.length > maxReferences) throw refused(`At most ${maxReferences} vacancies can be asked for at once`, 'body')
  return list
}

/**
 * The vacancies of these references that VDAB knows, in the same order, each once. A reference that is neither an id
 * nor a number, such as `NOT_FOUND-…` from VDAB's feed of changes, counts as unknown without a call.
 */
export const readReferences = async (
  references: readonly Reference[],
  vdab: VdabForRequest
): Promise<readonly VdabRecord[]> => {
  const asked = [...new Set(references.map((reference) => String(reference).toLowerCase()))]
  const isNumber = (reference: string) => !vdab.isId(reference) && numbers.test(reference)
  const { detail, byReferentie } = vdab.at()
  const wanted = [...new Set(asked.filter(isNumber).map(Number))]
  const byNumber = wanted.length === 0 ? new Map<number, VdabRecord>() : byReferentie(wanted)
  const records = await Promise.all(
    asked.map(
      async (reference) =>
        (isNumber(reference) ? (await byNumber).get(Number(reference)) : detail('vacature', reference)) ?? null
    )
  )
  const ids = new Set<string>()
  return records.filter((record): record is VdabRecord => {
    const id = record === null ? undefined : vacatureId(record)?.toLowerCase()
    const isNew = id !== undefined && !ids.has(id)
    if (isNew) ids.add(id)
    return isNew
  })
}
