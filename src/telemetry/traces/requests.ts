import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Consumer } from '../../access/consumers.ts'
import { clientGone, errorCode } from '../../errors.ts'
import { failWith, type Spans } from './spans.ts'

/** Methods that keep their name in a span; all others are `_OTHER` (HTTP semantic conventions). */
const methods = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'PATCH'])

type Entering = { readonly method: string; readonly route: string | undefined; readonly traceparent: unknown }
type Leaving = { readonly status: number; readonly consumer: string | undefined; readonly code?: string | undefined }

/**
 * One span for each request. Its name is the method and the pattern of the path: a URL, a query or a header can hold an
 * id or a name.
 */
export const createRequestSpans = (spans: Spans) => {
  const describe = ({ method, route }: Entering) => {
    const known = methods.has(method) ? method : '_OTHER'
    const name = known === '_OTHER' ? 'HTTP' : known
    return {
      name: route === undefined ? name : `${name} ${route}`,
      attributes: { 'http.request.method': known, ...(route === undefined ? {} : { 'http.route': route }) },
      links: []
    }
  }
  const enter = (owner: object, entering: Entering) => {
    const { traceparent } = entering
    return spans.enter(owner, typeof traceparent === 'string' ? traceparent : undefined, describe, entering)
  }

  const leave = (owner: object, { status, consumer, code }: Leaving) => {
    const span = spans.of(owner)
    if (!span?.isRecording()) return
    span.setAttribute('http.response.status_code', status)
    if (consumer !== undefined) span.setAttribute('vdab_gateway.consumer', consumer)
    if (status >= 500) failWith(span, code ?? String(status))
    span.end()
  }

  const traceIdOf = (owner: object): string | undefined => spans.of(owner)?.spanContext().traceId

  /** Follows the requests that fastify handles. */
  const watch = (app: FastifyInstance) => {
    const codes = new WeakMap<FastifyRequest, string>()
    // A public route has no consumer.
    const consumerOf = ({ consumer }: FastifyRequest) => (consumer as Consumer | undefined)?.name
    app.addHook('onRequest', (request, { raw }, done) => {
      const { method, routeOptions, headers } = request
      const span = enter(request, { method, route: routeOptions.url, traceparent: headers['traceparent'] })
      // Fastify does not report the end of a response that its client aborted, such as a stream.
      if (span)
        raw.once('close', () => {
          leave(request, { status: raw.headersSent ? raw.statusCode : clientGone, consumer: consumerOf(request) })
        })
      done()
    })
    app.addHook('onError', (request, _reply, error, done) => {
      codes.set(request, errorCode(error))
      done()
    })
    app.addHook('onResponse', (request, { statusCode: status }, done) => {
      leave(request, { status, consumer: consumerOf(request), code: codes.get(request) })
      done()
    })
    // Fastify does not send the response to an upgrade; its operations have their own traces.
    app.addHook('preHandler', (request, _reply, done) => {
      if (request.ws) leave(request, { status: 101, consumer: undefined })
      done()
    })
  }

  return { enter, leave, traceIdOf, watch }
}
