import type { Socket } from 'node:net'
import type { Credential } from '../access/authenticate.ts'
import type { RequestContext } from '../access/requestContext.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Booking, Exchange } from './exchange.ts'
import type { Responses } from './responses.ts'
import type { ComputedResponse, CacheHit, Template } from './template.ts'

type Dependencies = Pick<Responses, 'sendCached' | 'sendComputed'> & {
  /** the consumer of the key that a connection uses */
  consumerOf: (socket: Socket, credential: Credential) => Consumer | undefined
  requestContextOf: (exchange: Exchange) => RequestContext
  /** how long the answer to a refused consumer is held back; undefined when it may leave at once */
  hold: (consumer: Consumer) => Promise<void> | undefined
  isStopping: () => boolean
  log: (exchange: Exchange, booking: Booking, status: number, ms: number) => void
}

/** Computes answers, and sends each when it is complete. */
export const createComputedAnswers = ({
  sendCached,
  sendComputed,
  consumerOf,
  requestContextOf,
  hold,
  isStopping,
  log
}: Dependencies) => {
  const send = (exchange: Exchange, booking: Booking, answer: ComputedResponse | CacheHit, startedAt: number) => {
    const { request, response } = exchange
    // Node does not see `Connection: close` in a head that it did not write, so the connection is closed here.
    if (isStopping())
      response.once('finish', () => {
        request.socket.destroySoon()
      })
    const status = 'cached' in answer ? sendCached(exchange, booking, answer) : sendComputed(exchange, booking, answer)
    log(exchange, booking, status, Math.round(performance.now() - startedAt))
  }

  const sendWhenAllowed = (
    exchange: Exchange,
    booking: Booking,
    answer: ComputedResponse | CacheHit,
    startedAt: number
  ) => {
    const held = 'isRefused' in answer && answer.isRefused ? hold(exchange.consumer) : undefined
    if (held)
      void held.then(() => {
        send(exchange, booking, answer, startedAt)
      })
    else send(exchange, booking, answer, startedAt)
  }

  /** Calls `retry` instead of sending an answer for a consumer whose configuration has changed meanwhile. */
  return (exchange: Exchange, booking: Booking, compute: NonNullable<Template['compute']>, retry: () => void) => {
    const { request, consumer, head } = exchange
    const startedAt = performance.now()
    const answer = compute(requestContextOf(exchange), booking.standing)
    if (answer instanceof Promise)
      void answer.then((settled) => {
        if (consumerOf(request.socket, head) === consumer) sendWhenAllowed(exchange, booking, settled, startedAt)
        else retry()
      })
    else sendWhenAllowed(exchange, booking, answer, startedAt)
  }
}

export type ComputedAnswers = ReturnType<typeof createComputedAnswers>
