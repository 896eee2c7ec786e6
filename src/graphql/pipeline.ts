import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { RequestContext, forPresent as ForPresent, Notes } from '../access/requestContext.ts'
import type { Budget, Standing } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import type { Recorder } from '../access/record.ts'
import type { Context, Live, LiveEvent } from '../context.ts'
import type { GatewayError } from '../errors.ts'
import { inside } from '../fastPath/byteChunks.ts'
import type { ByteChunks } from '../fastPath/byteChunks.ts'
import type { Engine, Priced, Result } from './engine.ts'
import { endOf } from '../fastPath/coalescing.ts'
import { isRefused } from './failures.ts'
import type { Computed, Keeping, Ready, Waiting } from '../fastPath/coalescing.ts'
import { placesInOrder } from './order.ts'
import type { Asked } from './parameters.ts'
import type { Turns } from './turns.ts'

export type PipelineOptions = {
  engine: Engine
  limits: Limits
  record: Recorder
  budget: Budget
  contextOf: (requestContext: RequestContext, how?: Partial<Waiting> & { live?: Live | undefined }) => Context
  forPresent: typeof ForPresent
  /** where whole answers are kept; absent where none are */
  keeping?: Keeping | undefined
  /** until when the answer of a consumer that is refused is held; undefined when it may leave at once */
  hold: (consumer: Consumer) => Promise<void> | undefined
  turns: Turns
  toGatewayError: (error: unknown, requestContext: Pick<FastifyRequest, 'log' | 'id'>) => GatewayError
}
/** An answer as it leaves; `body` is all of it, where it was written as text. */
export type Payload = Pick<Result, 'data' | 'errors'> & {
  extensions?: Readonly<Record<string, unknown>>
  body?: ByteChunks
}

/** What an answer says of itself, besides what was asked. */
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
  keeping,
  hold,
  turns,
  toGatewayError
}: PipelineOptions) => {
  /** An error that is no error of GraphQL's, as an answer: nothing was done, or nothing may leave. */
  const refused = (error: unknown, requestContext: RequestContext): Payload & Required<Pick<Payload, 'errors'>> => {
    const { message, extensions } = toGatewayError(error, requestContext)
    return { errors: [{ message, extensions }], ...extensionsFor(requestContext.consumer, 0) }
  }

  const made = (
    { consumer, personal, vdab }: Context,
    { price }: Priced,
    { remaining, limit }: Standing,
    result: Result
  ): Computed<Payload> => {
    const hidden = personal.hidden()
    const payload: Payload = {
      ...result,
      ...extensionsFor(
        consumer,
        vdab.cause.upstreamCalls,
        { price, remaining, limit },
        placesInOrder(result.data, hidden),
        vdab.versheid.stale()
      )
    }
    const isOfNobody = personal.shown().size === 0 && hidden.length === 0
    return {
      payload,
      result,
      versions: () => (isOfNobody ? vdab.versheid.versions() : undefined),
      mayBeRetold: isOfNobody && vdab.versheid.stale().length === 0
    }
  }

  /** The same for text, which tells of nobody. Mostly its end is no more than the price. */
  const madeOfText = (
    { consumer, vdab: { cause, versheid } }: Context,
    { price }: Priced,
    standing: Standing,
    result: Result,
    text: ByteChunks
  ): Computed<Payload> => {
    const stale = versheid.stale()
    const end =
      stale.length === 0
        ? endOf(consumer, price, standing, cause.upstreamCalls)
        : `,"extensions":${JSON.stringify(extensionsFor(consumer, cause.upstreamCalls, { price, ...standing }, [], stale).extensions)}}`
    return { payload: { body: inside('{"data":', text, end) }, result, versions: versheid.versions }
  }

  /** The same for somebody who waited for an answer that failed: it caused no call of theirs. */
  const retold = (
    { consumer }: RequestContext,
    { price }: Priced,
    { remaining, limit }: Standing,
    { data, errors }: Result
  ): Payload => ({
    ...(data === undefined ? {} : { data }),
    ...(errors ? { errors } : {}),
    ...extensionsFor(consumer, 0, { price, remaining, limit })
  })

  const computeInSteps = async (
    requestContext: RequestContext,
    operation: Priced,
    standing: Standing,
    context: Context,
    running: Result | Promise<Result>
  ): Promise<Computed<Payload>> => {
    const result = await running
    const { consumer, personal } = context
    if (result.data != null)
      await record({
        consumer,
        headers: requestContext.headers,
        personal,
        requestId: requestContext.id,
        isGone: () => requestContext.isGone(),
        deur: `GraphQL ${(operation.name ?? '(anonymous)').slice(0, 100)}`
      })
    return result.text === undefined
      ? made(context, operation, standing, result)
      : madeOfText(context, operation, standing, result, result.text)
  }

  /** At once where the answer is text, and everything in it was at hand: such text tells of nobody. */
  const compute = (
    requestContext: RequestContext,
    operation: Priced,
    standing: Standing,
    context: Context
  ): Computed<Payload> | Promise<Computed<Payload>> => {
    const result = operation.run(context, undefined, true)
    return result instanceof Promise || result.text === undefined
      ? computeInSteps(requestContext, operation, standing, context, result)
      : madeOfText(context, operation, standing, result, result.text)
  }

  /** Answers an operation, or an event of a subscription within its context. Rejects when the answer may not leave. */
  const run = async (
    requestContext: RequestContext,
    operation: Priced,
    standing: Standing,
    context = contextOf(requestContext),
    event?: LiveEvent
  ): Promise<Payload> =>
    (await computeInSteps(requestContext, operation, standing, context, operation.run(context, event))).payload

  /** The same where text will do, and where bytes may be kept and shared; at once where it can be. */
  const answer = (
    requestContext: RequestContext,
    operation: Priced,
    standing: Standing
  ): Payload | Ready | Promise<Payload | Ready> => {
    if (keeping)
      return keeping.of(requestContext, operation, {
        compute: (waiting) => compute(requestContext, operation, standing, contextOf(requestContext, waiting)),
        retell: (result) => retold(requestContext, operation, standing, result)
      })
    const one = compute(requestContext, operation, standing, contextOf(requestContext))
    return one instanceof Promise ? one.then(({ payload }) => payload) : one.payload
  }

  /** The answer to what was asked before, or was just `read`, and is booked already; a failure is an answer. */
  const again = (
    requestContext: RequestContext,
    asked: Asked,
    standing: Standing,
    read?: Priced
  ): Payload | Ready | Promise<Payload | Ready> => {
    try {
      const one = answer(requestContext, read ?? engine.again(asked, requestContext), standing)
      return one instanceof Promise ? one.catch((error: unknown) => refused(error, requestContext)) : one
    } catch (error) {
      return refused(error, requestContext)
    }
  }

  return {
    /** The same answer, once it may leave: for answers that are no answer of HTTP of their own. */
    async inTime(requestContext: RequestContext, payload: Payload | Promise<Payload>): Promise<Payload> {
      const made = await payload
      if (isRefused(made)) await hold(requestContext.consumer)
      return made
    },
    again,
    /** Reads and prices what `again` will be asked, and books nothing; undefined where others have to be waited for. */
    price(requestContext: RequestContext, asked: Asked): Priced | undefined {
      if (engine.isKnown(asked)) return engine.again(asked, requestContext)
      return turns.isOver() ? undefined : turns.read(() => engine.again(asked, requestContext))
    },
    refused,
    run,
    answer,
    keeping,
    contextOf,
    forPresent,
    budget,
    /** Reads the operations and books them; throws what the consumer's limits say. `isLive` when they may be subscriptions. */
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
        if (engine.isKnown(one)) operations.push(engine(one, requestContext, isLive))
        else {
          if (turns.isOver()) await turns.wait(requestContext.consumer.name)
          operations.push(turns.read(() => engine(one, requestContext, isLive)))
        }
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
