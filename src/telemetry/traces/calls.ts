import { SpanKind } from '@opentelemetry/api'
import type { Span } from '@opentelemetry/api'
import type { CallReport, FollowCall } from '../../upstream/callFollower.ts'
import type { Cause } from '../../upstream/client.ts'
import { failWith, linkTo, type Spans } from './spans.ts'

type Options = {
  spans: Spans
  /** does VDAB receive the context of the span? */
  sendsTraceparent: boolean
}

const end = (span: Span, { status, error, transaction, requests }: CallReport) => {
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  if (transaction !== undefined) span.setAttribute('vdab.transaction', transaction)
  span.setAttribute('vdab_gateway.requests', requests)
  if (error) failWith(span, error.code)
  else if (status !== undefined && status >= 400 && status !== 404) failWith(span, String(status))
  span.end()
}

/**
 * One span for each call to VDAB. Its parent is the operation that pays for the call, or the first sampled operation
 * that waits for it, with links to all others. Calls without a waiting request have no span: feeds, refreshes, the
 * start.
 */
export const createCallSpans = ({ spans, sendsTraceparent }: Options): FollowCall => {
  const spanOf = (origin: object | undefined): Span | undefined => {
    const carrier = origin && 'carrier' in origin ? origin.carrier : undefined
    return spans.of(origin) ?? (typeof carrier === 'object' && carrier !== null ? spans.of(carrier) : undefined)
  }
  const spansOf = (cause: Cause): Span[] => {
    const { origin, sharedBy } = cause
    const others = (sharedBy?.() ?? []).filter((one) => one !== origin)
    return [spans.of(cause) ?? spanOf(origin), ...others.map(spanOf)].flatMap((span) => span ?? [])
  }
  const allSpansOf = (causes: Iterable<Cause>) => new Set([...causes].flatMap(spansOf))

  return ({ endpoint, method, causes, ids, waitedMs, resent }) => {
    const [parent] = allSpansOf(causes())
    if (parent === undefined) return undefined
    const span = spans.startBelow(parent, `${method} ${endpoint}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        'peer.service': 'vdab',
        'http.request.method': method,
        'vdab_gateway.endpoint': endpoint,
        'vdab_gateway.waited_ms': waitedMs,
        ...(ids === undefined ? {} : { 'vdab_gateway.ids': ids }),
        ...(resent === 0 ? {} : { 'http.request.resend_count': resent })
      }
    })
    const { traceId, spanId } = span.spanContext()
    return {
      traceparent: sendsTraceparent ? `00-${traceId}-${spanId}-01` : undefined,
      end: (report) => {
        for (const other of allSpansOf(causes())) if (other !== parent) span.addLink(linkTo(other))
        end(span, report)
      }
    }
  }
}
