/**
 * Thrown while an answer is written when only GraphQL can answer. It is caught nearby and nobody reads its stack, so
 * there is one object.
 */
export const needsExecution = new Error('GraphQL has to execute this operation')

/** Thrown while a plan is made: the answers to this operation cannot be written. */
export class NotWritable extends Error {
  override readonly name = 'NotWritable'
}
