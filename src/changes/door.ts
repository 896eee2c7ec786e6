import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { forPresent } from '../access/requestContext.ts'
import { requireAccess, requireScope } from '../access/authenticate.ts'
import type { Budget } from '../access/budget.ts'
import type { Limits } from '../access/limits.ts'
import { createConcurrencyLimit } from '../access/concurrencyLimit.ts'
import type { Sessions } from '../access/sessions.ts'
import type { Counter } from '../access/counters.ts'
import { badInput, GatewayError } from '../errors.ts'
import type { Cause } from '../upstream/client.ts'
import type { Change, Changes } from './changes.ts'
import { eventsOf } from './stream.ts'

type Options = {
  changes: Changes
  limits: Limits
  budget: Budget
  sessions: Sessions
  settings: { heartbeatMs: number; maxBytes: number; perConsumer: number }
  /** counts the streams of each consumer; absent = in this process */
  counter?: Counter | undefined
  causeOf: (request: FastifyRequest) => Cause
  toGatewayError: (error: unknown, request: FastifyRequest) => GatewayError
  /** one event was sent; `code` = the code of the error that ends the stream */
  onEvent: (request: FastifyRequest, code?: string) => void
  /** the last values of a vacancy that filters test; null when they are unknown */
  filterwaardenOf?: ((id: string) => object | null) | undefined
}
type Query = Readonly<Record<string, unknown>>

const path = '/api/vacatures/wijzigingen'
const lifeMs = 3_600_000
const retryMs = 3000
const closeDelayMs = 1000
const mostChanges = 2000
const usualChanges = 200
const json = 'application/json'
const eventStream = 'text/event-stream'
// A page needs one call to VDAB, and a second call if the list has moved since the cursor was made.
const price = 2

const sizeOf = (given: unknown): number => {
  if (given === undefined) return usualChanges
  if (typeof given !== 'string' || !/^\d{1,4}$/.test(given) || Number(given) < 1 || Number(given) > mostChanges)
    throw badInput('aantal', `must be a whole number from 1 to ${mostChanges}`)
  return Number(given)
}

const cursorIn = ({ sinds }: Query): string | undefined => {
  if (sinds !== undefined && typeof sinds !== 'string') throw badInput('sinds', 'may be given once only')
  return sinds || undefined
}

const published = 'GEPUBLICEERD'

/** A change as it is sent; a removal carries the values that filters tested before the removal, if they are known. */
const createRowOf =
  ({ filterwaardenOf = () => null }: Pick<Options, 'filterwaardenOf'>) =>
  ({ id, status }: Pick<Change, 'id' | 'status'>) => {
    const filterwaarden = status === published ? null : filterwaardenOf(id)
    return { interneReferentie: id, status, ...(filterwaarden ? { filterwaarden } : {}) }
  }

/**
 * `GET /api/vacatures/wijzigingen`: the changes after a cursor, as one page of JSON or, when `Accept` prefers it, as
 * server-sent events that continue with new changes.
 */
export const registerWijzigingen = (app: FastifyInstance, options: Options) => {
  const { changes, limits, budget, sessions, settings, counter, causeOf, toGatewayError, onEvent } = options
  const rowOf = createRowOf(options)
  const take = createConcurrencyLimit({ what: 'streams', max: settings.perConsumer, counter })
  const open = new Set<ServerResponse>()
  // Each stream ends by itself when the gateway stops, unless its client does not read.
  app.addHook('preClose', async () => {
    const closeAll = () => {
      for (const response of open) response.destroy()
    }
    setTimeout(closeAll, closeDelayMs).unref()
  })

  const page = async (request: FastifyRequest, reply: FastifyReply, query: Query) => {
    const sinds = cursorIn(query)
    const aantal = sizeOf(query['aantal'])
    if (sinds !== undefined) changes.check('vacature', sinds)
    budget(request, reply, sinds === undefined ? 1 : price)
    if (sinds === undefined) return { wijzigingen: [], cursor: changes.cursor('vacature'), meer: false }
    const { changes: found, cursor, hasMore } = await changes.page('vacature', sinds, aantal, causeOf(request))
    const wijzigingen = found.map((change) => ({ ...rowOf(change), cursor: change.cursor }))
    return { wijzigingen, cursor, meer: hasMore }
  }

  const startOf = (request: FastifyRequest, query: Query): string | undefined => {
    if (query['aantal'] !== undefined) throw badInput('aantal', 'is not a parameter of a stream', ['sinds'])
    const resumed = request.headers['last-event-id']
    const isResumed = typeof resumed === 'string' && resumed !== ''
    const sinds = isResumed ? resumed : cursorIn(query)
    if (sinds !== undefined) changes.check('vacature', sinds, isResumed ? 'last-event-id' : 'sinds')
    return sinds
  }

  /** The session of a stream. A client that loses its key or the scope is disconnected, even if it does not read. */
  const openSession = async ({ raw }: FastifyRequest, response: ServerResponse, controller: AbortController) => {
    let refusal: GatewayError | undefined
    const onOver = (reason: GatewayError) => {
      refusal = reason
      controller.abort()
      setTimeout(() => response.destroy(), closeDelayMs).unref()
    }
    const session = await sessions.open(raw, onOver, (consumer) => requireScope(consumer, 'vacatures'))
    response.once('close', session.end)
    const check = () => {
      if (refusal) throw refusal
      requireScope(session.present(), 'vacatures')
    }
    return { session, check }
  }

  const stream = async (request: FastifyRequest, reply: FastifyReply, query: Query) => {
    const sinds = startOf(request, query)
    budget(request, reply, 1)
    const { raw } = reply
    const controller = new AbortController()
    const { signal } = controller
    const { session, check } = await openSession(request, raw, controller)
    if (raw.destroyed) {
      session.end() // the client disconnected during authentication
      return reply
    }
    const onAsk = () => budget.soon(session, reply, price)
    const followed = changes.follow('vacature', { sinds, signal, maxBytes: settings.maxBytes, onAsk })
    const free = await take.soon(request.consumer)
    if (raw.destroyed) {
      free()
      return reply
    }
    open.add(raw)
    raw.once('close', () => {
      open.delete(raw)
      free()
      controller.abort()
    })
    const events = eventsOf({
      changes: followed,
      heartbeatMs: settings.heartbeatMs,
      lifeMs,
      retryMs,
      rowOf,
      toGatewayError: (error) => toGatewayError(error, request),
      onEvent: (code) => {
        onEvent(request, code)
      },
      check,
      signal
    })
    // A proxy must not buffer events, and must not reuse the connection of a stream that has ended.
    void reply
      .type(`${eventStream}; charset=utf-8`)
      .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' })
    return reply.send(Readable.from(events, { objectMode: false, highWaterMark: 0 }))
  }

  app.get<{ Querystring: Query }>(path, { config: { produces: [json, eventStream] } }, async (request, reply) => {
    await limits(request, reply)
    requireAccess(request, 'vacatures')
    const unknown = Object.keys(request.query).find((name) => name !== 'sinds' && name !== 'aantal')
    if (unknown !== undefined) throw badInput(unknown.slice(0, 64), 'is not a parameter here', ['sinds', 'aantal'])
    const chosen = request.accepts().type([json, eventStream])
    if (chosen === eventStream) return stream(request, reply, request.query)
    if (chosen === json)
      return forPresent(request, () => {
        requireAccess(request, 'vacatures')
        return page(request, reply, request.query)
      })
    throw new GatewayError('BAD_USER_INPUT', `Accept must allow ${json} or ${eventStream}.`, {
      field: 'accept',
      allowed: [json, eventStream],
      status: 406
    })
  })
}
