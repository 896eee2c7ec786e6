import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { GraphQLError, parse, type ExecutionArgs, type GraphQLFormattedError } from 'graphql'
import { makeServer } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { RequestContext } from '../access/requestContext.ts'
import type { ConcurrencyLimit } from '../access/concurrencyLimit.ts'
import type { Session, Sessions } from '../access/sessions.ts'
import { GatewayError } from '../errors.ts'
import type { Answered } from '../http/answered.ts'
import { answeredLive } from './liveAnswer.ts'
import type { Pipeline, PipelineOptions, Payload } from './pipeline.ts'
import { isRefused, type Formatted } from './failures.ts'
import type { Subscriptions } from './subscriptions.ts'
import { readOne } from './parameters.ts'
import { connectionHeaders } from './connectionHeaders.ts'
import { close, closeCodes, Closing, portOf, type WireSettings } from './wire.ts'

type Options = {
  pipeline: Pipeline
  subscribe: Subscriptions
  sessions: Sessions
  concurrencyLimit: ConcurrencyLimit
  /** checks `connection_init` beyond the key; throws GatewayError */
  admit: (requestContext: Pick<RequestContext, 'consumer' | 'headers'>) => void
  /** delays closing a connection from an address that sent wrong keys; undefined when there is no delay */
  holdAddress: (ip: string) => Promise<void> | undefined
  toGatewayError: PipelineOptions['toGatewayError']
  corsOrigins: readonly string[]
  settings: WireSettings & { initTimeoutMs: number; maxOperations: number }
  onSimulator: boolean
  /** called for each response when it is sent */
  onAnswered: (event: Answered) => void
}
type Extra = {
  socket: WebSocket
  request: FastifyRequest
  headers: IncomingHttpHeaders
  operations: number
  numbers: Map<string, number>
  session?: Session
  leave?: () => void
}
type Executable = ExecutionArgs & {
  answer: () => Promise<Payload> | AsyncIterable<Payload>
  /** reports one response when it is sent */
  report: (payload: Payload) => void
}

const noHeaders = { headers: () => undefined }
/** graphql-ws requires a document for `execute`; the real operation is in `answer`. */
const document = parse('{ __typename }')

const closingFor = (error: unknown): Closing => {
  if (error instanceof Closing) return error
  if (!(error instanceof GatewayError) || error.code === 'INTERNAL')
    return new Closing(closeCodes.internal, 'Internal server error')
  if (error.statusCode === 503 || error.code === 'RATE_LIMITED')
    return new Closing(closeCodes.tryAgainLater, error.message)
  if (error.code === 'UNAUTHENTICATED') return new Closing(closeCodes.unauthorized, 'Unauthorized')
  return error.code === 'FORBIDDEN'
    ? new Closing(closeCodes.forbidden, 'Forbidden')
    : new Closing(closeCodes.badRequest, error.message)
}

/** Is this a page of another origin that is not listed? Programs send no Origin. */
const isForeign = ({ headers: { origin, host } }: FastifyRequest, origins: readonly string[]) =>
  origin !== undefined && !origins.includes(origin) && !(URL.canParse(origin) && new URL(origin).host === host)

/** `/graphql` over WebSocket: the protocol graphql-transport-ws, with the key in `connection_init` or in a header. */
export const createSocket = (options: Options) => {
  const { pipeline, subscribe, sessions, concurrencyLimit, admit, holdAddress, toGatewayError } = options
  const { corsOrigins, settings, onSimulator, onAnswered } = options
  const formatted = new WeakMap<GraphQLError, Formatted>()
  const asErrors = (errors: readonly Formatted[]) =>
    errors.map((error) => {
      const carrier = new GraphQLError(error.message)
      formatted.set(carrier, error)
      return carrier
    })

  const refusedConnection = (request: FastifyRequest, { message, extensions }: GatewayError) =>
    onAnswered(
      answeredLive({ transport: 'WS', requestContext: request, payload: { errors: [{ message, extensions }] } })
    )

  /** Applies the refusal delay to a response, and pauses the socket during the delay. */
  const inTime = async (
    { socket }: Extra,
    requestContext: RequestContext,
    answer: Payload | Promise<Payload>
  ): Promise<Payload> => {
    const payload = await answer
    if (!isRefused(payload)) return payload
    socket.pause()
    try {
      return await pipeline.inTime(requestContext, payload)
    } finally {
      socket.resume()
    }
  }

  /**
   * Returns a function that tests whether the client has ended an operation. A client may reuse an id, so operations
   * are numbered.
   */
  const endOf = ({ socket, operations, numbers }: Extra, subscriptions: object, id: string) => {
    if (numbers.size > 2 * settings.maxOperations)
      for (const known of numbers.keys()) if (!Object.hasOwn(subscriptions, known)) numbers.delete(known)
    numbers.set(id, operations)
    return () =>
      socket.readyState !== socket.OPEN || !Object.hasOwn(subscriptions, id) || numbers.get(id) !== operations
  }

  const requestContextOf = (
    { request, session, headers, operations }: Extra,
    isGone: () => boolean
  ): RequestContext => {
    const id = `${request.id}-${operations}`
    const { server, routeOptions } = request
    if (!session) throw new Closing(closeCodes.unauthorized, 'Unauthorized')
    return {
      get consumer() {
        return session.consumer
      },
      present: session.present,
      hold: session.hold,
      carrier: request,
      headers,
      id,
      isGone,
      get log() {
        return server.log.child({ requestId: id })
      },
      routeOptions
    }
  }

  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: settings.initTimeoutMs,
    async onConnect({ extra, connectionParams = {} }) {
      const { socket, request } = extra
      const credentials = connectionHeaders(request, connectionParams)
      const onOver = (why: GatewayError) => {
        const { status, message } = closingFor(why)
        close(socket, status, message)
      }
      const session = await sessions
        .open(credentials, onOver, (consumer) => admit({ consumer, headers: credentials.headers }))
        .catch(async (error: unknown) => {
          await holdAddress(request.ip)
          refusedConnection(request, toGatewayError(error, request))
          throw error
        })
      Object.assign(extra, { session, headers: credentials.headers })
      if (socket.readyState !== socket.OPEN) session.end() // it was closed during authentication
      await concurrencyLimit.ready(session.consumer)
      extra.leave = concurrencyLimit(session.consumer)
      if (socket.readyState !== socket.OPEN) extra.leave()
      return { 'x-request-id': request.id, ...(onSimulator ? { 'x-vdab-simulator': true } : {}) }
    },
    async onSubscribe({ extra, subscriptions }, id, payload) {
      extra.operations += 1
      const requestContext = requestContextOf(extra, endOf(extra, subscriptions, id))
      const startedAt = performance.now()
      const report = (isEvent: boolean) => (payload: Payload) => {
        const ms = isEvent ? undefined : performance.now() - startedAt
        onAnswered(answeredLive({ transport: 'WS', requestContext, payload, ms }))
      }
      const refuse = async (answer: Payload) => {
        const refused = await inTime(extra, requestContext, answer)
        report(false)(refused)
        return asErrors(refused.errors ?? [])
      }
      try {
        if (Object.keys(subscriptions).length > settings.maxOperations)
          throw new GatewayError(
            'RATE_LIMITED',
            `No more than ${settings.maxOperations} operations at the same time on one connection.`
          )
        const asked = readOne({ ...payload, query: payload.query || undefined })
        const {
          operations: [operation],
          balance
        } = await pipeline.book(requestContext, noHeaders, [asked], true)
        if (!operation || operation.problems) return await refuse({ errors: operation?.problems ?? [] })
        const started = operation.open && (await subscribe(requestContext, operation, asked.sinds))
        if (started && 'errors' in started) return await refuse(started)
        const answer = () =>
          started ?? inTime(extra, requestContext, pipeline.answer(requestContext, operation, balance))
        // graphql-ws passes it to `execute` below
        return { document, answer, report: report(started !== undefined) } as unknown as Executable
      } catch (error) {
        return refuse(pipeline.refused(error, requestContext))
      }
    },
    // created by onSubscribe
    execute: (args) => (args as Executable).answer() as ReturnType<typeof Promise.resolve<never>>,
    onNext: (_context, _id, _payload, args, result) => {
      const { report } = args as Executable // created by onSubscribe
      report(result) // formatted already, by `answer`
      return result
    },
    onError: (_context, _id, _payload, errors) =>
      // only the type of `locations` differs
      errors.map((error) => formatted.get(error) ?? { message: 'Something went wrong' }) as GraphQLFormattedError[],
    onClose({ extra: { session, leave } }) {
      session?.end()
      leave?.()
    }
  })

  return (socket: WebSocket, request: FastifyRequest) => {
    if (isForeign(request, corsOrigins)) {
      close(socket, closeCodes.forbidden, 'Forbidden')
      refusedConnection(request, new GatewayError('FORBIDDEN', 'Forbidden'))
      return
    }
    const openedAt = performance.now()
    const extra: Extra = { socket, request, headers: request.headers, operations: 0, numbers: new Map() }
    const failed = (error: unknown) => {
      // The only error that graphql-ws itself throws: a message that only a server may send.
      if (error instanceof Error && error.message.startsWith('Unexpected message of type'))
        return new Closing(closeCodes.badRequest, 'Unexpected message')
      // thrown when the pong is serialized
      if (error instanceof RangeError) return new Closing(closeCodes.badRequest, 'The message is nested too deep.')
      return closingFor(error instanceof Closing ? error : toGatewayError(error, request))
    }
    const closed = protocol.opened(portOf(socket, settings, failed), extra)
    socket.once('close', (code, reason) => {
      void closed(code, String(reason))
      request.log.info(
        {
          route: request.routeOptions.url,
          door: 'websocket',
          code,
          ms: Math.round(performance.now() - openedAt),
          operations: extra.operations,
          consumer: extra.session?.consumer.name
        },
        'closed'
      )
    })
  }
}
