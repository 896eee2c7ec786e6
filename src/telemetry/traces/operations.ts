import type { Span } from '@opentelemetry/api'
import type { RequestContext } from '../../access/requestContext.ts'
import type { FollowOperation, RunningOperation } from '../../graphql/pipeline.ts'
import { failWith, linkTo, type Spans } from './spans.ts'

const names = /^[_A-Za-z][_0-9A-Za-z]{0,63}$/
const isWebSocket = (carrier: object | undefined) => carrier !== undefined && 'ws' in carrier && carrier.ws === true

const described = ({ type, trustedName }: RunningOperation) => {
  const name = trustedName !== undefined && names.test(trustedName) ? trustedName : undefined
  return {
    title: type === undefined ? 'GraphQL Operation' : name === undefined ? type : `${type} ${name}`,
    attributes: {
      ...(type === undefined ? {} : { 'graphql.operation.type': type }),
      ...(name === undefined ? {} : { 'graphql.operation.name': name })
    }
  }
}

type Opened = { readonly operation: RunningOperation; readonly request: Span | undefined }
const asEntry = ({ operation, request }: Opened) => {
  const { title: name, attributes } = described(operation)
  return { name, attributes, links: request ? [linkTo(request)] : [] }
}

/**
 * One span for each GraphQL operation, as a child of its request's span. A connection can stay open for hours, so an
 * operation over WebSocket and an event of a subscription have their own traces, with a link to the request that opened
 * the connection.
 */
export const createOperationSpans = (spans: Spans): FollowOperation => {
  const start = (requestContext: RequestContext, operation: RunningOperation): Span | undefined => {
    const { carrier } = requestContext
    const { cause, isEvent } = operation
    const request = spans.of(requestContext) ?? spans.of(carrier)
    if (isEvent || isWebSocket(carrier)) return spans.enter(cause, undefined, asEntry, { operation, request })
    if (request === undefined) return undefined
    const { title, attributes } = described(operation)
    const span = spans.startBelow(request, title, { attributes })
    spans.set(cause, span)
    return span
  }

  return (requestContext, operation) => {
    const { cause } = operation
    // The accelerator already follows an operation that it passes to the pipeline.
    const span = spans.of(cause) === undefined ? start(requestContext, operation) : undefined
    return (
      span &&
      (({ code }) => {
        span.setAttribute('vdab_gateway.upstream_calls', cause.upstreamCalls)
        if (code !== undefined) failWith(span, code)
        span.end()
      })
    )
  }
}
