import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { accountOf } from '../access/account.ts'
import { requireAccess, requireScope } from '../access/authenticate.ts'
import type { Budget } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import type { Redaction } from '../access/redaction.ts'
import type { Sessions } from '../access/sessions.ts'
import type { Changes } from '../changes/changes.ts'
import { badInput, GatewayError } from '../errors.ts'
import type { Outcome } from '../upstream/batcher.ts'
import type { Cause } from '../upstream/client.ts'
import type { VdabRecord } from '../upstream/records.ts'
import { waitFor } from '../upstream/wait.ts'
import type { Vdab } from '../vdab/lookup.ts'
import { seal } from './checksumTrailer.ts'
import { negotiateEncoding } from './encoding.ts'
import { createExport, type Total } from './export.ts'
import { createSlots, type SlotCounters } from './slots.ts'
import { createExportSource } from './source.ts'

const path = '/api/vacatures/export'
/**
 * In calls to VDAB, like every price: the calls for 200,000 vacancies, since the actual number is not known in advance.
 */
const price = 2500
const heartbeatMs = 15_000
/** No data is buffered ahead of the reader, since the reader can lose its access. */
const highWaterMark = 0
const mediaType = 'application/x-ndjson; charset=utf-8'

/** The client has disconnected, or the gateway stops. No client receives this error. */
const gone = () => new GatewayError('INTERNAL', 'The client of an export has disconnected.', { status: 503 })
const stalled = () => new GatewayError('RATE_LIMITED', 'The client of an export does not read.')

type Options = {
  settings: { tries: number; batchSize: number; max: number; maxPerConsumer: number; stallMs: number }
  changes: Changes
  limits: Limits
  budget: Budget
  sessions: Sessions
  redaction: Redaction
  /** a record in the form of version 2; exports use that form, whichever version VDAB uses */
  toVersionTwo: (record: VdabRecord) => VdabRecord
  vdab: Vdab
  /** details, without the cache and the batcher */
  records: (ids: readonly string[], cause: Cause) => Promise<ReadonlyMap<string, Outcome>>
  /** counts the running exports; absent = in this process */
  counters?: SlotCounters | undefined
  toGatewayError: (error: unknown, request: FastifyRequest) => GatewayError
  now: () => number
}
type Session = { signal: AbortSignal; present: () => Consumer }

const parametersOf = (query: Readonly<Record<string, unknown>>) => {
  const allowed = ['na', 'sinds']
  for (const [name, value] of Object.entries(query)) {
    if (!allowed.includes(name)) throw badInput(name.slice(0, 64), 'is not a parameter here', allowed)
    if (typeof value !== 'string') throw badInput(name, 'may be given once only')
  }
  const { na, sinds } = query as { na?: string; sinds?: string } // checked above
  if (na !== undefined && sinds === undefined)
    throw badInput(
      'sinds',
      'is missing: an export that is continued (na) needs the cursor of the first line of the export that broke off'
    )
  if (sinds !== undefined && na === undefined)
    throw badInput('na', 'is missing: with sinds it names the last vacancy that was received')
  return na === undefined || sinds === undefined ? undefined : { na, sinds }
}

const toLastLine = ({ aantal, ontbreekt, vervallen }: Total, sha256: string, cursor: string) => {
  const compleet = ontbreekt.length === 0
  const optional = { ...(compleet ? {} : { ontbreekt }), ...(vervallen.length === 0 ? {} : { vervallen }) }
  return `${JSON.stringify({ compleet, aantal, ...optional, sha256, cursor })}\n`
}

/**
 * `GET /api/vacatures/export`: all published vacancies as NDJSON. An interrupted export has no last line; the consumer
 * continues it with `na` and `sinds`. The response starts after VDAB's list has arrived, so that an error has its
 * status.
 */
export const registerExport = (app: FastifyInstance, options: Options) => {
  const { settings, changes, limits, budget, sessions, redaction, toVersionTwo, vdab, toGatewayError, now } = options
  const { tries, batchSize, stallMs } = settings
  const source = createExportSource({ ...options, page: vdab.initial, tries })
  const exportOf = createExport({ source, redaction, toVersionTwo, batchSize, isId: vdab.isId, now })
  const slots = createSlots({ ...settings, counters: options.counters })
  const running = new Set<ServerResponse>()
  // An export takes longer than a stop may take; the consumer continues it later or at another gateway.
  app.addHook('preClose', async () => {
    for (const response of running) response.destroy()
  })

  const startOf = (query: unknown) => {
    const given = parametersOf(query as Record<string, unknown>) // the type of Fastify's query parser
    if (given === undefined) return { na: undefined, cursor: changes.cursor('vacature') }
    if (!vdab.isId(given.na))
      throw badInput(
        'na',
        'is not an id of VDAB: it must be the interneReferentie of the last vacancy that was received'
      )
    changes.check('vacature', given.sinds)
    return { na: given.na.toLowerCase(), cursor: given.sinds }
  }

  /** Takes a slot until the connection closes. Disconnects a client that loses its access or does not read. */
  const begin = async (request: FastifyRequest, { raw }: FastifyReply): Promise<Session> => {
    const { consumer, log } = request
    await slots.ready(consumer.name)
    const free = slots(consumer.name)
    const controller = new AbortController()
    const end = () => {
      free()
      running.delete(raw)
      controller.abort()
    }
    const disconnect = ({ code }: GatewayError) => {
      log.warn({ code }, 'an export broke off')
      raw.destroy()
    }
    running.add(raw)
    // The timeout also fires for a connection that waits for VDAB; only one with unsent bytes is stalled.
    raw.once('close', end).setTimeout(stallMs, () => {
      if (raw.writableLength > 0) disconnect(stalled())
    })
    const check = (consumer: Consumer) => requireScope(consumer, 'vacatures')
    const session = await sessions.open(request.raw, disconnect, check)
    raw.once('close', session.end)
    if (raw.destroyed) {
      session.end()
      end()
    }
    const present = () => {
      const current = session.present()
      check(current)
      return current
    }
    return { signal: controller.signal, present }
  }

  const write = async (request: FastifyRequest, start: ReturnType<typeof startOf>, { signal, present }: Session) => {
    const { id: requestId, log, consumer } = request
    const cause: Cause = { upstreamCalls: 0, requestId, origin: request, wait: waitFor(signal), consumer }
    accountOf(request).causes.push(cause)
    const lastLine = (total: Total, sha256: string) => {
      const { aantal, ontbreekt } = total
      log[ontbreekt.length === 0 ? 'info' : 'warn'](
        { aantal, lacking: ontbreekt.length, upstreamCalls: cause.upstreamCalls },
        'an export was written'
      )
      return toLastLine(total, sha256, start.cursor)
    }
    const bytes = seal(exportOf({ ...start, present, cause, signal }), { heartbeatMs, lastLine })
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
    config: { produces: ['application/x-ndjson', 'application/json'] },
    handler: async (request, reply) => {
      await limits(request, reply)
      requireAccess(request, 'vacatures')
      const start = startOf(request.query)
      const { name: encoding, compress } = negotiateEncoding(request)
      const headers = {
        ...(compress ? { 'content-encoding': encoding } : {}),
        'content-type': mediaType
      }
      if (request.method === 'HEAD') return reply.headers(headers).send()
      const session = await begin(request, reply)
      await budget.soon(request, reply, price) // after the slot, so that a request without a slot costs nothing
      const stream = await write(request, start, session).catch((error: unknown) => {
        throw session.signal.aborted ? gone() : error
      })
      return reply.headers(headers).send(compress ? pipeline(stream, compress(), () => {}) : stream)
    }
  })
}
