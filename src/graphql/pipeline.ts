import { setImmediate } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { noteCode } from '../access/account.ts'
import type { RequestContext, forPresent as ForPresent, Notes } from '../access/requestContext.ts'
import type { Budget, CostBalance } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import type { Recorder } from '../access/record.ts'
import type { Context, Live, LiveEvent } from '../context.ts'
import { errorCode, type GatewayError } from '../errors.ts'
import type { Engine, Priced, Result } from './engine.ts'
import { explain } from './explain.ts'
import { firstCode, isRefused } from './failures.ts'
import { placesInOrder } from './order.ts'
import type { Asked } from './parameters.ts'
import type { Turns } from './turns.ts'

/**
 * `since`: the start of the wait for a response, on `performance.now()`. `isGone`: have all clients disconnected?
 * `sharedBy`: the requests that get the same response.
 */
export type Waiting = {
  readonly since: number
  readonly isGone: () => boolean
  readonly sharedBy?: (() => readonly RequestContext[]) | undefined
}

/** A running operation: of a separate request, or of an event of a subscription. */
export type RunningOperation = Pick<Priced, 'type' | 'trustedName'> & {
  readonly cause: Context['vdab']['cause']
  readonly isEvent: boolean
}
/** Follows an operation: the returned function is called with its outcome. Undefined if there is no follower. */
export type FollowOperation = (
  requestContext: RequestContext,
  operation: RunningOperation
) => ((outcome: OperationOutcome) => void) | undefined
/** The code of the first error of an operation, if there is one. */
export type OperationOutcome = { readonly code: string | undefined }

export type PipelineOptions = {
  engine: Engine
  limits: Limits
  record: Recorder
  budget: Budget
  contextOf: (requestContext: RequestContext, how?: Partial<Waiting> & { live?: Live | undefined }) => Context
  forPresent: typeof ForPresent
  /** delays the response to a consumer with many refused requests; undefined = it is sent at once */
  hold: (consumer: Consumer) => Promise<void> | undefined
  turns: Turns
  /** follows each operation, for traces */
  follow?: FollowOperation | undefined
  toGatewayError: (error: unknown, requestContext: Pick<FastifyRequest, 'log' | 'id'>) => GatewayError
}
/** A response in the form in which the client receives it. */
export type Payload = Result & { extensions?: Readonly<Record<string, unknown>> }

/** The `extensions` of a response; absent when they are empty. */
export const extensionsFor = (
  { scopes }: Consumer,
  upstreamCalls: number,
  cost?: CostBalance & { price: number },
  verborgen: readonly string[] = [],
  versheid: readonly unknown[] = []
): Pick<Payload, 'extensions'> => {
  const extensions = {
    ...(scopes.has('beheer') ? { upstreamCalls } : {}),
    ...(cost ? { cost } : {}),
    ...(verborgen.length > 0 ? { verborgen } : {}),
    ...(versheid.length > 0 ? { versheid } : {})
  }
  return Object.keys(extensions).length > 0 ? { extensions } : {}
}

/** Passes the outcome of an operation to its follower. */
export const withOutcome = async <T>(
  work: () => T | Promise<T>,
  resultOf: (made: T) => Pick<Result, 'errors'>,
  end: (outcome: OperationOutcome) => void
): Promise<T> => {
  try {
    const made = await work()
    end({ code: firstCode(resultOf(made)) })
    return made
  } catch (error) {
    end({ code: errorCode(error) })
    throw error
  }
}

/** An operation; `deur` is the path of its request if that is not /graphql. */
type FromDoor = Priced & { readonly deur?: string }
type Execute = (
  requestContext: RequestContext,
  operation: FromDoor,
  balance: CostBalance | undefined,
  context: Context,
  event?: LiveEvent
) => Promise<Payload>

/** Runs operations, and reports each to the follower, if there is one. */
const createRun =
  (execute: Execute, { contextOf, follow }: Pick<PipelineOptions, 'contextOf' | 'follow'>) =>
  (
    requestContext: RequestContext,
    operation: FromDoor,
    balance: CostBalance | undefined,
    context = contextOf(requestContext),
    event?: LiveEvent
  ): Promise<Payload> => {
    const { type, trustedName } = operation
    const { cause } = context.vdab
    const end = follow?.(requestContext, { type, trustedName, cause, isEvent: event !== undefined })
    const work = () => execute(requestContext, operation, balance, context, event)
    return end ? withOutcome(work, (payload) => payload, end) : work()
  }

/** The steps of every operation, on every transport: limit, document, price, budget, execution, audit record. */
export const createPipeline = (options: PipelineOptions) => {
  const { engine, limits, budget, record, contextOf, forPresent, hold, turns, follow, toGatewayError } = options

  /** The response for an error outside GraphQL, which stopped the operation or its response. */
  const refused = (error: unknown, requestContext: RequestContext): Payload & Required<Pick<Payload, 'errors'>> => {
    const { message, extensions } = toGatewayError(error, requestContext)
    return { errors: [{ message, extensions }], ...extensionsFor(requestContext.consumer, 0) }
  }

  /**
   * Executes an operation, or an event of a subscription. Rejects when the response must not be sent. Without `balance`
   * the response contains no cost, so that it is the same each time.
   */
  const execute: Execute = async (requestContext, operation, balance, context, event) => {
    const { consumer, personal, vdab } = context
    const startedAt = performance.now()
    const result = await operation.run(context, event)
    const executedAt = performance.now()
    for (const { extensions } of result.errors ?? []) noteCode(requestContext, extensions['code'])
    if (result.data != null)
      await record(requestContext, {
        consumer,
        personal,
        deur: operation.deur ?? `GraphQL ${(operation.name ?? '(anonymous)').slice(0, 100)}`
      })
    const verborgen = placesInOrder(result.data, personal.hidden())
    const cost = balance && { price: operation.price, ...balance }
    const base = extensionsFor(consumer, vdab.cause.upstreamCalls, cost, verborgen, vdab.versheid.stale())
    if (vdab.explanation === undefined) return { ...result, ...base }
    const steps = { executeMs: executedAt - startedAt, auditMs: performance.now() - executedAt }
    const explained = explain(context, { operation, result, verborgen, steps, parts: engine.partsOf(operation) })
    return { ...result, extensions: { ...base.extensions, ...explained } }
  }

  const run = createRun(execute, options)

  /** Validates an operation. A new document waits for the turn of its consumer. */
  const read = async (asked: Asked, requestContext: RequestContext, isLive: boolean): Promise<Priced> => {
    const learning = engine.learn(asked)
    if (learning) await learning
    const isKnown = engine.isKnown(asked, isLive)
    const startedAt = performance.now()
    if (!isKnown && turns.isOver()) await turns.wait(requestContext.consumer.name)
    const work = () => engine(asked, requestContext, isLive)
    const operation = isKnown ? work() : turns.read(work)
    operation.readStep = { readMs: performance.now() - startedAt, isKnown }
    return operation
  }

  return {
    /** Applies the refusal delay to a response that is not a separate HTTP response. */
    async inTime(requestContext: RequestContext, payload: Payload | Promise<Payload>): Promise<Payload> {
      const response = await payload
      if (isRefused(response)) await hold(requestContext.consumer)
      return response
    },
    /** Executes an operation for the current configuration of its consumer. Never rejects. */
    answer: (requestContext: RequestContext, operation: Priced, balance: CostBalance): Promise<Payload> =>
      forPresent(requestContext, () => run(requestContext, operation, balance)).catch((error: unknown) =>
        refused(error, requestContext)
      ),
    refused,
    run,
    follow,
    contextOf,
    forPresent,
    budget,
    /** Validates an operation and computes its price, without booking either. */
    read: (asked: Asked, requestContext: RequestContext) => read(asked, requestContext, false),
    /**
     * Validates the operations and books their price. Throws when the consumer has reached a limit. `isLive` = they may
     * be subscriptions.
     */
    async book(
      requestContext: RequestContext,
      notes: Notes,
      asked: readonly Asked[],
      isLive = false
    ): Promise<{ operations: Priced[]; balance: CostBalance }> {
      await limits(requestContext, notes, asked.length)
      const operations: Priced[] = []
      for (const one of asked) {
        if (operations.length > 0) await setImmediate() // other requests run between the operations of a batch
        operations.push(await read(one, requestContext, isLive))
      }
      return {
        operations,
        balance: budget(
          requestContext,
          notes,
          operations.reduce((sum, { price }) => sum + price, 0)
        )
      }
    }
  }
}

export type Pipeline = ReturnType<typeof createPipeline>
