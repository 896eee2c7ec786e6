import { GraphQLError, Kind } from 'graphql'
import type { GraphQLScalarType } from 'graphql'
import { isExactNumber } from '../formats/exactJson.ts'
import { isDay, readInstant } from '../formats/rfc3339.ts'

type Functions = Pick<GraphQLScalarType, 'serialize' | 'parseValue' | 'parseLiteral'>

const wrong = (shape: string) => new GraphQLError(`This must be ${shape}.`, { extensions: { code: 'BAD_USER_INPUT' } })

/** A scalar whose input is a string that `read` accepts; output is VDAB's value, unchanged. */
const fromText = (read: (value: string) => boolean, shape: string): Functions => {
  const parseValue = (value: unknown) => {
    if (typeof value !== 'string' || !read(value)) throw wrong(shape)
    return value
  }
  return {
    serialize: (value) => (typeof value === 'string' && read(value) ? value : null),
    parseValue,
    parseLiteral: (node) => parseValue(node.kind === Kind.STRING ? node.value : undefined)
  }
}

const isInstant = (value: string) => readInstant(value) !== undefined

// An exact number may be whole, such as `1.0`. One with more digits than a number can store is invalid.
const wholeDigits = /^(-?\d+)(?:\.0+)?$/
const readLong = (value: unknown) => {
  const text = isExactNumber(value) ? wholeDigits.exec(value.source)?.[1] : value
  const number = typeof text === 'string' && /^-?\d+$/.test(text) ? Number(text) : text
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
}
const parseLong = (value: unknown) => {
  const number = readLong(value)
  if (number === undefined) throw wrong('a whole number up to 2^53 - 1')
  return number
}

/**
 * The functions of the custom scalars. An invalid value of VDAB becomes `null`, so that the rest of the page is
 * returned.
 */
export const scalars: Readonly<Record<string, Functions>> = {
  Date: fromText(isDay, 'a date like 2026-02-13'),
  DateTime: fromText(isInstant, 'an instant with its zone like 2026-02-13T12:00:00.000Z'),
  Long: {
    serialize: (value) => readLong(value) ?? null,
    parseValue: parseLong,
    parseLiteral: (node) => parseLong(node.kind === Kind.INT ? node.value : undefined)
  },
  JSON: {
    serialize: (value) => value,
    parseValue: (value) => value,
    parseLiteral: () => {
      throw wrong('given as a variable')
    }
  }
}
