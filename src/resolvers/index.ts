import { getNamedType, getNullableType, isInterfaceType, isListType, isObjectType } from 'graphql'
import type { GraphQLField, GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { Context, VdabRecord } from '../context.ts'
import { directiveOn } from '../schema/index.ts'
import type { Resolvers, TekstFormaat } from '../schema/types.ts'
import { base } from './base.ts'
import { createFormatters } from './html.ts'
import type { Texts } from './html.ts'
import { kandidaat } from './kandidaat.ts'
import { passend } from './passend.ts'
import { readCode } from './reading.ts'
import { referentie } from './referentie.ts'
import { vacature } from './vacature.ts'
import { volgen } from './volgen.ts'
import { wijziging } from './wijziging.ts'

type Field = GraphQLField<unknown, unknown>
type AnyResolver = GraphQLFieldResolver<unknown, unknown>
type FieldResolver = GraphQLFieldResolver<VdabRecord, Context>
const nouns: readonly Resolvers[] = [base, vacature, kandidaat, referentie, wijziging, volgen, passend]

const codeResolver = ({ name, type }: Field, lijst: unknown): FieldResolver => {
  const one = (value: unknown) => {
    const code = readCode(value)
    return code && { ...code, lijst }
  }
  if (!isListType(getNullableType(type))) return (record) => one(record[name]) ?? null
  return (record) => {
    const value = record[name]
    return value == null ? null : [value].flat().flatMap((item) => one(item) ?? [])
  }
}

/**
 * The resolver that follows from the definition of a field: from @lijst, @html or the type Niveau; none for other
 * fields.
 */
const derivedResolver = (
  schema: GraphQLSchema,
  field: Field,
  formatters: ReturnType<typeof createFormatters>
): FieldResolver | undefined => {
  const { name } = field
  const lijst = directiveOn(schema, field, 'lijst')
  if (lijst) return codeResolver(field, lijst['naam'])
  if (directiveOn(schema, field, 'html'))
    return (record, { formaat }) => {
      const text = record[name]
      // the schema allows no other value
      return typeof text === 'string' ? formatters[(formaat as TekstFormaat | null) ?? 'HTML'](text) : null
    }
  return getNamedType(field.type).name === 'Niveau' ? (record) => readCode(record[name]) ?? null : undefined
}

/**
 * Attaches the resolvers to the schema: those derived from directives, then those of the nouns. `texts` creates a cache
 * of converted texts.
 */
export const attachResolvers = (schema: GraphQLSchema, { texts }: { texts: () => Texts }): GraphQLSchema => {
  const formatters = createFormatters(texts)
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const resolve = derivedResolver(schema, field, formatters)
      if (resolve) field.resolve = resolve as AnyResolver // the schema's types allow any source and context
    }
  }
  for (const [typeName, fields] of nouns.flatMap((noun) => Object.entries(noun))) {
    const type = schema.getType(typeName)
    if (isInterfaceType(type)) type.resolveType = (fields as { __resolveType: typeof type.resolveType }).__resolveType
    if (!isObjectType(type)) continue
    for (const [name, resolve] of Object.entries(fields as Record<string, AnyResolver | { subscribe: AnyResolver }>)) {
      const field = type.getFields()[name]
      if (!field) throw new Error(`${typeName}.${name} has a resolver but is not in the schema`)
      Object.assign(field, typeof resolve === 'function' ? { resolve } : resolve)
    }
  }
  return schema
}
