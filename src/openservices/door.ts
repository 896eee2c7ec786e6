import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { forPresent, type RequestContext } from '../access/requestContext.ts'
import { requireAccess } from '../access/authenticate.ts'
import type { Budget } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import { createPersonal } from '../access/personal.ts'
import type { Recorder } from '../access/record.ts'
import type { Redaction } from '../access/redaction.ts'
import { badInput, GatewayError, toIbm } from '../errors.ts'
import { exactJson } from '../formats/exactJson.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import { vdabPrefixes } from '../http/vdabPaths.ts'
import type { AskedRecords, BookedRecords, RecordsAccelerator, RecordsAnswer } from './accelerator.ts'
import { readReferences, referencesIn, type Reference } from './references.ts'
import { routes, type Route } from './routes.ts'
import { versheidHeaders } from './versheid.ts'
import { asVdabSends, type Versions } from './versionTwo.ts'

type Options = {
  limits: Limits
  record: Recorder
  budget: Budget
  vdabOf: (requestContext: RequestContext) => VdabForRequest
  redaction: Redaction
  versions: Versions
  accelerator?: RecordsAccelerator | undefined
  toGatewayError: (error: unknown, requestContext: Pick<FastifyRequest, 'log' | 'id'>) => GatewayError
}

const prefix = '/services/openservices'
const jsonType = 'application/json; charset=utf-8'

const parametersOf = (query: unknown): Record<string, readonly string[]> =>
  // each value of Fastify's query parser is one of these types
  Object.fromEntries(Object.entries(query ?? {}).map(([name, value]) => [name, [value as string | string[]].flat()]))

/** The largest number of calls to VDAB, as in GraphQL: a search can look up a code, a batch can end in single calls. */
const priceOf = ({ kind, name }: Route, references: readonly Reference[]): number =>
  kind === 'opId' ? Math.max(1, Math.ceil(references.length * 1.5)) : name === 'vacatures' ? 2 : 1

// A client is not notified when VDAB changes what it has cached.
const longestMs = 30_000
const longestOf = ({ kind }: Route) => (kind === 'lijst' ? Infinity : longestMs)

/** May the client of the consumer cache this response? Never one with data of people. */
const mayBeKept = ({ kind, type }: Route, { scopes }: Consumer) =>
  kind !== 'opId' &&
  type !== 'Kandidaat' &&
  type !== 'KandidaatStatus' &&
  !(type === 'Vacature' && scopes.has('vacatures:contact'))

/** The path and the parameters in one spelling. */
const keyOf = ({ url }: Route, { id, parameters }: AskedRecords): string => {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${prefix}${url} ${id.toLowerCase()} ${JSON.stringify(sorted)}`
}

/** The redaction for one consumer: of a record, and of an envelope with records. */
type Redact = { record: (source: unknown) => unknown; page: (source: unknown) => unknown }
const asItIs: Redact = { record: (source) => source, page: (source) => source }

const answer = async (
  { kind, name, type }: Route,
  { id, parameters, references }: AskedRecords,
  vdab: VdabForRequest,
  { redact, versions }: { redact: Redact; versions: Versions }
): Promise<unknown> => {
  const { page, record: written } = type === 'Vacature' ? versions : asVdabSends
  if (kind === 'page') return redact.page(await page(name, parameters, vdab))
  if (kind === 'lijst') return vdab.at().raw(name, parameters)
  const [unexpected] = Object.keys(parameters)
  if (unexpected !== undefined) throw badInput(unexpected.slice(0, 64), 'is not a parameter here', [])
  if (kind === 'detail') {
    // clients of VDAB recognise this message
    if (!vdab.isId(id)) throw new GatewayError('BAD_USER_INPUT', 'Invalid string syntax', { field: 'id' })
    const record = await vdab.at().detail(name, id)
    if (record === null) throw new GatewayError('NOT_FOUND', `${id} is geen bestaande ${name}`)
    return redact.record(written(record))
  }
  const resultaten = (await readReferences(references, vdab)).map(written)
  return redact.page({ aantal: resultaten.length, resultaten })
}

/**
 * The routes `/services/openservices/…`: VDAB's paths with VDAB's JSON, from the same cache and batcher as GraphQL.
 * Clients of VDAB only change their host and key. Errors have the format of VDAB's gateway, with `code` added.
 */
export const registerOpenservices = (
  app: FastifyInstance,
  { limits, budget, record, vdabOf, redaction, versions, accelerator, toGatewayError }: Options
) => {
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
    route: Route,
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
            record: (source: unknown) => redaction.record(type, source, consumer.scopes, personal),
            page: (source: unknown) => redaction.page(type, source, consumer.scopes, personal)
          }
    const body = exactJson.stringify(await answer(route, asked, vdab, { redact, versions }))
    await record(requestContext, { consumer, personal, deur: `${method} ${prefix}${route.url}` })
    const headers = versheidHeaders(vdab.versheid, {
      isKept: mayBeKept(route, consumer),
      longestMs: longestOf(route),
      isFresherAsked: vdab.isFresherAsked
    })
    return { headers, body, versions: () => (personal.shown().size === 0 ? vdab.versheid.versions() : undefined) }
  }

  // Does not refer to the request: the accelerator keeps it in memory for longer.
  const bookedOf = (route: Route, asked: AskedRecords, method: string): BookedRecords => ({
    key: () => keyOf(route, asked),
    url: `${prefix}${route.url}`,
    price: priceOf(route, asked.references),
    longestMs: longestOf(route),
    mayBeKept: (consumer) => mayBeKept(route, consumer),
    isComputedAnew: (consumer) => route.kind === 'detail' && route.type === 'Vacature' && !mayBeKept(route, consumer),
    compute: (requestContext) => compute(route, asked, method, requestContext),
    failureOf
  })

  const handle = async (route: Route, request: FastifyRequest, reply: FastifyReply) => {
    await limits(request, reply)
    // before the budget, so that a refused request costs nothing
    if (route.scope !== undefined) requireAccess(request, route.scope)
    const { id = '' } = request.params as { id?: string } // the only parameter in our routes
    const asked: AskedRecords = {
      id,
      parameters: parametersOf(request.query),
      references: route.kind === 'opId' ? referencesIn(request.body) : []
    }
    const booked = bookedOf(route, asked, request.method)
    budget(request, reply, booked.price)
    if (accelerator) return accelerator.answerRecords(request, reply, booked)
    const { headers, body } = await forPresent(request, () => booked.compute(request))
    return reply.headers(headers).type(jsonType).send(body)
  }

  void app.register(
    (door, _, done) => {
      door.setErrorHandler(fail)
      // The body stays text: VDAB's rules for bodies differ from Fastify's.
      door.removeContentTypeParser('application/json')
      door.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))
      for (const route of routes) {
        door.route({
          method: route.kind === 'opId' ? 'POST' : 'GET',
          url: route.url,
          handler: (request, reply) => handle(route, request, reply)
        })
      }
      for (const url of new Set(routes.map((route) => route.url))) {
        const allowed = routes
          .filter((route) => route.url === url)
          .map(({ kind }) => (kind === 'opId' ? 'POST' : 'GET'))
        const refuse = (_request: FastifyRequest, reply: FastifyReply) => {
          void reply.header('allow', allowed.join(', '))
          throw new GatewayError('BAD_USER_INPUT', 'The method is not allowed for the requested URL', {
            field: 'method',
            allowed,
            status: 405
          })
        }
        const method = door.supportedMethods.filter(
          (one) => !allowed.includes(one as 'GET' | 'POST') && !(one === 'HEAD' && allowed.includes('GET'))
        )
        // in onRequest, since the body is not needed
        door.route({ method, url, onRequest: refuse, handler: refuse })
      }
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
