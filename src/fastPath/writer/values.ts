import { GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLString } from 'graphql'
import type { GraphQLLeafType } from 'graphql'
import { quoted, toBytes } from './bytes.ts'
import type { Bytes } from './bytes.ts'
import { needsExecution } from './fallback.ts'

/** A record, or the result of a resolver: an object with named members. */
export type FieldSource = Readonly<Record<string, unknown>>

/** Throws `needsExecution` on a failure or a promise. */
const refuseUnsettled = (value: unknown) => {
  if (value instanceof Promise) value.catch(() => undefined) // prevents an unhandled rejection
  if (value instanceof Error || value instanceof Promise) throw needsExecution
}

/**
 * The value as an object. Throws `needsExecution` on a promise, a failure, a list, or any other value that is not an
 * object.
 */
export const asSource = (value: unknown): FieldSource => {
  if (typeof value !== 'object' || value === null) throw needsExecution
  if (Object.getPrototypeOf(value) === Object.prototype) return value as FieldSource // it is a plain object
  refuseUnsettled(value)
  if (Array.isArray(value)) throw needsExecution
  return value as FieldSource // it is an object
}

/** Serialises a value as GraphQL does. */
const serialise = (type: GraphQLLeafType, value: unknown): Bytes => {
  refuseUnsettled(value)
  if (typeof value === 'function') throw needsExecution
  const serialised: unknown = type.serialize(value)
  const text = serialised == null ? undefined : (JSON.stringify(serialised) as string | undefined) // a symbol has none
  if (text === undefined) throw needsExecution
  return toBytes(text)
}

/**
 * Writes values of a leaf type, except null, as GraphQL serialises them. Throws `needsExecution`, or what `serialize`
 * of the type throws.
 */
export const leafWriter = (type: GraphQLLeafType): ((value: unknown) => Bytes) => {
  if (type === GraphQLString || type === GraphQLID)
    return (value) => (typeof value === 'string' ? quoted(value) : serialise(type, value))
  if (type === GraphQLBoolean) return (value) => (typeof value === 'boolean' ? String(value) : serialise(type, value))
  if (type === GraphQLInt)
    return (value) => (typeof value === 'number' && (value | 0) === value ? String(value) : serialise(type, value))
  if (type === GraphQLFloat)
    return (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value) : serialise(type, value))
  return (value) => serialise(type, value)
}
