import { hash } from 'node:crypto'
import { GraphQLError, Kind, OperationTypeNode, specifiedRules, validate } from 'graphql'
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, ValidationRule } from 'graphql'
import { LRUCache } from 'lru-cache'
import { isOperation, parseShallow, refuseLarge, refuseUnwieldy, tooCostly, wrong } from './bounds.ts'
import type { Maxima } from './bounds.ts'
import type { Fragments } from './selections.ts'
import type { Marks } from './writer/marks.ts'
import { survey } from './writer/survey.ts'
import type { Survey } from './writer/survey.ts'

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

/** Refuses what a door does not take: mutations, and subscriptions where one answer is all there is. */
const refuseKind = ({ operation }: OperationDefinitionNode, isLive: boolean) => {
  if (operation === OperationTypeNode.QUERY || (isLive && operation === OperationTypeNode.SUBSCRIPTION)) return
  const elsewhere = operation === OperationTypeNode.SUBSCRIPTION ? ': ask it over WebSocket, or with Accept: text/event-stream' : ''
  throw wrong(`Only a query can be asked here, and this is a ${operation}${elsewhere}.`)
}

const introspection = new Set(['__schema', '__type'])

/** The schema tells nothing of itself. The code says that the question is right and not allowed here. */
const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    if (!introspection.has(node.name.value)) return undefined
    context.reportError(new GraphQLError(`Introspection is off at this gateway, so "${node.name.value}" cannot be asked.`, { nodes: node, extensions: { code: 'FORBIDDEN' } }))
    return false
  }
})

// One rule suggests how to go on whether it may or not.
const withoutHint = (error: GraphQLError) => new GraphQLError(error.message.replace(/ Did you mean .*$/s, ''), { nodes: error.nodes, extensions: error.extensions })

/** An operation as the engine takes it: valid, and within the maxima. */
export type Prepared = {
  operation: OperationDefinitionNode
  fragments: Fragments
  /** the operation and the fragments that were sent with it */
  document: DocumentNode
  /** selections, with the fragments written out */
  size: number
  /** names it: under it may be kept what belongs to the operation */
  hash: string
  survey: Survey
}

/** Names a question. No document begins with a bracket, so no other question has the name of one. */
const keyOf = (query: string, operationName: string | undefined) => (operationName === undefined && !query.startsWith('[') ? query : JSON.stringify([operationName, query]))

/** What GraphQL says when comparing selections of one name would take too long (its words are all there is to know it by). */
const aborted = 'Validation aborted.'

/** Bytes of a parsed document for each character of its source (measured: 86), the texts themselves included. */
const perCharacter = 100

// An error that names places holds what was parsed; one of syntax or of a bound, the text alone.
const holdsDocument = (one: object): boolean => !(one instanceof Error) || (one instanceof GraphQLError ? one.nodes !== undefined : one instanceof AggregateError && one.errors.some(holdsDocument))

type Options = {
  schema: GraphQLSchema
  marks: Marks
  maxTokens: number
  maxima: Maxima
  /** may the schema be asked for, and do errors suggest its names? */
  allowsIntrospection: boolean
}

/**
 * Turns what a client sent into a document of one operation that is valid and within the maxima. Remembers 32 MB of
 * documents, and of what is wrong with one: validation takes longest of all. Throws GraphQLError, or an AggregateError of them.
 */
export const createOperations = ({ schema, marks, maxTokens, maxima, allowsIntrospection }: Options) => {
  const createKept = <T extends object>(maxSize: number) => new LRUCache<string, T>({ maxSize, sizeCalculation: (one, key) => key.length * (holdsDocument(one) ? perCharacter : 2) + 1000 })
  const found = createKept<Prepared>(20 * 1024 * 1024)
  // What one door refuses, the other may take.
  const refused = { live: createKept<Error>(6 * 1024 * 1024), plain: createKept<Error>(6 * 1024 * 1024) }
  const rules = allowsIntrospection ? specifiedRules : [...specifiedRules, noIntrospection]

  const prepare = (query: string, operationName: string | undefined, isLive: boolean): Prepared => {
    const document = parseShallow(query, { maxTokens })
    const size = refuseUnwieldy(document)
    const operation = named(document, operationName)
    refuseKind(operation, isLive)
    const fragments: Fragments = new Map(document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])))
    refuseLarge(operation, fragments, maxima)
    const errors = validate(schema, document, rules, { hideSuggestions: !allowsIntrospection })
    if (errors.some(({ message }) => message === aborted)) throw tooCostly('The document selects the same names too often, one below the other, to be checked.')
    if (errors.length > 0) throw new AggregateError(allowsIntrospection ? errors : errors.map(withoutHint))
    const alone: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] }
    return { operation, fragments, document: alone, size, hash: hash('sha256', keyOf(query, operationName)), survey: survey(schema, marks, operation, fragments) }
  }

  const prepareOrFail = (query: string, operationName: string | undefined, isLive: boolean): Prepared | Error => {
    try {
      return prepare(query, operationName, isLive)
    } catch (error) {
      if (error instanceof GraphQLError || error instanceof AggregateError) return error
      throw error
    }
  }

  /** `isLive`: may it be a subscription? */
  return (query: string, operationName: string | undefined, isLive: boolean): Prepared => {
    const key = keyOf(query, operationName)
    const refusals = isLive ? refused.live : refused.plain
    const known = found.get(key) ?? refusals.get(key)
    const prepared = known ?? prepareOrFail(query, operationName, isLive)
    if (prepared instanceof Error) {
      if (known === undefined) refusals.set(key, prepared)
      throw prepared
    }
    if (known === undefined) found.set(key, prepared)
    refuseKind(prepared.operation, isLive)
    return prepared
  }
}
