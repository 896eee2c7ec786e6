import type { VdabRecord } from '../context.ts'
import { isExactNumber, isJsonObject } from '../formats/exactJson.ts'

/** A member of a value, undefined when the value is not an object. */
export const member = (value: unknown, name: string): unknown => (isJsonObject(value) ? value[name] : undefined)

/** A code or label as text: VDAB may send a code as a string or a number. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number'
      ? String(value)
      : isExactNumber(value)
        ? value.source
        : undefined

/**
 * A code of v2, which is a plain value, or of v4, which is `{code, label}` (upstream.md §3.1); undefined when there is
 * no code.
 */
export const readCode = (value: unknown): { code: string; label?: string } | undefined => {
  const code = textOf(isJsonObject(value) ? value['code'] : value)
  const label = textOf(member(value, 'label'))
  if (code === undefined) return undefined
  return label === undefined ? { code } : { code, label }
}

/** The id in the record of a vacancy, '' when there is none. */
export const interneReferentie = (vacature: VdabRecord): string =>
  textOf(member(member(vacature, 'vacatureReferentie'), 'interneReferentie')) ?? ''
