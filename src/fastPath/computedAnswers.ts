import type { Socket } from 'node:net'
import type { Credential } from '../access/authenticate.ts'
import type { RequestContext } from '../access/requestContext.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Booking, Exchange } from './exchange.ts'
import { figuresOfAnswer, type Report } from './report.ts'
import type { Responses } from './responses.ts'
import type { ComputedResponse, CacheHit, Template } from './template.ts'

type Dependencies = Pick<Responses, 'sendCached' | 'sendComputed'> & {
  /** the consumer of the key that a connection uses */
  consumerOf: (socket: Socket, credential: Credential) => Consumer | undefined
  requestContextOf: (exchange: Exchange) => RequestContext
  /** delays the answer to a refused consumer; undefined when it may be sent at once */
  hold: (consumer: Consumer) => Promise<void> | undefined
  isStopping: () => boolean
  report: Report
}

type Started = { readonly at: number; readonly requestContext: RequestContext }

/** Computes answers, and sends each when it is complete. */
export const createComputedAnswers = ({
  sendCached,
  sendComputed,
  consumerOf,
  requestContextOf,
  hold,
  isStopping,
  report
}: Dependencies) => {
  const send = (exchange: Exchange, booking: Booking, answer: ComputedResponse | CacheHit, started: Started) => {
    const { request, response } = exchange
    // Node does not see `Connection: close` in a head that it did not write, so the connection is closed here.
    if (isStopping())
      response.once('finish', () => {
        request.socket.destroySoon()
      })
    const status = 'cached' in answer ? sendCached(exchange, booking, answer) : sendComputed(exchange, booking, answer)
    const figures = figuresOfAnswer('cached' in answer ? answer.cached : undefined, started.requestContext)
    report(exchange, booking, { status, ms: performance.now() - started.at, figures })
  }

  const sendWhenAllowed = (
    exchange: Exchange,
    booking: Booking,
    answer: ComputedResponse | CacheHit,
    started: Started
  ) => {
    const held = 'isRefused' in answer && answer.isRefused ? hold(exchange.consumer) : undefined
    if (held)
      void held.then(() => {
        send(exchange, booking, answer, started)
      })
    else send(exchange, booking, answer, started)
  }

  /** Calls `retry` instead of sending an answer when the configuration of the consumer has changed in between. */
  return (exchange: Exchange, booking: Booking, compute: NonNullable<Template['compute']>, retry: () => void) => {
    const { request, consumer, head } = exchange
    const requestContext = requestContextOf(exchange)
    const started = { at: performance.now(), requestContext }
    const answer = compute(requestContext, booking.balance)
    if (answer instanceof Promise)
      void answer.then((settled) => {
        if (consumerOf(request.socket, head) === consumer) sendWhenAllowed(exchange, booking, settled, started)
        else retry()
      })
    else sendWhenAllowed(exchange, booking, answer, started)
  }
}

export type ComputedAnswers = ReturnType<typeof createComputedAnswers>
