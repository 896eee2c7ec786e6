import { getNamedType, isObjectType, type GraphQLObjectType } from 'graphql'
import { readSchema } from '../schema/index.ts'
import { isLink, isPersonal, personalScopeOf } from '../schema/policy.ts'
import { isJsonObject } from '../formats/exactJson.ts'

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (Array.isArray(value) ? value.every(isEmpty) : isJsonObject(value) && Object.values(value).every(isEmpty))

/**
 * Tests whether a vacancy, as VDAB sends it, contains no personal data: it has no value under a type or a field that
 * the schema marks as personal. The free texts next to a contact person also count, since their type is marked.
 */
export const createHasNoPersonalData = () => {
  const schema = readSchema()
  const hasPersonalData = (type: GraphQLObjectType, value: unknown): boolean => {
    if (Array.isArray(value)) return value.some((one) => hasPersonalData(type, one))
    if (!isJsonObject(value)) return false
    if (isPersonal(schema, type)) return !isEmpty(value)
    const fields = type.getFields()
    return Object.entries(value).some(([name, member]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (!field || isLink(field)) return false
      if (personalScopeOf(schema, field) !== undefined) return !isEmpty(member)
      const next = getNamedType(field.type)
      return isObjectType(next) && hasPersonalData(next, member)
    })
  }
  const vacature = schema.getType('Vacature')
  if (!isObjectType(vacature)) throw new Error('Vacature is not a type of the schema')
  return (record: unknown): boolean => !hasPersonalData(vacature, record)
}
