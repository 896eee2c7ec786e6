// Measured on V8 (Node 20 and 24) with answers parsed from JSON; bench/cache.ts and test/cache/size.test.ts hold the estimate against
// the heap. V8 leaves room for four members in an empty object.
const objectBytes = 24
const emptyBytes = 56
const listBytes = 48
const memberBytes = 8
const stringBytes = 16
// JSON.parse keeps a short text once, however often it comes: most are codes and names that come again.
const sharedLength = 10
const sharedBytes = 8
// Whole numbers up to 31 bits stand in the member itself; any other is a heap number of its own.
const numberBytes = 16
const wide = /[^\0-\u00ff]/

const textBytes = (text: string): number => {
  if (text.length <= sharedLength) return sharedBytes
  return stringBytes + Math.ceil((text.length * (wide.test(text) ? 2 : 1)) / 8) * 8
}

/** How many bytes of heap a parsed JSON value takes, estimated in one walk without building anything. */
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
