// Measured on V8 (Node 20 and 24) with values parsed from JSON; bench/cache.ts and test/cache/size.test.ts compare the
// estimate with the heap. V8 reserves space for four members in an empty object.
const objectBytes = 24
const emptyBytes = 56
const listBytes = 48
const memberBytes = 8
const stringBytes = 16
// JSON.parse interns short strings; most of them are codes and names that repeat.
const sharedLength = 10
const sharedBytes = 8
// V8 stores an integer of up to 31 bits in the member itself, and any other number as a heap object.
const numberBytes = 16
const wide = /[^\0-\u00ff]/

const textBytes = (text: string): number => {
  if (text.length <= sharedLength) return sharedBytes
  return stringBytes + Math.ceil((text.length * (wide.test(text) ? 2 : 1)) / 8) * 8
}

/** The estimated heap size of a parsed JSON value, in bytes. Allocates only lists of members. */
export const sizeOf = (value: unknown): number => {
  if (typeof value === 'string') return textBytes(value)
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 0 : numberBytes
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) {
    let bytes = listBytes
    for (const item of value) bytes += memberBytes + sizeOf(item)
    return bytes
  }
  const members = Object.values(value)
  let bytes = members.length === 0 ? emptyBytes : objectBytes
  for (const member of members) bytes += memberBytes + sizeOf(member)
  return bytes
}
