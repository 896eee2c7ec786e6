import { GatewayError } from '../errors.ts'
import { exactJson, isJsonObject } from '../formats/exactJson.ts'

/**
 * Shorter responses are parsed as a whole. V8 promotes the result of parsing more than 100 kB to the old generation.
 */
const maxWholeBytes = 48 * 1024
/**
 * VDAB's records are nested about ten levels deep. Recursive code, including JSON.stringify, fails at some thousands of
 * levels.
 */
const maxDepth = 128
const [quote, backslash, opensList, closesList, opensObject, closesObject] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** The offset after the string that begins at `at`. */
const afterString = (bytes: Buffer, at: number): number => {
  let end = at + 1
  while (end < bytes.length && bytes[end] !== quote) end += bytes[end] === backslash ? 2 : 1
  return end + 1
}

type Range = readonly [start: number, end: number]

/**
 * The byte ranges of the objects in a list, if the list is the response or a member of it. Throws UPSTREAM_UNAVAILABLE
 * on nesting that is too deep.
 */
const itemsOf = (bytes: Buffer): readonly Range[] => {
  const ranges: Range[] = []
  let [depth, listDepth, start] = [0, 0, 0]
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === quote) at = afterString(bytes, at) - 1
    else if (byte === opensList || byte === opensObject) {
      if (depth === listDepth && listDepth > 0 && byte === opensObject) start = at
      depth += 1
      if (depth > maxDepth)
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB answered with JSON that is nested too deeply.')
      if (byte === opensList && listDepth === 0 && depth <= 2) listDepth = depth
    } else if (byte === closesList || byte === closesObject) {
      depth -= 1
      if (depth === listDepth && byte === closesObject && listDepth > 0) ranges.push([start, at + 1])
      else if (depth < listDepth) listDepth = 0
    }
  }
  return ranges
}

const texts = new WeakMap<object, string>()
/** The compact JSON from which an item of a large response was parsed; undefined for any other object. */
export const sourceTextOf = (item: object): string | undefined => texts.get(item)

const readItem = (text: string): unknown => {
  const item = exactJson.parse(text) as object // it begins with a brace
  if (!text.includes('\n')) texts.set(item, text)
  return item
}

/** The list of objects in a response that is a list or an object. */
const listOf = (envelope: object): unknown[] | undefined =>
  Array.isArray(envelope)
    ? envelope
    : Object.values(envelope).find((member): member is unknown[] => Array.isArray(member) && member.some(isJsonObject))

const inParts = (bytes: Buffer, ranges: readonly Range[]): unknown => {
  let [text, at] = ['', 0]
  for (const [start, end] of ranges) {
    text += `${bytes.toString('utf8', at, start)}{}`
    at = end
  }
  const envelope = exactJson.parse(text + bytes.toString('utf8', at)) as object // it contains the ranges
  const list = listOf(envelope)
  // There are two such lists, or a repeated member has hidden one.
  if (list?.filter(isJsonObject).length !== ranges.length) return exactJson.parse(bytes.toString())
  let next = 0
  for (const [index, item] of list.entries()) {
    if (!isJsonObject(item)) continue
    const [start, end] = ranges[next] ?? [0, 0]
    list[index] = readItem(bytes.toString('utf8', start, end))
    next += 1
  }
  return envelope
}

/**
 * Parses JSON as `exactJson` does. A large response is parsed item by item: parsed as one text, the text and all of its
 * objects would stay in memory until a full GC, which is more than the cache stores. Throws SyntaxError if JSON.parse
 * would, and UPSTREAM_UNAVAILABLE on nesting that is too deep for recursive code.
 */
export const readJson = (given: Buffer): unknown => {
  const bytes = given.subarray(0, 3).equals(byteOrderMark) ? given.subarray(3) : given
  const ranges = itemsOf(bytes)
  return bytes.length > maxWholeBytes && ranges.length > 1 ? inParts(bytes, ranges) : exactJson.parse(bytes.toString())
}
