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
import type { Changes } from './changes.ts'
import { eventsOf } from './stream.ts'

type Options = {
  changes: Changes
  limits: Limits
  budget: Budget
  sessions: Sessions
  settings: { heartbeatMs: number; maxBytes: number; perConsumer: number }
  /** where the streams of each consumer are counted; in this process when absent */
  tally?: Counter | undefined
  causeOf: (request: FastifyRequest) => Cause
  toGatewayError: (error: unknown, request: FastifyRequest) => GatewayError
}
type Query = Readonly<Record<string, unknown>>

const lifeMs = 3_600_000
const retryMs = 3000
const farewellMs = 1000
const mostChanges = 2000
const usualChanges = 200
const json = 'application/json'
const eventStream = 'text/event-stream'
// A page is one question to VDAB; a second one where the list has moved since the cursor was given.
const price = 2

const sizeOf = (given: unknown): number => {
  if (given === undefined) return usualChanges
  if (typeof given !== 'string' || !/^\d{1,4}$/.test(given) || Number(given) < 1 || Number(given) > mostChanges)
    throw badInput('aantal', `must be a whole number from 1 to ${mostChanges}`)
  return Number(given)
}

const textOf = (query: Query, name: string): string | undefined => {
  const given = query[name]
  if (given !== undefined && typeof given !== 'string') throw badInput(name, 'may be given once only')
  return given || undefined
}

/**
 * `GET /api/vacatures/wijzigingen`: what changed after a cursor, as a page of JSON or, when `Accept` prefers it, as server-sent
 * events that go on with what changes from now on.
 */
export const registerWijzigingen = (
  app: FastifyInstance,
  { changes, limits, budget, sessions, settings, tally, causeOf, toGatewayError }: Options
) => {
  const take = createConcurrencyLimit({ what: 'streams', max: settings.perConsumer, tally })
  const open = new Set<ServerResponse>()
  // Each stream ends by itself then, but for those that nobody reads.
  app.addHook('preClose', async () =>
    setTimeout(() => {
      for (const response of open) response.destroy()
    }, farewellMs).unref()
  )

  const page = async (request: FastifyRequest, reply: FastifyReply, query: Query) => {
    const sinds = textOf(query, 'sinds')
    const aantal = sizeOf(query['aantal'])
    if (sinds !== undefined) changes.check('vacature', sinds)
    budget(request, reply, sinds === undefined ? 1 : price)
    if (sinds === undefined) return { wijzigingen: [], cursor: changes.cursor('vacature'), meer: false }
    const { changes: found, cursor, hasMore } = await changes.page('vacature', sinds, aantal, causeOf(request))
    return {
      wijzigingen: found.map(({ id, status, cursor: own }) => ({ interneReferentie: id, status, cursor: own })),
      cursor,
      meer: hasMore
    }
  }

  const stream = async (request: FastifyRequest, reply: FastifyReply, query: Query) => {
    if (query['aantal'] !== undefined) throw badInput('aantal', 'is not a parameter of a stream', ['sinds'])
    const resumed = request.headers['last-event-id']
    const isResumed = typeof resumed === 'string' && resumed !== ''
    const sinds = isResumed ? resumed : textOf(query, 'sinds')
    if (sinds !== undefined) changes.check('vacature', sinds, isResumed ? 'last-event-id' : 'sinds')
    budget(request, reply, 1)
    const gone = new AbortController()
    // Who loses its key, or the scope, while it listens is let go of, whether it reads or not.
    let lost: GatewayError | undefined
    const session = await sessions.open(
      request.raw,
      (why) => {
        lost = why
        gone.abort()
        setTimeout(() => reply.raw.destroy(), farewellMs).unref()
      },
      (consumer) => requireScope(consumer, 'vacatures')
    )
    const check = () => {
      if (lost) throw lost
      requireScope(session.present(), 'vacatures')
    }
    reply.raw.once('close', session.end)
    if (reply.raw.destroyed) {
      session.end() // it went while its key was looked at
      return reply
    }
    const onAsk = () => budget(session, reply, price)
    const followed = changes.follow('vacature', { sinds, signal: gone.signal, maxBytes: settings.maxBytes, onAsk })
    const leave = await take.soon(request.consumer)
    if (reply.raw.destroyed) {
      leave()
      return reply
    }
    open.add(reply.raw)
    reply.raw.once('close', () => {
      open.delete(reply.raw)
      leave()
      gone.abort()
    })
    const events = eventsOf({
      changes: followed,
      heartbeatMs: settings.heartbeatMs,
      lifeMs,
      retryMs,
      toGatewayError: (error) => toGatewayError(error, request),
      check,
      signal: gone.signal
    })
    // A proxy on the way must neither hold events back nor keep the connection of a stream that has ended.
    void reply
      .type(`${eventStream}; charset=utf-8`)
      .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' })
    return reply.send(Readable.from(events, { objectMode: false, highWaterMark: 0 }))
  }

  app.get<{ Querystring: Query }>('/api/vacatures/wijzigingen', async (request, reply) => {
    await limits(request, reply)
    requireAccess(request, 'vacatures')
    const unknown = Object.keys(request.query).find((name) => name !== 'sinds' && name !== 'aantal')
    if (unknown !== undefined) throw badInput(unknown.slice(0, 64), 'is not a parameter here', ['sinds', 'aantal'])
    void reply.header('vary', 'accept')
    const chosen = request.accepts().type([json, eventStream])
    if (chosen === eventStream) return stream(request, reply, request.query)
    if (chosen === json) {
      return forPresent(request, () => {
        requireAccess(request, 'vacatures')
        return page(request, reply, request.query)
      })
    }
    throw new GatewayError('BAD_USER_INPUT', `Accept must allow ${json} or ${eventStream}.`, {
      field: 'accept',
      allowed: [json, eventStream],
      status: 406
    })
  })
}
