/**
 * Thrown while an answer is written when only GraphQL can produce it. It is caught nearby and its stack is never read,
 * so one object is enough.
 */
export const needsExecution = new Error('GraphQL has to execute this operation')

/** Thrown while a plan is created: the answers to this operation cannot be written. */
export class NotWritable extends Error {
  override readonly name = 'NotWritable'
}
