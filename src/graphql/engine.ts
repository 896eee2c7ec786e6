import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GraphQLError } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import mercurius from 'mercurius'
import type { Context } from '../context.ts'
import { format } from './failures.ts'
import type { Formatted } from './failures.ts'
import { createOperations } from './operations.ts'
import type { Asked } from './parameters.ts'

/** What came of one operation; `data` is absent when the request itself was wrong. */
export type Result = { data?: unknown; errors?: readonly Formatted[] }

const documentsKept = 250

type Options = { schema: GraphQLSchema; maxTokens: number; jit?: number }

/** mercurius without its routes: parsed documents are kept, and compiled from their second use on. */
export const createEngine = async (app: FastifyInstance, { schema, maxTokens, jit = 1 }: Options) => {
  const prepare = createOperations({ schema, maxTokens, forget: () => { app.graphql.replaceSchema(schema) } })
  await app.register(mercurius, {
    schema,
    routes: false,
    graphiql: false,
    jit,
    cache: documentsKept,
    // mercurius formats inside, where the request is not known; errors pass as they are and are formatted below.
    errorFormatter: ({ data, errors }) => ({ statusCode: 200, response: { data: data as never, errors: errors as never } })
  })

  return async ({ query, operationName, variables }: Asked, context: Context, request: FastifyRequest): Promise<Result> => {
    const formatAll = (errors: readonly unknown[]) => errors.map((error) => format(error as GraphQLError, { log: request.log, requestId: request.id })) // all of them come from GraphQL engines
    try {
      const { source, defaults } = prepare(query, operationName)
      const ask = () => app.graphql(source, { ...context }, { ...defaults, ...variables }, operationName)
      const first = await ask()
      // The one request that compiles a document has its variables checked in the compiler's words; the next one in GraphQL's.
      const { data, errors } = first.data === undefined ? await ask() : first
      return { ...(data === undefined ? {} : { data: data as unknown }), ...(errors?.length ? { errors: formatAll(errors) } : {}) }
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: formatAll([error]) }
      if (error instanceof Error && 'errors' in error && Array.isArray(error.errors)) return { errors: formatAll(error.errors) }
      throw error
    }
  }
}

export type Engine = Awaited<ReturnType<typeof createEngine>>
