import { createRemembered } from './remembered.ts'

/**
 * Text as the wire has it: each character is one byte of UTF-8. So a length is one of bytes, pieces join without being
 * copied, what is kept takes a byte for a byte, and it leaves as it is, by the encoding `latin1`.
 */
export type Bytes = string

// eslint-disable-next-line no-control-regex -- the control characters are ASCII too
const isAscii = (text: string) => !/[^\u0000-\u007f]/.test(text)
/** What JSON writes as it is. */
const plain = /^[ !#-[\]-~]*$/
/** Longer ones take 3 ns a character to write. */
const short = 64
const rememberedBytes = 2 * 1024 * 1024
const rememberedShort = 8_000

/** Any text as bytes. */
export const toBytes = (text: string): Bytes => (isAscii(text) ? text : Buffer.from(text).toString('latin1'))

/** The same in one piece: joined pieces are kept as a tree of all of them. */
export const inOnePiece = (bytes: Bytes): Bytes => Buffer.from(bytes, 'latin1').toString('latin1')

const written = (text: string): Bytes => toBytes(JSON.stringify(text))
const quotedLong = createRemembered({
  make: written,
  most: rememberedBytes,
  weightOf: (text, bytes) => bytes.length + text.length + 200
})

/** A string in JSON, where it is one of many that come seldom, such as an id: to look for it takes as long. */
export const quotedAnew = (text: string): Bytes => (plain.test(text) ? `"${text}"` : written(text))
const quotedShort = createRemembered({ make: quotedAnew, most: rememberedShort, weightOf: () => 1 })

/** A string in JSON. */
export const quoted = (text: string): Bytes => (text.length > short ? quotedLong(text) : quotedShort(text))
