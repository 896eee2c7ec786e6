import { getArgumentValues, getNullableType, isLeafType, isNonNullType } from 'graphql'
import type {
  GraphQLAbstractType,
  GraphQLField,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema
} from 'graphql'
import type { Context } from '../../context.ts'
import { choose } from '../../graphql/selections.ts'
import type { Chosen, Fragments } from '../../graphql/selections.ts'
import { quoted } from './bytes.ts'
import type { Bytes } from './bytes.ts'
import { giveUp } from './giveUp.ts'
import { leafWriter } from './leaves.ts'
import type { Exposure } from '../../schema/policy.ts'
import { asSource } from './objects.ts'
import type { FieldSource } from './objects.ts'
import { shapeOf } from './shapes.ts'
import type { Shape } from './shapes.ts'
import { Unwritable } from './unwritable.ts'

type Path = GraphQLResolveInfo['path']
type Variables = Readonly<Record<string, unknown>>

/** One writing of an answer. */
export type Pass = { readonly context: Context }
/** Writes a value and all that is selected of it. Throws, whatever it may be, where GraphQL has to answer. */
export type Write<P extends Pass> = (value: unknown, pass: P) => Bytes
/** A writer, and how what it writes is spelled out: two that are spelled alike write alike. */
export type Compiled<P extends Pass> = { readonly write: Write<P>; readonly spelling: string }

/** What is compiled: the selections of an operation, with the values of the variables that decide what they select. */
export type Surroundings<P extends Pass> = {
  schema: GraphQLSchema
  revealsPerson: Exposure
  fragments: Fragments
  variables: Variables
  /** what resolvers are told besides the field itself */
  told: Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'rootValue' | 'operation'>
  /** takes over the objects of some types, such as those that are kept */
  entity: (type: GraphQLObjectType, compiled: Compiled<P>) => Write<P>
  /** the same for the fields of those objects that are more than a plain value, by their type and spelling */
  member: (write: FieldWriter<P>, spelling: string) => FieldWriter<P>
  /** told of each field that is compiled, and what its writer retains, in bytes */
  count: (bytes: number) => void
}

/** Where a field stands: its nodes in the document, merged. */
export type Place = Pick<Chosen, 'nodes'> & {
  readonly parent: GraphQLObjectType
  readonly field: GraphQLField<unknown, unknown>
  readonly path: Path
}
type FieldWriter<P extends Pass> = (source: FieldSource, pass: P) => Bytes

// Those that decide nothing are not known when a plan is made. Whoever asks for them is answered by GraphQL.
const refuse = (): never => {
  throw giveUp
}
const unknownYet = new Proxy<Record<string, unknown>>(
  {},
  { get: refuse, has: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse }
)

// All members by name, for spreading takes longer than all else of a small plan. Of lists the path names no positions:
// it is made once for all of them.
const infoOf = (
  { told: { schema, fragments, rootValue, operation } }: Pick<Surroundings<Pass>, 'told'>,
  { parent: parentType, field: { name: fieldName, type: returnType }, nodes: fieldNodes, path }: Place
): GraphQLResolveInfo => ({
  fieldName,
  fieldNodes,
  returnType,
  parentType,
  path,
  schema,
  fragments,
  rootValue,
  operation,
  variableValues: unknownYet
})

/**
 * What the writer of a field retains (measured), and what the place of one retains whose writer is the same for every
 * document.
 */
const fieldBytes = 1000
const placeBytes = 150
const noArguments: Variables = Object.freeze({})
const plainWriters = new WeakMap<GraphQLField<unknown, unknown>, FieldWriter<Pass> | 'none'>()

const createPlain = ({ name, type, args, resolve }: GraphQLField<unknown, unknown>): FieldWriter<Pass> | 'none' => {
  const leaf = getNullableType(type)
  if (resolve || args.length > 0 || !isLeafType(leaf)) return 'none'
  const write = leafWriter(leaf)
  return isNonNullType(type)
    ? (source) => {
        const value = source[name]
        if (value == null) throw giveUp
        return write(value)
      }
    : (source) => {
        const value = source[name]
        return value == null ? 'null' : write(value)
      }
}

/** The writer of a field that is a plain member and one value, the same for every document; undefined for others. */
const plainWriter = (field: GraphQLField<unknown, unknown>): FieldWriter<Pass> | undefined => {
  const writer = plainWriters.get(field) ?? createPlain(field)
  plainWriters.set(field, writer)
  return writer === 'none' ? undefined : writer
}

/**
 * Writers of selections, each made once for a document and run for each answer. Throws Unwritable, or what GraphQL says
 * of an argument.
 */
export const createCompile = <P extends Pass>(around: Surroundings<P>) => {
  const { schema, revealsPerson, variables, entity, member, count } = around

  const ofField = (place: Place): { write: FieldWriter<P>; spelling: string; isValue: boolean } => {
    const { field, nodes } = place
    const { name, resolve } = field
    const plain = plainWriter(field)
    count(plain ? placeBytes : fieldBytes)
    if (plain) return { write: plain, spelling: name, isValue: true }
    const isValue = field.args.length === 0 && isLeafType(getNullableType(field.type))
    const { write, spelling } = ofType(field.type, place)
    const args: Variables =
      field.args.length === 0 ? noArguments : Object.freeze(getArgumentValues(field, nodes[0], variables))
    const spelled = `${name}${field.args.length > 0 ? JSON.stringify(args) : ''}${spelling}`
    if (!resolve) return { write: (source, pass) => write(source[name], pass), spelling: spelled, isValue }
    const info = infoOf(around, place)
    return {
      write: (source, pass) => write(resolve(source, args, pass.context, info), pass),
      spelling: spelled,
      isValue
    }
  }

  const ofFields = (type: GraphQLObjectType, chosen: readonly Chosen[], path: Path): Compiled<P> => {
    const heads: Bytes[] = []
    const writers: FieldWriter<P>[] = []
    const spellings: string[] = []
    const ofEntity = isEntity(type)
    for (const { key, nodes } of chosen) {
      const name = nodes[0].name.value
      const field = type.getFields()[name]
      const head = `${heads.length === 0 ? '{' : ','}"${key}":` // a name of GraphQL's needs no more
      if (revealsPerson(type, field)) throw new Unwritable(`${type.name}.${name} tells of people`)
      if (name === '__typename') {
        const text = quoted(type.name)
        count(placeBytes)
        heads.push(head)
        writers.push(() => text)
        spellings.push(`${key}:${name}`)
      } else if (field) {
        const { write, spelling, isValue } = ofField({
          parent: type,
          field,
          nodes,
          path: { key, prev: path, typename: type.name }
        })
        heads.push(head)
        writers.push(ofEntity && !isValue ? member(write, `${type.name}.${spelling}`) : write)
        spellings.push(`${key}:${spelling}`)
      } else throw new Unwritable(`${type.name}.${name} is no field of the schema's`)
    }
    const spelling = `${type.name}{${spellings.join(',')}}`
    const size = heads.length
    if (size === 0)
      return {
        write: (value) => {
          asSource(value)
          return '{}'
        },
        spelling
      }
    const write: Write<P> = (value, pass) => {
      const source = asSource(value)
      let text = ''
      for (let at = 0; at < size; at += 1)
        text += (heads[at] as string) + (writers[at] as (typeof writers)[number])(source, pass) // as many as there are
      return `${text}}`
    }
    return { write, spelling }
  }

  const ofObject = (type: GraphQLObjectType, { nodes, path }: Place): Compiled<P> => {
    const compiled = ofFields(
      type,
      choose(
        around,
        type,
        nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
      ),
      path
    )
    return { write: entity(type, compiled), spelling: compiled.spelling }
  }

  /** The types that an interface may turn out to be; what tells of people is found out when it does. */
  const ofAbstract = (type: GraphQLAbstractType, place: Place): Compiled<P> => {
    const { resolveType } = type
    const info = infoOf(around, place)
    if (!resolveType) throw new Unwritable(`nobody tells which ${type.name} it is`)
    const possible = schema.getPossibleTypes(type).map((one): [string, Compiled<P>] => {
      try {
        return [one.name, ofObject(one, place)]
      } catch (error) {
        if (!(error instanceof Unwritable)) throw error
        return [
          one.name,
          {
            write: () => {
              throw giveUp
            },
            spelling: ''
          }
        ]
      }
    })
    const byName = new Map(possible.map(([name, { write }]) => [name, write]))
    const write: Write<P> = (value, pass) => {
      const name: unknown = resolveType(asSource(value), pass.context, info, type)
      const chosen = typeof name === 'string' ? byName.get(name) : undefined
      if (!chosen) throw giveUp
      return chosen(value, pass)
    }
    return { write, spelling: `${type.name}{${possible.map(([, { spelling }]) => spelling).join('|')}}` }
  }

  const ofList = (item: Compiled<P>): Compiled<P> => ({
    write: (value, pass) => {
      if (!Array.isArray(value)) throw giveUp
      let text = '['
      for (let at = 0; at < value.length; at += 1)
        text += at === 0 ? item.write(value[at], pass) : `,${item.write(value[at], pass)}`
      return `${text}]`
    },
    spelling: item.spelling
  })

  const ofShape = (shape: Shape, place: Place): Compiled<P> => {
    if (shape.is === 'leaf') return { write: leafWriter(shape.type), spelling: '' }
    if (shape.is === 'object') return ofObject(shape.type, place)
    return shape.is === 'abstract' ? ofAbstract(shape.type, place) : ofList(ofType(shape.of, place))
  }

  const ofType = (type: GraphQLOutputType, place: Place): Compiled<P> => {
    const shape = shapeOf(type)
    if (shape.is === 'nonNull') {
      const { write, spelling } = ofShape(shapeOf(shape.of), place)
      return {
        write: (value, pass) => {
          if (value == null) throw giveUp
          return write(value, pass)
        },
        spelling
      }
    }
    const { write, spelling } = ofShape(shape, place)
    return { write: (value, pass) => (value == null ? 'null' : write(value, pass)), spelling }
  }

  /** The writer of what stands in this place. */
  return (place: Place): Write<P> => ofType(place.field.type, place).write
}

/**
 * Is this a type whose objects have an id of their own, so that what is written of one can be kept for another answer?
 */
export const isEntity = (type: GraphQLObjectType): boolean => type.getInterfaces().some(({ name }) => name === 'Node')
