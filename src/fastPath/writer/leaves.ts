import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isEnumType,
  isSpecifiedScalarType
} from 'graphql'
import type { GraphQLLeafType } from 'graphql'
import { quoted, quotedAnew, toBytes } from './bytes.ts'
import type { Bytes } from './bytes.ts'
import { giveUp } from './giveUp.ts'
import { createRemembered } from './remembered.ts'

type WriteLeaf = (value: unknown) => Bytes

/**
 * What GraphQL writes of a value, whatever it is. A failure, and a value that does not serialise, is for GraphQL to
 * tell.
 */
const serialised =
  (type: GraphQLLeafType): WriteLeaf =>
  (value) => {
    // What is not awaited here must not be missed by whoever looks for unhandled failures.
    if (value instanceof Promise) value.catch(() => undefined)
    if (value instanceof Error || value instanceof Promise || typeof value === 'function') throw giveUp
    const written: unknown = type.serialize(value)
    // what JSON has no words for
    const text = written == null ? undefined : (JSON.stringify(written) as string | undefined)
    if (text === undefined) throw giveUp
    return toBytes(text)
  }

const maxRemembered = 4_000
const longest = 40

/** Values of an enum or of a scalar of ours are few, and judging each anew takes long: a date is parsed. */
const remembered = (write: WriteLeaf): WriteLeaf => {
  const known = createRemembered({ make: write, most: maxRemembered, weightOf: () => 1 })
  return (value) => (typeof value !== 'string' || value.length > longest ? write(value) : known(value))
}

const writers = new WeakMap<GraphQLLeafType, WriteLeaf>()

const create = (type: GraphQLLeafType): WriteLeaf => {
  const other = serialised(type)
  if (type === GraphQLString) return (value) => (typeof value === 'string' ? quoted(value) : other(value))
  if (type === GraphQLID) return (value) => (typeof value === 'string' ? quotedAnew(value) : other(value))
  if (type === GraphQLBoolean) return (value) => (value === true ? 'true' : value === false ? 'false' : other(value))
  if (type === GraphQLInt)
    return (value) => (typeof value === 'number' && (value | 0) === value ? String(value) : other(value))
  if (type === GraphQLFloat)
    return (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value) : other(value))
  return isEnumType(type) || !isSpecifiedScalarType(type) ? remembered(other) : other
}

/**
 * Writes values of a leaf type as GraphQL serialises them, null aside. Throws `giveUp`, or what the type's own function
 * throws.
 */
export const leafWriter = (type: GraphQLLeafType): WriteLeaf => {
  const write = writers.get(type) ?? create(type)
  writers.set(type, write)
  return write
}
