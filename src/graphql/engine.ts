import type { FastifyInstance } from 'fastify'
import { createSourceEventStream, execute as executeEvent, GraphQLError, OperationTypeNode } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import mercurius from 'mercurius'
import type { RequestContext } from '../access/requestContext.ts'
import type { RequestCache } from '../cache/requestCache.ts'
import type { Context, LiveEvent } from '../context.ts'
import { tooCostly, type Maxima } from './bounds.ts'
import { coerceVariables, type Variables } from './variables.ts'
import { createPricing, type PricePart } from './cost.ts'
import type { Documents } from './trustedDocuments.ts'
import { format, type Formatted } from './failures.ts'
import { createOperations, type Prepared } from './operations.ts'
import { errorsInOrder } from './order.ts'
import type { Asked } from './parameters.ts'
import { contextOfOne, resolveTogether } from './together.ts'

/** The result of one operation; `data` is absent when the request itself was wrong. */
export type Result = { data?: unknown; errors?: readonly Formatted[] }

/** A refused document costs as much as one call to VDAB per 100 characters, since validation takes CPU time. */
const charactersPerCost = 100
/** The minimum price of an operation, for parsing and executing its document. */
const leastPrice = ({ size }: { size: number }, query: string) =>
  Math.max(Math.ceil(size / 10), Math.ceil(query.length / 500))
/** The only text that mercurius parses. The validated document to execute is in the context. */
const placeholder = '{ __typename }'
const executing = Symbol('the operation to execute')

/** The events of a subscription, each the root value of one response; a Result when it cannot start. */
export type EventSource = AsyncIterable<LiveEvent> | Result
/** An operation with its price, before execution. An invalid operation returns its errors when it runs. */
export type Priced = {
  price: number
  name?: string | undefined
  /** absent when the operation is invalid */
  type?: `${OperationTypeNode}` | undefined
  /** its name, if the operator has approved the document: the name of another document can contain anything */
  trustedName?: string | undefined
  /** executes the operation, or one event of a subscription */
  run: (context: Context, event?: LiveEvent) => Promise<Result>
  /** starts a subscription; absent on a query */
  open?: ((context: Context) => Promise<EventSource>) | undefined
  /** the valid document and the coerced values of its variables; absent when the operation is invalid */
  ready?: { readonly prepared: Prepared; readonly coerced: Variables } | undefined
  /** the time to read its document, including waiting, and whether it was read before */
  readStep?: { readonly readMs: number; readonly isKnown: boolean }
  /** the errors of an invalid operation */
  problems?: readonly Formatted[]
}

/** The context of a request that mercurius executes. */
type Executing = Context & { readonly [executing]: { readonly document: DocumentNode; readonly variables: Variables } }

type Options = {
  schema: GraphQLSchema
  documents: Documents
  settings: Maxima & { maxTokens: number; maxCost: number; allowsIntrospection: boolean }
  /** caches valid operations, and the errors of invalid ones */
  shared: RequestCache
}

/**
 * mercurius without its routes and without its parser. The engine is a function that validates an operation and
 * computes its price, without a call to VDAB and without execution; `isLive` = the operation may be a subscription. It
 * throws only errors that are not GraphQL errors.
 */
export const createEngine = async (app: FastifyInstance, { schema, documents, settings, shared }: Options) => {
  const { maxTokens, maxCost, allowsIntrospection } = settings
  const pricing = createPricing(schema)
  const hideSuggestions = !allowsIntrospection
  resolveTogether(schema)
  const operations = createOperations({ schema, maxTokens, maxima: settings, allowsIntrospection, shared })
  await app.register(mercurius, {
    schema,
    routes: false,
    graphiql: false,
    cache: 1,
    // mercurius formats errors without the request context, so they pass unchanged and are formatted below.
    errorFormatter: ({ data, errors }) => ({
      statusCode: 200,
      response: { data: data as never, errors: errors as never }
    })
  })

  // The document was validated before. mercurius would validate it again, and cache it without a limit in bytes.
  app.graphql.addHook('preExecution', (_schema, _document, context) => (context as Partial<Executing>)[executing])

  // `isKnown` and `read` get the same request, whose document is hashed once.
  const hashes = new WeakMap<Asked, string>()
  const hashOf = (asked: Asked, query: string): string => {
    const hash = hashes.get(asked) ?? operations.hashOf(query, asked.operationName)
    hashes.set(asked, hash)
    return hash
  }

  const priced = (asked: Asked, requestContext: RequestContext, isLive: boolean) => {
    const query = documents.find(asked, requestContext)
    const prepared = operations.read(query, asked.operationName, isLive, hashOf(asked, query))
    documents.keep(asked, query)
    const { variables, coerced } = coerceVariables(schema, prepared, asked.variables, { hideSuggestions })
    const price = Math.max(pricing.priceOf(prepared, coerced), leastPrice(prepared, query))
    if (price > maxCost) throw tooCostly(`The operation costs ${price}; the maximum is ${maxCost}.`)
    return { prepared, variables, coerced, price, isTrusted: documents.isTrusted(asked, query) }
  }

  type Answer = { data?: unknown; errors?: readonly unknown[] | undefined }
  type Ready = { prepared: Prepared; variables: Variables }
  const asGraphql = ({ prepared: { document }, variables }: Ready, contextValue: Context) => ({
    schema,
    document,
    contextValue,
    variableValues: variables
  })
  const execute = ({ prepared: { document }, variables }: Ready, context: Context): Promise<Answer> =>
    app.graphql(placeholder, {
      ...contextOfOne(context),
      [executing]: { document, variables }
    } satisfies Executing)

  const read = (asked: Asked, requestContext: RequestContext, isLive = false): Priced => {
    const formatAll = (errors: readonly unknown[]) =>
      // each is a GraphQLError, or an object with its members
      errors.map((error) => format(error as GraphQLError, { log: requestContext.log, requestId: requestContext.id }))
    const problemsIn = (error: unknown): readonly Formatted[] => {
      if (error instanceof GraphQLError) return formatAll([error])
      if (error instanceof Error && 'errors' in error && Array.isArray(error.errors)) return formatAll(error.errors)
      throw error
    }
    const resultOf = ({ data, errors }: Answer): Result => ({
      ...(data === undefined ? {} : { data }),
      ...(errors?.length ? { errors: errorsInOrder(data, formatAll(errors)) } : {})
    })
    try {
      const { price, isTrusted, ...ready } = priced(asked, requestContext, isLive)
      const { operation } = ready.prepared
      const run: Priced['run'] = async (context, event) => {
        try {
          // An event has its own root value, but mercurius has one root value for all requests.
          return resultOf(
            await (event ? executeEvent({ ...asGraphql(ready, context), rootValue: event }) : execute(ready, context))
          )
        } catch (error) {
          return { errors: problemsIn(error) }
        }
      }
      const open = async (context: Context): Promise<EventSource> => {
        const source = await createSourceEventStream(asGraphql(ready, context))
        // the resolvers of Subscription yield LiveEvents
        return Symbol.asyncIterator in source ? (source as AsyncIterable<LiveEvent>) : resultOf(source)
      }
      return {
        price,
        name: operation.name?.value,
        type: operation.operation,
        trustedName: isTrusted ? operation.name?.value : undefined,
        run,
        ready,
        open: operation.operation === OperationTypeNode.SUBSCRIPTION ? open : undefined
      }
    } catch (error) {
      const problems = problemsIn(error)
      return {
        price: Math.max(1, Math.ceil((asked.query?.length ?? 0) / charactersPerCost)),
        run: () => Promise.resolve({ errors: problems }),
        problems
      }
    }
  }

  return Object.assign(read, {
    /** The parts of the price of an operation. */
    partsOf: ({ ready }: Pick<Priced, 'ready'>): readonly PricePart[] =>
      ready ? pricing.parts(ready.prepared, ready.coerced) : [],
    /** Fetches a document that another gateway knows, before it is read; undefined if there is nothing to fetch. */
    learn: documents.learn,
    /** Was this document validated before? A document that is sent as a hash or an id was. */
    isKnown: (asked: Asked, isLive = false) =>
      asked.query === undefined || operations.isKnown(hashOf(asked, asked.query), isLive)
  })
}

export type Engine = Awaited<ReturnType<typeof createEngine>>
