import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireAccess, requireScope } from '../access/authenticate.ts'
import type { Budget } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import type { Sessions } from '../access/sessions.ts'
import { badInput, GatewayError } from '../errors.ts'
import type { Cause } from '../upstream/client.ts'
import { waitFor } from '../upstream/wait.ts'
import { negotiateEncoding } from './encoding.ts'
import type { Export, Total } from './export.ts'
import { seal } from './checksumTrailer.ts'
import type { Slots } from './slots.ts'

const path = '/api/vacatures/export'
/** In calls to VDAB, as every price: those for 200,000 vacancies, whose number nobody knows beforehand. */
const price = 2500
const heartbeatMs = 15_000
/** Nothing is made before the reader has taken what came before it: it might not be for this reader any more. */
const highWaterMark = 0
const mediaType = 'application/x-ndjson; charset=utf-8'
/** Nobody reads it: the reader went, or the gateway stops. */
const gone = () => new GatewayError('INTERNAL', 'The reader of an export has gone.', { status: 503 })
const stalled = () => new GatewayError('RATE_LIMITED', 'The reader of an export does not read.')

type Options = {
  limits: Limits
  budget: Budget
  sessions: Sessions
  slots: Slots
  /** ms that a reader may take nothing of what waits for it */
  stallMs: number
  exportOf: Export
  /** where the changes begin that come after this moment; and the check of one that a consumer shows, which throws */
  feed: { cursor: () => string; check: (sinds: string) => void }
  isId: (id: string) => boolean
  toGatewayError: (error: unknown, request: FastifyRequest) => GatewayError
}

const parametersOf = (query: Readonly<Record<string, unknown>>) => {
  const allowed = ['na', 'sinds']
  for (const [name, value] of Object.entries(query)) {
    if (!allowed.includes(name)) throw badInput(name.slice(0, 64), 'is not a parameter here', allowed)
    if (typeof value !== 'string') throw badInput(name, 'may be given once only')
  }
  const { na, sinds } = query as { na?: string; sinds?: string } // looked at above
  if (na !== undefined && sinds === undefined)
    throw badInput(
      'sinds',
      'is missing: an export that is continued (na) needs the cursor of the first line of the export that broke off'
    )
  if (sinds !== undefined && na === undefined)
    throw badInput('na', 'is missing: with sinds it names the last vacancy that was received')
  return na === undefined || sinds === undefined ? undefined : { na, sinds }
}

/**
 * `GET /api/vacatures/export`: every published vacancy, as NDJSON. A copy that breaks off has no last line; it is continued
 * with `na` and `sinds`. Nothing is answered before VDAB's list has been asked, so that what fails at once has its own status.
 */
export const registerExport = (
  app: FastifyInstance,
  { limits, budget, sessions, slots, stallMs, exportOf, feed, isId, toGatewayError }: Options
) => {
  const underWay = new Set<ServerResponse>()
  // No export ends within the time of a stop; its reader continues it elsewhere, or here after the start.
  app.addHook('preClose', async () => {
    for (const response of underWay) response.destroy()
  })

  const continued = (query: unknown) => {
    const given = parametersOf(query as Record<string, unknown>) // Fastify's query parser gives nothing else
    if (given === undefined) return { na: undefined, cursor: undefined }
    if (!isId(given.na))
      throw badInput(
        'na',
        'is not an id of VDAB: it must be the interneReferentie of the last vacancy that was received'
      )
    feed.check(given.sinds)
    return { na: given.na.toLowerCase(), cursor: given.sinds }
  }

  /**
   * Takes a place, gives it back when the connection ends, and ends the work then. Cuts off who may not stay, or does not read.
   * Gives who the reader is by now.
   */
  const begin = async (
    { consumer, raw: shown, log }: FastifyRequest,
    { raw }: FastifyReply
  ): Promise<{ signal: AbortSignal; present: () => Consumer }> => {
    await slots.ready(consumer.name)
    const free = slots(consumer.name)
    const controller = new AbortController()
    const end = () => {
      free()
      underWay.delete(raw)
      controller.abort()
    }
    const cut = ({ code }: GatewayError) => {
      log.warn({ code }, 'an export broke off')
      raw.destroy()
    }
    underWay.add(raw)
    // Node tells of a connection on which nothing moves, half a write included. One that waits for VDAB is as silent.
    raw.once('close', end).setTimeout(stallMs, () => {
      if (raw.writableLength > 0) cut(stalled())
    })
    const needed = (consumer: Consumer) => requireScope(consumer, 'vacatures')
    const session = await sessions.open(shown, cut, needed)
    raw.once('close', session.end)
    if (raw.destroyed) {
      session.end()
      end()
    }
    const present = () => {
      const by = session.present()
      needed(by)
      return by
    }
    return { signal: controller.signal, present }
  }

  const write = async (
    request: FastifyRequest,
    asked: { na: string | undefined; cursor: string },
    { signal, present }: { signal: AbortSignal; present: () => Consumer }
  ) => {
    const { id: requestId, log } = request
    const cause: Cause = { upstreamCalls: 0, requestId, wait: waitFor(signal) }
    const lastLine = ({ aantal, ontbreekt, vervallen }: Total, sha256: string) => {
      log[ontbreekt.length === 0 ? 'info' : 'warn'](
        { aantal, lacking: ontbreekt.length, upstreamCalls: cause.upstreamCalls },
        'an export was written'
      )
      return `${JSON.stringify({ compleet: ontbreekt.length === 0, aantal, ...(ontbreekt.length === 0 ? {} : { ontbreekt }), ...(vervallen.length === 0 ? {} : { vervallen }), sha256, cursor: asked.cursor })}\n`
    }
    const bytes = seal(exportOf({ ...asked, present, cause, signal }), { heartbeatMs, lastLine })
    const first = await bytes.next()
    return Readable.from(
      (async function* () {
        try {
          if (first.done !== true) yield first.value
          yield* bytes
        } catch (error) {
          if (signal.aborted) throw gone()
          const failure = toGatewayError(error, request)
          log.warn({ code: failure.code, upstreamCalls: cause.upstreamCalls }, 'an export broke off')
          throw failure
        }
      })(),
      { objectMode: false, highWaterMark }
    )
  }

  app.route({
    method: ['GET', 'HEAD'],
    url: path,
    handler: async (request, reply) => {
      await limits(request, reply)
      requireAccess(request, 'vacatures')
      const { na, cursor = feed.cursor() } = continued(request.query)
      const { name: encoding, compress } = negotiateEncoding(request)
      const vary = reply.getHeader('vary')
      const headers = {
        ...(compress ? { 'content-encoding': encoding } : {}),
        vary: typeof vary === 'string' ? `${vary}, accept-encoding` : 'accept-encoding'
      }
      if (request.method === 'HEAD') return reply.headers(headers).type(mediaType).send()
      const reader = await begin(request, reply)
      await budget.ready(request.consumer, price)
      budget(request, reply, price) // after the place: what is refused for want of one costs nothing
      const source = await write(request, { na, cursor }, reader).catch((error: unknown) => {
        throw reader.signal.aborted ? gone() : error
      })
      return reply
        .headers(headers)
        .type(mediaType)
        .send(compress ? pipeline(source, compress(), () => {}) : source)
    }
  })
  app.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE'],
    url: path,
    handler: (_request, reply) => {
      void reply.header('allow', 'GET, HEAD')
      throw new GatewayError('BAD_USER_INPUT', 'A copy is asked by GET.', {
        field: 'method',
        allowed: ['GET', 'HEAD'],
        status: 405
      })
    }
  })
}
