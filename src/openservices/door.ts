import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { forPresent, type RequestContext } from '../access/requestContext.ts'
import { requireAccess } from '../access/authenticate.ts'
import type { Budget } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import { createPersonal } from '../access/personal.ts'
import type { Recorder } from '../access/record.ts'
import type { Redaction } from '../access/redaction.ts'
import { GatewayError, toIbm } from '../errors.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import { vdabPrefixes } from '../http/vdabPaths.ts'
import { shortMs, versheidHeaders } from '../http/versheid.ts'
import { answer, asItIs } from './answer.ts'
import type { AskedRecords, BookedRecords, RecordsAccelerator, RecordsAnswer } from './accelerator.ts'
import { competentAccept, competentPrefix } from './competent.ts'
import { createParameterNames } from './parameters.ts'
import { priceOf } from './price.ts'
import { referencesIn } from './references.ts'
import { competentRoute, routes, type Route, type Version } from './routes.ts'
import { createRedactedRecord } from './redactedRecord.ts'
import { ibmRates } from './rates.ts'

type Options = {
  limits: Limits
  record: Recorder
  /** checks the names of parameters */
  parameterNames: Parameters<typeof createParameterNames>[0]
  budget: Budget
  vdabOf: (requestContext: RequestContext) => VdabForRequest
  redaction: Redaction
  /** the version of the Vacature API that VDAB uses */
  vdabVersion: Version
  accelerator?: RecordsAccelerator | undefined
  toGatewayError: (error: unknown, requestContext: Pick<FastifyRequest, 'log' | 'id'>) => GatewayError
}

const jsonType = 'application/json; charset=utf-8'

const parametersOf = (query: unknown): Record<string, readonly string[]> =>
  // each value of Fastify's query parser is one of these types
  Object.fromEntries(Object.entries(query ?? {}).map(([name, value]) => [name, [value as string | string[]].flat()]))

const longestOf = ({ kind }: Route) => (kind === 'lijst' || kind === 'document' ? Infinity : shortMs)

/** May the client of the consumer cache this response? Responses with data of people must not be cached. */
const mayBeKept = ({ kind, type }: Route, { scopes }: Consumer) =>
  kind !== 'opId' &&
  type !== 'Kandidaat' &&
  type !== 'KandidaatStatus' &&
  !(type === 'Vacature' && scopes.has('vacatures:contact'))

/** The remainder of the consumer's own limit, in the headers of VDAB's gateway (upstream.md §5) [strong]. */
const ibmRateHeaders = (reply: FastifyReply) => {
  const [limit, remaining] = [reply.getHeader('ratelimit-limit'), reply.getHeader('ratelimit-remaining')]
  return limit === undefined ? {} : ibmRates({ limit: Number(limit), remaining: Number(remaining) })
}

/** A route, and the pattern of its whole path for logs and keys. */
type Door = { readonly route: Route; readonly url: string }

const methodOf = ({ kind }: Route) => (kind === 'opId' ? 'POST' : 'GET')
const patternOf = ({ url, pattern = url }: Route) => pattern

/** The path and the parameters in one spelling. */
const keyOf = (url: string, { id, parameters }: AskedRecords): string => {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${url} ${id.toLowerCase()} ${JSON.stringify(sorted)}`
}

/**
 * The routes `/services/openservices/…`: VDAB's paths with VDAB's JSON, from the same cache and batcher as GraphQL.
 * Clients of VDAB only change their host and key. Errors have the format of VDAB's gateway, with `code` added.
 */
export const registerOpenservices = (
  app: FastifyInstance,
  { limits, budget, record, parameterNames, vdabOf, redaction, vdabVersion, accelerator, toGatewayError }: Options
) => {
  const knownParameters = createParameterNames(parameterNames)
  const redactedRecord = createRedactedRecord(redaction)
  const failureOf = (error: unknown, requestContext: Pick<FastifyRequest, 'log' | 'id'>) => {
    const failure = toGatewayError(error, requestContext)
    const { statusCode, retryAfter } = failure
    return { statusCode, retryAfter, body: toIbm(failure, requestContext.id) }
  }
  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { statusCode, retryAfter, body } = failureOf(error, request)
    if (retryAfter !== undefined) void reply.header('retry-after', retryAfter)
    return reply.code(statusCode).send(body)
  }

  /** The response for the current configuration of the consumer, after its audit records were written. */
  const compute = async (
    { route, url }: Door,
    asked: AskedRecords,
    method: string,
    requestContext: RequestContext
  ): Promise<RecordsAnswer> => {
    const { type, scope } = route
    if (scope !== undefined) requireAccess(requestContext, scope)
    const { consumer } = requestContext
    const vdab = vdabOf(requestContext)
    const personal = createPersonal()
    const redact =
      type === undefined
        ? asItIs
        : {
            record: (source: object | undefined, text: string | undefined) =>
              redactedRecord(type, source, text, consumer.scopes, personal),
            page: (source: unknown) => redaction.page(type, source, consumer.scopes, personal)
          }
    const body = await answer(route, asked, vdab, { redact, vdabVersion })
    await record(requestContext, { consumer, personal, deur: `${method} ${url}` })
    const headers = versheidHeaders(vdab.versheid, {
      isKept: mayBeKept(route, consumer),
      longestMs: longestOf(route),
      isFresherAsked: vdab.isFresherAsked
    })
    return { headers, body, versions: () => (personal.shown().size === 0 ? vdab.versheid.versions() : undefined) }
  }

  // Does not refer to the request: the accelerator stores it for longer.
  const bookedOf = ({ route, url }: Door, asked: AskedRecords, method: string): BookedRecords => ({
    key: () => keyOf(url, asked),
    url,
    price: priceOf(route, asked, vdabVersion),
    longestMs: longestOf(route),
    mayBeKept: (consumer) => mayBeKept(route, consumer),
    isComputedAnew: (consumer) => route.kind === 'detail' && route.type === 'Vacature' && !mayBeKept(route, consumer),
    compute: (requestContext) => compute({ route, url }, asked, method, requestContext),
    failureOf
  })

  const handle = async ({ route, url }: Door, request: FastifyRequest, reply: FastifyReply) => {
    await limits(request, reply)
    // before the budget, so that a refused request costs nothing
    if (route.scope !== undefined) requireAccess(request, route.scope)
    const { id, '*': path = '' } = request.params as { id?: string; '*'?: string } // all parameters of our routes
    const isDocument = route.kind === 'document'
    const accept = isDocument ? competentAccept(request.headers.accept) : undefined
    const asked: AskedRecords = {
      ...(accept === undefined ? {} : { accept }),
      id: id ?? path,
      parameters: isDocument ? parametersOf(request.query) : knownParameters(route, parametersOf(request.query)),
      references: route.kind === 'opId' ? referencesIn(request.body) : []
    }
    const booked = bookedOf({ route, url }, asked, request.method)
    budget(request, reply, booked.price)
    if (accelerator && !isDocument) return accelerator.answerRecords(request, reply, booked)
    const { headers, body } = await forPresent(request, () => booked.compute(request))
    return reply
      .headers(headers)
      .type(accept ?? jsonType)
      .send(body)
  }

  for (const [prefix, rows] of Object.entries({ ...routes, [competentPrefix]: [competentRoute] }))
    void app.register(
      (door, _, done) => {
        door.setErrorHandler(fail)
        door.addHook('onSend', (_request, reply, _payload, done) => {
          void reply.headers(ibmRateHeaders(reply))
          done()
        })
        // The body stays text: VDAB's rules for bodies differ from Fastify's.
        door.removeContentTypeParser('application/json')
        door.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))
        for (const route of rows)
          door.route({
            method: methodOf(route),
            url: patternOf(route),
            handler: (request, reply) => handle({ route, url: `${prefix}${route.url}` }, request, reply)
          })
        done()
      },
      { prefix }
    )
  for (const unknown of vdabPrefixes) {
    void app.register(
      (door, _, done) => {
        door.setErrorHandler(fail)
        door.setNotFoundHandler(() => {
          throw new GatewayError('NOT_FOUND', 'No resources match requested URI')
        })
        done()
      },
      { prefix: unknown }
    )
  }
}
