const beyondLatin1 = /[^\0-\u00ff]/
const eachBeyondLatin1 = /[^\0-\u00ff]/g
const escapeOf = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * A parsed JSON value as text that takes a byte per character: one character beyond latin1 would make two of each, so those
 * are written as JSON's escapes. The text is copied, for V8 may write it wide also where it need not be.
 */
export const toText = (value: unknown): string => {
  const json = JSON.stringify(value)
  return Buffer.from(beyondLatin1.test(json) ? json.replace(eachBeyondLatin1, escapeOf) : json, 'latin1').toString('latin1')
}

/** Freezes a parsed JSON value to its last branch: many readers share it, and none may change it for the others. */
export const frozen = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (Array.isArray(value)) for (const item of value) frozen(item)
  else for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}

/** The value of a text, frozen. */
export const fromText = (text: string): object => frozen(JSON.parse(text)) as object // texts are made of objects alone
