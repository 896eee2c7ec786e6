/**
 * Text in which each character is one byte of UTF-8, as `latin1` encodes and decodes it. So a length is a number of
 * bytes, texts can be joined without copying, and a stored text takes one byte per character.
 */
export type Bytes = string

// eslint-disable-next-line no-control-regex -- the control characters are ASCII too
const isAscii = (text: string) => !/[^\u0000-\u007f]/.test(text)
/** Text that JSON writes without escapes. */
const unescaped = /^[ !#-[\]-~]*$/

/** Any text as bytes. */
export const toBytes = (text: string): Bytes => (isAscii(text) ? text : Buffer.from(text).toString('latin1'))

/** A copy in one piece: V8 keeps a concatenated string as a tree of its parts. */
export const flattened = (bytes: Bytes): Bytes => Buffer.from(bytes, 'latin1').toString('latin1')

/** A string as JSON. */
export const quoted = (text: string): Bytes => (unescaped.test(text) ? `"${text}"` : toBytes(JSON.stringify(text)))
