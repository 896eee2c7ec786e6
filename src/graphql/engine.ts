import type { FastifyInstance } from 'fastify'
import { createSourceEventStream, execute as executeEvent, GraphQLError, OperationTypeNode } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import mercurius from 'mercurius'
import type { RequestContext } from '../access/requestContext.ts'
import type { RequestCache } from '../cache/requestCache.ts'
import type { Context, LiveEvent } from '../context.ts'
import { tooCostly } from './bounds.ts'
import type { Maxima } from './bounds.ts'
import { coerceVariables } from './variables.ts'
import type { Variables } from './variables.ts'
import { createPricing } from './cost.ts'
import type { Documents } from './trustedDocuments.ts'
import { format } from './failures.ts'
import type { Formatted } from './failures.ts'
import { createOperations } from './operations.ts'
import type { Prepared } from './operations.ts'
import { errorsInOrder } from './order.ts'
import type { Asked } from './parameters.ts'
import { contextOfOne, resolveTogether } from './together.ts'

/** The outcome of one operation; `data` is absent when the request itself was wrong. */
export type Result = { data?: unknown; errors?: readonly Formatted[] }

/**
 * Characters of a refused document that cost as much as a call to VDAB: judging one takes longer than most that run.
 */
const charactersPerCost = 100
/** The least price of an operation, however little it asks of VDAB: its document has to be read, and run. */
const leastPrice = ({ size }: { size: number }, query: string) =>
  Math.max(Math.ceil(size / 10), Math.ceil(query.length / 500))
/**
 * The only text that mercurius parses: the document to execute is handed to it in the context, parsed and validated.
 */
const placeholder = '{ __typename }'
const executing = Symbol('the operation to execute')

/** The events of a subscription: each is the root of one answer. A Result when it cannot start. */
export type EventSource = AsyncIterable<LiveEvent> | Result
/** An operation that has been read and priced, and has not run; a wrong one answers what is wrong. */
export type Priced = {
  price: number
  name?: string | undefined
  /** runs it, or answers an event of a subscription */
  run: (context: Context, event?: LiveEvent) => Promise<Result>
  /** starts a subscription; there is none on a query */
  open?: ((context: Context) => Promise<EventSource>) | undefined
  /** the valid document and the coerced values of its variables; absent where it cannot run */
  ready?: { readonly prepared: Prepared; readonly coerced: Variables } | undefined
  /** the errors of an operation that cannot run */
  problems?: readonly Formatted[]
}

/** The context of a request that mercurius executes. */
type Executing = Context & { readonly [executing]: { readonly document: DocumentNode; readonly variables: Variables } }

type Options = {
  schema: GraphQLSchema
  documents: Documents
  settings: Maxima & { maxTokens: number; maxCost: number; allowsIntrospection: boolean }
  /** the cache of valid and refused documents */
  shared: RequestCache
}

/**
 * mercurius without its routes and without its own reading of documents. The function that it gives reads and prices an
 * operation, without a call to VDAB and without running anything; `isLive` when it may be a subscription. It throws
 * only errors that are not GraphQL's.
 */
export const createEngine = async (app: FastifyInstance, { schema, documents, settings, shared }: Options) => {
  const { maxTokens, maxCost, allowsIntrospection } = settings
  const priceOf = createPricing(schema)
  const hideSuggestions = !allowsIntrospection
  resolveTogether(schema)
  const prepare = createOperations({ schema, maxTokens, maxima: settings, allowsIntrospection, shared })
  await app.register(mercurius, {
    schema,
    routes: false,
    graphiql: false,
    cache: 1,
    // mercurius formats inside, where the request is not known; errors pass as they are and are formatted below.
    errorFormatter: ({ data, errors }) => ({
      statusCode: 200,
      response: { data: data as never, errors: errors as never }
    })
  })

  // Every document was validated when it was prepared. mercurius would parse and validate it again, and keep it without
  // weighing it.
  app.graphql.addHook('preExecution', (_schema, _document, context) => (context as Partial<Executing>)[executing])

  const priced = (asked: Asked, requestContext: RequestContext, isLive: boolean) => {
    const query = documents.find(asked, requestContext)
    const prepared = prepare(query, asked.operationName, isLive)
    documents.keep(asked, query)
    const { variables, coerced } = coerceVariables(schema, prepared, asked.variables, { hideSuggestions })
    const price = Math.max(priceOf(prepared, coerced), leastPrice(prepared, query))
    if (price > maxCost) throw tooCostly(`The operation costs ${price}; the maximum is ${maxCost}.`)
    return { prepared, variables, coerced, price }
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
      // all of them come from GraphQL engines
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
      const { price, ...ready } = priced(asked, requestContext, isLive)
      const { operation } = ready.prepared
      const run: Priced['run'] = async (context, event) => {
        try {
          // mercurius has one root value for all requests, and an event is a root value of its own.
          return resultOf(
            await (event ? executeEvent({ ...asGraphql(ready, context), rootValue: event }) : execute(ready, context))
          )
        } catch (error) {
          return { errors: problemsIn(error) }
        }
      }
      const open = async (context: Context): Promise<EventSource> => {
        const source = await createSourceEventStream(asGraphql(ready, context))
        // our resolvers make these events
        return Symbol.asyncIterator in source ? (source as AsyncIterable<LiveEvent>) : resultOf(source)
      }
      return {
        price,
        name: operation.name?.value,
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
    /**
     * Does it take no time to read this? A document that comes by its hash alone was read when it came with its text.
     */
    isKnown: ({ query, operationName }: Asked) => query === undefined || prepare.isKnown(query, operationName)
  })
}

export type Engine = Awaited<ReturnType<typeof createEngine>>
