import { giveUp } from './giveUp.ts'

/** A record, or what a resolver made: something with members that can be read by name. */
export type FieldSource = Readonly<Record<string, unknown>>

const plainly = Object.prototype

/**
 * The value as an object whose fields can be read. Throws `giveUp` on a promise, a failure, a list, or no object at
 * all.
 */
export const asSource = (value: unknown): FieldSource => {
  if (typeof value !== 'object' || value === null) throw giveUp
  if (Object.getPrototypeOf(value) === plainly) return value as FieldSource // it is an object
  // What is not awaited here must not be missed by whoever looks for unhandled failures.
  if (value instanceof Promise) value.catch(() => undefined)
  if (value instanceof Error || value instanceof Promise || Array.isArray(value)) throw giveUp
  return value as FieldSource
}
