import { isInputType, OperationTypeNode, separateOperations, typeFromAST, validate, valueFromAST } from 'graphql'
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import { isOperation, parseWithin, wrong } from './bounds.ts'

const named = (document: DocumentNode, operationName: string | undefined): OperationDefinitionNode => {
  const operations = document.definitions.filter(isOperation)
  const [only, second] = operations
  if (!only) throw wrong('The document holds no operation.')
  if (operationName === undefined) {
    if (second) throw wrong('Must provide operation name if query contains multiple operations.')
    return only
  }
  const found = operations.find(({ name }) => name?.value === operationName)
  if (!found) throw wrong(`Unknown operation named "${operationName.slice(0, 100)}".`)
  return found
}

const choose = (document: DocumentNode, operationName: string | undefined): OperationDefinitionNode => {
  const chosen = named(document, operationName)
  if (chosen.operation !== OperationTypeNode.QUERY) throw wrong(`Only a query can be asked here, and this is a ${chosen.operation}.`)
  return chosen
}

/** The values that an operation gives its variables itself. */
const defaultsOf = (schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries(variableDefinitions.flatMap(({ variable, type: node, defaultValue }) => {
    const type = typeFromAST(schema, node)
    const value = defaultValue && isInputType(type) ? valueFromAST(defaultValue, type) : undefined
    return value === undefined ? [] : [[variable.name.value, value]]
  }))

/** The document with everything the operation does not use blanked out, so that locations in errors stay true. */
const withOnly = (source: string, document: DocumentNode, operation: OperationDefinitionNode): string => {
  const kept = new Set(separateOperations(document)[operation.name?.value ?? '']?.definitions ?? [])
  return document.definitions.reduce((text, definition) => {
    if (kept.has(definition) || !definition.loc) return text
    const { start, end } = definition.loc
    return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end)
  }, source)
}

/** An operation as the engine takes it. */
type Prepared = { source: string; defaults: Readonly<Record<string, unknown>>; name: string | undefined }

/** Selections in all the documents that mercurius may hold at once: some 3 kB each when compiled. */
const maxKept = 50_000
/** Characters of source that weigh as much as a selection. */
const perSelection = 50

type Options = {
  schema: GraphQLSchema
  maxTokens: number
  /** makes mercurius forget its documents, which it counts but does not weigh */
  forget: () => void
}

/**
 * Turns what a client sent into a document of one operation and the defaults of its variables. mercurius keeps its parsed
 * and compiled documents by their source alone, so a document of two operations would run whichever was compiled first; it
 * takes JSON for an AST; and compiled documents do not know the default of a variable that may not be null. All of it ends
 * here. Remembers the last documents, 8 MB of them. Throws GraphQLError, or an AggregateError of them.
 */
export const createOperations = ({ schema, maxTokens, forget }: Options) => {
  const known = new LRUCache<string, Prepared>({ maxSize: 8 * 1024 * 1024, sizeCalculation: ({ source }, key) => key.length * 2 + source.length * 2 + 100 })

  let kept = 0
  const keep = (size: number) => {
    kept += size
    if (kept <= maxKept) return
    forget()
    kept = size
  }

  const prepare = (query: string, operationName: string | undefined): Prepared => {
    const { document, size } = parseWithin(query, { maxTokens })
    keep(size + query.length / perSelection)
    const operation = choose(document, operationName)
    const defaults = defaultsOf(schema, operation)
    const name = operation.name?.value
    if (document.definitions.filter(isOperation).length === 1) return { source: query, defaults, name }
    const errors = validate(schema, document) // mercurius will see one operation alone, and their names must differ
    if (errors.length > 0) throw new AggregateError(errors)
    return { source: withOnly(query, document, operation), defaults, name }
  }

  return (query: string, operationName: string | undefined): Prepared => {
    const key = JSON.stringify([operationName, query])
    const found = known.get(key) ?? prepare(query, operationName)
    known.set(key, found)
    return found
  }
}
