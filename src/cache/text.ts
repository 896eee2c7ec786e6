const beyondLatin1 = /[^\0-\u00ff]/
const eachBeyondLatin1 = /[^\0-\u00ff]/g
const escapeOf = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const narrowed = (json: string): string =>
  Buffer.from(beyondLatin1.test(json) ? json.replace(eachBeyondLatin1, escapeOf) : json, 'latin1').toString('latin1')

/**
 * A copy with its own memory: a substring keeps the string that it was cut from alive, and a concatenation keeps its
 * parts.
 */
export const copied = (text: string): string => Buffer.from(text).toString()

/** A parser and a serializer of JSON: JavaScript's own, or ones that preserve more of it. */
export type JsonFormat = { parse: (text: string) => unknown; stringify: (value: unknown) => string }

/**
 * The JSON of a value in a string of one byte per character. V8 stores a string in two bytes per character when a
 * single one is beyond latin1, so these are written as JSON escapes; the result of JSON.stringify is copied, since V8
 * may have built it wide. `given` is the JSON from which the value was parsed, where it is available.
 */
export const toText = (value: unknown, given?: string, { stringify }: JsonFormat = JSON): string =>
  given === undefined ? narrowed(stringify(value)) : beyondLatin1.test(given) ? narrowed(given) : given

/** Freezes a parsed JSON value deeply, since many readers share it. */
export const frozen = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (Array.isArray(value)) for (const item of value) frozen(item)
  // `Object.values` would allocate an array per object
  else for (const name in value) frozen((value as Readonly<Record<string, unknown>>)[name])
  return Object.freeze(value)
}

/** The value of a JSON text, deeply frozen. */
// only objects are stored as text
export const fromText = (text: string, { parse }: JsonFormat = JSON): object => frozen(parse(text)) as object
