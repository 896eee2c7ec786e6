import { collectDefaultMetrics, Registry, type Metric } from 'prom-client'
import { definitionOf, type MetricName } from './definitions.ts'
import type { Value } from './series.ts'

const prefix = 'vdab_gateway_'

/** A metric in the form that prom-client writes, and that processes send to each other. */
export type Snapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>
/** The values of each metric at a scrape. */
export type Sources = Readonly<
  Partial<Record<MetricName, (fullName: string) => readonly Value[] | Promise<readonly Value[]>>>
>

/** Gauges with names of counters, which promtool refuses. The same values exist under names without `_total`. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

let ofProcess: Registry | undefined
/**
 * prom-client's own metrics of the process and of Node. They observe the garbage collector, so they exist once per
 * process.
 */
const processRegistry = (): Registry => {
  if (ofProcess) return ofProcess
  ofProcess = new Registry()
  collectDefaultMetrics({ register: ofProcess })
  for (const name of misnamed) ofProcess.removeSingleMetric(name)
  return ofProcess
}

/** A metric whose values are counted elsewhere and read at a scrape. */
const tabled = (name: MetricName, values: NonNullable<Sources[MetricName]>) => {
  const { type, help, aggregator = 'sum' } = definitionOf(name)
  const fullName = `${prefix}${name}`
  return {
    name: fullName,
    get: async () => ({ name: fullName, help, type, aggregator, values: await values(fullName) })
  }
}

/** The registry of one gateway: its metrics are read from the sources at a scrape. */
export const createRegistry = (sources: Sources) => {
  const own = new Registry()
  for (const [name, values] of Object.entries(sources))
    // `name` is a key of the sources. A registry uses only the name and the values of a metric.
    own.registerMetric(tabled(name as MetricName, values) as unknown as Metric)
  return {
    /** All metrics as plain data, for the process that adds up the metrics of several processes. */
    snapshot: async (): Promise<Snapshot> => [
      ...(await own.getMetricsAsJSON()),
      ...(await processRegistry().getMetricsAsJSON())
    ],
    /** All metrics in the text format of Prometheus. */
    text: () => Registry.merge([own, processRegistry()]).metrics()
  }
}

/** The media type of that text. */
export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE
