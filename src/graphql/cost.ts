import {
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInputObjectType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef
} from 'graphql'
import type * as graphql from 'graphql'
import { wrong } from './bounds.ts'
import { choose, type Chosen } from './selections.ts'
import type { Prepared } from './operations.ts'

type Field = graphql.GraphQLField<unknown, unknown>
type Input = graphql.GraphQLArgument | graphql.GraphQLInputField
type ObjectType = graphql.GraphQLObjectType
type Annotated = { astNode?: Parameters<typeof getDirectiveValues>[1] | null | undefined }
type Values = Readonly<Record<string, unknown>>
/** The size that a field sets for lists below it. */
type Sized = { names: ReadonlySet<string>; size: number }
type Rule = {
  assumedSize?: number
  slicingArguments?: readonly string[]
  sizedFields?: readonly string[]
  requireOneSlicingArgument: boolean
}

/** The price of one path of the response, including everything below it. */
export type PricePart = { readonly pad: string; readonly price: number }
type Note = (pad: string, unit: number, size: number) => void

/** The default weights of an object and of a scalar value: the work of the gateway, expressed in calls to VDAB. */
const defaults = { object: 0.01, value: 0.001 }
/** Assumed sizes of the lists of the introspection schema; for other lists, the number of types. */
const introspectionSizes: Readonly<Record<string, number>> = {
  fields: 10,
  args: 3,
  inputFields: 5,
  enumValues: 8,
  directives: 15,
  locations: 2,
  interfaces: 1,
  possibleTypes: 2
}
const noValues: Values = {}
const unsized: Sized = { names: new Set(), size: 0 }

const isList = ({ type }: Field) => isListType(getNullableType(type))
const fieldsOf = (type: graphql.GraphQLNamedType): readonly (Field | graphql.GraphQLInputField)[] =>
  isObjectType(type) ? Object.values(type.getFields()) : isInputObjectType(type) ? Object.values(type.getFields()) : []

/** The weights of types, fields, arguments and input fields. Throws when a @cost is not a number. */
const readWeights = (schema: graphql.GraphQLSchema) => {
  const cost = schema.getDirective('cost')
  const weights = new Map<object, number>()
  const weigh = (item: Annotated, path: string) => {
    const given = cost && item.astNode ? getDirectiveValues(cost, item.astNode)?.['weight'] : undefined
    if (given === undefined) return
    const weight = Number(given)
    if (!(weight >= 0) || given === '') throw new Error(`The @cost of ${path} is no number`)
    weights.set(item, weight)
  }
  for (const type of Object.values(schema.getTypeMap())) {
    weigh(type, type.name)
    for (const field of fieldsOf(type)) {
      const path = `${type.name}.${field.name}`
      weigh(field, path)
      for (const argument of 'args' in field ? field.args : []) weigh(argument, `${path}(${argument.name}:)`)
    }
  }
  return weights
}

/** The part of the price of each field that is the same in all documents. Throws when a list has no size. */
const readRows = (schema: graphql.GraphQLSchema, weights: ReadonlyMap<object, number>) => {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType)
  const read = (name: string, { astNode }: Annotated) => {
    const directive = schema.getDirective(name)
    return directive && astNode ? getDirectiveValues(directive, astNode) : undefined
  }
  const weightOf = (type: graphql.GraphQLNamedType): number =>
    weights.get(type) ?? (isLeafType(type) ? defaults.value : defaults.object)
  const possibleTypes = (type: graphql.GraphQLNamedType): readonly ObjectType[] =>
    isObjectType(type) ? [type] : isAbstractType(type) ? schema.getPossibleTypes(type) : []

  const rowOf = (parent: ObjectType, field: Field) => {
    const type = getNamedType(field.type)
    const weight = weights.get(field) ?? 0
    const rule = read('listSize', field) as Rule | undefined // the definition of the directive checks its arguments
    const names = [read('lijsten', field)?.['namen'] ?? []].flat() as string[] // likewise
    const isMany = isList(field)
    const leafWeight = isLeafType(type) ? weightOf(type) : undefined
    const isPlain = !isMany && !rule && names.length === 0 && field.args.length === 0
    return {
      field,
      weight,
      rule,
      names,
      list: read('lijst', field)?.['naam'] as string | undefined, // likewise
      isMany,
      leafWeight,
      possible: possibleTypes(type).map((one) => ({ type: one, weight: weightOf(one) })),
      assumed: isIntrospectionType(parent) ? (introspectionSizes[field.name] ?? schemaSize) : 1,
      below: rule?.sizedFields && new Set(rule.sizedFields),
      // A single value costs the same in every document.
      plain: leafWeight !== undefined && isPlain ? weight + leafWeight : undefined
    }
  }
  const schemaSize = Object.keys(schema.getTypeMap()).length
  const metaFields = (type: ObjectType) =>
    type === schema.getQueryType()
      ? [TypeNameMetaFieldDef, SchemaMetaFieldDef, TypeMetaFieldDef]
      : [TypeNameMetaFieldDef]
  const rows = new Map(
    types.map((type) => {
      const fields = [...Object.values(type.getFields()), ...metaFields(type)]
      return [type, new Map(fields.map((field) => [field.name, rowOf(type, field)]))]
    })
  )
  const sized = new Set<string>()
  const lists: string[] = []
  for (const type of types.filter((one) => !isIntrospectionType(one)))
    for (const { field, isMany, rule } of rows.get(type)?.values() ?? []) {
      for (const name of rule?.sizedFields ?? []) sized.add(`${getNamedType(field.type).name}.${name}`)
      if (isMany && !rule) lists.push(`${type.name}.${field.name}`)
    }
  const unsizedList = lists.find((path) => !sized.has(path))
  if (unsizedList !== undefined) throw new Error(`${unsizedList} is a list without @listSize`)
  return rows
}

/** The size that @listSize gives for these arguments. Arguments in the document take precedence over defaults. */
const sizeOf = (
  field: Field,
  { assumedSize = 1, slicingArguments = [], requireOneSlicingArgument }: Rule,
  node: graphql.FieldNode,
  values: Values
): number => {
  const given = slicingArguments.filter((name) => values[name] != null)
  const written = given.filter((name) => node.arguments?.some((argument) => argument.name.value === name))
  if (slicingArguments.length > 0 && requireOneSlicingArgument && written.length !== 1)
    throw wrong(`${field.name} needs exactly one of: ${slicingArguments.join(', ')}.`)
  const sizes = (written.length > 0 ? written : given).map((name) => values[name])
  const lengths = sizes.map((value) => (Array.isArray(value) ? value.length : Math.max(0, Number(value))))
  return lengths.length > 0 ? Math.max(...lengths) : assumedSize
}

/**
 * The price of an operation in calls to VDAB: never less than the calls that it makes while VDAB responds. The rules
 * are in docs/decisions/0012. It is computed from the document and its variables, before execution. Throws GraphQLError
 * when an argument has an invalid value: an operation without a price is not executed.
 */
export const createPricing = (schema: graphql.GraphQLSchema) => {
  const weights = readWeights(schema)
  const rows = readRows(schema, weights)

  const weightOfInput = (input: Input, value: unknown): number => {
    if (value == null) return 0
    const own = weights.get(input) ?? 0
    const type = getNamedType(input.type)
    if (!isInputObjectType(type)) return own
    const members = Object.values(type.getFields())
    let sum = own
    for (const item of [value].flat() as Values[])
      // coerced by the schema
      for (const member of members) sum += weightOfInput(member, item[member.name])
    return sum
  }

  /** `note` receives the price of each path for one object of its parent, and the number of these objects. */
  const priceOfOperation = (
    { operation, fragments }: Pick<Prepared, 'operation' | 'fragments'>,
    variables: Values,
    note?: Note
  ): number => {
    const wanted = new Set<string>()
    const around = { schema, fragments, variables }

    const priceOf = (
      parent: ObjectType,
      { key, nodes }: Chosen,
      sized: Sized,
      list: string | undefined,
      above: string
    ): number => {
      const pad = note ? `${above}${key}` : ''
      const [node] = nodes
      const row = rows.get(parent)?.get(node.name.value)
      if (!row) return 0
      const { field, weight, rule, isMany, possible, below } = row
      if (list !== undefined && field.name === 'label') wanted.add(list)
      if (row.plain !== undefined) {
        note?.(pad, row.plain, 1)
        return row.plain
      }
      for (const name of row.names) wanted.add(name)
      const values: Values = field.args.length === 0 ? noValues : getArgumentValues(field, node, variables)
      const ownSize = rule ? sizeOf(field, rule, node, values) : row.assumed
      const size = !isMany ? 1 : sized.names.has(field.name) ? sized.size : ownSize
      const inside = below ? { names: below, size: ownSize } : unsized
      const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
      let each = row.leafWeight ?? 0
      for (const { type, weight: typeWeight } of possible)
        each = Math.max(each, typeWeight + priceOfAll(type, sets, inside, row.list, note ? `${pad}.` : ''))
      let given = 0
      for (const argument of field.args) given += weightOfInput(argument, values[argument.name])
      note?.(pad, weight + given + size * each, size)
      return weight + given + size * each
    }

    const priceOfAll = (
      type: ObjectType,
      sets: readonly graphql.SelectionSetNode[],
      sized: Sized,
      list: string | undefined,
      above: string
    ): number => {
      let price = 0
      for (const chosen of choose(around, type, sets)) price += priceOf(type, chosen, sized, list, above)
      return price
    }

    const root = schema.getRootType(operation.operation)
    const price = root ? priceOfAll(root, [operation.selectionSet], unsized, undefined, '') : 0
    return Math.max(1, Math.ceil(Math.round((price + wanted.size) * 1000) / 1000))
  }

  /** The price of each path, over all objects of a response whose lists have their maximum size. */
  const parts = (prepared: Pick<Prepared, 'operation' | 'fragments'>, variables: Values): readonly PricePart[] => {
    const noted = new Map<string, { unit: number; size: number }>()
    priceOfOperation(prepared, variables, (pad, unit, size) => {
      const known = noted.get(pad)
      if (known === undefined || known.unit < unit) noted.set(pad, { unit, size })
    })
    const timesAbove = (pad: string): number => {
      const above = pad.slice(0, Math.max(0, pad.lastIndexOf('.')))
      return above === '' ? 1 : (noted.get(above)?.size ?? 1) * timesAbove(above)
    }
    return [...noted].map(([pad, { unit }]) => ({ pad, price: Math.round(unit * timesAbove(pad) * 1000) / 1000 }))
  }

  return { priceOf: priceOfOperation, parts }
}
