import { isAbstractType, isLeafType, isListType, isNonNullType, isObjectType } from 'graphql'
import type { GraphQLAbstractType, GraphQLLeafType, GraphQLObjectType, GraphQLOutputType } from 'graphql'
import { Unwritable } from './unwritable.ts'

/** What kind of type stands in a place of the schema, and what is in it. */
export type Shape =
  | { readonly is: 'nonNull' | 'list'; readonly of: GraphQLOutputType }
  | { readonly is: 'leaf'; readonly type: GraphQLLeafType }
  | { readonly is: 'object'; readonly type: GraphQLObjectType }
  | { readonly is: 'abstract'; readonly type: GraphQLAbstractType }
const shapes = new WeakMap<GraphQLOutputType, Shape>()

const createShape = (type: GraphQLOutputType): Shape => {
  if (isNonNullType(type)) return { is: 'nonNull', of: type.ofType }
  if (isListType(type)) return { is: 'list', of: type.ofType }
  if (isLeafType(type)) return { is: 'leaf', type }
  if (isObjectType(type)) return { is: 'object', type }
  if (isAbstractType(type)) return { is: 'abstract', type }
  throw new Unwritable('a type of no kind that is known')
}

/**
 * The shape of a type, found once: GraphQL tries one class after the other, which was a good part of a plan. Throws
 * Unwritable on a kind that is not known.
 */
export const shapeOf = (type: GraphQLOutputType): Shape => {
  const known = shapes.get(type)
  if (known) return known
  const shape = createShape(type)
  shapes.set(type, shape)
  return shape
}
