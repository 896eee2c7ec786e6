import type { Asker } from '../access/asker.ts'
import type { Seats } from '../access/seats.ts'
import type { Context, Live, LiveEvent } from '../context.ts'
import type { Asking, Payload } from './asking.ts'
import type { Priced } from './engine.ts'
import type { Formatted } from './failures.ts'

type Options = {
  asking: Asking
  seats: Seats
  /** how changes are followed; absent where they are not */
  liveOf: ((from: { sinds: string | undefined; signal: AbortSignal; onAsk: () => void }) => Live) | undefined
}
/** The answers of a subscription; its `return` ends it at once, also while it waits. */
export type Stream = AsyncGenerator<Payload, void, void> & {
  /** after which a new subscription resumes */
  cursor: () => string | undefined
}

const silent = { headers: () => undefined }
const holdsChange = (event: LiveEvent) => Object.keys(event).length > 1

/**
 * Who asks, for as long as it listens. What is told is as new as the change that it follows; what a browser adds to each stream of
 * its own accord must not have each reader fetch for itself.
 */
const listening = (asker: Asker, signal: AbortSignal): Asker => {
  const headers = { ...asker.headers }
  delete headers['cache-control']
  return { get consumer() { return asker.consumer }, headers, id: asker.id, log: asker.log, routeOptions: asker.routeOptions, isGone: () => signal.aborted || asker.isGone() }
}

/** Runs subscriptions: every event goes the way of a query, with its own price, marks and record, before it leaves. */
export const createFollowing = ({ asking, seats, liveOf }: Options) => {
  const answersTo = (source: AsyncIterable<LiveEvent>, asker: Asker, operation: Priced, { vdab }: Context, begin: string | undefined, end: () => void): Stream => {
    let at = begin
    const answers = async function* (): AsyncGenerator<Payload, void, void> {
      try {
        for await (const event of source) {
          if (holdsChange(event)) {
            const standing = asking.budget(asker, silent, operation.price)
            // The fetch for the filter, made before, counts for this event.
            const context = asking.contextOf(asker)
            context.vdab.cause.upstreamCalls += vdab.cause.upstreamCalls
            vdab.cause.upstreamCalls = 0
            const payload = await asking.run(asker, operation, standing, context, event)
            yield { ...payload, extensions: { ...payload.extensions, cursor: event.cursor } }
            if (payload.data == null) return
          }
          at = event.cursor
        }
      } catch (error) {
        const { errors } = asking.refused(error, asker)
        yield { errors: errors.map((failure) => ({ ...failure, extensions: { ...failure.extensions, ...(at === undefined ? {} : { cursor: at }) } })) }
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
  return async (given: Asker, operation: Priced, sinds: string | undefined): Promise<Stream | { errors: readonly Formatted[] }> => {
    const leave = seats(given.consumer)
    const stop = new AbortController()
    const asker = listening(given, stop.signal)
    const end = () => {
      stop.abort()
      leave()
    }
    try {
      // Who resumes has VDAB asked for it alone, at the price of each question.
      const onAsk = () => { asking.budget(asker, silent, 1) }
      const context = asking.contextOf(asker, { since: Infinity, isGone: asker.isGone, live: liveOf?.({ sinds, signal: stop.signal, onAsk }) })
      const source = await operation.open?.(context)
      if (source && Symbol.asyncIterator in source) return answersTo(source, asker, operation, context, sinds, end)
      end()
      return { errors: source?.errors ?? [] }
    } catch (error) {
      end()
      throw error
    }
  }
}

export type Following = ReturnType<typeof createFollowing>
