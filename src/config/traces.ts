import type { Settings } from './settings.ts'

/** The values of OTEL_TRACES_SAMPLER that OpenTelemetry defines for every language. */
const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio'
] as const
const protocols = ['http/json', 'http/protobuf']
const path = 'v1/traces'

const isHttp = (given: string) => URL.canParse(given) && ['http:', 'https:'].includes(new URL(given).protocol)

/** The address for spans: the address for traces unchanged, or the common one with its path (OTLP exporter, 1). */
const readUrl = ({ text, refuse }: Settings): string | undefined => {
  const [own, common] = [text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'), text('OTEL_EXPORTER_OTLP_ENDPOINT')]
  for (const [name, given] of Object.entries({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own,
    OTEL_EXPORTER_OTLP_ENDPOINT: common
  }))
    if (given !== undefined && !isHttp(given)) refuse(`${name} must be an http:// or https:// address`)
  return own ?? (common === undefined ? undefined : `${common.replace(/\/$/, '')}/${path}`)
}

/**
 * How requests are traced; undefined = not at all. These are OpenTelemetry's own variables; its SDK itself reads those
 * for headers, timeouts, batches and the resource.
 */
export const readTraces = (settings: Settings) => {
  const { text, list, oneOf, refuse } = settings
  const url = readUrl(settings)
  const isDisabled = text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true'
  const exporters = list('OTEL_TRACES_EXPORTER', 'otlp')
  const sampler = oneOf('OTEL_TRACES_SAMPLER', 'parentbased_always_on', samplers)
  const given = text('OTEL_TRACES_SAMPLER_ARG') ?? '1'
  const ratio = Number(given)
  if (!(ratio >= 0 && ratio <= 1)) refuse('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1')
  for (const name of ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'])
    oneOf(name, 'http/json', protocols)
  const propagators = list('OTEL_PROPAGATORS', 'tracecontext')
  if (url === undefined || isDisabled || !exporters.includes('otlp')) return undefined
  return {
    url,
    sampler,
    ratio,
    /** is the trace of a `traceparent` continued? */
    continues: propagators.includes('tracecontext')
  }
}

export type TraceSettings = NonNullable<ReturnType<typeof readTraces>>
