import { exactJson, isExactNumber } from '../formats/exactJson.ts'

/** A shorter answer is parsed at once. V8 takes what it parses out of more than 100 kB for long-lived. */
const wholeBytes = 48 * 1024
const [quote, backslash, opensList, closesList, opensObject, closesObject] = [...Buffer.from('"\\[]{}')] as [
  number,
  number,
  number,
  number,
  number,
  number
] // one byte each
const mark = Buffer.from([0xef, 0xbb, 0xbf])

/** The place after the string that begins at `at`. */
const afterString = (bytes: Buffer, at: number): number => {
  let place = at + 1
  while (place < bytes.length && bytes[place] !== quote) place += bytes[place] === backslash ? 2 : 1
  return place + 1
}

type Place = readonly [start: number, end: number]

/** Where the objects stand of the lists that are the answer, or a member of it. */
const itemsOf = (bytes: Buffer): readonly Place[] => {
  const places: Place[] = []
  let [depth, listDepth, start] = [0, 0, 0]
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === quote) at = afterString(bytes, at) - 1
    else if (byte === opensList || byte === opensObject) {
      if (depth === listDepth && listDepth > 0 && byte === opensObject) start = at
      depth += 1
      if (byte === opensList && listDepth === 0 && depth <= 2) listDepth = depth
    } else if (byte === closesList || byte === closesObject) {
      depth -= 1
      if (depth === listDepth && byte === closesObject && listDepth > 0) places.push([start, at + 1])
      else if (depth < listDepth) listDepth = 0
    }
  }
  return places
}

const texts = new WeakMap<object, string>()
/** The JSON that an item of a large answer was read from, compact as it came; undefined of anything else. */
export const textOf = (item: object): string | undefined => texts.get(item)

const readItem = (text: string): unknown => {
  const item = exactJson.parse(text) as object // it begins with a brace
  if (!text.includes('\n')) texts.set(item, text)
  return item
}

const isObject = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
const listOf = (envelope: unknown): unknown[] | undefined =>
  Array.isArray(envelope)
    ? envelope
    : Object.values(envelope as object).find(
        (member): member is unknown[] => Array.isArray(member) && member.some(isObject)
      ) // the places were found in a list or an object

const inPieces = (bytes: Buffer, places: readonly Place[]): unknown => {
  let [text, at] = ['', 0]
  for (const [start, end] of places) {
    text += `${bytes.toString('utf8', at, start)}{}`
    at = end
  }
  const envelope = exactJson.parse(text + bytes.toString('utf8', at))
  const list = listOf(envelope)
  // There are two such lists, or a member that comes twice has hidden one.
  if (list?.filter(isObject).length !== places.length) return exactJson.parse(bytes.toString())
  let next = 0
  for (const [index, item] of list.entries()) {
    if (!isObject(item)) continue
    const [start, end] = places[next] ?? [0, 0]
    list[index] = readItem(bytes.toString('utf8', start, end))
    next += 1
  }
  return envelope
}

/**
 * The value of JSON's bytes, as `exactJson` reads it. A large answer is read item by item: as one text, and parsed at once, both it and all that came
 * of it would be held until the whole heap is collected, which is more than what is kept of it. Throws SyntaxError where
 * JSON.parse would.
 */
export const readJson = (given: Buffer): unknown => {
  const bytes = given.subarray(0, 3).equals(mark) ? given.subarray(3) : given
  const places = bytes.length > wholeBytes ? itemsOf(bytes) : []
  return places.length > 1 ? inPieces(bytes, places) : exactJson.parse(bytes.toString())
}
