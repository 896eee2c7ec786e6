import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
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

/** Since when an answer is waited for, on `performance.now()`, and whether all who wait for it have hung up. */
export type Waiting = { readonly since: number; readonly isGone: () => boolean }

export type PipelineOptions = {
  engine: Engine
  limits: Limits
  record: Recorder
  budget: Budget
  contextOf: (requestContext: RequestContext, how?: Partial<Waiting> & { live?: Live | undefined }) => Context
  forPresent: typeof ForPresent
  /** until when the answer of a consumer that is refused is held; undefined when it may leave at once */
  hold: (consumer: Consumer) => Promise<void> | undefined
  turns: Turns
  toGatewayError: (error: unknown, requestContext: Pick<FastifyRequest, 'log' | 'id'>) => GatewayError
}
/** An answer as it leaves. */
export type Payload = Result & { extensions?: Readonly<Record<string, unknown>> }

/** The `extensions` of an answer; none where there is nothing to say. */
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

/** The one way of an operation, whichever door it came in by: limits, document and price, budget, run, record. */
export const createPipeline = ({
  engine,
  limits,
  budget,
  record,
  contextOf,
  forPresent,
  hold,
  turns,
  toGatewayError
}: PipelineOptions) => {
  /** An error that is no error of GraphQL's, as an answer: nothing was done, or nothing may leave. */
  const refused = (error: unknown, requestContext: RequestContext): Payload & Required<Pick<Payload, 'errors'>> => {
    const { message, extensions } = toGatewayError(error, requestContext)
    return { errors: [{ message, extensions }], ...extensionsFor(requestContext.consumer, 0) }
  }

  /** Answers an operation, or an event of a subscription within its context. Rejects when the answer may not leave. */
  const run = async (
    requestContext: RequestContext,
    operation: Priced,
    { remaining, limit }: Standing,
    context = contextOf(requestContext),
    event?: LiveEvent
  ): Promise<Payload> => {
    const { consumer, personal, vdab } = context
    const result = await operation.run(context, event)
    if (result.data != null)
      await record({
        consumer,
        headers: requestContext.headers,
        personal,
        requestId: requestContext.id,
        isGone: () => requestContext.isGone(),
        deur: `GraphQL ${(operation.name ?? '(anonymous)').slice(0, 100)}`
      })
    return {
      ...result,
      ...extensionsFor(
        consumer,
        vdab.cause.upstreamCalls,
        { price: operation.price, remaining, limit },
        placesInOrder(result.data, personal.hidden()),
        vdab.versheid.stale()
      )
    }
  }

  /** Reads an operation, in the turn of its consumer where its document is new. */
  const read = async (asked: Asked, requestContext: RequestContext, isLive: boolean): Promise<Priced> => {
    if (engine.isKnown(asked)) return engine(asked, requestContext, isLive)
    if (turns.isOver()) await turns.wait(requestContext.consumer.name)
    return turns.read(() => engine(asked, requestContext, isLive))
  }

  return {
    /** The same answer, once it may leave: for answers that are no answer of HTTP of their own. */
    async inTime(requestContext: RequestContext, payload: Payload | Promise<Payload>): Promise<Payload> {
      const made = await payload
      if (isRefused(made)) await hold(requestContext.consumer)
      return made
    },
    refused,
    run,
    contextOf,
    forPresent,
    budget,
    /**
     * Reads the operations and books them; throws where a limit of the consumer is reached. `isLive` when they may be
     * subscriptions.
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
        if (operations.length > 0) await turn() // others have theirs between the operations of a list
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
