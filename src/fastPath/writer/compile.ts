import { getArgumentValues, isAbstractType, isLeafType, isListType, isNonNullType, isObjectType } from 'graphql'
import type {
  GraphQLAbstractType,
  GraphQLField,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema
} from 'graphql'
import { choose } from '../../graphql/selections.ts'
import type { Chosen, Fragments } from '../../graphql/selections.ts'
import type { Variables } from '../../graphql/variables.ts'
import type { Exposure } from '../../schema/policy.ts'
import { quoted } from './bytes.ts'
import type { Bytes } from './bytes.ts'
import { needsExecution, NotWritable } from './fallback.ts'
import type { Pass, Write } from './pass.ts'
import { asSource, leafWriter } from './values.ts'
import type { FieldSource } from './values.ts'

type Path = GraphQLResolveInfo['path']
/** The part of a resolver's `info` that is the same for all fields of an operation. */
export type OperationInfo = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'rootValue' | 'operation'>

type Dependencies = {
  schema: GraphQLSchema
  revealsPerson: Exposure
  fragments: Fragments
  /** the values of the variables that affect the selection */
  variables: Variables
  operationInfo: OperationInfo
  /** adds stored fragments to the writer of an entity type */
  withFragments: (write: Write) => Write
}

/** A selected field with its nodes in the document, merged. */
export type FieldPlace = Pick<Chosen, 'nodes'> & {
  readonly parent: GraphQLObjectType
  readonly field: GraphQLField<unknown, unknown>
  readonly path: Path
}
type FieldWriter = (source: FieldSource, pass: Pass) => Bytes

const refuse = (): never => {
  throw needsExecution
}
// A plan is used with many values of the other variables, so GraphQL runs a resolver that reads variables.
const unreadableVariables = new Proxy<Record<string, unknown>>(
  {},
  { get: refuse, has: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse }
)

/** Has this type ids, so that its objects are cache entries? */
const isEntity = (type: GraphQLObjectType): boolean => type.getInterfaces().some(({ name }) => name === 'Node')

const writeEmpty: Write = (value) => {
  asSource(value)
  return '{}'
}

const writerOfFields = (fields: readonly { readonly head: Bytes; readonly write: FieldWriter }[]): Write =>
  fields.length === 0
    ? writeEmpty
    : (value, pass) => {
        const source = asSource(value)
        let text = ''
        for (const { head, write } of fields) text += head + write(source, pass)
        return `${text}}`
      }

const writerOfList =
  (writeItem: Write): Write =>
  (value, pass) => {
    if (!Array.isArray(value)) throw needsExecution
    let text = '['
    for (let at = 0; at < value.length; at += 1)
      text += at === 0 ? writeItem(value[at], pass) : `,${writeItem(value[at], pass)}`
    return `${text}]`
  }

/** The `info` of a resolver. */
export const infoOf = (
  operationInfo: OperationInfo,
  { parent, field, nodes, path }: FieldPlace,
  variableValues: GraphQLResolveInfo['variableValues']
): GraphQLResolveInfo => ({
  ...operationInfo,
  fieldName: field.name,
  fieldNodes: nodes,
  returnType: field.type,
  parentType: parent,
  path,
  variableValues
})

/**
 * Compiles selections to writers, once per operation. Throws NotWritable, or GraphQL's error on an argument. The path
 * of a resolver's `info` has no list positions, because one `info` is shared by all items.
 */
export const createCompile = (dependencies: Dependencies) => {
  const { schema, revealsPerson, variables, operationInfo, withFragments } = dependencies

  const compileField = (place: FieldPlace): FieldWriter => {
    const { name, type, resolve } = place.field
    const write = compileType(type, place)
    if (!resolve) return (source, pass) => write(source[name], pass)
    const args = Object.freeze(getArgumentValues(place.field, place.nodes[0], variables))
    const info = infoOf(operationInfo, place, unreadableVariables)
    return (source, pass) => write(resolve(source, args, pass.context, info), pass)
  }

  const compileObject = (type: GraphQLObjectType, { nodes, path }: FieldPlace): Write => {
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
    const fields = choose(dependencies, type, sets).map((chosen, index) => {
      const name = chosen.nodes[0].name.value
      const field = type.getFields()[name]
      const head = `${index === 0 ? '{' : ','}"${chosen.key}":` // a GraphQL name needs no escapes
      if (revealsPerson(type, field)) throw new NotWritable(`${type.name}.${name} is personal`)
      if (name === '__typename') return { head, write: () => quoted(type.name) }
      if (!field) throw new NotWritable(`${type.name}.${name} is not in the schema`)
      const fieldPath = { key: chosen.key, prev: path, typename: type.name }
      return { head, write: compileField({ parent: type, field, nodes: chosen.nodes, path: fieldPath }) }
    })
    const write = writerOfFields(fields)
    return isEntity(type) ? withFragments(write) : write
  }

  /** A type with personal data is refused only when an object actually has that type. */
  const compilePossible = (type: GraphQLObjectType, place: FieldPlace): Write => {
    try {
      return compileObject(type, place)
    } catch (error) {
      if (error instanceof NotWritable) return refuse
      throw error
    }
  }

  const compileAbstract = (type: GraphQLAbstractType, place: FieldPlace): Write => {
    const { resolveType } = type
    if (!resolveType) throw new NotWritable(`${type.name} has no resolveType`)
    const info = infoOf(operationInfo, place, unreadableVariables)
    const byName = new Map(schema.getPossibleTypes(type).map((one) => [one.name, compilePossible(one, place)]))
    return (value, pass) => {
      const name: unknown = resolveType(asSource(value), pass.context, info, type)
      const write = typeof name === 'string' ? byName.get(name) : undefined
      if (!write) throw needsExecution
      return write(value, pass)
    }
  }

  const compileNonNull = (type: GraphQLOutputType, place: FieldPlace): Write => {
    if (isLeafType(type)) return leafWriter(type)
    if (isListType(type)) return writerOfList(compileType(type.ofType, place))
    if (isObjectType(type)) return compileObject(type, place)
    if (isAbstractType(type)) return compileAbstract(type, place)
    throw new NotWritable('a type of an unknown kind')
  }

  const compileType = (type: GraphQLOutputType, place: FieldPlace): Write => {
    const isRequired = isNonNullType(type)
    const write = compileNonNull(isRequired ? type.ofType : type, place)
    return (value, pass) => {
      if (value != null) return write(value, pass)
      if (isRequired) throw needsExecution
      return 'null'
    }
  }

  /** The writer of a field's value. */
  return (place: FieldPlace): Write => compileType(place.field.type, place)
}
