/** One line of the table, and of the record. Times in ms, memory in MB; a ratio without a unit. */
export type Figure = {
  what: string
  /** the value compared with the target: a ratio, ms, calls, MB or %, as `unit` says */
  value?: number | undefined
  unit?: string
  target?: { least: number } | { most: number }
  /** the same ratio by CPU time per request, which other load on the machine does not change */
  byCpu?: number
  /** % of its core that the server used; far below 100, something else was the limit */
  busy?: number
  /** the reference did not get its core, so the ratio is not valid */
  isDoubtful?: boolean
  perSecond?: number
  p50?: number
  p99?: number
  callsPerRequest?: number
  rss?: number
  note?: string
}

/** Figures of one part, under a title. */
export type Part = { title: string; figures: readonly Figure[]; warning?: string }

/** The median. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN

/** The quantile for this share. */
export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? NaN

const isMet = ({ value, target, isDoubtful }: Figure) =>
  value === undefined || target === undefined || isDoubtful
    ? undefined
    : 'least' in target
      ? value >= target.least
      : value <= target.most

const written = (value: number | undefined, digits: number) =>
  value === undefined || Number.isNaN(value) ? '' : value.toFixed(digits)

const columns: readonly { title: string; width: number; of: (figure: Figure) => string }[] = [
  { title: '', width: -44, of: ({ what }) => what },
  {
    title: 'value',
    width: 14,
    of: ({ value, unit }) =>
      value === undefined
        ? 'n/a'
        : `${written(value, unit === undefined ? 3 : 2)}${unit === undefined ? '' : ` ${unit}`}`
  },
  {
    title: 'target',
    width: 9,
    of: ({ target }) => (target === undefined ? '' : 'least' in target ? `≥ ${target.least}` : `≤ ${target.most}`)
  },
  {
    title: 'met',
    width: 5,
    of: (figure) =>
      ({ true: 'yes', false: 'NO', undefined: figure.isDoubtful && figure.target ? '?' : '' })[
        String(isMet(figure)) as 'true'
      ]
  },
  { title: 'by CPU', width: 8, of: ({ byCpu }) => written(byCpu, 3) },
  { title: 'busy %', width: 8, of: ({ busy }) => written(busy, 0) },
  { title: 'req/s', width: 8, of: ({ perSecond }) => written(perSecond, 0) },
  { title: 'p50 ms', width: 9, of: ({ p50 }) => written(p50, 2) },
  { title: 'p99 ms', width: 9, of: ({ p99 }) => written(p99, 2) },
  { title: 'calls/req', width: 10, of: ({ callsPerRequest }) => written(callsPerRequest, 3) },
  { title: 'RSS MB', width: 8, of: ({ rss }) => written(rss, 0) },
  { title: '  note', width: 0, of: ({ note }) => (note === undefined ? '' : `  ${note}`) }
]

const line = (cell: (column: (typeof columns)[number]) => string) =>
  columns
    .map((column) => (column.width < 0 ? cell(column).padEnd(-column.width) : cell(column).padStart(column.width)))
    .join('')
    .trimEnd()

/** The table of a part, for a terminal. */
export const asTable = ({ title, figures, warning }: Part): string =>
  [
    title,
    ...(warning === undefined ? [] : [warning]),
    line(({ title: name }) => name),
    ...figures.map((figure) => line(({ of }) => of(figure)))
  ].join('\n')

/** The figures with whether each meets its target, for the record. */
export const judged = (figures: readonly Figure[]) => figures.map((figure) => ({ ...figure, isMet: isMet(figure) }))
