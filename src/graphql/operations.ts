import { GraphQLError, Kind, parse, separateOperations, validate, visit } from 'graphql'
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { LRUCache } from 'lru-cache'

const isOperation = (node: { kind: string }): node is OperationDefinitionNode => node.kind === (Kind.OPERATION_DEFINITION as string)

const wrong = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })

const choose = (document: DocumentNode, operationName: string | undefined): OperationDefinitionNode => {
  const operations = document.definitions.filter(isOperation)
  const [only, second] = operations
  if (!only) throw wrong('The document holds no operation.')
  if (operationName === undefined) {
    if (second) throw wrong('Must provide operation name if query contains multiple operations.')
    return only
  }
  const named = operations.find(({ name }) => name?.value === operationName)
  if (!named) throw wrong(`Unknown operation named "${operationName.slice(0, 100)}".`)
  return named
}

// The compiled engine writes answers as object literals, in which this one name is no member.
const refuseProto = (document: DocumentNode) => visit(document, {
  Name({ value }) {
    if (value === '__proto__') throw wrong('The name "__proto__" cannot be used.')
  }
})

/** The document with everything the operation does not use blanked out, so that locations in errors stay true. */
const withOnly = (source: string, document: DocumentNode, operation: OperationDefinitionNode): string => {
  const kept = new Set(separateOperations(document)[operation.name?.value ?? '']?.definitions ?? [])
  return document.definitions.reduce((text, definition) => {
    if (kept.has(definition) || !definition.loc) return text
    const { start, end } = definition.loc
    return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end)
  }, source)
}

/**
 * Turns what a client sent into a document of one operation. mercurius keeps its parsed and compiled documents by their
 * source alone, so a document of two operations would run whichever was compiled first; and it takes JSON for an AST.
 * Both end here. Remembers the last documents, 8 MB of them. Throws GraphQLError, or an AggregateError of them.
 */
export const createOperations = ({ schema, maxTokens }: { schema: GraphQLSchema; maxTokens: number }) => {
  const known = new LRUCache<string, { source: string }>({ maxSize: 8 * 1024 * 1024, sizeCalculation: ({ source }, key) => key.length * 2 + source.length * 2 + 100 })

  const prepare = (query: string, operationName: string | undefined) => {
    const document = parse(query, { maxTokens })
    if (query.includes('__proto__')) refuseProto(document)
    const operation = choose(document, operationName)
    if (document.definitions.filter(isOperation).length === 1) return { source: query }
    const errors = validate(schema, document) // mercurius will see one operation alone, and their names must differ
    if (errors.length > 0) throw new AggregateError(errors)
    return { source: withOnly(query, document, operation) }
  }

  return (query: string, operationName: string | undefined): string => {
    const key = JSON.stringify([operationName, query])
    const found = known.get(key) ?? prepare(query, operationName)
    known.set(key, found)
    return found.source
  }
}
