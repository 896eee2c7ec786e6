import { setImmediate } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { noteCode } from '../access/account.ts'
import type { RequestContext, forPresent as ForPresent, Notes } from '../access/requestContext.ts'
import type { Budget, Standing } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import type { Recorder } from '../access/record.ts'
import type { Context, Live, LiveEvent } from '../context.ts'
import type { GatewayError } from '../errors.ts'
import type { Engine, Priced, Result } from './engine.ts'
import { isRefused } from './failures.ts'
import { placesInOrder } from './order.ts'
import type { Asked } from './parameters.ts'
import type { Turns } from './turns.ts'

/** `since`: the start of the wait for a response, on `performance.now()`. `isGone`: have all clients disconnected? */
export type Waiting = { readonly since: number; readonly isGone: () => boolean }

export type PipelineOptions = {
  engine: Engine
  limits: Limits
  record: Recorder
  budget: Budget
  contextOf: (requestContext: RequestContext, how?: Partial<Waiting> & { live?: Live | undefined }) => Context
  forPresent: typeof ForPresent
  /** delays the answer to a consumer that is refused many times; undefined = it is sent at once */
  hold: (consumer: Consumer) => Promise<void> | undefined
  turns: Turns
  toGatewayError: (error: unknown, requestContext: Pick<FastifyRequest, 'log' | 'id'>) => GatewayError
}
/** A response as the client gets it. */
export type Payload = Result & { extensions?: Readonly<Record<string, unknown>> }

/** The `extensions` of a response; absent when they are empty. */
export const extensionsFor = (
  { scopes }: Consumer,
  upstreamCalls: number,
  cost?: Standing & { price: number },
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

/** The steps of every operation, on every transport: limit, document, price, budget, execution, audit record. */
export const createPipeline = (options: PipelineOptions) => {
  const { engine, limits, budget, record, contextOf, forPresent, hold, turns, toGatewayError } = options

  /** The response for an error outside GraphQL, which stopped the operation or its response. */
  const refused = (error: unknown, requestContext: RequestContext): Payload & Required<Pick<Payload, 'errors'>> => {
    const { message, extensions } = toGatewayError(error, requestContext)
    return { errors: [{ message, extensions }], ...extensionsFor(requestContext.consumer, 0) }
  }

  /**
   * Executes an operation, or an event of a subscription. Rejects when the response must not be sent. Without
   * `standing` the response holds no cost, so that it is the same each time.
   */
  const run = async (
    requestContext: RequestContext,
    operation: Priced & { readonly deur?: string },
    standing: Standing | undefined,
    context = contextOf(requestContext),
    event?: LiveEvent
  ): Promise<Payload> => {
    const { consumer, personal, vdab } = context
    const result = await operation.run(context, event)
    for (const { extensions } of result.errors ?? []) noteCode(requestContext, extensions['code'])
    if (result.data != null)
      await record(requestContext, {
        consumer,
        personal,
        deur: operation.deur ?? `GraphQL ${(operation.name ?? '(anonymous)').slice(0, 100)}`
      })
    return {
      ...result,
      ...extensionsFor(
        consumer,
        vdab.cause.upstreamCalls,
        standing && { price: operation.price, ...standing },
        placesInOrder(result.data, personal.hidden()),
        vdab.versheid.stale()
      )
    }
  }

  /** Validates an operation. A new document waits for the turn of its consumer. */
  const read = async (asked: Asked, requestContext: RequestContext, isLive: boolean): Promise<Priced> => {
    if (engine.isKnown(asked, isLive)) return engine(asked, requestContext, isLive)
    if (turns.isOver()) await turns.wait(requestContext.consumer.name)
    return turns.read(() => engine(asked, requestContext, isLive))
  }

  return {
    /** Applies the refusal delay to a response that is not an HTTP response of its own. */
    async inTime(requestContext: RequestContext, payload: Payload | Promise<Payload>): Promise<Payload> {
      const response = await payload
      if (isRefused(response)) await hold(requestContext.consumer)
      return response
    },
    /** Executes an operation for the current configuration of its consumer. Never rejects. */
    answer: (requestContext: RequestContext, operation: Priced, standing: Standing): Promise<Payload> =>
      forPresent(requestContext, () => run(requestContext, operation, standing)).catch((error: unknown) =>
        refused(error, requestContext)
      ),
    refused,
    run,
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
    ): Promise<{ operations: Priced[]; standing: Standing }> {
      await limits(requestContext, notes, asked.length)
      const operations: Priced[] = []
      for (const one of asked) {
        if (operations.length > 0) await setImmediate() // other requests run between the operations of a batch
        operations.push(await read(one, requestContext, isLive))
      }
      return {
        operations,
        standing: budget(
          requestContext,
          notes,
          operations.reduce((sum, { price }) => sum + price, 0)
        )
      }
    }
  }
}

export type Pipeline = ReturnType<typeof createPipeline>
