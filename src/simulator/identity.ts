import { mix } from './random.ts'

const A = 0x2545f491
const B = 0x5851f42d

// Newton's iteration: each round doubles the number of correct bits, 5 rounds give all 32.
const inverseOf = (odd: number) => {
  let inverse = odd
  for (let round = 0; round < 5; round++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse))
  return inverse
}
const inverseA = inverseOf(A)
const inverseB = inverseOf(B)

const hex = (value: number, length: number) => (value >>> 0).toString(16).padStart(8, '0').slice(-length)

/**
 * Reversible UUIDs: the first eight digits are the scrambled index, the others are its checksum. This saves a map of
 * 200,000 strings. `indexOf` returns -1 for any other UUID.
 */
export const createIdentity = (seed: number, salt: number, count: number) => {
  const shift = mix(seed, salt)

  const idOf = (index: number) => {
    let code = Math.imul(index + shift, A)
    code ^= code >>> 16
    code = Math.imul(code, B)
    const [first, second, third] = [mix(shift, index, 1), mix(shift, index, 2), mix(shift, index, 3)]
    const variant = '89ab'[first & 3]
    const [end, last] = [hex(second >>> 16, 3), `${hex(first >>> 16, 4)}${hex(third, 8)}`]
    return `${hex(code, 8)}-${hex(second, 4)}-4${hex(first >>> 4, 3)}-${variant}${end}-${last}`
  }

  const indexOf = (id: string) => {
    const known = id.toLowerCase()
    let code = Math.imul(Number.parseInt(known.slice(0, 8), 16), inverseB)
    code ^= code >>> 16
    const index = (Math.imul(code, inverseA) - shift) >>> 0
    return index < count && idOf(index) === known ? index : -1
  }

  return { idOf, indexOf }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Is this text a UUID, known or not? */
export const isUuid = (text: string) => uuid.test(text)
