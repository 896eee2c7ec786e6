import type { FastifyInstance } from 'fastify'
import { createSourceEventStream, execute as interpret, getVariableValues, GraphQLError, OperationTypeNode } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import mercurius from 'mercurius'
import type { Asker } from '../access/asker.ts'
import type { Context, LiveEvent } from '../context.ts'
import { tooCostly } from './bounds.ts'
import type { Maxima } from './bounds.ts'
import { createPricing } from './cost.ts'
import type { Documents } from './documents.ts'
import { format } from './failures.ts'
import type { Formatted } from './failures.ts'
import { createOperations } from './operations.ts'
import type { Asked } from './parameters.ts'

/** What came of one operation; `data` is absent when the request itself was wrong. */
export type Result = { data?: unknown; errors?: readonly Formatted[] }

const documentsKept = 250
/** Characters of a refused document that cost as much as a call to VDAB: judging one takes longer than most that run. */
const charactersPerCost = 100
/** What an operation costs at least, however little it asks of VDAB: its document has to be read, and run. */
const leastPrice = ({ size }: { size: number }, query: string) => Math.max(Math.ceil(size / 10), Math.ceil(query.length / 500))
/** A longer document is run without being compiled: compiling takes some 0.1 ms for each selection, while everybody waits. */
const maxCompiled = 500

/** What a subscription hears of: each event is the root of one answer. A Result when it cannot start. */
export type Source = AsyncIterable<LiveEvent> | Result
/** An operation that has been read and priced, and has not run; a wrong one answers what is wrong. */
export type Priced = {
  price: number
  name?: string | undefined
  /** the answer; of a subscription, the one to an event */
  run: (context: Context, event?: LiveEvent) => Promise<Result>
  /** starts a subscription; there is none on a query */
  open?: (context: Context) => Promise<Source>
  /** what is wrong, where it cannot run */
  problems?: readonly Formatted[]
}

type Options = {
  schema: GraphQLSchema
  documents: Documents
  settings: Maxima & { maxTokens: number; maxCost: number; allowsIntrospection: boolean }
  jit?: number
}

/** mercurius without its routes: parsed documents are kept, and compiled from their second use on. */
export const createEngine = async (app: FastifyInstance, { schema, documents, settings, jit = 1 }: Options) => {
  const { maxTokens, maxCost, allowsIntrospection } = settings
  const priceOf = createPricing(schema)
  const prepare = createOperations({ schema, maxTokens, maxima: settings, allowsIntrospection, forget: () => { app.graphql.replaceSchema(schema) } })
  await app.register(mercurius, {
    schema,
    routes: false,
    graphiql: false,
    jit,
    cache: documentsKept,
    // mercurius formats inside, where the request is not known; errors pass as they are and are formatted below.
    errorFormatter: ({ data, errors }) => ({ statusCode: 200, response: { data: data as never, errors: errors as never } })
  })

  const priced = (asked: Asked, asker: Asker, isLive: boolean) => {
    const query = documents.find(asked, asker.log)
    const prepared = prepare(query, asked.operationName, isLive)
    documents.keep(asked, query)
    const variables = { ...prepared.defaults, ...asked.variables }
    const { coerced, errors } = getVariableValues(schema, prepared.operation.variableDefinitions ?? [], variables, { maxErrors: 50, hideSuggestions: !allowsIntrospection })
    if (errors) throw new AggregateError(errors)
    const price = Math.max(priceOf(prepared, coerced), leastPrice(prepared, query))
    if (price > maxCost) throw tooCostly(`The operation costs ${price}; the maximum is ${maxCost}.`)
    return { ...prepared, variables, price, name: prepared.operation.name?.value }
  }

  type Ready = { source: string; document: DocumentNode; size: number; variables: Readonly<Record<string, unknown>> }
  type Answer = { data?: unknown; errors?: readonly unknown[] | undefined }
  const asGraphql = ({ document, variables }: Ready, operationName: string | undefined, contextValue: Context) => ({ schema, document, contextValue, variableValues: variables, operationName })

  const execute = async (ready: Ready, operationName: string | undefined, context: Context): Promise<Answer> => {
    const { source, variables, size } = ready
    if (size > maxCompiled) return interpret(asGraphql(ready, operationName, context))
    const ask = () => app.graphql(source, { ...context }, variables, operationName)
    const first = await ask()
    // The one request that compiles a document has its variables checked in the compiler's words; the next one in GraphQL's.
    return first.data === undefined ? ask() : first
  }

  /**
   * Reads and prices an operation, without a call to VDAB and without running anything; `isLive` when it may be a
   * subscription. Throws only what is no error of GraphQL's.
   */
  return (asked: Asked, asker: Asker, isLive = false): Priced => {
    const formatAll = (errors: readonly unknown[]) => errors.map((error) => format(error as GraphQLError, { log: asker.log, requestId: asker.id })) // all of them come from GraphQL engines
    const problemsIn = (error: unknown): readonly Formatted[] => {
      if (error instanceof GraphQLError) return formatAll([error])
      if (error instanceof Error && 'errors' in error && Array.isArray(error.errors)) return formatAll(error.errors)
      throw error
    }
    const resultOf = ({ data, errors }: Answer): Result => ({ ...(data === undefined ? {} : { data }), ...(errors?.length ? { errors: formatAll(errors) } : {}) })
    try {
      const { price, name, operation, ...ready } = priced(asked, asker, isLive)
      const run = async (context: Context, event?: LiveEvent): Promise<Result> => {
        try {
          // Events are answered by the interpreter: the compiler takes queries alone, as mercurius runs it.
          return resultOf(await (event ? interpret({ ...asGraphql(ready, asked.operationName, context), rootValue: event }) : execute(ready, asked.operationName, context)))
        } catch (error) {
          return { errors: problemsIn(error) }
        }
      }
      const open = async (context: Context): Promise<Source> => {
        const source = await createSourceEventStream(asGraphql(ready, asked.operationName, context))
        return Symbol.asyncIterator in source ? source as AsyncIterable<LiveEvent> : resultOf(source) // our resolvers make these events
      }
      return { price, name, run, ...(operation.operation === OperationTypeNode.SUBSCRIPTION ? { open } : {}) }
    } catch (error) {
      const problems = problemsIn(error)
      return { price: Math.max(1, Math.ceil((asked.query?.length ?? 0) / charactersPerCost)), run: async () => ({ errors: problems }), problems }
    }
  }
}

export type Engine = Awaited<ReturnType<typeof createEngine>>
