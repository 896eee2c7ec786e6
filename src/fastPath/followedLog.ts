import type { Booking, Exchange } from './exchange.ts'
import type { createAnswerLog } from './answerLog.ts'
import type { Learned } from './templates.ts'

/** Follows the requests that the listener answers, each stored under its exchange. */
export type FollowRequest = {
  readonly enter: (
    owner: object,
    entering: { readonly method: string; readonly route: string; readonly traceparent: string | undefined }
  ) => unknown
  readonly leave: (owner: object, leaving: { readonly status: number; readonly consumer: string }) => void
  readonly traceIdOf: (owner: object) => string | undefined
}

/** The log of answers; each request is reported to the follower, if there is one. */
export const createFollowedLog = (log: ReturnType<typeof createAnswerLog>, follow: FollowRequest | undefined) => ({
  log: (exchange: Exchange, booking: Booking, status: number, ms: number) => {
    const { isFollowed, consumer } = exchange
    log(exchange, booking, status, ms, isFollowed ? follow?.traceIdOf(exchange) : undefined)
    if (isFollowed) follow?.leave(exchange, { status, consumer: consumer.name })
  },
  enter:
    follow &&
    ((exchange: Exchange, { route }: Learned) => {
      const { request, head } = exchange
      const entering = { method: request.method ?? '', route, traceparent: head.traceparent }
      exchange.isFollowed = follow.enter(exchange, entering) !== undefined
    })
})
