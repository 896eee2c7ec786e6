import { getNamedType, isInputType, isLeafType, isObjectType, isRequiredArgument, Kind, OperationTypeNode, typeFromAST } from 'graphql'
import type { ArgumentNode, DocumentNode, FieldNode, FragmentDefinitionNode, GraphQLArgument, GraphQLField, GraphQLInputType, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode, SelectionSetNode } from 'graphql'
import { maxDefinitions, maxSelections } from './bounds.ts'
import type { Maxima } from './bounds.ts'
import { fits } from './fitting.ts'
import type { Declared } from './fitting.ts'
import type { Chosen, Fragments } from './selections.ts'
import type { Marks } from './writer/marks.ts'
import type { Survey } from './writer/survey.ts'

/** What there is to know of a field of the schema's before it is asked; `below` is the type of the objects it leads to. */
type Row = { readonly below: GraphQLObjectType | undefined; readonly isPersonal: boolean; readonly args: ReadonlyMap<string, GraphQLArgument>; readonly required: readonly string[] }
type Rows = ReadonlyMap<string, Row>

/** What is chosen of an object, while it is gathered. */
type Choice = Map<string, { readonly key: string; readonly nodes: [FieldNode, ...FieldNode[]]; readonly below: Choice | undefined }>

/** An operation that is valid and within the maxima: all of it, in one walk; `size` in selections, its fragments written out. */
export type Glanced = { readonly operation: OperationDefinitionNode; readonly fragments: Fragments; readonly outline: ReadonlyMap<string, Chosen>; readonly size: number; readonly survey: Survey }

/** Thrown while looking, and never out of here: GraphQL's own validation has to judge. */
const doubt = new Error('This is not for a glance')
const none: ReadonlyMap<string, GraphQLInputType> = new Map()

/** The rows of all object types. A field that leads to an interface has none: what is asked of it is not told by one type. */
const tableOf = (schema: GraphQLSchema, marks: Marks): ReadonlyMap<GraphQLObjectType, Rows> => {
  const rowOf = (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): [string, Row][] => {
    const named = getNamedType(field.type)
    if (!isLeafType(named) && !isObjectType(named)) return []
    const row = { below: isObjectType(named) ? named : undefined, isPersonal: marks.tellsOfPeople(type, field), args: new Map(field.args.map((argument) => [argument.name, argument])), required: field.args.filter(isRequiredArgument).map(({ name }) => name) }
    return [[field.name, row]]
  }
  const types = Object.values(schema.getTypeMap()).filter((type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'))
  return new Map(types.map((type): [GraphQLObjectType, Rows] => {
    const itself: [string, Row] = ['__typename', { below: undefined, isPersonal: marks.tellsOfPeople(type, undefined), args: new Map(), required: [] }]
    return [type, new Map([itself, ...Object.values(type.getFields()).flatMap((field) => rowOf(type, field))])]
  }))
}

type Options = { schema: GraphQLSchema; marks: Marks; maxima: Maxima }

/**
 * Looks an ordinary document over once, in a small part of the time that GraphQL's validation takes, and says that it is surely
 * valid and within its maxima, or nothing: then it is judged as if nobody had looked. It refuses nothing, and what it lets
 * pass GraphQL's rules let pass (test/glance.test.ts). Ordinary is one query, without directives, interfaces, introspection
 * or a field with arguments given twice under one name, whose fragments stand on the very type that they are for.
 */
export const createGlance = ({ schema, marks, maxima: { maxDepth, maxAliases, maxRootFields } }: Options) => {
  const table = tableOf(schema, marks)
  const query = schema.getQueryType()

  const declare = ({ variableDefinitions = [] }: OperationDefinitionNode): ReadonlyMap<string, GraphQLInputType> => {
    const types = new Map<string, GraphQLInputType>()
    for (const { variable: { name: { value: name } }, type: node, defaultValue, directives } of variableDefinitions) {
      const type = typeFromAST(schema, node)
      if (!isInputType(type) || types.has(name) || directives?.length) throw doubt
      if (defaultValue && !fits(type, defaultValue, { types: none, used: new Set() })) throw doubt
      types.set(name, type)
    }
    return types
  }

  const look = (root: GraphQLObjectType, operation: OperationDefinitionNode, fragments: Fragments): Glanced => {
    const types = declare(operation)
    const [atRoot, below] = [{ types, used: new Set<string>() }, { types, used: new Set<string>() }]
    const spread = new Set<string>()
    let [size, aliases, rootFields, isPersonal] = [0, 0, 0, false]

    const readArguments = (written: readonly ArgumentNode[], { args, required }: Row, declared: Declared) => {
      const names = new Set<string>()
      for (const { name: { value: name }, value } of written) {
        const argument = args.get(name)
        if (!argument || names.has(name) || !fits(argument.type, value, declared)) throw doubt
        names.add(name)
      }
      for (const name of required) if (!names.has(name)) throw doubt
    }

    const readField = (chosen: Choice, node: FieldNode, rows: Rows, depth: number) => {
      const row = rows.get(node.name.value)
      if (!row || depth > maxDepth || (row.below === undefined) !== (node.selectionSet === undefined)) throw doubt
      if (node.arguments?.length || row.required.length > 0) readArguments(node.arguments ?? [], row, depth === 1 ? atRoot : below)
      if (node.alias) aliases += 1
      if (depth === 1) rootFields += 1
      isPersonal ||= row.isPersonal
      const key = (node.alias ?? node.name).value
      const same = chosen.get(key)
      if (same && (same.nodes[0].name.value !== node.name.value || same.nodes[0].arguments?.length || node.arguments?.length)) throw doubt
      if (same?.nodes.includes(node)) throw doubt // of a fragment that is spread twice GraphQL takes one
      same?.nodes.push(node)
      const made = same ?? { key, nodes: [node], below: row.below && new Map() }
      if (!same) chosen.set(key, made)
      if (row.below && made.below && node.selectionSet) readInto(made.below, row.below, node.selectionSet, depth + 1)
    }

    const readInto = (chosen: Choice, type: GraphQLObjectType, { selections }: SelectionSetNode, depth: number) => {
      const rows = table.get(type)
      if (!rows) throw doubt
      for (const node of selections) {
        size += 1
        if (size > maxSelections || node.directives?.length) throw doubt
        if (node.kind === Kind.FIELD) {
          readField(chosen, node, rows, depth)
          continue
        }
        const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value)
        if (!fragment || fragment.directives?.length || (fragment.typeCondition && fragment.typeCondition.name.value !== type.name)) throw doubt
        if (node.kind === Kind.FRAGMENT_SPREAD) spread.add(node.name.value)
        readInto(chosen, type, fragment.selectionSet, depth)
      }
    }

    const outline: Choice = new Map()
    readInto(outline, root, operation.selectionSet, 1)
    if (aliases > maxAliases || rootFields > maxRootFields || spread.size < fragments.size) throw doubt
    for (const name of types.keys()) if (!atRoot.used.has(name) && !below.used.has(name)) throw doubt
    return { operation, fragments, outline, size, survey: { isPersonal, deciding: [...below.used] } }
  }

  /** The operation of a document, looked over; undefined where GraphQL's validation has to judge. */
  return ({ definitions }: DocumentNode, operationName: string | undefined): Glanced | undefined => {
    const fragments = new Map<string, FragmentDefinitionNode>()
    let operation: OperationDefinitionNode | undefined
    for (const node of definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION && !fragments.has(node.name.value)) fragments.set(node.name.value, node)
      else if (node.kind === Kind.OPERATION_DEFINITION && operation === undefined) operation = node
      else return undefined
    }
    if (!query || operation?.operation !== OperationTypeNode.QUERY || operation.directives?.length || definitions.length > maxDefinitions) return undefined
    if (operationName !== undefined && operation.name?.value !== operationName) return undefined
    try {
      return look(query, operation, fragments)
    } catch (error) {
      if (error === doubt) return undefined
      throw error
    }
  }
}

export type Glance = ReturnType<typeof createGlance>
