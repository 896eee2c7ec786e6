import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { requireAccess } from '../access/authenticate.ts'
import { isExplained } from '../access/explain.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import { forPresent, type RequestContext } from '../access/requestContext.ts'
import { badInput, toProblem, type GatewayError } from '../errors.ts'
import type { Pipeline } from '../graphql/pipeline.ts'
import type { BookedRecords, RecordsAccelerator, RecordsAnswer } from '../openservices/accelerator.ts'
import { shortMs, versheidHeaders } from '../http/versheid.ts'
import { bodyOf, errorOf, pageHeaders } from './answer.ts'
import { readVariables } from './parameters.ts'
import { scopesIn, type PreparedRow, type Touched } from './prepare.ts'
import { listsOf, listsUrl } from './lists.ts'
import { trimmedTo } from './selection.ts'
import { unknownName } from './unknownName.ts'

type Options = {
  rows: readonly PreparedRow[]
  schema: GraphQLSchema
  pipeline: Pipeline
  limits: Limits
  accelerator?: RecordsAccelerator | undefined
  toGatewayError: (error: unknown, requestContext: Pick<FastifyRequest, 'log' | 'id'>) => GatewayError
}

const jsonType = 'application/json; charset=utf-8'

/** The document of a request: all fields, those of a search item, or those that `velden` names. */
const textFor = ({ object, document, texts }: PreparedRow, query: Readonly<Record<string, unknown>>): string => {
  const details = query['details'] ?? 'false'
  if (details !== 'true' && details !== 'false') throw badInput('details', 'must be a boolean', ['true', 'false'])
  // Fastify's parser makes texts
  const velden = ([query['velden'] ?? []].flat() as string[]).flatMap((text) => text.split(','))
  if (velden.length === 0 || object === undefined) return details === 'true' ? texts.whole : texts.usual
  if (details === 'true') throw badInput('velden', 'and details=true exclude each other')
  return document(trimmedTo(object, velden))
}

/** Links a deprecated row to what replaces it (RFC 9745, RFC 8594). */
const deprecationOf = ({ deprecated }: PreparedRow): Readonly<Record<string, string>> =>
  deprecated
    ? {
        deprecation: `@${Math.floor(deprecated.since.getTime() / 1000)}`,
        sunset: deprecated.sunset.toUTCString(),
        link: `<${deprecated.link}>; rel="deprecation"; type="text/html"`
      }
    : {}

/** The headers of a page; its links stand beside that of a deprecated row. */
const withLinks = ({ link }: Readonly<Record<string, string>>, page: Readonly<Record<string, string>>) => ({
  ...page,
  link: [link ?? [], page['link'] ?? []].flat().join(', ')
})

/**
 * The routes under `/api`: each runs its GraphQL operation, with the limits, price, audit record and policy of GraphQL.
 * Errors are problem documents (RFC 9457).
 */
export const registerRest = (
  app: FastifyInstance,
  { rows, schema, pipeline, limits, accelerator, toGatewayError }: Options
) => {
  const touched = new WeakMap<DocumentNode, Touched>()
  const touchedBy = (document: DocumentNode): Touched => {
    const found = touched.get(document) ?? scopesIn(schema, document)
    touched.set(document, found)
    return found
  }
  /** Never with data of people. */
  const mayBeKept = ({ types, fields }: Touched, { scopes }: Consumer) =>
    ![...types].some((scope) => scope.split(':')[0] === 'kandidaten') && ![...fields].some((scope) => scopes.has(scope))

  const problemOf: BookedRecords['failureOf'] = (error, requestContext) => {
    const failure = toGatewayError(error, requestContext)
    const { statusCode, retryAfter } = failure
    return { statusCode, retryAfter, body: toProblem(failure, requestContext.id) }
  }

  const handle = async (row: PreparedRow, request: FastifyRequest, reply: FastifyReply) => {
    await limits(request, reply)
    for (const scope of row.scopes) requireAccess(request, scope)
    const variables = readVariables(row.parameters, request, row.others)
    const query = textFor(row, request.query as Readonly<Record<string, unknown>>) // Fastify's parser makes an object
    const asked = { query, variables, isOwn: true, documentId: undefined, hash: undefined, operationName: undefined }
    const operation = await pipeline.read(asked, request)
    const balance = pipeline.budget(request, reply, operation.price)
    const [problem] = operation.problems ?? []
    if (problem || !operation.ready) throw problem ? errorOf(problem) : badInput('request', 'cannot be answered')
    const asksHow = isExplained(request)
    const places = touchedBy(operation.ready.prepared.document)
    const isSafe = row.method === 'GET'
    const { url } = request
    const deprecation = deprecationOf(row)
    const named = { ...operation, deur: `${row.method} ${row.url}` }

    const compute = async (requestContext: RequestContext): Promise<RecordsAnswer> => {
      for (const scope of row.scopes) requireAccess(requestContext, scope)
      const context = pipeline.contextOf(requestContext)
      const { consumer, vdab, personal } = context
      const payload = await pipeline.run(requestContext, named, balance, context)
      const body = bodyOf(row, payload)
      const isKept = isSafe && !asksHow && mayBeKept(places, consumer)
      return {
        headers: {
          ...versheidHeaders(vdab.versheid, { isKept, longestMs: shortMs, isFresherAsked: vdab.isFresherAsked }),
          ...(row.pageSize === undefined ? {} : withLinks(deprecation, pageHeaders(body, row.pageSize, url)))
        },
        body: JSON.stringify(body),
        versions: () =>
          payload.errors === undefined && personal.shown().size === 0 ? vdab.versheid.versions() : undefined
      }
    }
    void reply.headers(deprecation)
    // The headers of a page differ with its URL, and those of a deprecated row by its date; kept answers have neither.
    if (accelerator && isSafe && !asksHow && row.pageSize === undefined && row.deprecated === undefined)
      return accelerator.answerRecords(request, reply, {
        key: () => `${row.url} ${query} ${JSON.stringify(variables)}`,
        url: row.url,
        price: operation.price,
        longestMs: shortMs,
        mayBeKept: (consumer) => mayBeKept(places, consumer),
        isComputedAnew: () => false,
        compute,
        failureOf: problemOf
      })
    const { headers, body } = await forPresent(request, () => compute(request))
    return reply.headers(headers).type(jsonType).send(body)
  }

  app.get(listsUrl, async (request, reply) => {
    await limits(request, reply)
    const [unknown] = Object.keys(request.query as object) // Fastify's parser makes an object
    if (unknown !== undefined) throw unknownName(unknown, unknown, [])
    pipeline.budget(request, reply, 1)
    return reply.type(jsonType).send(JSON.stringify({ nodes: listsOf(schema) }))
  })
  for (const row of rows)
    app.route({ method: row.method, url: row.url, handler: (request, reply) => handle(row, request, reply) })
}
