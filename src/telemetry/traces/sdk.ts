import { randomUUID } from 'node:crypto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler
} from '@opentelemetry/sdk-trace-node'
import type { Sampler, SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { TraceSettings } from '../../config/traces.ts'

const name = 'vdab-gateway'

/** The samplers of OTEL_TRACES_SAMPLER. */
const samplerOf = ({ sampler, ratio }: Pick<TraceSettings, 'sampler' | 'ratio'>): Sampler =>
  ({
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
    parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
    parentbased_traceidratio: () => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })
  })[sampler]()

/**
 * An exporter that logs a warning when it fails. Its errors can contain headers and addresses, so they are not logged.
 */
const warning = (exporter: SpanExporter, warn: () => void): SpanExporter => ({
  export: (spans, done) => {
    exporter.export(spans, (result) => {
      if (result.error) warn()
      done(result)
    })
  },
  forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  shutdown: () => exporter.shutdown()
})

/**
 * Is a new trace sampled? The samplers of the SDK need the id of the trace, and most requests need no id. Making the id
 * costs more than all other work for traces.
 */
const newTraceSampler = ({ sampler, ratio }: Pick<TraceSettings, 'sampler' | 'ratio'>): (() => boolean) => {
  const part = { always_on: 1, always_off: 0, traceidratio: ratio }[sampler.replace('parentbased_', '')] ?? 1
  return () => Math.random() < part
}

type Options = { settings: TraceSettings; version: string; warn: (message: string) => void }

/**
 * Starts OpenTelemetry's SDK for one gateway: several can run in one process, so nothing is registered globally. The
 * SDK reads OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_BSP_* and OTEL_EXPORTER_OTLP_* itself.
 */
export const startSdk = ({ settings, version, warn }: Options) => {
  const exporter = warning(new OTLPTraceExporter({ url: settings.url }), () => {
    warn('Spans cannot be sent, and are dropped. Look at OTEL_EXPORTER_OTLP_ENDPOINT and at the collector behind it.')
  })
  const own = { 'service.name': name, 'service.version': version, 'service.instance.id': randomUUID() }
  const provider = new NodeTracerProvider({
    sampler: new AlwaysOnSampler(), // a span is started only for sampled traces
    resource: defaultResource()
      .merge(resourceFromAttributes(own))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)]
  })
  return {
    tracer: provider.getTracer(name, version),
    /** decides for the traces of clients */
    sampler: samplerOf(settings),
    isNewTraceSampled: newTraceSampler(settings),
    /** Sends the remaining spans, and ends. */
    shutdown: () => provider.shutdown()
  }
}

export type Sdk = ReturnType<typeof startSdk>
