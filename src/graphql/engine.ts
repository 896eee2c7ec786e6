import type { FastifyInstance } from 'fastify'
import { createSourceEventStream, execute as executeEvent, GraphQLError, OperationTypeNode } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import mercurius from 'mercurius'
import type { RequestContext } from '../access/requestContext.ts'
import type { RequestCache } from '../cache/requestCache.ts'
import type { Context, LiveEvent } from '../context.ts'
import { tooCostly } from './bounds.ts'
import type { Maxima } from './bounds.ts'
import { createPricing } from './cost.ts'
import type { Documents } from './trustedDocuments.ts'
import { format } from './failures.ts'
import type { Formatted } from './failures.ts'
import { createOperations } from './operations.ts'
import type { Prepared } from './operations.ts'
import { toBuffer } from '../fastPath/byteChunks.ts'
import type { ByteChunks } from '../fastPath/byteChunks.ts'
import { errorsInOrder } from './order.ts'
import type { Asked } from './parameters.ts'
import { createCoerceAndPrice } from './coerceAndPrice.ts'
import type { Keeping } from '../fastPath/writer/fragments.ts'
import { contextGiven, giveAgain } from '../fastPath/writer/given.ts'
import type { Given } from '../fastPath/writer/given.ts'
import { createWriter } from '../fastPath/writer/index.ts'
import type { Written } from '../fastPath/writer/index.ts'

/**
 * What came of one operation; `data` is absent when the request itself was wrong. `text` stands for it where it was asked
 * for and could be written: its JSON, each character a byte of it, to be sent as `latin1`; then nothing went wrong.
 */
export type Result = { data?: unknown; errors?: readonly Formatted[]; text?: ByteChunks }

/** Characters of a refused document that cost as much as a call to VDAB: judging one takes longer than most that run. */
const charactersPerCost = 100
/** What an operation costs at least, however little it asks of VDAB: its document has to be read, and run. */
const leastPrice = ({ size }: { size: number }, query: string) =>
  Math.max(Math.ceil(size / 10), Math.ceil(query.length / 500))
/** All that mercurius reads itself: what is executed is handed to it in the context, parsed and validated. */
const placeholder = '{ __typename }'
const executing = Symbol('the operation to execute')

/** What a subscription hears of: each event is the root of one answer. A Result when it cannot start. */
export type Source = AsyncIterable<LiveEvent> | Result
/** An operation that has been read and priced, and has not run; a wrong one answers what is wrong. */
export type Priced = {
  price: number
  name?: string | undefined
  /**
   * Names what is asked, variables and all; who asks is not in it. Present where the answer tells of no person, whoever asks,
   * so that it may be kept as a whole for as long as what it was made of stands.
   */
  key?: string | undefined
  /** the answer, at once where nothing had to be waited for; of a subscription, the one to an event. `asText` when text will do */
  run: (context: Context, event?: LiveEvent, asText?: boolean) => Result | Promise<Result>
  /** starts a subscription; there is none on a query */
  open?: ((context: Context) => Promise<Source>) | undefined
  /** the names of its variables */
  variables?: readonly string[]
  /** what is wrong, where it cannot run */
  problems?: readonly Formatted[]
}

/** The same, and what it takes to do part of it once more. */
type Read = Priced & {
  executed: (context: Context, given?: Given) => Result | Promise<Result>
  prepared?: Prepared
  coerced?: Variables
}
type Variables = Readonly<Record<string, unknown>>
/** The context of a request that mercurius executes. */
type Executing = Context & { readonly [executing]: { readonly document: DocumentNode; readonly variables: Variables } }
/** What is remembered of an operation that comes again; `plan` names how it is written. */
type Again = Pick<Priced, 'price' | 'name' | 'key'> & { coerced: Variables; plan: string | undefined }

type Options = {
  schema: GraphQLSchema
  documents: Documents
  settings: Maxima & { maxTokens: number; maxCost: number; allowsIntrospection: boolean }
  /** are answers written without being executed, where they can be? */
  writes?: boolean
  keeping?: Keeping | undefined
  /** where what is kept of requests has its room */
  shared: RequestCache
}

/**
 * mercurius without its routes and without its own reading of documents. Gives what reads and prices an operation, without a
 * call to VDAB and without running anything; `isLive` when it may be a subscription. It throws only what is no error of GraphQL's.
 */
export const createEngine = async (
  app: FastifyInstance,
  { schema, documents, settings, writes = true, keeping, shared }: Options
) => {
  const { maxTokens, maxCost, allowsIntrospection } = settings
  const priceOf = createPricing(schema)
  giveAgain(schema)
  const writer = createWriter({ schema, keeping, shared })
  const prepare = createOperations({
    schema,
    marks: writer.marks,
    maxTokens,
    maxima: settings,
    allowsIntrospection,
    shared
  })
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

  // Every document was validated when it was prepared. mercurius would parse and validate it again, and keep it without weighing it.
  app.graphql.addHook('preExecution', (_schema, _document, context) => (context as Partial<Executing>)[executing])

  const reckon = createCoerceAndPrice({ schema, priceOf, hideSuggestions: !allowsIntrospection, shared })

  const priced = (asked: Asked, requestContext: RequestContext, isLive: boolean) => {
    const query = documents.find(asked, requestContext)
    const prepared = prepare(query, asked.operationName, isLive)
    documents.keep(asked, query)
    const reckoned = reckon(prepared, asked.variables)
    const price = Math.max(reckoned.price, leastPrice(prepared, query))
    if (price > maxCost) throw tooCostly(`The operation costs ${price}; the maximum is ${maxCost}.`)
    const { variables, coerced, key } = reckoned
    return { ready: { prepared, variables, coerced }, price, key, name: prepared.operation.name?.value }
  }

  type Ready = { prepared: Prepared; variables: Variables; coerced: Variables }
  type Answer = { data?: unknown; errors?: readonly unknown[] | undefined }
  const asGraphql = ({ prepared: { document }, variables }: Ready, contextValue: Context) => ({
    schema,
    document,
    contextValue,
    variableValues: variables
  })

  const execute = ({ prepared: { document }, variables }: Ready, context: Context, given?: Given): Promise<Answer> =>
    app.graphql(placeholder, {
      ...contextGiven(context, given),
      [executing]: { document, variables }
    } satisfies Executing)

  const read = (asked: Asked, requestContext: RequestContext, isLive: boolean): Read => {
    const formatAll = (errors: readonly unknown[]) =>
      errors.map((error) => format(error as GraphQLError, { log: requestContext.log, requestId: requestContext.id })) // all of them come from GraphQL engines
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
      const { price, name, key, ready } = priced(asked, requestContext, isLive)
      const { prepared, coerced } = ready
      const {
        operation: { operation, variableDefinitions = [] }
      } = prepared
      const executed = async (context: Context, given?: Given, event?: LiveEvent): Promise<Result> => {
        try {
          // mercurius has one root value for all requests, and that of an event is its own.
          return resultOf(
            await (event
              ? executeEvent({ ...asGraphql(ready, context), rootValue: event })
              : execute(ready, context, given))
          )
        } catch (error) {
          return { errors: problemsIn(error) }
        }
      }
      const run: Priced['run'] = (context, event, asText = false) => {
        if (event || !writes) return executed(context, undefined, event)
        const plan = writer.planOf(prepared, coerced)
        if (plan === undefined) return executed(context)
        const finish = (written: Written) =>
          'text' in written
            ? asText
              ? written
              : { data: JSON.parse(toBuffer(written.text).toString()) as unknown }
            : executed(context, written.given)
        const written = writer.write(plan, coerced, context)
        return written instanceof Promise ? written.then(finish) : finish(written)
      }
      const open = async (context: Context): Promise<Source> => {
        const source = await createSourceEventStream(asGraphql(ready, context))
        return Symbol.asyncIterator in source ? (source as AsyncIterable<LiveEvent>) : resultOf(source) // our resolvers make these events
      }
      return {
        price,
        name,
        key,
        run,
        executed,
        coerced,
        prepared,
        variables: variableDefinitions.map(({ variable }) => variable.name.value),
        open: operation === OperationTypeNode.SUBSCRIPTION ? open : undefined
      }
    } catch (error) {
      const problems = problemsIn(error)
      return {
        price: Math.max(1, Math.ceil((asked.query?.length ?? 0) / charactersPerCost)),
        run: () => ({ errors: problems }),
        executed: () => ({ errors: problems }),
        problems
      }
    }
  }

  // Of what was asked before no more is held than it takes to write it: its document is large, and read anew where it is needed.
  const before = new WeakMap<Asked, Again>()

  return Object.assign(
    (asked: Asked, requestContext: RequestContext, isLive = false): Priced => read(asked, requestContext, isLive),
    {
      /** Does it take no time to read this? What comes by its hash alone was read when it came with its text. */
      isKnown: ({ query, operationName }: Asked) => query === undefined || prepare.isKnown(query, operationName),
      /** The same for this very object once more, of which some is remembered. */
      again(asked: Asked, requestContext: RequestContext): Priced {
        const known = before.get(asked)
        const plan = known && writer.knownPlan(known.plan)
        if (known === undefined || plan === undefined) {
          const one = read(asked, requestContext, false)
          const { prepared, coerced } = one
          if (writes && prepared && coerced)
            before.set(asked, {
              price: one.price,
              name: one.name,
              key: one.key,
              coerced,
              plan: writer.keyOf(prepared, coerced)
            })
          return one
        }
        const { price, name, key, coerced } = known
        return {
          price,
          name,
          key,
          run: (context) => {
            const written = writer.write(plan, coerced, context)
            if (!(written instanceof Promise))
              return 'text' in written ? written : read(asked, requestContext, false).executed(context, written.given)
            return written.then((one) =>
              'text' in one ? one : read(asked, requestContext, false).executed(context, one.given)
            )
          }
        }
      }
    }
  )
}

export type Engine = Awaited<ReturnType<typeof createEngine>>
