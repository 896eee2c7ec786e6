import { AggregatorRegistry } from 'prom-client'
import type { Snapshot } from './registry.ts'

// prom-client declares the type of a metric as a number, but writes a text.
const grows = ({ type }: Snapshot[number]) => ['counter', 'histogram'].includes(String(type))

/** Adds up the metrics of several processes. The counts of an ended process remain, so that no counter decreases. */
export const createAddedMetrics = () => {
  const latest = new Map<number, Snapshot>()
  let ended: Snapshot = []
  return {
    /** The metrics of a process replace its earlier ones. */
    note: (id: number, snapshot: Snapshot) => latest.set(id, snapshot),
    /** Keeps the counts of a process that ends; synchronously, so that no scrape misses them. */
    end: (id: number) => {
      const last = latest.get(id)
      latest.delete(id)
      if (last === undefined) return
      // An aggregated metric contains its values, but the type of the method omits them.
      ended = AggregatorRegistry.aggregate([ended, last.filter(grows)]).getMetricsAsArray() as Snapshot
    },
    /** All metrics in the text format of Prometheus, including those of this process. */
    text: (own: Snapshot): Promise<string> => AggregatorRegistry.aggregate([own, ...latest.values(), ended]).metrics()
  }
}
