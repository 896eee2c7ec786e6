import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { forPresent } from '../access/requestContext.ts'
import { requireAccess } from '../access/authenticate.ts'
import type { Budget } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import { createPersonal } from '../access/personal.ts'
import type { Recorder } from '../access/record.ts'
import type { Redaction } from '../access/redaction.ts'
import type { Answers, Kept } from '../fastPath/kept.ts'
import type { Shortcut } from '../fastPath/shortcut.ts'
import { isUnmodified } from '../fastPath/unmodified.ts'
import { badInput, GatewayError, toIbm } from '../errors.ts'
import { exactJson } from '../formats/exactJson.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import { vdabPrefixes } from '../http/vdabPaths.ts'
import { readReferences, referencesIn } from './references.ts'
import type { Reference } from './references.ts'
import { routes } from './routes.ts'
import type { Route } from './routes.ts'
import { versheidHeaders, versheidLines, versheidOfKept } from './versheid.ts'

type Options = {
  limits: Limits
  record: Recorder
  budget: Budget
  vdabOf: (request: FastifyRequest) => VdabForRequest
  redaction: Redaction
  /** where whole answers are kept, and the way past the framework to them; absent where none are */
  ready?: { answers: Answers; shortcut: Shortcut } | undefined
  toGatewayError: (error: unknown, request: FastifyRequest) => GatewayError
}

const parametersOf = (query: unknown): Record<string, readonly string[]> =>
  Object.fromEntries(Object.entries(query ?? {}).map(([name, value]) => [name, [value as string | string[]].flat()])) // Fastify's query parser gives nothing else

/** The most calls to VDAB that an answer takes, as in GraphQL: a search may look a code up, a batch may end in single calls. */
const priceOf = ({ kind, name }: Route, references: readonly Reference[]): number =>
  kind === 'opId' ? Math.max(1, Math.ceil(references.length * 1.5)) : name === 'vacatures' ? 2 : 1

// A client that keeps an answer is not told when VDAB changes it.
const longestMs = 30_000
const longestOf = ({ kind }: Route) => (kind === 'lijst' ? Infinity : longestMs)

/** May the consumer's own client keep this answer? Never one that tells of people. */
const mayBeKept = ({ kind, type }: Route, { scopes }: Consumer) =>
  kind !== 'opId' &&
  type !== 'Kandidaat' &&
  type !== 'KandidaatStatus' &&
  !(type === 'Vacature' && scopes.has('vacatures:contact'))

/** An answer before it leaves; one that was kept already has no body of its own. */
type Made = { headers: Readonly<Record<string, string>>; key: string; body?: string; kept: Kept | undefined }

/** What a consumer may see of records and of envelopes of them. */
type Redact = { record: (source: unknown) => unknown; page: (source: unknown) => unknown }
const asItIs: Redact = { record: (source) => source, page: (source) => source }

const answer = async (
  { kind, name }: Route,
  request: FastifyRequest,
  references: readonly Reference[],
  vdab: VdabForRequest,
  redact: Redact
): Promise<unknown> => {
  if (kind === 'page') return redact.page(await vdab.at().page(name, parametersOf(request.query)))
  if (kind === 'lijst') return vdab.at().raw(name, parametersOf(request.query))
  const [unexpected] = Object.keys(request.query ?? {})
  if (unexpected !== undefined) throw badInput(unexpected.slice(0, 64), 'is not a parameter here', [])
  if (kind === 'detail') {
    const { id } = request.params as { id: string } // the routes that are of this kind end in :id
    if (!vdab.isId(id)) throw new GatewayError('BAD_USER_INPUT', 'Invalid string syntax', { field: 'id' }) // VDAB's words, which its clients look for
    const record = await vdab.at().detail(name, id)
    if (record === null) throw new GatewayError('NOT_FOUND', `${id} is geen bestaande ${name}`)
    return redact.record(record)
  }
  const resultaten = await readReferences(references, vdab)
  return redact.page({ aantal: resultaten.length, resultaten })
}

/** An answer's name among the kept ones: what is asked, in one spelling, and what the consumer may see. */
const nameOf = ({ url }: Route, { params, query }: FastifyRequest, scopes: string): string => {
  const { id = '' } = params as { id?: string } // our routes have no other
  const asked = Object.entries(parametersOf(query)).sort(([a], [b]) => (a < b ? -1 : 1))
  return `rest ${scopes} ${url} ${id.toLowerCase()} ${JSON.stringify(asked)}`
}

/** Sends bytes that are kept, or nothing but their name to whoever has them. */
const sendKept = (request: FastifyRequest, reply: FastifyReply, key: string, kept: Kept, answers: Answers) => {
  void reply.header('etag', kept.etag).type('application/json; charset=utf-8')
  if (isUnmodified(request.headers['if-none-match'], kept.etag)) return reply.code(304).send()
  const { bytes, encoding } = answers.bytesFor(key, kept, request.headers['accept-encoding'])
  if (encoding !== undefined) void reply.header('content-encoding', encoding)
  return reply.send(bytes)
}

/**
 * `/services/openservices/…`: VDAB's own paths and VDAB's own JSON, out of the same cache and batcher as GraphQL.
 * A VDAB client changes host and key, nothing else; errors have IBM's members, and `code`.
 */
export const registerOpenservices = (
  app: FastifyInstance,
  { limits, budget, record, vdabOf, redaction, ready, toGatewayError }: Options
) => {
  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const failure = toGatewayError(error, request)
    if (failure.retryAfter !== undefined) void reply.header('retry-after', failure.retryAfter)
    return reply.code(failure.statusCode).send(toIbm(failure, request.id))
  }

  /** The answer for the consumer of this moment: kept, or to be kept where it may be, or a body. */
  const compute = async (
    route: Route,
    request: FastifyRequest,
    references: ReturnType<typeof referencesIn>
  ): Promise<Made> => {
    if (route.scope !== undefined) requireAccess(request, route.scope)
    const { consumer } = request
    const vdab = vdabOf(request)
    const isKept = mayBeKept(route, consumer)
    const keeping = isKept && !vdab.isFresherAsked ? ready : undefined
    const key = keeping ? nameOf(route, request, keeping.answers.scopesOf(consumer)) : ''
    const known = keeping?.answers.find(key)
    if (known) return { headers: versheidOfKept(known, longestOf(route)), key, kept: known }
    const personal = createPersonal()
    const { type } = route
    const redact =
      type === undefined
        ? asItIs
        : {
            record: (source: unknown) => redaction.record(type, source, consumer.scopes, personal),
            page: (source: unknown) => redaction.page(type, source, consumer.scopes, personal)
          }
    const body = exactJson.stringify(await answer(route, request, references, vdab, redact))
    await record({
      consumer,
      headers: request.headers,
      personal,
      requestId: request.id,
      isGone: () => request.isGone(),
      deur: `${request.method} ${request.routeOptions.url ?? ''}`
    })
    const headers = versheidHeaders(vdab.versheid, {
      isKept,
      longestMs: longestOf(route),
      isFresherAsked: vdab.isFresherAsked
    })
    const versions = keeping && personal.shown().size === 0 ? vdab.versheid.versions() : undefined
    return {
      headers,
      key,
      body,
      kept: versions && keeping?.answers.keep(key, Buffer.from(body), { versions, isTagged: true })
    }
  }

  void app.register(
    (door, _, done) => {
      door.setErrorHandler(fail)
      // As text: how VDAB reads a body is not how the framework does.
      door.removeContentTypeParser('application/json')
      door.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
        done(null, body)
      })
      for (const route of routes) {
        door.route({
          method: route.kind === 'opId' ? 'POST' : 'GET',
          url: route.url,
          handler: async (request, reply) => {
            await limits(request, reply)
            if (route.scope !== undefined) requireAccess(request, route.scope) // whoever may not ask pays nothing
            const references = route.kind === 'opId' ? referencesIn(request.body) : []
            const price = priceOf(route, references)
            budget(request, reply, price)
            const { headers, body, key, kept } = await forPresent(request, () => compute(route, request, references))
            void reply.headers(headers)
            if (!ready || !kept) return reply.type('application/json; charset=utf-8').send(body)
            if (body === undefined)
              ready.shortcut.learn(request, reply.type('application/json; charset=utf-8'), {
                key,
                price,
                route: `/services/openservices${route.url}`,
                lines: versheidLines(longestOf(route))
              })
            return sendKept(request, reply, key, kept, ready.answers)
          }
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
        door.route({ method, url, onRequest: refuse, handler: refuse }) // before the body is read: what it holds is of no matter
      }
      done()
    },
    { prefix: '/services/openservices' }
  )
  for (const prefix of vdabPrefixes) {
    void app.register(
      (door, _, done) => {
        door.setErrorHandler(fail)
        door.setNotFoundHandler(() => {
          throw new GatewayError('NOT_FOUND', 'No resources match requested URI')
        })
        done()
      },
      { prefix }
    )
  }
}
