import { hash as digest } from 'node:crypto'
import { GraphQLError, Kind, OperationTypeNode, specifiedRules, validate } from 'graphql'
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, Token, ValidationRule } from 'graphql'
import { sizeOf } from '../cache/size.ts'
import type { Cache, RequestCache } from '../cache/requestCache.ts'
import { isOperation, parseShallow, refuseLarge, refuseUnwieldy, tooCostly, wrong, type Maxima } from './bounds.ts'
import { choose, type Fragments } from './selections.ts'

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

/** Throws for a mutation, and for a subscription on a transport that returns one response. */
const refuseKind = ({ operation }: OperationDefinitionNode, isLive: boolean) => {
  if (operation === OperationTypeNode.QUERY || (isLive && operation === OperationTypeNode.SUBSCRIPTION)) return
  const elsewhere =
    operation === OperationTypeNode.SUBSCRIPTION ? ': ask it over WebSocket, or with Accept: text/event-stream' : ''
  throw wrong(`Only a query can be asked here, and this is a ${operation}${elsewhere}.`)
}

/** Throws for a subscription whose fields are all removed by @skip and @include: graphql-js has no error for it. */
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

/** Forbids introspection. The error code is FORBIDDEN, since the document itself is valid. */
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

// One validation rule suggests names even with `hideSuggestions`.
const withoutHint = (error: GraphQLError) =>
  new GraphQLError(error.message.replace(/ Did you mean .*$/s, ''), {
    nodes: error.nodes,
    extensions: error.extensions
  })

/** A valid operation within the limits. */
export type Prepared = {
  operation: OperationDefinitionNode
  fragments: Fragments
  /** the operation and all fragments of its document */
  document: DocumentNode
  /** the number of selections, with fragments expanded */
  size: number
  /** the memory that it retains */
  bytes: number
  /** identifies the document and the operation name */
  hash: string
}

/** The text to hash. No document begins with a bracket, so the two forms cannot be equal. */
const keyOf = (query: string, operationName: string | undefined) =>
  operationName === undefined && !query.startsWith('[') ? query : JSON.stringify([operationName, query])

/** The message of graphql-js when it stops comparing selections of one name. That error has no code. */
const aborted = 'Validation aborted.'

/** The memory of a parsed document (measured): for each token with its nodes, and for the rest. */
const tokenBytes = 350
const documentBytes = 1500

/** Comments are tokens too: graphql-js keeps them in memory, but `maxTokens` does not count them. */
const bytesOf = (query: string, { loc }: DocumentNode): number => {
  let bytes = documentBytes + sizeOf(query)
  for (let token: Token | null | undefined = loc?.startToken; token; token = token.next) bytes += tokenBytes
  return bytes
}

/** Errors as JSON. An Error object keeps its stack in memory, and a GraphQLError also keeps its whole document. */
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
  /** false: introspection is refused, and errors suggest no names of the schema */
  allowsIntrospection: boolean
  shared: RequestCache
}

/**
 * Parses and validates documents. It caches valid operations and the errors of invalid ones, since validation takes
 * longer than all other steps.
 */
export const createOperations = ({ schema, maxTokens, maxima, allowsIntrospection, shared }: Options) => {
  const valid: Cache<Prepared> = shared.cache()
  // A subscription is refused on one transport and valid on another.
  const refused: Readonly<Record<'live' | 'plain', Cache<string>>> = { live: shared.cache(), plain: shared.cache() }
  const refusalsFor = (isLive: boolean) => (isLive ? refused.live : refused.plain)
  const rules = allowsIntrospection ? specifiedRules : [...specifiedRules, noIntrospection]

  const prepare = (query: string, operationName: string | undefined, isLive: boolean, hash: string): Prepared => {
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
    const operationDocument: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] }
    return { operation, fragments, document: operationDocument, size, bytes: bytesOf(query, document), hash }
  }

  return {
    /** The hash that identifies a document and its operation name. */
    hashOf: (query: string, operationName: string | undefined) => digest('sha256', keyOf(query, operationName)),
    /** Was the document with this hash validated before? `read` then takes no time, even if it throws. */
    isKnown: (hash: string, isLive: boolean) =>
      valid.get(hash) !== undefined || refusalsFor(isLive).get(hash) !== undefined,
    /**
     * The operation of a document with this hash; `isLive` = it may be a subscription. Throws GraphQLError, or an
     * AggregateError of GraphQL errors or of plain objects with their members.
     */
    read: (query: string, operationName: string | undefined, isLive: boolean, hash: string): Prepared => {
      const known = valid.get(hash)
      if (known) {
        refuseKind(known.operation, isLive)
        return known
      }
      const refusals = refusalsFor(isLive)
      const refusal = refusals.get(hash)
      if (refusal !== undefined) throw new AggregateError(JSON.parse(refusal) as readonly object[]) // written below
      try {
        const prepared = prepare(query, operationName, isLive, hash)
        valid.set(hash, prepared, prepared.bytes)
        return prepared
      } catch (error) {
        if (!(error instanceof GraphQLError || error instanceof AggregateError)) throw error
        const text = toText(error)
        refusals.set(hash, text, sizeOf(text))
        throw error
      }
    }
  }
}
