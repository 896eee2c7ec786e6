import type { FastifyInstance, FastifyRequest } from 'fastify'
import { getVariableValues, GraphQLError } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import mercurius from 'mercurius'
import type { Context } from '../context.ts'
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

/** An operation that has been read and priced, and has not run; a wrong one answers what is wrong. */
export type Priced = { price: number; name?: string | undefined; run: (context: Context) => Promise<Result> }

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

  const priced = (asked: Asked, request: FastifyRequest) => {
    const query = documents.find(asked, request.log)
    const prepared = prepare(query, asked.operationName)
    documents.keep(asked, query)
    const variables = { ...prepared.defaults, ...asked.variables }
    const { coerced, errors } = getVariableValues(schema, prepared.operation.variableDefinitions ?? [], variables, { maxErrors: 50, hideSuggestions: !allowsIntrospection })
    if (errors) throw new AggregateError(errors)
    const price = priceOf(prepared, coerced)
    if (price > maxCost) throw tooCostly(`The operation costs ${price}; the maximum is ${maxCost}.`)
    return { source: prepared.source, variables, price, name: prepared.operation.name?.value }
  }

  const execute = async ({ source, variables }: { source: string; variables: Readonly<Record<string, unknown>> }, operationName: string | undefined, context: Context): Promise<{ data?: unknown; errors?: readonly unknown[] | undefined }> => {
    const ask = () => app.graphql(source, { ...context }, variables, operationName)
    const first = await ask()
    // The one request that compiles a document has its variables checked in the compiler's words; the next one in GraphQL's.
    return first.data === undefined ? ask() : first
  }

  /** Reads and prices an operation, without a call to VDAB and without running anything. Throws only what is no error of GraphQL's. */
  return (asked: Asked, request: FastifyRequest): Priced => {
    const formatAll = (errors: readonly unknown[]) => errors.map((error) => format(error as GraphQLError, { log: request.log, requestId: request.id })) // all of them come from GraphQL engines
    const failed = (error: unknown): Result => {
      if (error instanceof GraphQLError) return { errors: formatAll([error]) }
      if (error instanceof Error && 'errors' in error && Array.isArray(error.errors)) return { errors: formatAll(error.errors) }
      throw error
    }
    try {
      const { price, name, ...operation } = priced(asked, request)
      const run = async (context: Context): Promise<Result> => {
        try {
          const { data, errors } = await execute(operation, asked.operationName, context)
          return { ...(data === undefined ? {} : { data }), ...(errors?.length ? { errors: formatAll(errors) } : {}) }
        } catch (error) {
          return failed(error)
        }
      }
      return { price, name, run }
    } catch (error) {
      const result = failed(error)
      return { price: Math.max(1, Math.ceil((asked.query?.length ?? 0) / charactersPerCost)), run: async () => result }
    }
  }
}

export type Engine = Awaited<ReturnType<typeof createEngine>>
