import { getNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isScalarType } from 'graphql'
import type { GraphQLNamedType, GraphQLSchema } from 'graphql'
import { personalScopeOf } from '../../schema/policy.ts'

/** A schema of JSON Schema 2020-12, or any other part of an OpenAPI document. */
export type Part = Readonly<Record<string, unknown>>

const scalars: Readonly<Record<string, Part>> = {
  String: { type: 'string' },
  ID: { type: 'string' },
  Int: { type: 'integer', format: 'int32' },
  Float: { type: 'number' },
  Boolean: { type: 'boolean' },
  Long: { type: 'integer', format: 'int64' },
  Date: { type: 'string', format: 'date' },
  DateTime: { type: 'string', format: 'date-time' },
  JSON: {}
}

const nullable = (schema: Part): Part => {
  if (typeof schema['type'] === 'string') return { ...schema, type: [schema['type'], 'null'] }
  return '$ref' in schema ? { anyOf: [schema, { type: 'null' }] } : schema
}

/** The schema of a type in GraphQL notation, such as `[String!]`; null is allowed unless the type forbids it. */
export const schemaOf = (type: string): Part => {
  if (!type.endsWith('!')) return nullable(schemaOf(`${type}!`))
  const inner = type.slice(0, -1)
  if (inner.startsWith('[')) return { type: 'array', items: schemaOf(inner.slice(1, -1)) }
  return scalars[inner] ?? { $ref: `#/components/schemas/${inner}` }
}

/** The schema of a parameter: the value is absent instead of null. */
export const parameterSchema = (type: string): Part => schemaOf(type.endsWith('!') ? type : `${type}!`)

const described = (schema: Part, texts: readonly (string | null | undefined)[]): Part => {
  const description = texts.filter((text) => typeof text === 'string' && text !== '').join(' ')
  return description === '' ? schema : { ...schema, description }
}

/** The component schemas of the named types, and of all types that they reference. */
export const componentsOf = (schema: GraphQLSchema, names: readonly string[]): Part => {
  const found = new Map<string, Part>()
  const add = (type: GraphQLNamedType) => {
    if (found.has(type.name) || isScalarType(type) || isInputObjectType(type) || isInterfaceType(type)) return
    found.set(type.name, {})
    if (isEnumType(type)) {
      const values = type.getValues()
      found.set(type.name, described({ type: 'string', enum: values.map(({ name }) => name) }, [type.description]))
      return
    }
    if (!isObjectType(type)) return
    const properties = Object.values(type.getFields()).map((field) => {
      add(getNamedType(field.type))
      const scope = personalScopeOf(schema, field)
      const note = `null without the scope \`${scope}\`.`
      // The SDL has this note, except where it names the scope of a link.
      const hasNote = scope === undefined || field.description?.includes(note)
      const added = hasNote ? undefined : `Personal data: ${note}`
      return [field.name, described(schemaOf(String(field.type)), [field.description, added])] as const
    })
    // `velden` can leave out every member, so none is required.
    found.set(type.name, described({ type: 'object', properties: Object.fromEntries(properties) }, [type.description]))
  }
  for (const name of names) {
    const type = schema.getType(name)
    if (type) add(type)
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}
