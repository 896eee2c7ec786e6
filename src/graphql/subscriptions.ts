import type { RequestContext } from '../access/requestContext.ts'
import type { ConcurrencyLimit } from '../access/concurrencyLimit.ts'
import type { Context, Live, LiveEvent } from '../context.ts'
import type { GatewayError } from '../errors.ts'
import type { Pipeline, Payload } from './pipeline.ts'
import type { Priced } from './engine.ts'
import type { Formatted } from './failures.ts'

type Options = {
  asking: Pipeline
  seats: ConcurrencyLimit
  /** how changes are followed; absent where they are not */
  liveOf: ((from: { sinds: string | undefined; signal: AbortSignal; onAsk: () => void }) => Live) | undefined
}
/** The answers of a subscription; its `return` ends it at once, also while it waits. */
export type Stream = AsyncGenerator<Payload, void, void> & {
  /** after which a new subscription resumes */
  cursor: () => string | undefined
}

const silent = { headers: () => undefined }
/** What a subscription stands on; `lost` is why it may not go on, once it may not. */
type Ground = {
  readonly context: Context
  readonly begin: string | undefined
  readonly end: () => void
  readonly lost: () => GatewayError | undefined
}
const holdsChange = (event: LiveEvent) => Object.keys(event).length > 1

/**
 * Who asks, for as long as it listens. What is told is as new as the change that it follows; what a browser adds to each stream of
 * its own accord must not have each reader fetch for itself.
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
    headers,
    id: requestContext.id,
    log: requestContext.log,
    routeOptions: requestContext.routeOptions,
    isGone: () => signal.aborted || requestContext.isGone()
  }
}

/** Runs subscriptions: every event goes the way of a query, with its own price, marks and record, before it leaves. */
export const createSubscriptions = ({ asking, seats, liveOf }: Options) => {
  const answersTo = (
    source: AsyncIterable<LiveEvent>,
    requestContext: RequestContext,
    operation: Priced,
    { context: { vdab }, begin, end, lost }: Ground
  ): Stream => {
    let at = begin
    const answers = async function* (): AsyncGenerator<Payload, void, void> {
      try {
        for await (const event of source) {
          if (!holdsChange(event)) {
            at = event.cursor
            continue
          }
          const standing = asking.budget(requestContext, silent, operation.price)
          const payload = await asking.forPresent(requestContext, () => {
            // The fetch for the filter, made before, counts for this event.
            const context = asking.contextOf(requestContext)
            context.vdab.cause.upstreamCalls += vdab.cause.upstreamCalls
            vdab.cause.upstreamCalls = 0
            return asking.run(requestContext, operation, standing, context, event)
          })
          yield { ...payload, extensions: { ...payload.extensions, cursor: event.cursor } }
          if (payload.data == null) return
          at = event.cursor
        }
        const why = lost()
        if (why) throw why
      } catch (error) {
        const { errors } = asking.refused(error, requestContext)
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
    // A generator's own `return` would wait for the event after which it is let go.
    return Object.assign(running, {
      cursor: () => at,
      return: () => {
        end()
        return finish()
      }
    })
  }

  /** Starts one; gives what is wrong when it cannot. Throws RATE_LIMITED when the consumer follows enough already. */
  return async (
    given: RequestContext,
    operation: Priced,
    sinds: string | undefined
  ): Promise<Stream | { errors: readonly Formatted[] }> => {
    const leave = seats(given.consumer)
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
      // Who resumes has VDAB asked for it alone, at the price of each question.
      const onAsk = () => {
        asking.budget(requestContext, silent, 1)
      }
      const context = asking.contextOf(requestContext, {
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
        // It ends with the scope that it needs, whether anything happens or not.
        release =
          requestContext.hold?.(
            () => {
              needed.forEach(context.requireScope)
            },
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
