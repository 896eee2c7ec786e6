import { isJsonObject } from '../../formats/exactJson.ts'
import type { VdabRecord } from '../../upstream/records.ts'
import { memberOf, trimmedText } from '../values.ts'

const valueAt = (record: VdabRecord, path: readonly string[]): unknown => path.reduce<unknown>(memberOf, record)

/** The text or number at a path of a record, trimmed; undefined if there is none. */
export const textAt = (record: VdabRecord, ...path: readonly string[]): string | undefined =>
  trimmedText(valueAt(record, path))

/** The code at a path: a plain value in v2, `{code, label}` in v4 (upstream.md §3.1). */
export const codeAt = (record: VdabRecord, ...path: readonly string[]): string | undefined =>
  textAt(record, ...path) ?? textAt(record, ...path, 'code')

/** The positive number at a path; undefined if there is none. */
export const amountAt = (record: VdabRecord, ...path: readonly string[]): number | undefined => {
  const number = Number(textAt(record, ...path) ?? NaN)
  return Number.isFinite(number) && number > 0 ? number : undefined
}

/** The objects of the list at a path. */
export const objectsAt = (record: VdabRecord, ...path: readonly string[]): readonly VdabRecord[] => {
  const list = valueAt(record, path)
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}
