const beyondLatin1 = /[^\0-\u00ff]/
const eachBeyondLatin1 = /[^\0-\u00ff]/g
const escapeOf = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const narrowed = (json: string): string =>
  Buffer.from(beyondLatin1.test(json) ? json.replace(eachBeyondLatin1, escapeOf) : json, 'latin1').toString('latin1')

/** How JSON becomes values and values become JSON again: JavaScript's own functions, or others that keep more of it. */
export type Json = { parse: (text: string) => unknown; stringify: (value: unknown) => string }

/**
 * A parsed JSON value as text that takes a byte per character: one character beyond latin1 would make two of each, so those
 * are written as JSON's escapes. What JSON.stringify wrote is copied, for V8 may write it wide also where it need not be.
 * `given` is the text that the value was read from, where there is one: it need not be written again.
 */
export const toText = (value: unknown, given?: string, { stringify }: Json = JSON): string =>
  given === undefined ? narrowed(stringify(value)) : beyondLatin1.test(given) ? narrowed(given) : given

/** Freezes a parsed JSON value to its last branch: many readers share it, and none may change it for the others. */
export const frozen = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (Array.isArray(value)) for (const item of value) frozen(item)
  else for (const name in value) frozen((value as Readonly<Record<string, unknown>>)[name]) // a list of its members would be made anew for each
  return Object.freeze(value)
}

/** The value of a text, frozen. */
export const fromText = (text: string, { parse }: Json = JSON): object => frozen(parse(text)) as object // texts are made of objects alone
