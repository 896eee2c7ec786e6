import { definitionOf, type HistogramName } from './definitions.ts'

export type SeriesLabels = Readonly<Record<string, string>>
/** One line of a metric. For the parts of a histogram, `metricName` differs from the name of the metric. */
export type Value = {
  readonly labels: SeriesLabels | Readonly<Record<string, string | number>>
  readonly value: number
} & {
  readonly metricName?: string
}

/** Ascending numbers by their labels. The caller limits the labels. */
export const createCounts = () => {
  const cells = new Map<string, { readonly labels: SeriesLabels; value: number }>()
  return {
    add: (labels: SeriesLabels, amount = 1) => {
      const key = Object.values(labels).join('\n')
      const cell = cells.get(key)
      if (cell) cell.value += amount
      else cells.set(key, { labels, value: amount })
    },
    values: (): readonly Value[] => [...cells.values()]
  }
}

/** The counts of one histogram without labels: a number per bucket, so that an observation is an addition. */
export const createBuckets = (bounds: readonly number[]) => {
  const counts = new Array<number>(bounds.length + 1).fill(0)
  let sum = 0
  return {
    observe: (value: number) => {
      let index = 0
      while (index < bounds.length && value > (bounds[index] ?? Infinity)) index += 1
      counts[index] = (counts[index] ?? 0) + 1
      sum += value
    },
    /** The number of observations of at most `bound`, which is one of the bounds; all observations for Infinity. */
    atMost: (bound: number) =>
      counts.reduce((sum, count, index) => ((bounds[index] ?? Infinity) <= bound ? sum + count : sum), 0),
    values: (metricName: string, labels: SeriesLabels): readonly Value[] => {
      let total = 0
      const buckets = counts.map((count, index) => {
        total += count
        return { metricName: `${metricName}_bucket`, labels: { ...labels, le: bounds[index] ?? '+Inf' }, value: total }
      })
      return [
        ...buckets,
        { metricName: `${metricName}_sum`, labels, value: sum },
        { metricName: `${metricName}_count`, labels, value: total }
      ]
    }
  }
}

/** A histogram with one label, or none. */
export const createHistogram = (name: HistogramName, label?: string) => {
  const { buckets: bounds = [] } = definitionOf(name)
  const series = new Map<string, ReturnType<typeof createBuckets>>()
  const of = (value: string) => {
    const known = series.get(value) ?? createBuckets(bounds)
    series.set(value, known)
    return known
  }
  return {
    /** The series of one value of the label. */
    of,
    observe: (value: number, label: string = '') => (series.get(label) ?? of(label)).observe(value),
    /** The number of observations of at most a bound, over all series. */
    atMost: (bound: number) => [...series.values()].reduce((sum, one) => sum + one.atMost(bound), 0),
    values: (metricName: string): readonly Value[] =>
      [...series].flatMap(([value, buckets]) =>
        buckets.values(metricName, label === undefined ? {} : { [label]: value })
      )
  }
}
