import { AggregatorRegistry } from 'prom-client'
import type { Snapshot } from './registry.ts'

// prom-client types the kind of a metric as a number, and writes a text.
const grows = ({ type }: Snapshot[number]) => ['counter', 'histogram'].includes(String(type))

/**
 * Adds up the metrics of several processes. What a process that has ended had counted remains, so that no counter
 * falls.
 */
export const createAddedMetrics = () => {
  const latest = new Map<number, Snapshot>()
  let ended: Snapshot = []
  return {
    /** The metrics of a process replace its earlier ones. */
    note: (id: number, snapshot: Snapshot) => latest.set(id, snapshot),
    /** Keeps what the process had counted; at once, so that no scrape misses it. */
    end: (id: number) => {
      const last = latest.get(id)
      latest.delete(id)
      if (last === undefined) return
      // An aggregated metric holds its values; the type of the method leaves them out.
      ended = AggregatorRegistry.aggregate([ended, last.filter(grows)]).getMetricsAsArray() as Snapshot
    },
    /** All of them in the text format of Prometheus, with those of this process. */
    text: (own: Snapshot): Promise<string> => AggregatorRegistry.aggregate([own, ...latest.values(), ended]).metrics()
  }
}
