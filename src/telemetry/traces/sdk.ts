import { randomUUID } from 'node:crypto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  RandomIdGenerator,
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

/** An exporter whose failure is a warning. Its errors can quote headers and addresses, so they are not logged. */
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

/** Trace ids, of which the next one can be given: whether a request is sampled is known before its span exists. */
const createIds = () => {
  const random = new RandomIdGenerator()
  let next: string | undefined
  return {
    newTraceId: () => random.generateTraceId(),
    /** The next span without a parent has this trace id. */
    useNext: (traceId: string) => {
      next = traceId
    },
    generator: {
      generateSpanId: () => random.generateSpanId(),
      generateTraceId: () => {
        const traceId = next ?? random.generateTraceId()
        next = undefined
        return traceId
      }
    }
  }
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
  const ids = createIds()
  const sampler = samplerOf(settings)
  const provider = new NodeTracerProvider({
    sampler,
    idGenerator: ids.generator,
    resource: defaultResource()
      .merge(resourceFromAttributes(own))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)]
  })
  return {
    tracer: provider.getTracer(name, version),
    sampler,
    newTraceId: ids.newTraceId,
    useNext: ids.useNext,
    /** Sends what is left, and ends. */
    shutdown: () => provider.shutdown()
  }
}

export type Sdk = ReturnType<typeof startSdk>
