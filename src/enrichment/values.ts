import { isExactNumber, isJsonObject } from '../formats/exactJson.ts'

/** A code of VDAB, and the label that v4 sends with it. */
export type Code = { readonly code: string; readonly label?: string }

/** A member of a value; undefined if the value is not an object. */
export const memberOf = (value: unknown, name: string): unknown => (isJsonObject(value) ? value[name] : undefined)

/** The items of a list; none if the value is not a list. */
export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** A text or a number as trimmed text; undefined if there is none. */
export const trimmedText = (value: unknown): string | undefined => {
  const text = isExactNumber(value) ? value.source : typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined
}

/** A plain code of v2, or `{code, label}` of v4 (upstream.md §3.1); undefined when there is none. */
export const codeOf = (value: unknown): Code | undefined => {
  const code = trimmedText(isJsonObject(value) ? value['code'] : value)
  const label = trimmedText(memberOf(value, 'label'))
  if (code === undefined) return undefined
  return label === undefined ? { code } : { code, label }
}
