import {
  getDirectiveValues,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isIntrospectionType,
  isListType,
  isObjectType
} from 'graphql'
import type { GraphQLField, GraphQLSchema } from 'graphql'

/** A field of the schema, whatever its source and context. */
export type Field = GraphQLField<unknown, unknown>
/** What @listSize says of a field. */
export type SizeRule = {
  assumedSize?: number
  slicingArguments?: readonly string[]
  sizedFields?: readonly string[]
  requireOneSlicingArgument: boolean
}

/** Does a field return a list? */
export const isList = ({ type }: Field) => isListType(getNullableType(type))

/** Reads what the SDL says of prices. Throws at the start when a weight is no number or a list has no size. */
export const readCostDirectives = (schema: GraphQLSchema) => {
  const weights = new Map<object, number>()
  const rules = new Map<Field, SizeRule>()
  const sized = new Set<string>()
  const read = (
    name: string,
    { astNode }: { astNode?: Parameters<typeof getDirectiveValues>[1] | null | undefined }
  ) => {
    const directive = schema.getDirective(name)
    return directive && astNode ? getDirectiveValues(directive, astNode) : undefined
  }
  const weigh = (what: Parameters<typeof read>[1], path: string) => {
    const given = read('cost', what)?.['weight']
    if (given === undefined) return
    const weight = Number(given)
    if (!(weight >= 0) || given === '') throw new Error(`The @cost of ${path} is no number`)
    weights.set(what, weight)
  }
  const own = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type))
  const fields = own
    .filter(isObjectType)
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ path: `${type.name}.${field.name}`, field })))
  for (const type of own) {
    weigh(type, type.name)
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) weigh(field, `${type.name}.${field.name}`)
  }
  for (const { path, field } of fields) {
    weigh(field, path)
    for (const argument of field.args) weigh(argument, `${path}(${argument.name}:)`)
    const rule = read('listSize', field) as SizeRule | undefined // the directive's own definition checks its arguments
    if (rule) rules.set(field, rule)
    for (const name of rule?.sizedFields ?? []) sized.add(`${getNamedType(field.type).name}.${name}`)
  }
  const forgotten = fields.find(({ path, field }) => isList(field) && !rules.has(field) && !sized.has(path))
  if (forgotten) throw new Error(`${forgotten.path} is a list without @listSize`)
  const lijsten = new Map(
    fields.map(({ field }) => [field, [read('lijsten', field)?.['namen'] ?? []].flat() as string[]])
  )
  const lijst = new Map(fields.map(({ field }) => [field, read('lijst', field)?.['naam'] as string | undefined]))
  return { weights, rules, lijsten, lijst }
}
