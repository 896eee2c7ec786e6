import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { requireAccess } from '../access/authenticate.ts'
import { isExplained } from '../access/explain.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import { forPresent, type RequestContext } from '../access/requestContext.ts'
import { badInput, toProblem, type GatewayError } from '../errors.ts'
import { isJsonObject } from '../formats/exactJson.ts'
import type { Payload, Pipeline } from '../graphql/pipeline.ts'
import type { BookedRecords, RecordsAccelerator, RecordsAnswer } from '../openservices/accelerator.ts'
import { shortMs, versheidHeaders } from '../http/versheid.ts'
import { bodyOf, errorOf, extraHeaders, pageHeaders } from './answer.ts'
import { deprecationOf, withLinks } from './deprecation.ts'
import { textFor, type Query } from './documentText.ts'
import { chosenBy, producedBy } from './forms/choice.ts'
import type { Form } from './forms/form.ts'
import { readVariables } from './parameters.ts'
import { scopesIn, type PreparedRow, type Touched } from './prepare.ts'
import { listsOf, listsUrl } from './lists.ts'
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

/** The error for a result without content for a form. A failure is returned unchanged. */
const refusalOf = (form: Form, { roots: [root] }: PreparedRow, payload: Payload, variables: Query) =>
  root && payload.errors === undefined && isJsonObject(payload.data)
    ? form.refuse?.(payload.data[root.name], variables)
    : undefined

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
  /** Responses with data of people are never stored. */
  const mayBeKept = ({ types, fields }: Touched, { scopes }: Consumer) =>
    ![...types].some((scope) => scope.split(':')[0] === 'kandidaten') && ![...fields].some((scope) => scopes.has(scope))

  const problemOf: BookedRecords['failureOf'] = (error, requestContext) => {
    const failure = toGatewayError(error, requestContext)
    const { statusCode, retryAfter } = failure
    return { statusCode, retryAfter, body: toProblem(failure, requestContext.id) }
  }

  const handle = async (row: PreparedRow, form: Form | undefined, request: FastifyRequest, reply: FastifyReply) => {
    await limits(request, reply)
    for (const scope of row.scopes) requireAccess(request, scope)
    const variables = readVariables(row.parameters, request, row.others)
    const query = textFor(row, request.query as Query, form) // Fastify's parser returns an object
    const asked = { query, variables, isOwn: true, documentId: undefined, hash: undefined, operationName: undefined }
    const operation = await pipeline.read(asked, request)
    const balance = pipeline.budget(request, reply, operation.price)
    const [problem] = operation.problems ?? []
    if (problem || !operation.ready) throw problem ? errorOf(problem) : badInput('request', 'cannot be answered')
    const wantsExplanation = isExplained(request)
    const { document } = operation.ready.prepared
    const places = touchedBy(document)
    const isSafe = row.method === 'GET'
    const { url } = request
    const deprecation = deprecationOf(row)
    const named = { ...operation, deur: `${row.method} ${request.routeOptions.url ?? row.url}` }

    const compute = async (requestContext: RequestContext): Promise<RecordsAnswer> => {
      for (const scope of row.scopes) requireAccess(requestContext, scope)
      const context = pipeline.contextOf(requestContext)
      const { consumer, vdab, personal } = context
      const payload = await pipeline.run(requestContext, named, balance, context)
      const refusal = form && refusalOf(form, row, payload, variables)
      if (refusal) throw refusal
      const body = bodyOf(row, payload)
      const isKept = isSafe && !wantsExplanation && mayBeKept(places, consumer)
      return {
        headers: {
          ...versheidHeaders(vdab.versheid, { isKept, longestMs: shortMs, isFresherAsked: vdab.isFresherAsked }),
          ...(row.pageSize === undefined ? {} : withLinks(deprecation, pageHeaders(body, row.pageSize, url))),
          ...(form ? extraHeaders(body) : {})
        },
        body: form
          ? form.write({ body, document, path: row.url, query: url.split('?', 2)[1] ?? '' })
          : JSON.stringify(body),
        versions: () =>
          payload.errors === undefined && personal.shown().size === 0 ? vdab.versheid.versions() : undefined
      }
    }
    void reply.headers(deprecation)
    // The headers of a page depend on its URL, and those of a deprecated row on its date; stored responses have
    // neither.
    if (
      accelerator &&
      isSafe &&
      !wantsExplanation &&
      !form &&
      row.pageSize === undefined &&
      row.deprecated === undefined
    )
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
    return reply
      .headers(headers)
      .type(form ? `${form.type}; charset=utf-8` : jsonType)
      .send(body)
  }

  app.get(listsUrl, async (request, reply) => {
    await limits(request, reply)
    const [unknown] = Object.keys(request.query as object) // Fastify's parser returns an object
    if (unknown !== undefined) throw unknownName(unknown, unknown, [])
    pipeline.budget(request, reply, 1)
    return reply.type(jsonType).send(JSON.stringify({ nodes: listsOf(schema) }))
  })
  for (const row of rows) {
    const { method, url, forms } = row
    const produces = forms.length === 0 ? {} : { config: { produces: producedBy(forms) } }
    app.route({
      method,
      url,
      ...produces,
      handler: (request, reply) => handle(row, chosenBy(request, forms), request, reply)
    })
    for (const form of forms)
      if (form.suffix !== undefined)
        app.route({
          method,
          url: `${url}${form.suffix}`,
          config: { produces: producedBy(forms, form) },
          handler: (request, reply) => handle(row, form, request, reply)
        })
  }
}
