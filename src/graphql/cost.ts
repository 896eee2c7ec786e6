import {
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isIntrospectionType,
  isLeafType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef
} from 'graphql'
import type {
  FieldNode,
  GraphQLArgument,
  GraphQLInputField,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema
} from 'graphql'
import { wrong } from './bounds.ts'
import { isList, readCostDirectives } from './costDirectives.ts'
import type { Field, SizeRule } from './costDirectives.ts'
import { choose } from './selections.ts'
import type { Chosen } from './selections.ts'
import type { Prepared } from './operations.ts'

type Values = Readonly<Record<string, unknown>>
/** The size that a field gives to lists below it. */
type Sized = { names: ReadonlySet<string>; size: number }

/** What an object and a plain value weigh where no directive says otherwise: work of the gateway, in calls to VDAB. */
const defaults = { object: 0.01, value: 0.001 }
/** Items that lists of the schema about itself are taken to have; all its types are counted. */
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

const typesThatReturn = (type: GraphQLNamedType, schema: GraphQLSchema): readonly GraphQLObjectType[] =>
  isObjectType(type) ? [type] : isAbstractType(type) ? schema.getPossibleTypes(type) : []

/**
 * The price of an operation, in calls to VDAB: never less than the calls it makes while VDAB answers. The rules stand in
 * docs/decisions/0012. It is known before anything runs, out of the document and its variables. Throws GraphQLError when an
 * argument does not get a value that it may have: what cannot be priced does not run.
 */
export const createPricing = (schema: GraphQLSchema) => {
  const { weights, rules, lijsten, lijst } = readCostDirectives(schema)
  const typeCount = Object.keys(schema.getTypeMap()).length
  const query = schema.getQueryType()

  const weightOf = (type: GraphQLNamedType): number =>
    weights.get(type) ?? (isLeafType(type) ? defaults.value : defaults.object)

  const fieldOf = (parent: GraphQLObjectType, name: string): Field | undefined => {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef
    if (parent === query && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
    return parent === query && name === TypeMetaFieldDef.name ? TypeMetaFieldDef : parent.getFields()[name]
  }

  type Input = GraphQLArgument | GraphQLInputField
  const inputs = new Map<Input, { own: number; members: readonly GraphQLInputField[] | undefined }>()
  const inputOf = (input: Input) => {
    const type = getNamedType(input.type)
    const found = {
      own: weights.get(input) ?? 0,
      members: isInputObjectType(type) ? Object.values(type.getFields()) : undefined
    }
    inputs.set(input, found)
    return found
  }

  const weightOfInput = (input: Input, value: unknown): number => {
    if (value == null) return 0
    const { own, members } = inputs.get(input) ?? inputOf(input)
    if (!members) return own
    return [value]
      .flat()
      .reduce<number>(
        (sum, item) =>
          sum + members.reduce((below, member) => below + weightOfInput(member, (item as Values)[member.name]), 0),
        own
      ) // coerced by the schema
  }

  const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : Math.max(0, Number(value)))

  /** The size that a field's @listSize tells for these arguments. What is written goes before defaults. */
  const sizeOf = (
    field: Field,
    { assumedSize = 1, slicingArguments = [], requireOneSlicingArgument }: SizeRule,
    node: FieldNode,
    values: Values
  ): number => {
    const given = slicingArguments.filter((name) => values[name] != null)
    const written = given.filter((name) => node.arguments?.some((argument) => argument.name.value === name))
    if (slicingArguments.length > 0 && requireOneSlicingArgument && written.length !== 1)
      throw wrong(`${field.name} needs exactly one of: ${slicingArguments.join(', ')}.`)
    const telling = written.length > 0 ? written : given
    return telling.length > 0 ? Math.max(...telling.map((name) => lengthOf(values[name]))) : assumedSize
  }

  /** What of a field's price no document changes. */
  type Row = {
    field: Field
    weight: number
    rule: SizeRule | undefined
    names: readonly string[]
    list: string | undefined
    isMany: boolean
    isLeaf: boolean
    leafWeight: number
    possible: readonly { type: GraphQLObjectType; weight: number }[]
    assumed: number
    below: ReadonlySet<string> | undefined
    plain: number | undefined
  }
  const rows = new Map<GraphQLObjectType, Map<string, Row>>()
  const makeRow = (parent: GraphQLObjectType, field: Field): Row => {
    const type = getNamedType(field.type)
    const [weight, rule, names, isMany, isLeaf, leafWeight] = [
      weights.get(field) ?? 0,
      rules.get(field),
      lijsten.get(field) ?? [],
      isList(field),
      isLeafType(type),
      weightOf(type)
    ]
    const possible = typesThatReturn(type, schema).map((one) => ({ type: one, weight: weightOf(one) }))
    // One value, whatever its document says.
    const plain =
      isLeaf && !isMany && !rule && names.length === 0 && field.args.length === 0 ? weight + leafWeight : undefined
    const row = {
      field,
      weight,
      rule,
      names,
      list: lijst.get(field),
      isMany,
      isLeaf,
      leafWeight,
      possible,
      assumed: isIntrospectionType(parent) ? (introspectionSizes[field.name] ?? typeCount) : 1,
      below: rule?.sizedFields && new Set(rule.sizedFields),
      plain
    }
    const ofParent = rows.get(parent) ?? new Map<string, Row>()
    rows.set(parent, ofParent)
    ofParent.set(field.name, row)
    return row
  }
  const rowOf = (parent: GraphQLObjectType, name: string): Row | undefined => {
    const known = rows.get(parent)?.get(name)
    const field = known ? undefined : fieldOf(parent, name)
    return field ? makeRow(parent, field) : known
  }

  return ({ operation, fragments }: Pick<Prepared, 'operation' | 'fragments'>, variables: Values): number => {
    const wanted = new Set<string>()
    const around = { schema, fragments, variables }

    const priceOf = (parent: GraphQLObjectType, { nodes }: Chosen, sized: Sized, list: string | undefined): number => {
      const [node] = nodes
      const row = rowOf(parent, node.name.value)
      if (!row) return 0
      if (list !== undefined && row.field.name === 'label') wanted.add(list)
      if (row.plain !== undefined) return row.plain
      const { field, weight, rule, names, list: own, isMany, isLeaf, leafWeight, possible, assumed, below } = row
      for (const name of names) wanted.add(name)
      const values: Values = field.args.length === 0 ? noValues : getArgumentValues(field, node, variables)
      const told = rule ? sizeOf(field, rule, node, values) : assumed
      const size = !isMany ? 1 : sized.names.has(field.name) ? sized.size : told
      const inside = below ? { names: below, size: told } : unsized
      let each = isLeaf ? leafWeight : 0
      for (const one of possible)
        each = Math.max(each, one.weight + priceOfAll(one.type, chosenOf(one.type, nodes), inside, own))
      let given = 0
      for (const argument of field.args) given += weightOfInput(argument, values[argument.name])
      return weight + given + size * each
    }

    const chosenOf = (type: GraphQLObjectType, nodes: readonly FieldNode[]) =>
      choose(
        around,
        type,
        nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
      )

    const priceOfAll = (
      type: GraphQLObjectType,
      chosen: readonly Chosen[],
      sized: Sized,
      list: string | undefined
    ): number => {
      let price = 0
      for (const one of chosen) price += priceOf(type, one, sized, list)
      return price
    }

    const root = schema.getRootType(operation.operation)
    const price = root ? priceOfAll(root, choose(around, root, [operation.selectionSet]), unsized, undefined) : 0
    return Math.max(1, Math.ceil(Math.round((price + wanted.size) * 1000) / 1000))
  }
}

export type Pricing = ReturnType<typeof createPricing>
