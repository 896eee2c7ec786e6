import { getNamedType, getNullableType, isInterfaceType, isListType, isObjectType } from 'graphql'
import type { GraphQLField, GraphQLFieldResolver, GraphQLObjectType, GraphQLSchema } from 'graphql'
import type { Context, VdabRecord } from '../context.ts'
import { directiveOn } from '../schema/index.ts'
import type { Resolvers, TekstFormaat } from '../schema/types.ts'
import { base } from './base.ts'
import { createFormatters } from './html.ts'
import type { Texts } from './html.ts'
import { kandidaat } from './kandidaat.ts'
import { readCode } from './reading.ts'
import { referentie } from './referentie.ts'
import { vacature } from './vacature.ts'
import { volgen } from './volgen.ts'
import { wijziging } from './wijziging.ts'

type FieldResolver = GraphQLFieldResolver<VdabRecord, Context>
const nouns: readonly Resolvers[] = [base, vacature, kandidaat, referentie, wijziging, volgen]

const isList = (field: GraphQLField<unknown, unknown>) => isListType(getNullableType(field.type))

const readingCodes = (field: GraphQLField<unknown, unknown>, lijst: unknown): FieldResolver => {
  const { name } = field
  const one = (value: unknown) => {
    const read = readCode(value)
    if (read === undefined) return undefined
    const { code, label } = read
    return label === undefined ? { code, lijst } : { code, label, lijst }
  }
  if (!isList(field)) return (record) => one(record[name]) ?? null
  return (record) => {
    const value = record[name]
    if (value == null) return null
    const found: object[] = []
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      const code = one(item)
      if (code !== undefined) found.push(code)
    }
    return found
  }
}

type Formatters = ReturnType<typeof createFormatters>

const readingHtml =
  (name: string, formatters: Formatters): FieldResolver =>
  (record, { formaat }) => {
    const text = record[name]
    return typeof text === 'string' ? formatters[(formaat as TekstFormaat | null) ?? 'HTML'](text) : null // the schema allows no other value
  }

const readingScale =
  (name: string): FieldResolver =>
  (record) =>
    readCode(record[name]) ?? null

/** The resolver that follows from how a field is written: its @lijst, its @html, its type Niveau; none for plain members. */
const derived = (
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
  formatters: Formatters
): FieldResolver | undefined => {
  const lijst = directiveOn(schema, field, 'lijst')
  if (lijst) return readingCodes(field, lijst['naam'])
  if (directiveOn(schema, field, 'html')) return readingHtml(field.name, formatters)
  return getNamedType(field.type).name === 'Niveau' ? readingScale(field.name) : undefined
}

type Fields = Readonly<
  Record<string, GraphQLFieldResolver<unknown, unknown> | { subscribe: GraphQLFieldResolver<unknown, unknown> }>
>

const attach = (type: GraphQLObjectType, fields: Fields) => {
  for (const [name, resolve] of Object.entries(fields)) {
    const field = type.getFields()[name]
    if (!field) throw new Error(`${type.name}.${name} has a resolver but is not in the schema`)
    if (typeof resolve === 'function') field.resolve = resolve
    else Object.assign(field, resolve) // a subscription's `subscribe`
  }
}

/** Gives the schema its resolvers: what the directives say, and what the nouns say themselves. `texts` makes a place to remember texts. */
export const attachResolvers = (schema: GraphQLSchema, { texts }: { texts: () => Texts }): GraphQLSchema => {
  const formatters = createFormatters(texts)
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const resolve = derived(schema, field, formatters)
      if (resolve) field.resolve = resolve as GraphQLFieldResolver<unknown, unknown> // the schema's fields are typed for any source and context
    }
  }
  for (const [typeName, fields] of nouns.flatMap((noun) => Object.entries(noun))) {
    const type = schema.getType(typeName)
    if (isInterfaceType(type)) type.resolveType = (fields as { __resolveType: typeof type.resolveType }).__resolveType
    else if (isObjectType(type)) attach(type, fields as Fields)
  }
  return schema
}
