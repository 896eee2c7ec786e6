import { hash } from 'node:crypto'
import { GraphQLError, isInputType, Kind, OperationTypeNode, separateOperations, specifiedRules, typeFromAST, validate, valueFromAST } from 'graphql'
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, ValidationRule } from 'graphql'
import { LRUCache } from 'lru-cache'
import { isOperation, parseShallow, refuseLarge, refuseUnwieldy, tooCostly, wrong } from './bounds.ts'
import type { Maxima } from './bounds.ts'
import { createGlance } from './glance.ts'
import type { Chosen, Fragments } from './selections.ts'
import { createSightings } from './sightings.ts'
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
  let at = 0
  const parts = document.definitions.flatMap((definition) => {
    if (kept.has(definition) || !definition.loc) return []
    const { start, end } = definition.loc
    const before = source.slice(at, start)
    at = end
    return [before, source.slice(start, end).replace(/[^\n]/g, ' ')]
  })
  return [...parts, source.slice(at)].join('')
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
  source: string
  defaults: Readonly<Record<string, unknown>>
  operation: OperationDefinitionNode
  fragments: Fragments
  /** the operation and its fragments, as they were sent */
  document: DocumentNode
  /** selections, with the fragments written out */
  size: number
  /** of the source: under it may be kept what belongs to the operation */
  hash: string
  survey: Survey
  /** what is selected, where a glance could tell */
  outline: ReadonlyMap<string, Chosen> | undefined
  /** was it not asked lately? Then nothing of it is remembered: most documents that are asked once are asked once */
  isFirst: boolean
}

/** What GraphQL says when comparing selections of one name would take too long (its words are all there is to know it by). */
const aborted = 'Validation aborted.'

/** Selections in all the documents that mercurius may hold at once: some 3 kB each when compiled. */
const maxKept = 50_000
/** Characters of source that weigh as much as a selection. */
const perSelection = 50
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
  /** makes mercurius forget its documents, which it counts but does not weigh */
  forget: () => void
}

/**
 * Turns what a client sent into a document of one operation and the defaults of its variables. mercurius keeps its parsed
 * and compiled documents by their source alone, so a document of two operations would run whichever was compiled first; it
 * takes JSON for an AST; and compiled documents do not know the default of a variable that may not be null. All of it ends
 * here, and so does a document that is wrong or too large. Remembers the documents that were asked twice, 32 MB of them, and
 * at once what is wrong with one: to find that out again takes longest of all. Throws GraphQLError, or an AggregateError of them.
 */
export const createOperations = ({ schema, marks, maxTokens, maxima, allowsIntrospection, forget }: Options) => {
  const createKept = <T extends object>(maxSize: number) => new LRUCache<string, T>({ maxSize, sizeCalculation: (one, key) => key.length * (holdsDocument(one) ? perCharacter : 2) + 1000 })
  const found = createKept<Prepared>(20 * 1024 * 1024)
  // What one door refuses, the other may take.
  const refused = { live: createKept<Error>(6 * 1024 * 1024), plain: createKept<Error>(6 * 1024 * 1024) }
  const glance = createGlance({ schema, marks, maxima })
  const rules = allowsIntrospection ? specifiedRules : [...specifiedRules, noIntrospection]

  const sightings = createSightings()

  let kept = 0
  const keep = (size: number) => {
    kept += size
    if (kept <= maxKept) return
    forget()
    kept = size
  }

  const prepare = (query: string, operationName: string | undefined, isLive: boolean): Prepared => {
    const document = parseShallow(query, { maxTokens })
    const glanced = query.includes('__proto__') ? undefined : glance(document, operationName)
    if (glanced) {
      keep(glanced.size + query.length / perSelection)
      const { operation, fragments, outline, size, survey } = glanced
      return { isFirst: false, source: query, defaults: defaultsOf(schema, operation), operation, fragments, outline, document, size, hash: hash('sha256', query), survey }
    }
    const size = refuseUnwieldy(query, document)
    keep(size + query.length / perSelection)
    const operation = named(document, operationName)
    refuseKind(operation, isLive)
    const fragments: Fragments = new Map(document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])))
    refuseLarge(operation, fragments, maxima)
    const errors = validate(schema, document, rules, { hideSuggestions: !allowsIntrospection })
    if (errors.some(({ message }) => message === aborted)) throw tooCostly('The document selects the same names too often, one below the other, to be checked.')
    if (errors.length > 0) throw new AggregateError(allowsIntrospection ? errors : errors.map(withoutHint))
    const isAlone = document.definitions.filter(isOperation).length === 1
    const source = isAlone ? query : withOnly(query, document, operation)
    return { isFirst: false, source, defaults: defaultsOf(schema, operation), operation, fragments, outline: undefined, document, size, hash: hash('sha256', source), survey: survey(schema, marks, operation, fragments) }
  }

  const prepareOrFail = (query: string, operationName: string | undefined, isLive: boolean): Prepared | Error => {
    try {
      return prepare(query, operationName, isLive)
    } catch (error) {
      if (error instanceof GraphQLError || error instanceof AggregateError) return error
      throw error
    }
  }

  // No document begins with a bracket, so no other question has the key of one.
  const keyOf = (query: string, operationName: string | undefined) => (operationName === undefined && !query.startsWith('[') ? query : JSON.stringify([operationName, query]))

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
    // What stays in memory for nothing costs the collector of garbage more than reading it again costs us.
    if (known === undefined && prepared.outline && !sightings.note(prepared.hash)) {
      prepared.isFirst = true
      return prepared
    }
    if (known === undefined) found.set(key, prepared)
    refuseKind(prepared.operation, isLive)
    return prepared
  }
}
