import { execute, GraphQLError, parse, validate } from 'graphql'
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql'
import { createPersonal } from '../../src/access/personal.ts'
import type { Context } from '../../src/context.ts'
import { catalogue } from '../../src/errors.ts'
import type { Built } from '../helper.ts'
import type { Question } from './random-documents.ts'

/** The consumer; without a purpose no data of candidates is shown. */
export type Who = { key: string; doel?: string }
/** The compared parts of an answer: `data` as JSON text, so that the order of its members counts. */
export type Told = { data: string | undefined; errors: readonly string[]; verborgen: readonly string[] }
export type Execute = (
  schema: GraphQLSchema,
  question: Question,
  context: Context
) => Promise<{ data?: unknown; errors?: readonly GraphQLError[] | undefined }>

const inOrder = (values: readonly string[]) => [...values].sort()
/** An INTERNAL error contains its request id, which differs for each request. */
const withoutId = (text: string) =>
  text.replace(/quote request [^.]*\./, 'quote request ….').replace(/"requestId":"[^"]*"/, '"requestId":"…"')

/** The compared parts of an answer from a door, with errors and hidden paths in their original order. */
export const toldBy = ({
  data,
  errors = [],
  extensions
}: {
  data?: unknown
  errors?: readonly GraphQLFormattedError[]
  extensions?: { verborgen?: readonly string[] }
}): Told => ({
  data: data === undefined ? undefined : JSON.stringify(data),
  errors: errors.map((error) => withoutId(JSON.stringify(error))),
  verborgen: extensions?.verborgen ?? []
})

/** The same with errors and hidden paths sorted, since graphql-js has no order for them. */
export const unordered = ({ data, errors, verborgen }: Told): string =>
  JSON.stringify({ data, errors: inOrder(errors), verborgen: inOrder(verborgen) })

/** An error of graphql-js as a consumer gets it: its message and path, and a code of the gateway. */
const asItLeaves = ({ message, locations, path, extensions, originalError }: GraphQLError): GraphQLFormattedError => {
  const place = { ...(locations ? { locations } : {}), ...(path ? { path } : {}) }
  if (typeof extensions['code'] === 'string' && Object.hasOwn(catalogue, extensions['code']))
    return { message, ...place, extensions }
  if (path === undefined || (originalError instanceof GraphQLError && originalError.nodes !== undefined))
    return { message, ...place, extensions: { code: 'BAD_USER_INPUT' } }
  return {
    message: `${catalogue.INTERNAL.title}; quote request .`,
    ...place,
    extensions: { code: 'INTERNAL', requestId: '' }
  }
}

/** `execute` of graphql-js. */
export const executed: Execute = async (schema, { query, variables, operationName }, contextValue) =>
  execute({ schema, document: parse(query), contextValue, variableValues: variables, operationName })

/**
 * Answers by only `validate` and `execute` of graphql-js, with the schema and resolvers of a gateway and the context
 * of a real request to it. The gateway must not write or store answers: then each request reaches mercurius, whose hook
 * passes the context.
 */
export const createReference = ({ app, post }: Built) => {
  const { schema } = app.graphql
  let waiting: ((context: Context) => Promise<void>) | undefined
  app.graphql.addHook('preExecution', async (_schema, _document, context) => {
    const work = waiting
    waiting = undefined
    await work?.({ ...(context as unknown as Context), personal: createPersonal() }) // the gateway makes the contexts of its requests
  })

  const inContext = async <T>({ key, doel }: Who, work: (context: Context) => Promise<T>): Promise<T> => {
    const done = new Promise<T>((resolve, reject) => {
      waiting = (context) => work(context).then(resolve, reject)
    })
    await post({ query: '{ __typename }' }, { key, headers: { 'x-doel': doel ?? '' } })
    return done
  }

  return {
    schema,
    /** The answer; `by` executes valid documents. */
    async ask(question: Question, who: Who, by: Execute = executed): Promise<Told> {
      try {
        const errors = validate(schema, parse(question.query))
        if (errors.length > 0) return toldBy({ errors: errors.map(asItLeaves) })
      } catch (error) {
        if (error instanceof GraphQLError) return toldBy({ errors: [asItLeaves(error)] })
        throw error
      }
      return inContext(who, async (context) => {
        const { data, errors = [] } = await by(schema, question, context)
        return toldBy({
          ...(data === undefined ? {} : { data }),
          errors: errors.map(asItLeaves),
          extensions: { verborgen: context.personal.hidden() }
        })
      })
    }
  }
}

export type Reference = ReturnType<typeof createReference>
