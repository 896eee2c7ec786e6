import { catalogue } from '../../errors.ts'
import type { Answered } from '../../http/answered.ts'
import { createConsumerLabel, methodLabel, others } from './labels.ts'
import type { Sources } from './registry.ts'
import { createCounts, createHistogram, type createBuckets, type Value } from './series.ts'

type Buckets = ReturnType<typeof createBuckets>
type OfDoor = { readonly durations: Buckets; readonly ages: Buckets; withoutCall: number }
/** The responses with the same labels, and the counts of their route. */
type Cell = {
  readonly door: string
  readonly method: string
  readonly status: number
  count: number
  readonly ofDoor: OfDoor
}

const codeLabel = (code: string) => (Object.hasOwn(catalogue, code) ? code : others)
/** Requests to the operator routes and pages are not consumers of data. */
const isOfConsumer = ({ door }: Cell) => door !== 'operator' && door !== 'pages'
const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)

/**
 * Counts responses. The fast path sends tens of thousands of them per second, so each one costs two lookups and a short
 * search, and builds no labels. All other data is summed up at a scrape.
 */
export const createAnswers = () => {
  const consumerLabel = createConsumerLabel()
  const byConsumer = new Map<string, Map<string, Cell[]>>()
  const doors = new Map<string, OfDoor>()
  const durations = createHistogram('request_duration_seconds', 'door')
  const ages = createHistogram('answer_age_seconds', 'door')
  const refusals = createCounts()

  const cellsOf = (consumer: string, route: string): Cell[] => {
    const routes = byConsumer.get(consumer) ?? new Map<string, Cell[]>()
    const cells = routes.get(route) ?? []
    byConsumer.set(consumer, routes.set(route, cells))
    return cells
  }
  const ofDoor = (door: string): OfDoor => {
    const known = doors.get(door) ?? { durations: durations.of(door), ages: ages.of(door), withoutCall: 0 }
    doors.set(door, known)
    return known
  }
  const cellOf = ({ door, route, method: given, status, consumer: name }: Answered): Cell => {
    const consumer = consumerLabel(name)
    const method = methodLabel(given)
    const cells = byConsumer.get(consumer)?.get(route) ?? cellsOf(consumer, route)
    for (const cell of cells) if (cell.status === status && cell.method === method && cell.door === door) return cell
    const created: Cell = { door, method, status, count: 0, ofDoor: ofDoor(door) }
    cells.push(created)
    return created
  }
  const countsOf = (routes: ReadonlyMap<string, readonly Cell[]>, isCounted: (cell: Cell) => boolean) =>
    sumOf(
      [...routes.values()]
        .flat()
        .filter(isCounted)
        .map(({ count }) => count)
    )

  return {
    consumerLabel,
    note: (event: Answered) => {
      const { door, status, ms, ageMs, upstreamCalls, codes } = event
      const cell = cellOf(event)
      cell.count += 1
      if (ms !== undefined) cell.ofDoor.durations.observe(ms / 1000)
      for (const code of codes) refusals.add({ code: codeLabel(code), door })
      if (status >= 400) return
      if (ageMs !== undefined) cell.ofDoor.ages.observe(ageMs / 1000)
      if (upstreamCalls === 0) cell.ofDoor.withoutCall += 1
    },
    /** The sums since the start, for the status page. */
    totals: {
      all: () => sumOf([...byConsumer.values()].map((routes) => countsOf(routes, () => true))),
      withoutCall: () => sumOf([...doors.values()].map(({ withoutCall }) => withoutCall)),
      agesAtMost: ages.atMost,
      byConsumer: () => [...byConsumer].map(([name, routes]) => [name, countsOf(routes, isOfConsumer)] as const),
      byCode: () => refusals.values().map(({ labels, value }) => [String(labels['code']), value] as const)
    },
    sources: {
      requests_total: (): readonly Value[] =>
        [...byConsumer].flatMap(([consumer, routes]) =>
          [...routes].flatMap(([route, cells]) =>
            cells.map(({ door, method, status, count: value }) => ({
              labels: { door, route, method, status: String(status), consumer },
              value
            }))
          )
        ),
      request_duration_seconds: durations.values,
      answer_age_seconds: ages.values,
      answers_without_call_total: () =>
        [...doors].map(([door, { withoutCall: value }]) => ({ labels: { door }, value })),
      refusals_total: refusals.values
    } satisfies Sources
  }
}

export type AnswerTotals = ReturnType<typeof createAnswers>['totals']
