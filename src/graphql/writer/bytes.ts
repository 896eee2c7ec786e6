import { LRUCache } from 'lru-cache'

/**
 * Text as the wire has it: each character is one byte of UTF-8. So a length is one of bytes, pieces join without being
 * copied, what is kept takes a byte for a byte, and it leaves as it is, by the encoding `latin1`.
 */
export type Bytes = string

// eslint-disable-next-line no-control-regex -- the control characters are ASCII too
const isAscii = (text: string) => !/[^\u0000-\u007f]/.test(text)
/** What JSON writes as it is. */
const plain = /^[ !#-[\]-~]*$/
/** Longer ones are remembered: to look each up takes less than to write it, which takes 3 ns a character. */
const short = 64
const rememberedBytes = 8 * 1024 * 1024

/** Any text as bytes. */
export const toBytes = (text: string): Bytes => (isAscii(text) ? text : Buffer.from(text).toString('latin1'))

/** The text of these bytes. */
export const fromBytes = (bytes: Bytes): string => (isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString())

/** The same in one piece: joined pieces are kept as a tree of all of them. */
export const inOnePiece = (bytes: Bytes): Bytes => Buffer.from(bytes, 'latin1').toString('latin1')

const remembered = new LRUCache<string, Bytes>({ maxSize: rememberedBytes, sizeCalculation: (bytes, text) => bytes.length + text.length + 200 })

const quotedLong = (text: string): Bytes => {
  const known = remembered.get(text)
  if (known !== undefined) return known
  const bytes = toBytes(JSON.stringify(text))
  remembered.set(text, bytes)
  return bytes
}

const rememberedShort = 4_000
// To find one takes a quarter of writing it. Those in use come back from before the last clearing.
let shorts = new Map<string, Bytes>()
let shortsBefore = shorts

const quotedShort = (text: string): Bytes => {
  const bytes = shortsBefore.get(text) ?? (plain.test(text) ? `"${text}"` : toBytes(JSON.stringify(text)))
  if (shorts.size >= rememberedShort) {
    shortsBefore = shorts
    shorts = new Map()
  }
  shorts.set(text, bytes)
  return bytes
}

/** A string in JSON. */
export const quoted = (text: string): Bytes => (text.length > short ? quotedLong(text) : shorts.get(text) ?? quotedShort(text))
