import type { FastifyInstance, FastifyRequest } from 'fastify'
import { figuresOf, type AccountFigures } from '../access/account.ts'
import type { Consumer } from '../access/consumers.ts'

/** The entry points of the gateway, as named in the metrics. */
export const doors = ['graphql', 'live', 'openservices', 'api', 'export', 'pages', 'operator'] as const
export type Door = (typeof doors)[number]

/**
 * One response that was sent. `route` is the pattern of a path. `method` is that of HTTP, or WS and SSE for a response
 * on an open connection. `ms` is undefined for a response without a request, such as an event.
 */
export type Answered = AccountFigures & {
  readonly door: Door
  readonly route: string
  readonly method: string
  readonly status: number
  /** the name of the consumer; undefined = no valid key */
  readonly consumer: string | undefined
  readonly ms: number | undefined
}

/** One lookup in the cache of whole responses, with the entry point of the request. */
export type AnswerLookup = { readonly door: Door; readonly result: 'hit' | 'miss' | 'coalesced' }

const operatorPaths = /^\/(health\/|metrics$|status$|api\/audit\/|api\/kandidaten\/:cvId\/cache$)/
const table: readonly (readonly [RegExp, Door])[] = [
  [operatorPaths, 'operator'],
  [/^\/graphql$/, 'graphql'],
  [/^\/(services|isam)\//, 'openservices'],
  [/^\/api\/vacatures\/export$/, 'export'],
  [/^\/api\//, 'api']
]

const known = new Map<string, Door>()
/** The entry point of a route. The routes are a table, so the results are cached. */
export const doorOf = (route: string): Door => {
  const found = known.get(route) ?? table.find(([pattern]) => pattern.test(route))?.[1] ?? 'pages'
  known.set(route, found)
  return found
}

/** The response to bytes that are not a request. */
export const answeredMalformed = (status: number): Answered => ({
  door: 'pages',
  route: 'unknown',
  method: 'other',
  status,
  consumer: undefined,
  ms: undefined,
  ...figuresOf(undefined),
  codes: ['BAD_USER_INPUT']
})

/** One event of the stream of changes; `code` = the code of the error that ends it. */
export const answeredEvent = (
  { consumer, routeOptions: { url = 'unknown' } }: FastifyRequest,
  code?: string
): Answered => ({
  door: 'live',
  route: url,
  method: 'SSE',
  status: 200,
  consumer: consumer.name,
  ms: undefined,
  ...figuresOf(undefined),
  codes: code === undefined ? [] : [code]
})

/**
 * Reports each HTTP response that fastify sends. For a stream of events, its sender reports each event; the response as
 * a whole takes hours and is not reported.
 */
export const registerAnswered = (app: FastifyInstance, on: (event: Answered) => void) => {
  app.decorateRequest('account')
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions, account } = request
    const { statusCode: status, elapsedTime: ms } = reply
    const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream')
    if (!isStream || status !== 200 || method === 'HEAD') {
      const route = routeOptions.url ?? 'unknown'
      const consumer = (request.consumer as Consumer | undefined)?.name // a public route has no consumer
      on({ door: doorOf(route), route, method, status, consumer, ms, ...figuresOf(account) })
    }
    done()
  })
}
