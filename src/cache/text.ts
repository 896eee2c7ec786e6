const beyondLatin1 = /[^\0-\u00ff]/
const eachBeyondLatin1 = /[^\0-\u00ff]/g
const escapeOf = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const narrowed = (json: string): string =>
  Buffer.from(beyondLatin1.test(json) ? json.replace(eachBeyondLatin1, escapeOf) : json, 'latin1').toString('latin1')

/** A copy with its own memory: a substring keeps its source string alive, and a concatenation keeps its parts alive. */
export const copied = (text: string): string => Buffer.from(text).toString()

/** A parser and a serializer of JSON: those of JavaScript, or ones that preserve more, such as exact numbers. */
export type JsonFormat = { parse: (text: string) => unknown; stringify: (value: unknown) => string }

/**
 * The JSON of a value in a string of one byte per character. V8 stores a string in two bytes per character if any
 * character is outside latin1, so such characters are written as JSON escapes. The result of JSON.stringify is copied,
 * since V8 may have built it with two bytes per character. `given` is the JSON from which the value was parsed, if it
 * is available.
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
