import { hash } from 'node:crypto'
import { GraphQLError, Kind, OperationTypeNode, specifiedRules, validate } from 'graphql'
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, Token, ValidationRule } from 'graphql'
import { sizeOf } from '../cache/size.ts'
import type { Cache, RequestCache } from '../cache/requestCache.ts'
import { isOperation, parseShallow, refuseLarge, refuseUnwieldy, tooCostly, wrong } from './bounds.ts'
import type { Maxima } from './bounds.ts'
import { choose } from './selections.ts'
import type { Fragments } from './selections.ts'

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
  const elsewhere =
    operation === OperationTypeNode.SUBSCRIPTION ? ': ask it over WebSocket, or with Accept: text/event-stream' : ''
  throw wrong(`Only a query can be asked here, and this is a ${operation}${elsewhere}.`)
}

/**
 * Refuses a subscription whose conditions leave no field: there is nothing to follow, and graphql-js has no error for
 * it.
 */
const refuseEmpty = (
  schema: GraphQLSchema,
  { operation, selectionSet }: OperationDefinitionNode,
  fragments: Fragments
) => {
  const type = operation === OperationTypeNode.SUBSCRIPTION ? schema.getSubscriptionType() : undefined
  if (type && choose({ schema, fragments, variables: {} }, type, [selectionSet]).length === 0)
    throw wrong('A subscription must select one field, and the conditions of this one leave none.')
}

const introspection = new Set(['__schema', '__type'])

/** The schema tells nothing of itself. The code says that the question is right and not allowed here. */
const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    if (!introspection.has(node.name.value)) return undefined
    context.reportError(
      new GraphQLError(`Introspection is off at this gateway, so "${node.name.value}" cannot be asked.`, {
        nodes: node,
        extensions: { code: 'FORBIDDEN' }
      })
    )
    return false
  }
})

// One rule suggests how to go on whether it may or not.
const withoutHint = (error: GraphQLError) =>
  new GraphQLError(error.message.replace(/ Did you mean .*$/s, ''), {
    nodes: error.nodes,
    extensions: error.extensions
  })

/** An operation as the engine takes it: valid, and within the maxima. */
export type Prepared = {
  operation: OperationDefinitionNode
  fragments: Fragments
  /** the operation and the fragments that were sent with it */
  document: DocumentNode
  /** selections, with the fragments written out */
  size: number
  /** bytes that all of it retains */
  bytes: number
  /** names it */
  hash: string
}

/** Names a question. No document begins with a bracket, so no other question has the name of one. */
const keyOf = (query: string, operationName: string | undefined) =>
  operationName === undefined && !query.startsWith('[') ? query : JSON.stringify([operationName, query])

/**
 * What GraphQL says when comparing selections of one name would take too long (its words are all there is to know it
 * by).
 */
const aborted = 'Validation aborted.'

/** What a parsed document retains (measured): for each token with what is made of it, and besides. */
const tokenBytes = 350
const documentBytes = 1500

/** Comments are tokens too, which graphql-js holds on to and does not count. */
const bytesOf = (query: string, { loc }: DocumentNode): number => {
  let bytes = documentBytes + sizeOf(query)
  for (let token: Token | null | undefined = loc?.startToken; token; token = token.next) bytes += tokenBytes
  return bytes
}

/** What is wrong, as text: an Error holds on to its stack, and one of GraphQL's to all of its document. */
const toText = (error: GraphQLError | AggregateError): string =>
  JSON.stringify(
    (error instanceof GraphQLError ? [error] : (error.errors as readonly GraphQLError[])).map(
      ({ message, locations, extensions }) => ({ message, locations, extensions })
    )
  )

type Options = {
  schema: GraphQLSchema
  maxTokens: number
  maxima: Maxima
  /** may the schema be asked for, and do errors suggest its names? */
  allowsIntrospection: boolean
  shared: RequestCache
}

/**
 * Turns what a client sent into a document of one operation that is valid and within the maxima. Remembers documents,
 * and what is wrong with one: validation takes longest of all. Throws GraphQLError, or an AggregateError of them or of
 * what is remembered of them.
 */
export const createOperations = ({ schema, maxTokens, maxima, allowsIntrospection, shared }: Options) => {
  const found: Cache<Prepared> = shared.cache()
  // What one door refuses, the other may take.
  const refused: Readonly<Record<'live' | 'plain', Cache<string>>> = { live: shared.cache(), plain: shared.cache() }
  const rules = allowsIntrospection ? specifiedRules : [...specifiedRules, noIntrospection]

  const prepare = (query: string, operationName: string | undefined, isLive: boolean, name: string): Prepared => {
    const document = parseShallow(query, { maxTokens })
    const size = refuseUnwieldy(document)
    const operation = named(document, operationName)
    refuseKind(operation, isLive)
    const fragments: Fragments = new Map(
      document.definitions.flatMap((node) =>
        node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : []
      )
    )
    refuseLarge(operation, fragments, maxima)
    const errors = validate(schema, document, rules, { hideSuggestions: !allowsIntrospection })
    if (errors.some(({ message }) => message === aborted))
      throw tooCostly('The document selects the same names too often, one below the other, to be checked.')
    if (errors.length > 0) throw new AggregateError(allowsIntrospection ? errors : errors.map(withoutHint))
    refuseEmpty(schema, operation, fragments)
    const alone: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] }
    return {
      operation,
      fragments,
      document: alone,
      size,
      bytes: bytesOf(query, document),
      hash: name
    }
  }

  const nameOf = (query: string, operationName: string | undefined) => hash('sha256', keyOf(query, operationName))

  /** `isLive`: may it be a subscription? */
  const operationOf = (query: string, operationName: string | undefined, isLive: boolean): Prepared => {
    const name = nameOf(query, operationName)
    const known = found.get(name)
    if (known) {
      refuseKind(known.operation, isLive)
      return known
    }
    const refusals = isLive ? refused.live : refused.plain
    const refusal = refusals.get(name)
    if (refusal !== undefined) throw new AggregateError(JSON.parse(refusal) as readonly object[]) // written below
    try {
      const prepared = prepare(query, operationName, isLive, name)
      found.set(name, prepared, prepared.bytes)
      return prepared
    } catch (error) {
      if (!(error instanceof GraphQLError || error instanceof AggregateError)) throw error
      const text = toText(error)
      refusals.set(name, text, sizeOf(text))
      throw error
    }
  }

  return Object.assign(operationOf, {
    /** Was this read before, and found right? */
    isKnown: (query: string, operationName: string | undefined) => found.get(nameOf(query, operationName)) !== undefined
  })
}
