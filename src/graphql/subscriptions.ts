import type { RequestContext } from '../access/requestContext.ts'
import type { ConcurrencyLimit } from '../access/concurrencyLimit.ts'
import type { Context, Live, LiveEvent } from '../context.ts'
import type { GatewayError } from '../errors.ts'
import type { Pipeline, Payload } from './pipeline.ts'
import type { Priced } from './engine.ts'
import type { Formatted } from './failures.ts'

type Options = {
  pipeline: Pipeline
  concurrencyLimit: ConcurrencyLimit
  /** creates the source of changes; absent if the gateway does not follow VDAB's feed */
  liveOf:
    ((from: { sinds: string | undefined; signal: AbortSignal; onAsk: () => Promise<unknown> }) => Live) | undefined
}
/** The responses of a subscription; `return` ends it at once, even while it waits for an event. */
export type Stream = AsyncGenerator<Payload, void, void> & {
  /** the cursor from which a new subscription can resume */
  cursor: () => string | undefined
}

const noHeaders = { headers: () => undefined }
/** The state of a subscription; `lost` returns the reason when the consumer has lost its access. */
type Started = {
  readonly context: Context
  readonly begin: string | undefined
  readonly end: () => void
  readonly lost: () => GatewayError | undefined
}
const holdsChange = (event: LiveEvent) => Object.keys(event).length > 1

/**
 * The request context for the duration of a subscription. `cache-control` is removed: browsers send it with each
 * stream, and it would make each subscriber fetch the changed record separately, although a record is as new as its
 * change.
 */
const listening = (requestContext: RequestContext, signal: AbortSignal): RequestContext => {
  const headers = { ...requestContext.headers }
  delete headers['cache-control']
  return {
    get consumer() {
      return requestContext.consumer
    },
    present: requestContext.present,
    hold: requestContext.hold,
    carrier: requestContext.carrier,
    headers,
    id: requestContext.id,
    log: requestContext.log,
    routeOptions: requestContext.routeOptions,
    isGone: () => signal.aborted || requestContext.isGone(),
    get account() {
      return requestContext.account
    },
    set account(account) {
      requestContext.account = account
    }
  }
}

/** Runs subscriptions: each event is executed like a query, with its own price, redaction and audit record. */
export const createSubscriptions = ({ pipeline, concurrencyLimit, liveOf }: Options) => {
  const answersTo = (
    source: AsyncIterable<LiveEvent>,
    requestContext: RequestContext,
    operation: Priced,
    { context: { vdab }, begin, end, lost }: Started
  ): Stream => {
    let at = begin
    const answers = async function* (): AsyncGenerator<Payload, void, void> {
      try {
        for await (const event of source) {
          if (!holdsChange(event)) {
            at = event.cursor
            continue
          }
          const balance = await pipeline.budget.soon(requestContext, noHeaders, operation.price)
          const payload = await pipeline.forPresent(requestContext, () => {
            // The filter has already fetched the record: the call counts for this event.
            const context = pipeline.contextOf(requestContext)
            context.vdab.cause.upstreamCalls += vdab.cause.upstreamCalls
            vdab.cause.upstreamCalls = 0
            return pipeline.run(requestContext, operation, balance, context, event)
          })
          yield { ...payload, extensions: { ...payload.extensions, cursor: event.cursor } }
          if (payload.data == null) return
          at = event.cursor
        }
        const why = lost()
        if (why) throw why
      } catch (error) {
        const { errors } = pipeline.refused(error, requestContext)
        yield {
          ...(error === lost() ? { data: null } : {}),
          errors: errors.map((failure) => ({
            ...failure,
            extensions: { ...failure.extensions, ...(at === undefined ? {} : { cursor: at }) }
          }))
        }
      } finally {
        end()
      }
    }
    const running = answers()
    const finish = running.return.bind(running)
    // The `return` of a generator waits for the pending event.
    return Object.assign(running, {
      cursor: () => at,
      return: () => {
        end()
        return finish()
      }
    })
  }

  /** Starts a subscription, or returns its errors. Throws RATE_LIMITED when the consumer has too many. */
  return async (
    given: RequestContext,
    operation: Priced,
    sinds: string | undefined
  ): Promise<Stream | { errors: readonly Formatted[] }> => {
    const leave = concurrencyLimit(given.consumer)
    const stop = new AbortController()
    const requestContext = listening(given, stop.signal)
    let lost: GatewayError | undefined
    let release = () => {}
    const end = () => {
      stop.abort()
      release()
      leave()
    }
    try {
      // To resume, VDAB is queried for this client alone, so each query is charged.
      const onAsk = () => pipeline.budget.soon(requestContext, noHeaders, 1)
      const context = pipeline.contextOf(requestContext, {
        since: Infinity,
        isGone: requestContext.isGone,
        live: liveOf?.({ sinds, signal: stop.signal, onAsk })
      })
      const needed = new Set<string>()
      const requireScope = (scope: string) => {
        context.requireScope(scope)
        needed.add(scope)
      }
      const source = await operation.open?.({ ...context, requireScope })
      if (source && Symbol.asyncIterator in source) {
        // The subscription ends when the consumer loses the scope, even without an event.
        release =
          requestContext.hold?.(
            () => needed.forEach(context.requireScope),
            (why) => {
              lost = why
              stop.abort()
            }
          ) ?? release
        return answersTo(source, requestContext, operation, { context, begin: sinds, end, lost: () => lost })
      }
      end()
      return { errors: source?.errors ?? [] }
    } catch (error) {
      end()
      throw error
    }
  }
}

export type Subscriptions = ReturnType<typeof createSubscriptions>
