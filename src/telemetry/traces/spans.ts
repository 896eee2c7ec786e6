import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, Link, Span } from '@opentelemetry/api'
import { SamplingDecision } from '@opentelemetry/sdk-trace-node'
import { readTraceparent } from '../../http/traceparent.ts'
import type { Sdk } from './sdk.ts'

const noLinks: Link[] = []
const noAttributes: Attributes = {}

/** The first span of a request, or of an operation with its own trace. */
type Entry = { readonly name: string; readonly attributes: Attributes; readonly links: Link[] }

/** A link to another span. */
export const linkTo = (span: Span): Link => ({ context: span.spanContext() })

/** Sets the outcome of a span. `code` is one of our catalogue, never a message. */
export const failWith = (span: Span, code: string) => {
  span.setAttribute('error.type', code)
  span.setStatus({ code: SpanStatusCode.ERROR, message: code })
}

/**
 * The spans of one gateway, each stored under the object that it belongs to. An object that is not sampled has no span,
 * and neither have its children.
 */
export const createSpans = ({ tracer, sampler, isNewTraceSampled }: Sdk, continues: boolean) => {
  const spans = new WeakMap<object, Span>()

  /** The trace of the client, if it is continued. */
  const continued = (traceparent: string) => {
    const parent = continues ? readTraceparent(traceparent) : undefined
    if (parent === undefined) return undefined
    const { traceId, parentId: spanId, flags } = parent
    const traceFlags = parseInt(flags, 16) & 1
    return { traceId, context: trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true }) }
  }
  const isSampled = ({ context, traceId }: NonNullable<ReturnType<typeof continued>>) =>
    sampler.shouldSample(context, traceId, '', SpanKind.SERVER, noAttributes, noLinks).decision ===
    SamplingDecision.RECORD_AND_SAMPLED

  return {
    /**
     * Starts a trace, or continues the trace of the client, unless it is not sampled; `describe` is called only then.
     */
    enter: <T>(owner: object, traceparent: string | undefined, describe: (about: T) => Entry, about: T) => {
      const parent = traceparent === undefined ? undefined : continued(traceparent)
      // Most requests end here, so nothing is allocated for them before this line.
      if (!(parent ? isSampled(parent) : isNewTraceSampled())) return undefined
      const { name, attributes, links } = describe(about)
      const kind = SpanKind.SERVER
      const span = tracer.startSpan(name, { kind, attributes, links }, parent?.context ?? ROOT_CONTEXT)
      spans.set(owner, span)
      return span
    },
    /** Starts a span as a child of another span. */
    startBelow: (
      parent: Span,
      name: string,
      { kind = SpanKind.INTERNAL, attributes }: { kind?: SpanKind; attributes: Attributes }
    ): Span => tracer.startSpan(name, { kind, attributes }, trace.setSpan(ROOT_CONTEXT, parent)),
    set: (owner: object, span: Span) => {
      spans.set(owner, span)
    },
    of: (owner: object | undefined): Span | undefined => (owner === undefined ? undefined : spans.get(owner))
  }
}

export type Spans = ReturnType<typeof createSpans>
