import { isInputObjectType, isLeafType, isListType, isNonNullType, isRequiredInputField, Kind } from 'graphql'
import type { GraphQLInputObjectType, GraphQLInputType, GraphQLLeafType, ObjectValueNode, ValueNode } from 'graphql'

/** The variables of an operation, and those that it has used so far. */
export type Declared = { readonly types: ReadonlyMap<string, GraphQLInputType>; readonly used: Set<string> }

const isLiteralOf = (type: GraphQLLeafType, node: ValueNode): boolean => {
  try {
    return type.parseLiteral(node, undefined) !== undefined
  } catch {
    return false
  }
}

/** May a variable of its own type stand in this place, whatever its value? */
const covers = (own: GraphQLInputType, place: GraphQLInputType): boolean => {
  if (isNonNullType(place)) return isNonNullType(own) && covers(own.ofType, place.ofType)
  if (isNonNullType(own)) return covers(own.ofType, place)
  if (isListType(place)) return isListType(own) && covers(own.ofType, place.ofType)
  return own === place
}

const fitsObject = (type: GraphQLInputObjectType, { fields: written }: ObjectValueNode, declared: Declared): boolean => {
  if (type.isOneOf) return false
  const members = type.getFields()
  const names = new Set<string>()
  for (const { name: { value: name }, value } of written) {
    const member = members[name]
    if (!member || names.has(name) || !fits(member.type, value, declared)) return false
    names.add(name)
  }
  return Object.values(members).every((member) => names.has(member.name) || !isRequiredInputField(member))
}

/**
 * Tells whether a written value surely fits where it stands, by GraphQL's rules ValuesOfCorrectType, VariablesInAllowedPosition,
 * UniqueInputFieldNames and NoUndefinedVariables. `false` is no judgement: those rules may still let it pass, as where a
 * default makes up for a variable that may be null. Notes the variables that it finds.
 */
export const fits = (type: GraphQLInputType, node: ValueNode, declared: Declared): boolean => {
  if (node.kind === Kind.VARIABLE) {
    const { value: name } = node.name
    const own = declared.types.get(name)
    declared.used.add(name)
    return own !== undefined && covers(own, type)
  }
  if (isNonNullType(type)) return node.kind !== Kind.NULL && fits(type.ofType, node, declared)
  if (node.kind === Kind.NULL) return true
  if (isListType(type)) return (node.kind === Kind.LIST ? node.values : [node]).every((value) => fits(type.ofType, value, declared))
  if (node.kind === Kind.LIST) return false
  if (isInputObjectType(type)) return node.kind === Kind.OBJECT && fitsObject(type, node, declared)
  return node.kind !== Kind.OBJECT && isLeafType(type) && isLiteralOf(type, node)
}
