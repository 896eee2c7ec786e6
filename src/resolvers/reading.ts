import type { VdabRecord } from '../context.ts'
import { isExactNumber } from '../formats/exactJson.ts'

/** Is this an object with members, rather than a list or a plain value? */
export const isRecord = (value: unknown): value is VdabRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)

/** A member of something that may not be an object at all. */
export const member = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined)

/** A code or label as text: VDAB sends codes as strings, and a number is no less a code. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number'
      ? String(value)
      : isExactNumber(value)
        ? value.source
        : undefined

/**
 * A code in either of VDAB's spellings, bare in v2 or `{code, label}` in v4 (upstream.md §3.1); nothing where there is
 * no code.
 */
export const readCode = (value: unknown): { code: string; label?: string } | undefined => {
  const code = textOf(isRecord(value) ? value['code'] : value)
  const label = textOf(member(value, 'label'))
  if (code === undefined) return undefined
  return label === undefined ? { code } : { code, label }
}
